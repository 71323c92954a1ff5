using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Plans;
using Orchestrator.Runs;

namespace Orchestrator.Verbs;

/// <summary><c>plan</c>: make work of a document, let it run, say what only a person can say, and give it back as a file.</summary>
static class PlanVerbs
{
    public static Command Plan() => Verb.Group("plan", "Documents that become work in phases, and run to their end.",
    [
        Verb.Do("import", "Make a plan of a document (a manifest, a spec folder, a state file, parallel tasks, issues), or bring it up "
            + "to date. Nothing runs before 'plan start'. Its format is seen by its content.", [.. ImportText.Kinds], PlanImportVerb.Import,
                PlanImportVerb.Symbols()),
        Verb.Do("list", "List plans, the newest first.", List,
            Verb.Text("--status", "Only those in this status.", "STATUS"),
            Verb.Text("--limit", "At most so many entries (1 to 500).", "N"),
            Verb.Text("--cursor", "Go on after this cursor of the page before.", "CURSOR")),
        Verb.Do("show", "Show a plan: its phases, its items, what is to be decided, and what is left.", Show, Verb.Id("plan")),
        Verb.Do("start", "Let a plan run. It shows what will run and asks; where nobody can be asked, --yes says that you know.",
            PlanImportVerb.Start, [.. Verb.Id("plan"),
            Verb.Flag("--yes", "Start without asking."),
            Verb.Flag("--with-optional", "Optional items are wanted, too."),
            Verb.Text("--mode", "deterministic, or llm: a controller (profile for the phase manage) is asked where there is a choice.",
                "WORD"),
            Verb.Text("--idempotency-key", "The same key again starts nothing more.", "KEY")]),
        Mover("pause", "Let nothing of a plan start; what is at work goes on.", (calls, id, request) => calls.Pause(id, request)),
        Mover("resume", "Let a paused plan go on.", (calls, id, request) => calls.Resume(id, request)),
        Verb.Do("assign", "Say who does which item: by the rules anew, by a file, or by asking the profile for the phase manage.",
            Assign, [.. Verb.Id("plan"),
            Verb.Text("--by", "rules (when nothing else is said) or manage; 'plan show' shows what came of the question.", "WORD"),
            Verb.Text("--assignment", "A file {\"dispatch_units\": [{\"task_id\", \"type\", \"owner_agent\", …}]}; - for standard "
                + "input.", "FILE"),
            Verb.Text("--idempotency-key", "The same key again assigns nothing and prints the same answer.", "KEY")]),
        Mover("cancel", "Call a plan off: its runs are canceled, and its items that are not done.",
            (calls, id, request) => calls.Cancel(id, request)),
        Verb.Do("why", "Why a plan is where it is, and what each open item waits for.", Why, Verb.Id("plan")),
        Verb.Do("decide", "Say what only a person can say.", Decide, [.. Verb.Id("plan"),
            Verb.Text("--item", "Which item, by the id its document gave it or its own.", "ID"),
            Verb.Text("--phase", "Which phase's gate, by its number.", "N"),
            Verb.Text("--option", "retry, skip or abort for an item; accept for work in review; go-on or abort for a gate.", "WORD"),
            Verb.Text("--note", "A word about it; with retry the agent is told.", "TEXT"),
            Verb.Text("--idempotency-key", "The same key again decides nothing and prints the same answer.", "KEY")]),
        Verb.Do("graph", "What waits for what, and the longest way through what is left.", Graph, Verb.Id("plan")),
        Verb.Do("simulate", "What would run when; nothing is started.", Simulate, [.. Verb.Id("plan"),
            Verb.Text("--max-parallel", "Items at once; the project's or the daemon's limit when not said.", "N")]),
        CheckVerb.Check(),
        Verb.Do("export", "Give a plan as a file of another format, on standard output or into a file.", [.. ExportPlan.Names],
            PlanImportVerb.Export, [.. Verb.Id("plan"),
            Verb.Text("--output", "Write it there; what people wrote in that file stays.", "FILE", "-o")]),
        .. WishVerbs.Verbs(),
    ]);

