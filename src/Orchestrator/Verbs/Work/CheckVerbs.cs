using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Gates;

namespace Orchestrator.Verbs;

/// <summary><c>verify</c>: the daemon checks a run's work itself.</summary>
static class CheckVerbs
{
    static readonly TimeSpan Slice = TimeSpan.FromSeconds(60);

    public static Command Verify() => Verb.Do("verify",
        "Let the daemon check a run's work: verify commands, diff, commit, tests. Exit 0 passed, 1 failed, 3 not to be told.", CheckWork,
    [
        .. Verb.Id("run"),
        Verb.Flag("--no-changes-needed", "It is well when the run changed nothing."),
        Verb.Texts("--writes", "Only this file, folder or pattern was to be changed; may be repeated.", "PATH"),
        Verb.Flag("--allow-removed-tests", "Tests may be removed or switched off; it is only shown."),
        Verb.Texts("--criterion", "What the work is accepted by; one that names a verify command in `backticks` is decided by it.", "TEXT"),
        Verb.Flag("--no-wait", "Print the check and leave; 'run checks' shows what came of it."),
        Verb.Text("--timeout", "Longest wait in seconds; then exit code 8. The check goes on.", "SECONDS"),
    ]);

    public static Command Diff() => Verb.Do("diff",
        "What was changed: of an item the whole of its work as it was last checked, of a run what that run changed.", ShowDiff,
        Verb.Word("id", "Id of an item or a run; any unique beginning of it."));

    static int ShowDiff(Invocation call)
    {
        var api = call.Api();
        var (item, run) = DeliverVerb.Named(api, call.Need("id"));
        // Before the first check there is at most one run.
        if (item is null || call.Output.WantsJson || api.Checks.OfItem(item, null).Entries("checks").FirstOrDefault(check =>
            check.Text("state") == "finished" && check.Text("delivery_id") is null) is not { } last)
            return GatewayRunVerbs.Diff(call, run ?? throw new Fault(FaultCode.NotFound, $"Nobody's work on item {item} is known here yet.",
                $"agentctl log {item}"));
        if (GatewayRunVerbs.Copy(call, api.Checks.Diff(last.Text("id")!), out _) == 0)
            call.Output.Remark("Nothing was changed.");
        return ExitCodes.Ok;
    }

    static int CheckWork(Invocation call)
    {
        var api = call.Api();
        var made = api.Checks.Check(call.Id("run"), new CheckRun.Request(
            call.Flag("--no-changes-needed") ? false : null, Given(call.Texts("--writes")),
            call.Flag("--allow-removed-tests") ? true : null, Given(call.Texts("--criterion")), null));
        if (call.Flag("--no-wait")) return call.Output.Document(made);
        var id = made.Text("check.id") ?? throw Odd();
        var check = Await(call, id, step => api.Checks.Wait(id, step)["check"] ?? throw Odd(),
            check => check.Text("state") == "finished", call.Seconds("--timeout"));
        if (call.Output.WantsJson)
        {
            var printed = call.Output.Document(new JsonObject { ["check"] = check.DeepClone() });
            return printed == ExitCodes.Ok ? CodeOf(check) : printed;
        }

        Print(call, check);
        return CodeOf(check);
    }

    /// <summary>Waits until it is over or the limit has come, across restarts of the daemon. Leaving does not touch it.</summary>
    /// <param name="call">The command that waits.</param>
    /// <param name="name">Its name, for remarks.</param>
    /// <param name="ask">Asks the daemon, which may think for so long.</param>
    /// <param name="isOver">Whether there is nothing more to wait for.</param>
    /// <param name="limit">Longest wait; null for none.</param>
    public static JsonNode Await(Invocation call, string name, Func<TimeSpan, JsonNode> ask, Func<JsonNode, bool> isOver, TimeSpan? limit)
    {
        var begun = call.Around.Clock.GetTimestamp();
        var patience = new Patience(call.Around.Clock, call.Output.Remark, call.Stop);
        while (true)
        {
            call.Stop.ThrowIfCancellationRequested();
            var left = limit - call.Around.Clock.GetElapsedTime(begun);
            try
            {
                var seen = ask(left < Slice ? (left.Value > TimeSpan.Zero ? left.Value : TimeSpan.Zero) : Slice);
                patience.Answered();
                if (isOver(seen)) return seen;
                if (limit is not null && call.Around.Clock.GetElapsedTime(begun) >= limit)
                {
                    call.Output.Remark($"{name} is not over yet; it goes on.");
                    return seen;
                }
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }

    /// <summary>The verdict and each thing that was seen, one a line.</summary>
    public static void Print(Invocation call, JsonNode check)
    {
        call.Output.Line(Output.Printable($"{check.Text("verdict") ?? check.Text("state")}: {check.Text("summary")}"));
        foreach (var seen in check.Entries("evidence"))
        {
            call.Output.Line(Output.Printable($"  {seen.Text("outcome"),-6}  {seen.Text("kind"),-9}  "
                + $"{(seen.Text("criterion") is { } criterion ? criterion + " - " : "")}{seen.Text("text")}"));
            if (seen.Text("outcome") == "failed" && seen.Text("tail") is { Length: > 0 } tail)
                foreach (var line in tail.TrimEnd('\n').Split('\n').TakeLast(20)) call.Output.Line(Output.Printable("      " + line));
        }
        if (check.Text("commit") is { } commit) call.Output.Line($"  commit {commit}, check {check.Text("id")}");
    }

    static int CodeOf(JsonNode check) => check.Text("verdict") switch
    {
        "passed" => ExitCodes.Ok,
        "failed" => ExitCodes.Failed,
        null => ExitCodes.StillRunning,
        _ => ExitCodes.PersonMustDecide,
    };

    static string[]? Given(string[] texts) => texts.Length > 0 ? texts : null;

    static Fault Odd() => new(FaultCode.Unavailable, "The daemon's answer holds no check.", "agentctl daemon status shows its version.");
}
