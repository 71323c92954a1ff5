using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Terminals;

namespace Orchestrator.Verbs;

/// <summary><c>daemon start</c> and <c>daemon stop</c>: the daemon as a process of this machine.</summary>
static class DaemonStart
{
    /// <summary>How long a daemon may take to answer, and to end. A database of a million events is ready in under a second.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    public static int Start(Invocation call)
    {
        if (IsNamed(call) && Answering(call.Settings, call.Stop) is { } there)
            return Report(call, there, started: false);
        var program = Environment.ProcessPath ?? throw new Fault(FaultCode.Internal, "This program does not know its own path.");
        var log = Path.Combine(call.Settings.Data, DataFolder.LogFile);
        ProcessIdentity process;
        long said;
        try
        {
            Directory.CreateDirectory(call.Settings.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            said = File.Exists(log) ? new FileInfo(log).Length : 0;
            process = Detached.Start([program, "agentd", "--data", call.Settings.Data, .. Flags(call)], call.Settings.Data, log,
                Variables(call));
        }
        catch (Exception e) when (e is SpawnFailure or IOException or UnauthorizedAccessException)
        {
            throw new Fault(FaultCode.Unavailable, $"The daemon could not be started: {e.Message}", "agentctl doctor looks for the cause.");
        }
        var begun = call.Around.Clock.GetTimestamp();
        while (call.Around.Clock.GetElapsedTime(begun) < Limit)
        {
            // Resolved anew each time: the address is in the file the daemon writes when it listens.
            if (PidOf(call.Settings) == process.Pid && Answering(call.Settings with { Url = Reached(call) }, call.Stop) is { } now)
                return Report(call, now, started: true);
            if (!process.IsAlive)
                throw new Fault(FaultCode.Unavailable, "The daemon ended at once." + LastLines(log, said), $"All of its log: {log}");
            call.Stop.WaitHandle.WaitOne(Look);
        }
        throw new Fault(FaultCode.Unavailable, $"The daemon (process {process.Pid}) does not answer after {Limit.TotalSeconds:0} s.",
            $"Its log: {log}");
    }

    /// <summary>
    /// True when the address was said or written by this data folder's daemon: whoever answers at the default port may be the
    /// daemon of another folder.
    /// </summary>
    static bool IsNamed(Invocation call) =>
        AskedFor(call) is not null || (PidOf(call.Settings) is { } pid && ProcessIdentity.Of(pid) is not null);

    static string? AskedFor(Invocation call) => call.Text("--url") ?? call.Around.Variable("AGENTCTL_URL");

    static List<string> Flags(Invocation call)
    {
        var flags = new List<string>();
        // An address that was asked for is where it is to listen.
        if (call.Number("--port", 0, 65535) is { } port) flags.AddRange(["--port", $"{port}"]);
        else if (AskedFor(call) is not null && call.Settings.Url.Scheme != Wire.UnixScheme)
            flags.AddRange(["--port", $"{call.Settings.Url.Port}"]);
        if (call.Text("--listen") is { } address) flags.AddRange(["--listen", address]);
        if (call.Text("--db") is { } database) flags.AddRange(["--db", Path.GetFullPath(database, call.Around.Folder)]);
        if (call.Flag("--open")) flags.Add("--open");
        if (call.Number("--max-concurrency", 1, 512) is { } most) flags.AddRange(["--max-concurrency", $"{most}"]);
        return [.. flags, .. call.Texts("flags")];
    }

    /// <summary>A token to show the daemon is one it must know; by its environment, for everybody may read a command line.</summary>
    static IEnumerable<KeyValuePair<string, string>> Variables(Invocation call) =>
        call.Text("--auth-token") is { } token ? [KeyValuePair.Create("AGENTD_AUTH_TOKEN", token)] : [];

    static Uri Reached(Invocation call) =>
        Settings.Resolve(new Settings.Flags(call.Text("--url"), call.Text("--auth-token"), call.Settings.Data), call.Around).Url;

    public static int Stop(Invocation call)
    {
        if (!IsNamed(call) || Answering(call.Settings, call.Stop) is null)
        {
            call.Output.Remark("No daemon is running.");
            return ExitCodes.Ok;
        }
        var status = call.Api().Daemon.Status();
        var pid = status["pid"]?.GetValue<int>() ?? 0;
        // Of a daemon elsewhere only the silence can be seen; here its process must be gone, so that the next one may start.
        var process = status.Text("data_folder") == call.Settings.Data ? ProcessIdentity.Of(pid) : null;
        call.Api().Daemon.Stop();
        var begun = call.Around.Clock.GetTimestamp();
        while (process?.IsAlive ?? Answering(call.Settings, call.Stop) is not null)
        {
            if (call.Around.Clock.GetElapsedTime(begun) > Limit)
                throw new Fault(FaultCode.Unavailable, $"The daemon (process {pid}) is still there after {Limit.TotalSeconds:0} s.");
            call.Stop.WaitHandle.WaitOne(Look);
        }
        call.Output.Remark($"The daemon (process {pid}) has stopped; its runs go on.");
        return ExitCodes.Ok;
    }

    /// <summary>The answer to "are you there?", null when nobody answers.</summary>
    static JsonNode? Answering(Settings settings, CancellationToken stop)
    {
        try
        {
            return new Api(settings, stop).Daemon.Health();
        }
        catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
        {
            return null;
        }
    }

    static int Report(Invocation call, JsonNode health, bool started)
    {
        var settings = call.Settings with { Url = Reached(call) };
        var pid = PidOf(settings);
        var answer = new JsonObject
        {
            ["url"] = settings.Url.Scheme == Wire.UnixScheme ? $"{settings.Url}" : settings.Url.GetLeftPart(UriPartial.Authority),
            ["pid"] = pid,
            ["version"] = health.Text("version"),
            ["started"] = started,
        };
        if (call.Output.WantsJson) return call.Output.Document(answer);
        if (!started) call.Output.Remark("The daemon is already running.");
        call.Output.Line($"{answer["url"]} pid {pid?.ToString() ?? "unknown"}");
        return ExitCodes.Ok;
    }

    static int? PidOf(Settings settings) =>
        AnswerJson.FromFile(Path.Combine(settings.Data, DataFolder.DaemonFile))?["pid"]?.GetValue<int>();

    /// <summary>What it said since it was started, the end of it.</summary>
    static string LastLines(string log, long from)
    {
        try
        {
            using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(Math.Min(from, file.Length), SeekOrigin.Begin);
            using var reader = new StreamReader(file);
            var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return string.Concat(lines.TakeLast(5).Select(line => "\n  " + Output.Printable(line)));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