    static Command Mover(string name, string description, Func<PlanCalls, string, MovePlan.Request, JsonNode> move) =>
        Verb.Do(name, description, call =>
        {
            var answer = move(call.Api().Plans, call.Id("plan"), new MovePlan.Request(call.Text("--reason"), null,
                call.Text("--idempotency-key")));
            return Print(call, answer);
        }, [.. Verb.Id("plan"), Verb.Text("--reason", "Why, for the history.", "TEXT"),
            Verb.Text("--idempotency-key", "The same key again changes nothing more.", "KEY")]);

    /// <summary>One line for a person, or the document.</summary>
    public static int Print(Invocation call, JsonNode answer)
    {
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        call.Output.Line(Row(answer["plan"]!));
        return ExitCodes.Ok;
    }

    static string Row(JsonNode plan) =>
        SafeText.Line($"{plan.Text("id")}  {plan.Text("status"),-14}  {plan.Cell("decided")}/{plan.Cell("total")}  "
        + $"{plan.Text("title")}{(plan.Text("project") is { } project ? $"  ({project})" : "")}");

    static int Assign(Invocation call)
    {
        var answer = call.Api().Plans.Assign(call.Id("plan"), Assignment(call, call.Text("--idempotency-key")));
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        foreach (var finding in answer.Entries("findings"))
            call.Output.Remark(PlanImportVerb.Finding(finding));
        if (answer["consult"] is { } consult)
            call.Output.Remark($"Run {consult.Text("run_id")} is asked; until it has answered the rules hold.");
        foreach (var item in answer.Entries("items"))
            call.Output.Line(SafeText.Line($"{item.Text("foreign_id")}  {Assigned(item)}"));
        return ExitCodes.Ok;
    }

    /// <summary>What --by and --assignment say; the rules when neither is given.</summary>
    public static AssignPlan.Request Assignment(Invocation call, string? key)
    {
        var (by, file) = (call.Text("--by"), call.Text("--assignment"));
        if (by is not null && file is not null)
            throw Invocation.Usage("--by and --assignment are two ways; give one of them.");
        try
        {
            return file is null ? new AssignPlan.Request(by ?? "rules", null, key)
                : new AssignPlan.Request(null, JsonDocument.Parse(call.ReadText(file, "the assignment")).RootElement, key);
        }
        catch (JsonException problem)
        {
            throw Invocation.Usage($"The assignment is no JSON: {problem.Message}");
        }
    }

    /// <summary><c>code by spark, standard (rules: its words and its files; default of the phase code)</c></summary>
    public static string Assigned(JsonNode item) => $"{item.Text("assigned.type")} by {item.Text("assigned.profile") ?? "-"}, "
        + $"{item.Text("assigned.care")} ({item.Text("assigned.by")}: {item.Text("assigned.why")}"
        + $"{(item.Text("assigned.route") is { } route ? $"; {route}" : "")})";

    static int List(Invocation call)
    {
        var found = call.Api().Plans.List(call.Text("--status"), GatewayVerbs.PageOf(call));
        if (call.Output.WantsJson)
            return call.Output.Document(found);
        foreach (var plan in found.Entries("plans"))
            call.Output.Line(Row(plan));
        if (!found.Entries("plans").Any())
            call.Output.Line("There is no plan: agentctl plan import FILE");
        if (found.Text("next_cursor") is { } cursor)
            call.Output.Remark($"There is more: --cursor {cursor}");
        return ExitCodes.Ok;
    }

    static int Show(Invocation call)
    {
        var shown = call.Api().Plans.Show(call.Id("plan"));
        if (call.Output.WantsJson)
            return call.Output.Document(shown);
        Tell(call, shown);
        return ExitCodes.Ok;
    }

    /// <summary>A plan with its items, for a person.</summary>
    public static void Tell(Invocation call, JsonNode shown)
    {
        void Say(string text) => call.Output.Line(SafeText.Line(text));
        Say(Row(shown["plan"]!));
        foreach (var phase in shown["plan"].Entries("phases"))
        {
            Say($"{phase.Text("name")}: {phase.Text("state")}, {phase.Cell("decided")} of {phase.Cell("total")}, gate "
                + $"{phase.Text("gate")}");
            foreach (var item in shown.Entries("items").Where(item => item.Text("phase") == phase.Text("name")))
                Item(item, Say);
        }

        foreach (var decision in shown["plan"].Entries("decisions"))
            Say($"to decide: {decision.Text("text")} [{Join(decision["options"])}]");
        foreach (var one in shown.Entries("consults").Where(one => one.Text("status") != "used"))
            Say($"controller ({one.Text("kind")}): {one.Text("status")} {one.Text("problem") ?? $"run {one.Text("run_id")}"}");
        if (shown["critical_path"] is JsonArray { Count: > 0 } path)
            Say($"longest way: {string.Join(" -> ", path.Select(one => (string?)one))}");
        Say(shown.Text("estimate.text") ?? "");
        foreach (var finding in shown.Entries("findings").Where(one => one.Text("severity") != "info"))
            Say(PlanImportVerb.Finding(finding));
    }

