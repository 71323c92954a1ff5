using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary>
/// A parent waits for its child: until it has ended, the time is up, or it asks the parent. A child that asks stands still until it
/// is answered, so to go on waiting would be for ever.
/// </summary>
static class ChildWait
{
    /// <summary>How long one question to the daemon is held; it caps at 300 s itself.</summary>
    static readonly TimeSpan Slice = TimeSpan.FromSeconds(60);

    /// <summary>Prints {run, timed_out, requests}; the exit code is that of every wait, and 3 when the child asks.</summary>
    public static int For(Invocation call, string run, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource();
        using var signals = CommandLine.OnInterrupt(stop.Cancel);
        var runs = call.Api(stop.Token).Runs;
        var begun = call.Around.Clock.GetTimestamp();
        var patience = new Patience(call.Around.Clock, call.Output.Remark, stop.Token);
        while (true)
        {
            try
            {
                var left = limit - call.Around.Clock.GetElapsedTime(begun);
                var seen = runs.WaitForSeveral([run], null, left < TimeSpan.Zero ? TimeSpan.Zero : left < Slice ? left : Slice, true);
                patience.Answered();
                var over = call.Around.Clock.GetElapsedTime(begun) >= limit;
                if (seen["timed_out"]?.GetValue<bool>() != true || over) return Print(call, seen);
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }

    static int Print(Invocation call, JsonNode seen)
    {
        var child = seen.Entries("runs").First();
        var requests = seen.Entries("requests").ToList();
        var printed = call.Output.Document(new JsonObject
        {
            ["run"] = child.DeepClone(),
            ["timed_out"] = seen["timed_out"]!.DeepClone(),
            ["requests"] = new JsonArray([.. requests.Select(request => request.DeepClone())]),
        });
        if (printed != ExitCodes.Ok) return printed;
        foreach (var request in requests)
            call.Output.Remark($"It asks you: {request.Text("text")} Answer with 'agentctl tool session-send --session-id "
                + $"{request.Text("session_id")} --text …', then wait again.");
        return requests.Count > 0 ? ExitCodes.PersonMustDecide
            : ExitCodes.OfRun(child.Text("status"), child.Text("reason")) ?? ExitCodes.StillRunning;
    }
}
