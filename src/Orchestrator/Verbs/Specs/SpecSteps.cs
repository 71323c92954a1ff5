using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Plans;
using Orchestrator.Reviews;

namespace Orchestrator.Verbs;

/// <summary>
/// The steps of <c>spec run</c> one by one, for scripts that make the loop themselves: assign, dispatch, review, consolidate. Each has the
/// daemon do it, brings the files beside the spec up to date, and answers with what they say.
/// </summary>
static class SpecSteps
{
    static readonly string[] AtWork = ["ready", "in_flight"];

    public static Command[] Verbs() =>
    [
        Verb.Do("assign", "Say who does which unit: by rules, by an assignment file, or by asking the profile for the phase manage.",
            Assign, [.. Common("The spec's folder, or its AGENT_STATE.json."),
            Verb.Text("--by", "rules (when nothing else is said) or manage.", "WORD"),
            Verb.Text("--assignment", "A file {\"dispatch_units\": [{\"task_id\", \"type\", \"owner_agent\", …}]} instead; - reads it "
                + "from standard input.", "FILE"),
            Verb.Text("--timeout", "Longest wait for the answer in seconds; it counts all the same when it comes.", "SECONDS")]),
        Verb.Do("dispatch", "Let the units start that are ready, and wait until they are done or in review: exit 0, 1 when some did not "
            + "get done, 2 when a person must decide.", Dispatch,
            [.. Common("The spec's folder, or its AGENT_STATE.json."),
            Verb.Text("--session", "Kept for scripts: the state file calls it orch-NAME of the spec.", "NAME"),
            Verb.Texts("--task", "Only this unit; may be repeated.", "ID"),
            Verb.Flag("--dry-run", "Only say which would start, in which batches."),
            Verb.Flag("--yes", "Consent without being asked, where nobody has consented to the plan yet."),
            Verb.Text("--sleep", "Seconds between two looks (1).", "SECONDS"),
            Verb.Text("--timeout", "Longest wait in seconds; the work goes on after it.", "SECONDS")]),
        Verb.Do("review", "Wait until the reviews of finished units are over; where a reviewer could not review, another one looks.",
            Review, [.. Common("The spec's folder, or its AGENT_STATE.json."),
            Verb.Flag("--dry-run", "Only say which units are in review."),
            Verb.Flag("--batch", "Kept for scripts: each unit has reviewers of its own."),
            Verb.Text("--sleep", "Seconds between two looks (1).", "SECONDS"),
            Verb.Text("--timeout", "Longest wait in seconds; the reviews go on after it.", "SECONDS")]),
        Verb.Do("consolidate", "Say what the reviews of each unit come to, and what follows: exit 0, 2 when a person must decide.",
            Consolidate,
            [.. Common("The spec's folder, or its AGENT_STATE.json."),
            Verb.Texts("--task", "Only this unit; may be repeated.", "ID"),
            Verb.Flag("--no-complete", "Kept for scripts: units are completed by the daemon, never by this command.")]),
    ];

    static Symbol[] Common(string what) =>
    [
        Verb.Word("spec", what),
        Verb.Text("--output", "Folder of the files; the one above the spec when not said.", "DIR"),
        .. SpecVerbs.Place(),
        Verb.Flag("--json", "Print the answer as JSON; --format json does the same."),
    ];

    /// <summary>A spec with its plan and its files.</summary>
    sealed record Desk(Invocation Call, string Plan, JsonNode Shown, SpecFiles Files, SpecSource Source)
    {
        public PlanCalls Plans { get; } = Call.Api().Plans;

        /// <summary>Brings the files up to date; the state as it was written.</summary>
        public JsonObject Written()
        {
            Files.Write(Plans, Plan);
            return JsonNode.Parse(File.ReadAllText(Files.State))!.AsObject();
        }
    }

    static Desk? Open(Invocation call)
    {
        var source = SpecSource.Named(call);
        if (source.Import(call, SpecSource.Project(call, mayAdd: call.Flag("--yes"))) is not { } plan)
            return null;
        var files = new SpecFiles(SpecVerbs.FolderOf(call, source), source.TasksMd, state: source.State);
        return new Desk(call, plan.Text("id")!, plan, files, source);
    }

    static int Refused(Invocation call) => SpecVerbs.Failed(call, "The spec was refused.", ["What was found is on standard error."]);

