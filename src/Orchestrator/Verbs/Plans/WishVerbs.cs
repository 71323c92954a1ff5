using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Plans;

namespace Orchestrator.Verbs;

/// <summary>The parts of <c>plan</c> that begin with plain words: wish, wishes and replan.</summary>
static class WishVerbs
{
    public static Command[] Verbs() =>
    [
        Verb.Do("wish", "Say in plain words what you want: the profile for planning cuts it into parts, and you see the plan before "
            + "anything of it runs. '-' reads the wish from standard input.", Wish,
        [
            Verb.Word("text", "What you want; - for standard input."),
            Verb.Text("--project", "The registered project it is about; none when not said.", "NAME"),
            Verb.Flag("--yes", "Start the plan without asking."),
            .. Waiting(),
        ]),
        Verb.Do("wishes", "List wishes, the newest first.", List,
            Verb.Text("--status", "Only those in this status.", "STATUS"),
            Verb.Text("--limit", "At most so many entries (1 to 500).", "N"),
            Verb.Text("--cursor", "Go on after this cursor of the page before.", "CURSOR")),
        Verb.Do("replan", "Have a wish that failed planned once more.", Again, [.. Verb.Id("wish"),
            Verb.Text("--note", "What the planner is to know.", "TEXT"), .. Waiting()]),
    ];

    static Symbol[] Waiting() =>
    [
        Verb.Flag("--no-wait", "Print the wish and leave; 'plan wishes' shows what came of it."),
        Verb.Text("--timeout", "Longest wait in seconds; then exit code 8. The planning goes on.", "SECONDS"),
        Verb.Text("--idempotency-key", "The same key again wishes nothing more.", "KEY"),
    ];

    static int Wish(Invocation call)
    {
        var text = call.Need("text") is var said && said == "-" ? call.ReadPrompt("-") : said;
        return Follow(call, call.Api().Plans.Wish(new MakeWish.Request(text, call.Text("--project"), call.Flag("--yes") ? true : null,
            call.Text("--idempotency-key"))));
    }

    static int Again(Invocation call) => Follow(call, call.Api().Plans.RetryWish(call.Id("wish"), new RetryWish.Request(
        call.Text("--note"), call.Text("--idempotency-key"))));

    /// <summary>Waits for the plan, shows it, and asks for consent where somebody can be asked.</summary>
    static int Follow(Invocation call, JsonNode made)
    {
        var id = made.Text("wish.id")!;
        if (call.Flag("--no-wait"))
            return call.Output.Document(made);
        call.Output.Remark($"Wish {id}: run {made.Text("wish.run_id")} plans it.");
        var plans = call.Api().Plans;
        var wish = CheckVerbs.Await(call, $"Wish {id}", step => plans.WaitWish(id, step)["wish"]!,
            wish => wish.Text("status") != "planning", call.Seconds("--timeout"));
        if (wish.Text("plan_id") is not { } plan)
            return NoPlan(call, wish);
        var shown = plans.Show(plan);
        var isDraft = shown.Text("plan.status") == "draft";
        if (call.Output.WantsJson)
            return call.Output.Document(new JsonObject
            {
                ["wish"] = wish.DeepClone(),
                ["plan"] = shown["plan"]!.DeepClone(),
                ["items"] = shown["items"]!.DeepClone(),
                ["findings"] = shown["findings"]!.DeepClone(),
            });
        PlanVerbs.Tell(call, shown);
        if (!isDraft)
            return ExitCodes.Ok;
        if (call.Around.InputIsTerminal)
            return PlanImportVerb.Consent(call, shown, $"agentctl plan start {plan}")
                ? PlanVerbs.Print(call, plans.Start(plan, new MovePlan.Request(null, null, null))) : ExitCodes.Ok;
        call.Output.Remark($"Nothing runs yet: agentctl plan start {plan}. To change it first: agentctl plan export {plan} --output FILE, "
            + $"edit, agentctl plan import FILE --plan {plan}");
        return ExitCodes.Ok;
    }

    static int NoPlan(Invocation call, JsonNode wish)
    {
        if (wish.Text("status") == "planning")
        {
            call.Output.Document(new JsonObject { ["wish"] = wish.DeepClone() });
            return ExitCodes.StillRunning;
        }

        call.Output.Remark(SafeText.Line($"No plan came of it. {wish.Text("problem")}"));
        foreach (var finding in wish.Entries("findings").Where(one => one.Text("severity") != "info"))
            call.Output.Remark(SafeText.Line(PlanImportVerb.Finding(finding)));
        call.Output.Remark($"Say more: agentctl plan replan {wish.Text("id")} --note TEXT");
        call.Output.Document(new JsonObject { ["wish"] = wish.DeepClone() });
        return ExitCodes.PersonMustDecide;
    }

    static int List(Invocation call)
    {
        var found = call.Api().Plans.Wishes(call.Text("--status"), GatewayVerbs.PageOf(call));
        if (call.Output.WantsJson)
            return call.Output.Document(found);
        foreach (var wish in found.Entries("wishes"))
            call.Output.Line(SafeText.Line($"{wish.Text("id")}  {wish.Text("status"),-8}  {wish.Text("plan_id") ?? "-",-16}  "
                + Texts.Short((wish.Text("text") ?? "").Trim().Split('\n')[0])));
        if (!found.Entries("wishes").Any())
            call.Output.Line("There is no wish: agentctl plan wish TEXT");
        if (found.Text("next_cursor") is { } cursor)
            call.Output.Remark($"There is more: --cursor {cursor}");
        return ExitCodes.Ok;
    }
}
