using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Orchestrator.Cli;
using Orchestrator.Doctor;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Store;
using Orchestrator.Terminals;

namespace Orchestrator.Daemon;

/// <summary>The daemon's life: open the store, listen, take up what runs, and leave it running when told to stop.</summary>
static class Agentd
{
    /// <summary>
    /// Bytes of a body the server reads and drops after a refusal, so that a client that is still sending hears the answer instead of a
    /// cut connection; what an operation accepts is <see cref="Call.BodyLimit"/>.
    /// </summary>
    const long DrainLimit = 64 * 1024 * 1024;

    /// <summary>What the snapshots of runs that go on may add to the time a daemon takes to stop.</summary>
    static readonly TimeSpan SnapshotsWithin = TimeSpan.FromSeconds(5);

    /// <summary>Runs until SIGTERM, SIGINT or a stop request; the exit code of the process.</summary>
    public static async Task<int> Run(IReadOnlyList<string> args, Surroundings around, TimeProvider clock)
    {
        if (DaemonHelp.Asked(args) is { } text)
        {
            await around.Out.WriteLineAsync(text);
            return ExitCodes.Ok;
        }

        try
        {
            var environment = DaemonEnvironment.Take();
            var settings = DaemonSettings.Read(args, environment, Environment.CurrentDirectory);
            foreach (var name in new[] { "", "runs", "worktrees", "workspaces", "checks", "commands", "deliveries", "pushes" })
                MakeFolder(Path.Combine(settings.DataFolder, name));
            // The database has a lock of its own: it may lie elsewhere and be wanted by a daemon with another folder.
            using var folderLock = OwnerLock.Take(Path.Combine(settings.DataFolder, "agentd"), "the data folder " + settings.DataFolder);
            using var lifetime = new Lifetime(clock);
            await Serve(settings, lifetime, environment, around);
            return ExitCodes.Ok;
        }
        catch (Fault fault)
        {
            await around.Error.WriteLineAsync($"agentd: {fault.Message}{(fault.Hint is null ? "" : "\n" + fault.Hint)}");
            return FaultTable.Of(fault.Code).ExitCode;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await around.Error.WriteLineAsync($"agentd: {e.Message}\nThe data folder or its disk does not let the daemon work.");
            return FaultTable.Of(FaultCode.Unavailable).ExitCode;
        }
    }