    static int Assign(Invocation call)
    {
        var request = PlanVerbs.Assignment(call, null);
        if (Open(call) is not { } desk)
            return Refused(call);
        JsonNode answer;
        try
        {
            answer = desk.Plans.Assign(desk.Plan, request);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Unprocessable)
        {
            return SpecVerbs.Failed(call, "The assignment cannot be used.", [fault.Message]);
        }

        foreach (var finding in answer.Entries("findings"))
            call.Output.Remark(PlanImportVerb.Finding(finding));
        var how = answer["consult"] is { } consult ? Answered(desk, consult.Text("id")!) : null;
        var state = desk.Written();
        var units = Units(state).Select(task => new JsonObject(Members.Select(name => KeyValuePair.Create(name,
            task[name]?.DeepClone())))).ToList();
        var missing = units.Where(task => task.Text("owner_agent") is null).Select(task => $"{task.Text("task_id")}: owner_agent").ToList();
        var document = desk.Files.Document(how ?? $"{units.Count} units are assigned.");
        document["plan_id"] = desk.Plan;
        document["dispatch_units"] = new JsonArray([.. units.Select(task => (JsonNode)task)]);
        document["window_mapping"] = state["window_mapping"]?.DeepClone();
        document["success"] = missing.Count == 0;
        document["errors"] = new JsonArray([.. missing.Select(one => (JsonNode)$"No profile is there for {one}.")]);
        return SpecVerbs.Answer(call, document, missing.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed);
    }

    static readonly string[] Members = ["task_id", "type", "owner_agent", "target_window", "criticality", "writes", "reads", "assigned_by"];

    static IEnumerable<JsonNode> Units(JsonObject state) => state.Entries("tasks").Where(task => task.Text("parent_id") is null);

    /// <summary>Waits for the controller; what came of its answer.</summary>
    static string Answered(Desk desk, string consult)
    {
        JsonNode? one = null;
        Look(desk.Call, () => (one = desk.Plans.Show(desk.Plan).Entries("consults").FirstOrDefault(each => each.Text("id") == consult))
            .Text("status") != "asked");
        return one.Text("status") switch
        {
            "used" => $"Run {one.Text("run_id")} said who does what.",
            "asked" => "There is no answer yet; until it comes the rules hold.",
            _ => $"The rules hold: {one.Text("problem")}",
        };
    }

    /// <summary>Looks again and again until that is so. False when the time is up.</summary>
    static bool Look(Invocation call, Func<bool> isSo)
    {
        var begun = call.Around.Clock.GetTimestamp();
        var (pause, limit) = (call.Seconds("--sleep") ?? TimeSpan.FromSeconds(1), call.Seconds("--timeout"));
        var patience = new Patience(call.Around.Clock, call.Output.Remark, call.Stop);
        while (true)
        {
            try
            {
                if (isSo())
                    return true;
                patience.Answered();
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }

            if (call.Around.Clock.GetElapsedTime(begun) > limit)
                return false;
            call.Stop.WaitHandle.WaitOne(pause);
            call.Stop.ThrowIfCancellationRequested();
        }
    }

    static int Dispatch(Invocation call)
    {
        if (Open(call) is not { } desk)
            return Refused(call);
        var wanted = call.Texts("--task") is { Length: > 0 } tasks ? tasks : null;
        if (call.Flag("--dry-run"))
            return Dispatched(desk, desk.Plans.Dispatch(desk.Plan, new DispatchPlan.Request(wanted, true, null)), isOver: true);
        var status = desk.Shown.Text("status");
        if (status == "draft" && !PlanImportVerb.Consent(call, desk.Plans.Show(desk.Plan),
            $"agentctl spec dispatch {call.Need("spec")} --yes"))
            return ExitCodes.Usage;
        var byHand = new MovePlan.Request(null, null, null, null, true, desk.Source.Kept(call, desk.Shown.Text("project")));
        if (status == "draft")
            desk.Plans.Start(desk.Plan, byHand);
        else if (status is "paused" or "failed")
            desk.Plans.Resume(desk.Plan, byHand);
        JsonNode answer;
        try
        {
            answer = desk.Plans.Dispatch(desk.Plan, new DispatchPlan.Request(wanted, null, null));
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict && status is "completed" or "canceled")
        {
            return SpecVerbs.Failed(call, $"The plan is {status}: nothing of it starts.", [fault.Message]);
        }

        var ids = ((JsonArray)answer["dispatched"]!).Select(id => (string?)id).ToHashSet();
        var isOver = Look(call, () => desk.Plans.Show(desk.Plan) is var shown && shown.Text("plan.status") != "paused"
            && !shown.Entries("items").Any(item => ids.Contains(item.Text("foreign_id")) && AtWork.Contains(item.Text("status"))));
        return Dispatched(desk, answer, isOver);
    }

