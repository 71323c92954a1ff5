using System.Text.Json.Nodes;
using Orchestrator.Cli;

namespace Orchestrator.Client;

/// <summary>Waits until any or all of several runs have ended, across restarts of the daemon. Leaving does not touch the runs.</summary>
static class RunsWait
{
    static readonly TimeSpan Slice = TimeSpan.FromSeconds(60);

    /// <summary>What is waited for.</summary>
    /// <param name="Any">The first end is enough.</param>
    /// <param name="UntilAsked">An open question of one of them is enough, too.</param>
    /// <param name="Limit">Longest wait; null for none.</param>
    public readonly record struct Wish(bool Any, bool UntilAsked, TimeSpan? Limit);

    /// <summary>The runs as they are then, in the order they were named.</summary>
    /// <param name="Runs">All of them.</param>
    /// <param name="Requests">Open questions that ended the wait.</param>
    /// <param name="TimedOut">The limit came first.</param>
    public sealed record Outcome(IReadOnlyList<JsonNode> Runs, IReadOnlyList<JsonNode> Requests, bool TimedOut)
    {
        static readonly int[] Gravest = [ExitCodes.Failed, ExitCodes.RunTimedOut, ExitCodes.Limited, ExitCodes.Ok];

        /// <summary>Of the runs that have ended the gravest; see docs/exit-codes.md.</summary>
        public int ExitCode
        {
            get
            {
                if (Requests.Count > 0) return ExitCodes.PersonMustDecide;
                if (TimedOut) return ExitCodes.StillRunning;
                var codes = Runs.Select(CodeOf).OfType<int>().ToHashSet();
                return Gravest.First(code => code == ExitCodes.Ok || codes.Contains(code));
            }
        }

        /// <summary>{runs, ended, requests, timed_out}, each run as <paramref name="shape"/> makes it.</summary>
        public JsonObject Document(Func<JsonNode, JsonNode> shape) => new()
        {
            ["runs"] = new JsonArray([.. Runs.Select(shape)]),
            ["ended"] = new JsonArray([.. Runs.Where(run => CodeOf(run) is not null).Select(run => (JsonNode)run.Text("id")!)]),
            ["requests"] = new JsonArray([.. Requests.Select(request => request.DeepClone())]),
            ["timed_out"] = TimedOut,
        };
    }

    /// <summary>Waits. An unknown or ambiguous id is refused before anything is waited for.</summary>
    public static Outcome For(Invocation call, IReadOnlyList<string> given, Wish wish)
    {
        var known = new Dictionary<string, JsonNode>();
        foreach (var id in given)
        {
            var run = call.Api().Runs.Show(id)["run"] ?? throw Odd();
            known[run.Text("id") ?? throw Odd()] = run;
        }

        using var stop = new CancellationTokenSource();
        using var signals = CommandLine.OnInterrupt(stop.Cancel);
        return Loop(call, call.Api(stop.Token).Runs, known, wish, stop.Token);
    }

    static Outcome Loop(Invocation call, RunCalls runs, Dictionary<string, JsonNode> known, Wish wish, CancellationToken stop)
    {
        var (clock, begun) = (call.Around.Clock, call.Around.Clock.GetTimestamp());
        var patience = new Patience(clock, call.Output.Remark, stop);
        while (true)
        {
            var open = known.Where(one => CodeOf(one.Value) is null).Select(one => one.Key).ToList();
            if (open.Count == 0 || (wish.Any && open.Count < known.Count)) return new Outcome([.. known.Values], [], false);
            var left = wish.Limit - clock.GetElapsedTime(begun);
            var slice = left < Slice ? (left.Value > TimeSpan.Zero ? left.Value : TimeSpan.Zero) : Slice;
            try
            {
                var answer = runs.WaitForSeveral(open, "any", slice, wish.UntilAsked);
                patience.Answered();
                foreach (var run in answer.Entries("runs")) Note(call, known, run);
                var asked = wish.UntilAsked ? answer.Entries("requests").ToList() : [];
                if (asked.Count > 0) return new Outcome([.. known.Values], asked, false);
                var ended = known.Values.Count(run => CodeOf(run) is not null);
                if (wish.Limit is not null && clock.GetElapsedTime(begun) >= wish.Limit && ended < (wish.Any ? 1 : known.Count))
                    return new Outcome([.. known.Values], [], true);
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }

    static void Note(Invocation call, Dictionary<string, JsonNode> known, JsonNode run)
    {
        var id = run.Text("id") ?? throw Odd();
        if (CodeOf(run) is not null && CodeOf(known[id]) is null) call.Output.Remark($"{id} {EventWords.End(run)}");
        known[id] = run;
    }

    static int? CodeOf(JsonNode run) => ExitCodes.OfRun(run.Text("status"), run.Text("reason"));

    static Fault Odd() => new(FaultCode.Unavailable, "The daemon's answer holds no run.", "agentctl daemon status shows its version.");
}
