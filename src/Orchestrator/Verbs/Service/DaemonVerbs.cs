using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary><c>daemon …</c> and <c>version</c>.</summary>
static class DaemonVerbs
{
    public static Command Daemon() => Verb.Group("daemon", "The daemon on this machine.",
        Verb.Do("status", "How it is and what it does.", call => call.Output.Document(call.Api().Daemon.Status())),
        Verb.Do("start", "Start it in the background; prints its address and process.", DaemonStart.Start,
            Verb.Text("--port", "Port (8765); 0 takes a free one.", "N"),
            Verb.Text("--listen", "Address to listen on (127.0.0.1); another than loopback needs --auth-token.", "ADDRESS"),
            Verb.Text("--db", "The database, when it is not to be in the data folder.", "FILE"),
            Verb.Flag("--open", "Ask for no token; on loopback only."),
            Verb.Text("--max-concurrency", "Most runs at the same time.", "N"),
            Verb.Words("flags", "Further flags of agentd, after --.")),
        Verb.Do("stop", "Stop it; its runs go on and the next daemon takes them over.", DaemonStart.Stop),
        Verb.Do("logs", "What a daemon started by 'daemon start' printed.", Logs,
            Verb.Text("--lines", "Only the last N lines (100).", "N", "-n")));

    public static Command Version() => Verb.Do("version", "The version of this program.", call =>
    {
        var version = OwnVersion.Text;
        if (call.Output.WantsJson) return call.Output.Document(new JsonObject { ["version"] = version });
        call.Output.Line(version);
        return ExitCodes.Ok;
    });

    static int Logs(Invocation call)
    {
        var path = Path.Combine(call.Settings.Data, DataFolder.LogFile);
        var lines = call.Number("--lines", 0, 1_000_000) ?? 100;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, Encoding.UTF8);
            var last = new Queue<string>();
            while (reader.ReadLine() is { } line)
            {
                last.Enqueue(line);
                if (last.Count > lines) last.Dequeue();
            }
            foreach (var line in last) call.Output.Line(line);
            return ExitCodes.Ok;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new Fault(FaultCode.NotFound, $"There is no log at {path}.",
                "Only a daemon started by 'agentctl daemon start' writes it; a service's log is in 'journalctl --user -u agentd'.");
        }
    }
}