    static int Dispatched(Desk desk, JsonNode answer, bool isOver)
    {
        var state = desk.Written();
        var ids = ((JsonArray)answer["dispatched"]!).Select(id => (string?)id).ToHashSet();
        var results = Units(state).Where(task => ids.Contains(task.Text("task_id"))).Select(task => new JsonObject(Results.Select(name =>
            KeyValuePair.Create(name, task[name]?.DeepClone())))).ToList();
        var (dry, pending) = (desk.Call.Flag("--dry-run"), state.Entries("pending_decisions").Count());
        var bad = dry ? [] : results.Where(task => task.Text("status") == "blocked").ToList();
        var code = dry || (isOver && bad.Count == 0 && pending == 0) ? ExitCodes.Ok : pending > 0 ? DecisionPending : ExitCodes.Failed;
        var document = desk.Files.Document(dry ? $"{results.Count} units would start." : !isOver ? "The time is up; the work goes on."
            : $"{results.Count - bad.Count} of {results.Count} units are done or in review.");
        document["success"] = code == ExitCodes.Ok;
        document["plan_id"] = desk.Plan;
        document["dispatched"] = answer["dispatched"]!.DeepClone();
        document["batches"] = answer["batches"]!.DeepClone();
        document["results"] = new JsonArray([.. results.Select(task => (JsonNode)task)]);
        document["pending_decisions"] = state["pending_decisions"]?.DeepClone();
        document["errors"] = new JsonArray([.. bad.Select(task => (JsonNode)$"{task.Text("task_id")}: {task.Text("blocked_reason")}")]);
        return SpecVerbs.Answer(desk.Call, document, code);
    }

    /// <summary>Exit code when a person must decide; fixed by the scripts this stands for.</summary>
    const int DecisionPending = 2;

    static readonly string[] Results = ["task_id", "status", "owner_agent", "exit_code", "output", "error", "files_changed",
        "blocked_reason"];

    static int Review(Invocation call)
    {
        if (Open(call) is not { } desk)
            return Refused(call);
        var reviews = call.Api().Reviews;
        List<JsonNode> InReview() => [.. desk.Plans.Show(desk.Plan).Entries("items").Where(item => item.Text("status") == "review")];
        var began = InReview();
        if (!call.Flag("--dry-run"))
        {
            foreach (var item in began)
                if (reviews.Show(item.Text("id")!).Entries("rounds").LastOrDefault() is { } round
                    && round.Text("state") == "waiting" && round.Entries("reviews").Any(one => one.Text("state") == "unusable"))
                    reviews.Decide(item.Text("id")!, new DecideReview.Request("again", null, null, null));
            Look(call, () => !InReview().Any(item => reviews.Show(item.Text("id")!).Entries("rounds").LastOrDefault()
                .Text("state") == "reviewing"));
        }

        var state = desk.Written();
        var ids = began.Select(item => item.Text("foreign_id")).ToHashSet();
        var found = state.Entries("review_findings").Where(one => ids.Contains(one.Text("task_id"))).ToList();
        var left = Units(state).Where(task => task.Text("status") is "pending_review" or "under_review").ToList();
        var document = desk.Files.Document(ids.Count == 0 ? "No unit is in review."
            : $"{ids.Count} units were in review; {left.Count} still are.");
        document["plan_id"] = desk.Plan;
        document["reviewed"] = new JsonArray([.. ids.Select(id => (JsonNode?)id)]);
        document["review_findings"] = new JsonArray([.. found.Select(one => one.DeepClone())]);
        return SpecVerbs.Answer(call, document, ExitCodes.Ok);
    }

    static int Consolidate(Invocation call)
    {
        if (Open(call) is not { } desk)
            return Refused(call);
        var state = desk.Written();
        var wanted = call.Texts("--task").ToHashSet();
        if (wanted.FirstOrDefault(id => Units(state).All(task => task.Text("task_id") != id)) is { } unknown)
            return SpecVerbs.Failed(call, "A unit is not there.", [$"The spec has no unit '{unknown}'."]);
        var reports = state.Entries("final_reports").Where(one => wanted.Count == 0 || wanted.Contains(one.Text("task_id")!)).ToList();
        var pending = state.Entries("pending_decisions").Count();
        var document = desk.Files.Document($"{reports.Count} units have a report; {pending} decisions wait for a person.");
        document["plan_id"] = desk.Plan;
        document["final_reports"] = new JsonArray([.. reports.Select(one => one.DeepClone())]);
        foreach (var (name, follows) in ((string, string[])[])[("completed", ["completed"]),
            ("fix_required", ["fix_required", "escalated"]), ("human_intervention_required", ["human_intervention_required", "blocked"])])
            document[name] = new JsonArray([.. reports.Where(one => follows.Contains(one.Text("follows"))).Select(one =>
                (JsonNode?)one.Text("task_id"))]);
        document["deferred_fixes"] = state["deferred_fixes"]?.DeepClone();
        document["pending_decisions"] = state["pending_decisions"]?.DeepClone();
        if (!call.Output.WantsJson && !call.Flag("--json"))
            foreach (var report in reports)
                call.Output.Line(SafeText.Line($"{report.Text("task_id")}: {report.Text("overall_severity")}, {report.Text("follows")}. "
                    + report.Text("summary")));
        return SpecVerbs.Answer(call, document, pending > 0 ? DecisionPending : ExitCodes.Ok);
    }
}
