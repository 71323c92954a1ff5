using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Deliveries;

namespace Orchestrator.Verbs;

/// <summary>Bring work to its branch: <c>merge</c>, <c>delivery …</c>.</summary>
static class DeliveryVerbs
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    static readonly string[] Ends = ["landed", "conflict", "failed", "canceled"];

    public static Command Merge() => Verb.Do("merge",
        "Put a run's work together with a branch, verify it, and move the branch on. Exit 0 landed, 1 not; a conflict changes nothing.",
        Deliver,
    [
        .. Verb.Id("run"),
        Verb.Text("--strategy", "merge (the default), squash, rebase or pull_request.", "WORD"),
        Verb.Text("--into", "The branch; without it the one the project's folder is on.", "BRANCH"),
        Verb.Flag("--update-checkout", "Where that branch is checked out, its files follow it, when nothing is uncommitted there."),
        Verb.Flag("--no-verify", "Do not run the project's verify commands; the record says so."),
        Verb.Text("--message", "First line of the commit that is made.", "TEXT"),
        Verb.Flag("--no-wait", "Print the delivery and leave; 'delivery show' shows what came of it."),
        Verb.Text("--timeout", "Longest wait in seconds; then exit code 8. The delivery goes on.", "SECONDS"),
    ]);

    public static Command Delivery() => Verb.Group("delivery", "Work on its way to a branch.",
        Verb.Do("list", "List deliveries, newest first.", call => call.Output.Document(call.Api().Deliveries.List(
            call.Text("--state"), call.Text("--run-id"), call.Text("--project"), GatewayVerbs.PageOf(call))),
        [
            Verb.Text("--state", "Only those in one of these states, separated by commas.", "STATES"),
            Verb.Text("--run-id", "Only those of this run.", "ID"),
            Verb.Text("--project", "Only those of this project.", "NAME"),
            .. GatewayVerbs.Paging(),
        ]),
        Verb.Do("show", "Show a delivery, and what collided where it met a conflict.",
            call => call.Output.Document(call.Api().Deliveries.Show(call.Id("delivery"))), Verb.Id("delivery")),
        Verb.Do("cancel", "Call a delivery off, before its branch is moved.",
            call => call.Output.Document(call.Api().Deliveries.Cancel(call.Id("delivery"),
                new ListDeliveries.CancelRequest(call.Text("--reason")))),
            [.. Verb.Id("delivery"), Verb.Text("--reason", "Why, for the record.", "TEXT")]));

    static int Deliver(Invocation call)
    {
        var api = call.Api();
        var made = api.Deliveries.Deliver(call.Id("run"), new DeliverRun.Request(call.Text("--strategy"), call.Text("--into"),
            call.Flag("--no-verify") ? false : null, call.Flag("--update-checkout") ? true : null, call.Text("--message"), null));
        return call.Flag("--no-wait") ? call.Output.Document(made) : Await(call, made, untilOpen: false);
    }

    /// <summary>Waits for what was asked for, prints what came of it, and says so by the exit code.</summary>
    /// <param name="call">The command that waits.</param>
    /// <param name="made">The daemon's answer that holds the delivery.</param>
    /// <param name="untilOpen">A pull request that is open is enough.</param>
    public static int Await(Invocation call, JsonNode made, bool untilOpen)
    {
        var api = call.Api();
        var id = made.Text("delivery.id") ?? throw Odd();
        bool Over(JsonNode seen) => Ends.Contains(seen.Text("state")) || (untilOpen && seen.Text("state") == "open");
        // The daemon holds a request until a delivery has ended; for one that is only to be open it is asked more often.
        var delivery = CheckVerbs.Await(call, id, step => api.Deliveries.Wait(id, untilOpen && step > Soon ? Soon : step)["delivery"]
            ?? throw Odd(), Over, call.Seconds("--timeout"));
        if (call.Output.WantsJson)
        {
            var printed = call.Output.Document(new JsonObject { ["delivery"] = delivery.DeepClone() });
            return printed == ExitCodes.Ok ? CodeOf(delivery, untilOpen) : printed;
        }

        Print(call, delivery);
        return CodeOf(delivery, untilOpen);
    }

    static void Print(Invocation call, JsonNode delivery)
    {
        var (state, into) = (delivery.Text("state"), delivery.Text("into"));
        var verified = delivery.Text("verdict") switch
        {
            "passed" => "verified",
            "skipped" => "not verified, as you said",
            "unverified" => "there was nothing to verify it with",
            _ => "",
        };
        call.Output.Line(Output.Printable(state is "open" or "publishing" && delivery.Text("pull_request.url") is { } url
            ? $"{state}: #{delivery["pull_request"]?["number"]} into {into}: {url}"
            : state == "landed"
            ? $"landed on {into}: {delivery.Text("integrated")}{(verified.Length > 0 ? $" ({verified})" : "")}"
            : $"{state}: {delivery.Text("error") ?? "it goes on"}"));
        foreach (var seen in delivery["pull_request"]?["checks"] as JsonArray ?? [])
            call.Output.Line(Output.Printable($"  {seen.Text("conclusion") ?? "under way",-12} {seen.Text("name")}"));
        if (delivery["conflict"] is JsonObject conflict) Explain(call, conflict, into);
        if (state == "failed" && delivery.Text("check_id") is { } check)
            CheckVerbs.Print(call, call.Api().Checks.Show(check)["check"] ?? throw Odd());
        call.Output.Line($"  delivery {delivery.Text("id")}");
    }

    /// <summary>What collided, what each side wanted, and how to go on.</summary>
    static void Explain(Invocation call, JsonObject conflict, string? into)
    {
        void Say(string text) => call.Output.Line(Output.Printable(text));
        foreach (var file in conflict["files"] as JsonArray ?? []) Say($"  both changed  {(string?)file}");
        Say($"  this run      {conflict.Text("wanted.subject")}");
        foreach (var landed in conflict.Entries("landed"))
            Say($"  on {into}       {landed.Text("subject")}{(landed.Text("run_id") is { } run ? $" (run {run})" : "")}");
        Say($"Nothing was changed. To see and solve it:");
        foreach (var command in conflict["commands"] as JsonArray ?? []) Say($"  {(string?)command}");
    }

    static int CodeOf(JsonNode delivery, bool untilOpen) => delivery.Text("state") switch
    {
        "landed" => ExitCodes.Ok,
        "open" when untilOpen => ExitCodes.Ok,
        "conflict" or "failed" or "canceled" => ExitCodes.Failed,
        _ => ExitCodes.StillRunning,
    };

    static Fault Odd() => new(FaultCode.Unavailable, "The daemon's answer holds no delivery.", "agentctl daemon status shows its version.");
}