    /// <summary><c>  5f0c9d3e1a7b2c48  ready      t4  Fix the switch  after t2</c></summary>
    static void Item(JsonNode item, Action<string> say)
    {
        string[] waits = [.. (item["depends_on"] as JsonArray ?? []).Select(one => (string?)one ?? ""),
            .. item.Entries("after").Select(one => $"{one.Text("foreign_id")} ({one.Text("why")})")];
        say($"  {item.Text("id")}  {item.Text("status") ?? "gone",-9}  {item.Text("foreign_id")}  {item.Text("title")}"
            + $"{(waits.Length > 0 ? $"  after {string.Join(", ", waits)}" : "")}{((bool?)item["optional"] == true ? "  optional" : "")}");
        say($"      {Assigned(item)}");
        foreach (var step in item.Entries("steps"))
            say($"      {step.Text("state"),-6}  {step.Text("id")}  {step.Text("title")}"
                + (step.Text("note") is { } note ? $": {note}" : ""));
    }

    static string Join(JsonNode? texts) => string.Join(", ", (texts as JsonArray ?? []).Select(one => (string?)one));

    static int Why(Invocation call)
    {
        var why = call.Api().Plans.Why(call.Id("plan"));
        if (call.Output.WantsJson)
            return call.Output.Document(why);
        foreach (var line in (JsonArray)why["text"]!)
            call.Output.Line(SafeText.Line((string)line!));
        foreach (var item in why.Entries("items"))
        {
            var causes = item.Entries("causes").Select(cause => cause.Text("text")).DefaultIfEmpty("it may start now");
            call.Output.Line(SafeText.Line($"{item.Text("foreign_id")} ({item.Text("status")}): {string.Join(' ', causes)} "
                + $"[{item.Text("assigned")}]"));
        }

        return why.Text("status") == "needs_decision" ? ExitCodes.PersonMustDecide : ExitCodes.Ok;
    }

    static int Decide(Invocation call) => Print(call, call.Api().Plans.Decide(call.Id("plan"), new DecidePlan.Request(call.Text("--item"),
        call.Number("--phase", 1, 10_000), call.Need("--option"), call.Text("--note"), call.Text("--idempotency-key"))));

    static int Graph(Invocation call)
    {
        var graph = call.Api().Plans.Graph(call.Id("plan"));
        if (call.Output.WantsJson)
            return call.Output.Document(graph);
        foreach (var edge in graph["graph"].Entries("edges"))
            call.Output.Line(SafeText.Line($"{edge.Text("from")} -> "
                + $"{edge.Text("to")}{((bool?)edge["added"] == true ? "  (same file)" : "")}"));
        call.Output.Line(SafeText.Line($"longest way: {string.Join(" -> ", ((JsonArray)graph["graph"]!["critical_path"]!)
            .Select(one => (string?)one))}  ({graph.Cell("graph.critical_weight")} of {graph.Cell("graph.total_weight")})"));
        return ExitCodes.Ok;
    }

    static int Simulate(Invocation call)
    {
        var played = call.Api().Plans.Simulate(call.Id("plan"), call.Number("--max-parallel", 1, 1000));
        if (call.Output.WantsJson)
            return call.Output.Document(played);
        foreach (var round in played.Entries("rounds"))
        {
            call.Output.Line(SafeText.Line($"{round.Cell("no")}. {Join(round["items"])}  ({Join(round["phases"])})"));
            foreach (var wait in round.Entries("waiting"))
                call.Output.Line(SafeText.Line($"     {wait.Text("id")}: {wait.Text("why")}"));
        }

        return ExitCodes.Ok;
    }
}
