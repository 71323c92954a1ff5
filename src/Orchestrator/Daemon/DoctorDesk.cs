using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Runs;
using Orchestrator.Store;
using Orchestrator.Terminals;

namespace Orchestrator.Daemon;

/// <summary>
/// What <c>agentctl doctor</c> says, for who is not at the daemon's terminal. A request starts no process: it asks for a look, which is
/// taken in the background by that very command, in the daemon's own environment. Only the last look is kept, and only in memory.
/// </summary>
sealed class DoctorDesk(EventLog events, Database store, DaemonFacts facts, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>The check of a large database takes minutes.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    /// <summary>POST /doctor. Nothing is asked for.</summary>
    public sealed record Request;

    readonly Lock gate = new();
    readonly Bell bell = new();
    Look look = new("never", null, null, null, []);
    bool wanted;

    /// <param name="State">never, running or done.</param>
    /// <param name="Problem">Why there are no checks, in words; null when there are.</param>
    sealed record Look(string State, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? Problem, IReadOnlyList<JsonNode> Checks);

    public void Map(Routes routes)
    {
        routes.Get("/doctor", "ShowDoctor", _ => Task.FromResult(Answer()),
            doc: () => Doc("The last check of the machine, as agentctl doctor makes it, and whether one is being made."));
        routes.Post("/doctor", "CallDoctor", async call =>
        {
            await call.Body(DaemonJson.Default.DoctorRequest);
            await store.Write(transaction =>
                { events.Append(transaction, new NewEvent(DaemonEvents.DoctorCalled, call.Principal.Name, [])); });
            lock (gate)
            {
                wanted = true;
                look = look with { State = "running" };
            }
            bell.Ring();
            return Answer();
        }, doc: () => Doc("Has the machine checked in the background. While one check is being made, another one follows it."));
    }

    /// <summary>Until shutdown: looks whenever somebody asked for it.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        try
        {
            while (true)
            {
                if (Take())
                    await Examine(shutdown);
                else
                    await bell.Wait(LookEvery, shutdown);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    public void Dispose() => bell.Dispose();

    bool Take()
    {
        lock (gate)
        {
            var was = wanted;
            wanted = false;
            if (was)
                look = look with { State = "running", StartedAt = clock.GetUtcNow() };
            return was;
        }
    }

    async Task Examine(CancellationToken shutdown)
    {
        var (checks, problem) = await Ask(shutdown);
        lock (gate)
            look = look with
            {
                State = wanted ? "running" : "done",
                EndedAt = clock.GetUtcNow(),
                Problem = problem,
                Checks = checks,
            };
        try
        {
            await store.Write(transaction =>
                { events.Append(transaction, new NewEvent(DaemonEvents.DoctorDone, "daemon", Counts(checks, problem))); });
        }
        catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
        {
            // Said by daemon status, and by the check itself.
        }
    }

    async Task<(IReadOnlyList<JsonNode> Checks, string? Problem)> Ask(CancellationToken shutdown)
    {
        if (facts.Tools is not { } tools)
            return ([], "The daemon does not know where its own program is.");
        try
        {
            var said = await ShortProcess.Run(new ShortOrder
            {
                // Without its last word, which makes it a server of tools.
                Argv = [tools.Program, .. tools.Args.SkipLast(1), "doctor", "--format", "json", "--data", facts.DataFolder, "--url",
                    facts.Url],
                Folder = facts.DataFolder,
                Limit = Limit,
            }, shutdown);
            return Read(said);
        }
        catch (SpawnFailure failure)
        {
            log.LogWarning("The machine could not be checked: {Reason}", failure.Message);
            return ([], failure.Message);
        }
    }

    // {"checks":[{"name":"git","status":"ok","found":"git version 2.47.3","fix":null}, …]}: also with exit code 1, when a check failed.
    static (IReadOnlyList<JsonNode>, string?) Read(ShortResult said)
    {
        if (said.TimedOut)
            return ([], $"It took longer than {Limit.TotalMinutes} minutes.");
        try
        {
            return ([.. JsonNode.Parse(said.Stdout).Entries("checks")], null);
        }
        catch (JsonException)
        {
            return ([], $"agentctl doctor ended with exit code {said.ExitCode}. {Output.Printable(said.Stderr.Trim())}");
        }
    }

    static JsonObject Counts(IReadOnlyList<JsonNode> checks, string? problem)
    {
        int Of(string status) => checks.Count(check => check.Text("status") == status);
        return new JsonObject { ["ok"] = Of("ok"), ["warn"] = Of("warn"), ["fail"] = Of("fail"), ["problem"] = problem };
    }

    Reply Answer()
    {
        Look now;
        lock (gate)
            now = look;
        return Reply.Ok(new JsonObject
        {
            ["state"] = now.State,
            ["started_at"] = now.StartedAt?.UtcDateTime,
            ["ended_at"] = now.EndedAt?.UtcDateTime,
            ["problem"] = now.Problem,
            ["checks"] = new JsonArray([.. now.Checks.Select(check => check.DeepClone())]),
        });
    }

    static RouteDoc Doc(string sentence) => RouteDoc.Of(sentence)
        .Gives("state", Shape.Word("never", "running", "done")).Gives("started_at", Shape.Maybe(Shape.Time))
        .Gives("ended_at", Shape.Maybe(Shape.Time)).Gives("problem", Shape.Maybe(Shape.Text))
        .Gives("checks", Shape.List(Shape.Members(("name", Shape.Text), ("status", Shape.Word("ok", "warn", "fail")),
            ("found", Shape.Text), ("fix", Shape.Maybe(Shape.Text)))));
}
