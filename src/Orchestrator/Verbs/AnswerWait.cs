using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Families;

namespace Orchestrator.Verbs;

/// <summary>Asks and waits for the answer, across restarts of the daemon: the question is a row, and so is its answer.</summary>
static class AnswerWait
{
    /// <summary>How long one look at the request is held.</summary>
    static readonly TimeSpan Slice = TimeSpan.FromSeconds(60);

    /// <summary>Posts the question and prints the whole answer with the closed request; a report has none and is printed at once.</summary>
    public static int For(Invocation call, string run, ReplyParent.Request question)
    {
        using var stop = new CancellationTokenSource();
        using var signals = CommandLine.OnInterrupt(stop.Cancel);
        var api = call.Api(stop.Token);
        var patience = new Patience(call.Around.Clock, call.Output.Remark, stop.Token);
        var asked = Patiently(patience, () => api.Runs.ReplyParent(run, question));
        if (asked.Text("request.id") is not { } id) return call.Output.Document(asked);
        while (true)
        {
            var seen = Patiently(patience, () => api.Requests.Wait(id, Slice));
            if (seen.Text("request.state") is "open") continue;
            asked["request"] = seen["request"]!.DeepClone();
            var printed = call.Output.Document(asked);
            return printed != ExitCodes.Ok ? printed : CodeOf(asked["request"]!);
        }
    }

    static JsonNode Patiently(Patience patience, Func<JsonNode> ask)
    {
        while (true)
        {
            try
            {
                var answer = ask();
                patience.Answered();
                return answer;
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }

    // What a script may do next: yes and words are 0; no, and nobody there, are not, unless it was to go on all the same.
    static int CodeOf(JsonNode request) => (request.Text("state"), request.Text("on_expiry")) switch
    {
        ("approved" or "answered", _) or ("expired", "continue") => ExitCodes.Ok,
        _ => ExitCodes.Failed,
    };
}