    static async Task Serve(
        DaemonSettings settings, Lifetime lifetime, IReadOnlyDictionary<string, string> environment, Surroundings around)
    {
        // First of all: the host below takes these signals too, and one that only it heard would stop the server and not the daemon.
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, lifetime));
        using var onInt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, lifetime));
        // Looked for only when the server starts: then the store is ours, and with it the data folder.
        var socket = new Lazy<string?>(() => Listeners.Socket(settings.DataFolder, around.Error));
        var builder = Builder(settings, socket);
        await using var app = builder.Build();
        using var features = new Features(settings, lifetime, environment, app.Logger);
        var routes = new Routes(app, features.Reach.Allows);
        app.UseWebSockets();
        features.Doorkeeper.CheckListen();
        app.Use((context, next) => Guard(context, next, features, app.Logger));
        features.Map(routes);
        using var unreadable = UnreadableRequests.Watch(app.Services);
        await Listen(app, settings);
        var url = Listeners.Url(app);
        features.Facts.Url = url;
        await features.Store.Write(transaction =>
            { features.Events.Append(transaction, new NewEvent(DaemonEvents.Started, "daemon", Facts(url))); });
        await features.Requests.SettleAll();
        await features.Store.Write(features.DayLimits.CheckAll);
        var dispatching = features.Dispatcher.Run(lifetime.Draining);
        var working = features.FollowWork(lifetime.Draining);
        var scheduling = features.Queue.Scheduler.Run(lifetime.Draining);
        var collecting = features.Queue.Collect.Run(lifetime.Shutdown);
        var waking = features.WakeParents.Run(lifetime.Clock, lifetime.Shutdown);
        var expiring = features.ExpireRequests.Run(lifetime.Shutdown);
        var cooling = features.EndCoolDowns.Run(lifetime.Shutdown);
        var commanding = features.Commands.Adopt(lifetime.Draining);
        var removing = features.Removal.Run(app.Logger, lifetime.Draining);
        var examining = features.Doctor.Run(lifetime.Draining);
        var telling = features.Couriers.Run(lifetime.Shutdown);
        var upkeep = Upkeep.Run(features.Store, lifetime.Clock, app.Logger, lifetime.Shutdown);
        var doors = DoorRounds.Run(features.Book, features.Tokens, features.Refused, lifetime.Clock, app.Logger, lifetime.Shutdown);
        var configured = ConfigWatch.Run(
            features.Configuration, features.Store, features.Events, features.Reconfigure, lifetime.Clock, app.Logger, lifetime.Shutdown);
        Lifetime.Announce(settings, url, socket.Value);
        await around.Out.WriteLineAsync(
            $"agentd {Lifetime.Version} listens on {url} (pid {Environment.ProcessId}, data in {settings.DataFolder})");
        foreach (var warning in features.Configuration.Warnings)
            await around.Error.WriteLineAsync($"agentd: {warning}");
        await Until(lifetime.Shutdown);
        // First let go of the runs: the event may fail on a full disk. Meanwhile questions are still answered.
        await Task.WhenAll(dispatching, scheduling, collecting, working, upkeep, waking, expiring, cooling, telling, doors, configured,
            commanding, removing, examining);
        await features.Snapshots.TakeAll(SnapshotsWithin);
        await features.Store.Write(transaction =>
            { features.Events.Append(transaction, new NewEvent(DaemonEvents.Stopping, lifetime.StoppedBy, new JsonObject())); });
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await app.StopAsync(soon.Token);
        if (socket.Value is { } path)
            File.Delete(path);
    }

    static WebApplicationBuilder Builder(DaemonSettings settings, Lazy<string?> socket)
    {
        // Empty, for the usual builder takes settings from the folder the daemon was started in (appsettings.json) and from ASPNETCORE_
        // variables, and watches that folder: what the daemon does is said by its own configuration alone.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = settings.DataFolder });
        builder.WebHost.UseKestrelCore();
        builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // Kestrel logs what clients do wrong; they are told in the answer.
        builder.Logging.AddFilter("Microsoft", LogLevel.Critical);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = DrainLimit;
            // A client that trickles (slowloris) is told so and cut; no request may hold a place for nothing.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        });
        Listeners.Prepare(builder.WebHost, settings, socket);
        builder.Services.AddRoutingCore();
        return builder;
    }

    static async Task Listen(WebApplication app, DaemonSettings settings)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw PortTaken(settings);
        }
    }

    static Fault PortTaken(DaemonSettings settings)
    {
        var owner = PortOwner.Holder(settings.Port);
        var place = $"Port {settings.Port} of {settings.Listen}";
        return owner?.Program is "agentctl" or "agentd"
            ? new Fault(FaultCode.Conflict, $"{place} is in use by another agentd: {owner}.",
                $"Use it (agentctl --url http://127.0.0.1:{settings.Port} daemon status), stop it (the same with 'daemon stop'), "
                + "or give this one another --port; 0 takes any free one.")
            : new Fault(FaultCode.Conflict, $"{place} is in use by {owner?.ToString() ?? "another program"}.",
                "Stop that program, or start agentd with another --port; 0 takes any free one.");
    }

    /// <summary>Every request passes here: who is it, and what becomes of refusals and defects.</summary>
    static async Task Guard(HttpContext context, RequestDelegate next, Features features, ILogger log)
    {
        try
        {
            context.Response.Headers[OwnVersion.Header] = Lifetime.Version;
            context.Features.Set(new UnreadableRequests.Reached());
            var open = context.GetEndpoint()?.Metadata.GetMetadata<Http.Route>()?.Scope == Scope.Open;
            context.Items[Call.PrincipalKey] = await features.Doorkeeper.Admit(context, open);
            await next(context);
            if (!context.Response.HasStarted && context.Response.StatusCode is 404 or 405)
                await Problem.Write(context, NoSuchRoute(context));
        }
        catch (Fault fault)
        {
            Note(context, fault, features.Refused);
            await Problem.Write(context, fault);
        }
        catch (OperationCanceledException) when (Caller(context)?.Gone.IsCancellationRequested == true)
        {
            await Problem.Write(context, new Fault(FaultCode.Unauthorized, "The token counts no longer.",
                "It was revoked, it expired, or its run has ended."));
        }
        catch (Exception e) when (e is Microsoft.AspNetCore.Connections.ConnectionResetException
            || (e is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            // The client left; there is nobody to answer.
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            await Problem.Write(context, new Fault(e.StatusCode == 413 ? FaultCode.TooLarge : FaultCode.InvalidRequest, e.Message));
        }
        catch (Exception e)
        {
            log.LogError(e, "A defect met {Method} {Path}.", context.Request.Method, context.Request.Path);
            await Problem.Write(context, new Fault(FaultCode.Internal, "The daemon met a defect of its own; its log has the details.",
                "agentctl daemon logs"));
        }
    }

    static Principal? Caller(HttpContext context) => context.Items[Call.PrincipalKey] as Principal;

    /// <summary>Tells of a refused caller. An operation that itself refuses one looked at what the caller may reach.</summary>
    static void Note(HttpContext context, Fault fault, Tokens.RefusedDoors refused)
    {
        var caller = Caller(context);
        var reason = DoorRefusal.Of(context) ?? (fault.Code != FaultCode.Forbidden ? null
            : caller is not { IsOfFamily: true } ? DoorRefusal.MissingScope : DoorRefusal.OutOfReach);
        if (reason is not null)
            refused.Note(reason, context.Connection.RemoteIpAddress?.ToString() ?? "unix", caller?.Name ?? "anyone",
                context.Request.Method, context.Request.Path);
    }

    static Fault NoSuchRoute(HttpContext context) => context.Response.StatusCode == 405
        ? new Fault(FaultCode.MethodNotAllowed, $"{context.Request.Method} is not allowed here; allowed: {context.Response.Headers.Allow}.")
        : new Fault(FaultCode.NotFound, $"There is no route {context.Request.Method} {Texts.Short(context.Request.Path)}.",
            "docs/surface.md lists them.");

    static JsonObject Facts(string url) => new() { ["pid"] = Environment.ProcessId, ["version"] = Lifetime.Version, ["url"] = url };

    static void Stop(PosixSignalContext signal, Lifetime lifetime)
    {
        signal.Cancel = true;
        if (lifetime.HearSignal())
            lifetime.Stop();
        else
            // Whoever asks twice is not made to wait. What is stored is stored, and the runs have their holders.
            Native.ExitNow(128 + (signal.Signal == PosixSignal.SIGINT ? 2 : 15));
    }

    static async Task Until(CancellationToken shutdown)
    {
        var told = new TaskCompletionSource();
        await using var registration = shutdown.Register(told.SetResult);
        await told.Task;
    }

    static void MakeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Fault(FaultCode.Unavailable, $"The data folder {path} cannot be made: {e.Message}",
                "Choose another one with --data.");
        }
    }
}
