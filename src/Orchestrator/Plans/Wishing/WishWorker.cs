using Orchestrator.Agents;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>
/// Makes plans of what planners gave: looks at each wish whose run has ended, reads the result, and stores what follows in one transaction.
/// It keeps nothing in memory; a daemon that dies at any point leaves rows from which the next one does the same.
/// </summary>
sealed class WishWorker(WishStore wishes, RunStore runs, SessionStore sessions, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>How often a planner whose result cannot be used is asked again, before a person is.</summary>
    const int MostRepeats = 1;

    const int MostOfWords = 1000;

    static readonly TimeSpan Slowly = TimeSpan.FromSeconds(5), AfterTrouble = TimeSpan.FromSeconds(5);

    readonly Bell wake = new();

    /// <summary>Runs until shutdown.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        wishes.Stirred += wake.Ring;
        await wake.Serve(Slowly, Turn, shutdown);
        wishes.Stirred -= wake.Ring;
    }

    public void Dispose() => wake.Dispose();

    Task Turn(CancellationToken shutdown) => OneByOne.Do(() => wishes.Store.Read(WishStore.Planning), Look,
        "A wish could not be looked at; it is again in a while.", new Trouble(AfterTrouble, clock, log), shutdown);

    async Task Look(Wish wish)
    {
        var run = wishes.Store.Read(db => Last(db, wish.RunId));
        if (run.Id != wish.RunId)
            await wishes.Store.Write(transaction => WishStore.FollowRun(transaction, wish.Id, run.Id));
        if (run.EndedAt is null)
            return;
        var (draft, verdict) = Read(wish, run);
        Checkpoint.Reach(Checkpoint.WishRead);
        await wishes.Store.Write(transaction =>
        {
            // Once more where nothing can come in between.
            if (WishStore.Get(transaction.Db, wish.Id) is { State: WishStatus.Planning } still && still.RunId == run.Id)
                Follow(transaction, still, run, draft, verdict);
        });
        Checkpoint.Reach(Checkpoint.WishKept);
    }

    static Run Last(Connection db, string id)
    {
        var run = RunRows.Get(db, id);
        while (run.NextRunId is { } next)
            run = RunRows.Get(db, next);
        return run;
    }

    /// <summary>What is to be said of a result.</summary>
    /// <param name="Problem">Why no plan can be made of it; null when one can.</param>
    /// <param name="MayRepeat">The planner itself can mend it.</param>
    sealed record Verdict(string? Problem, bool MayRepeat, IReadOnlyList<ImportFinding> Findings);

    static (PlanDraft? Draft, Verdict Verdict) Read(Wish wish, Run run)
    {
        if (run.Status != RunStatus.Succeeded)
        {
            var said = run.Error?.Message is { Length: > 0 } message ? $": {Short(message)}" : ".";
            return (null, new Verdict(
                $"Run {run.Id} ended {RunLifecycle.Word(run.Status)}{(run.Reason is { } reason ? $" ({reason})" : "")}{said}",
                run.Reason is EndReason.InvalidResult or EndReason.NoResult, []));
        }

        if (run.Result?.Json is not { } json)
            return (null, new Verdict("There is no JSON object in its answer.", true, []));
        var read = WishImport.Read(new SourceText("", json), wish.Text);
        if (read.Plan is { } draft)
            return (draft, new Verdict(null, false, read.Findings));
        var errors = read.Findings.Where(one => one.IsError).ToList();
        var words = read.Findings.Any(one => one.Code == "no_items") && run.Result.Summary is { Length: > 0 } summary
            ? $" The planner says: {Short(summary)}" : "";
        var more = errors.Count > 1 ? $" And {errors.Count - 1} more." : "";
        return (null, new Verdict($"{errors[0].Text}{more}{words}", true, read.Findings));
    }

    static string Short(string text) => text.Length <= MostOfWords ? text : text[..MostOfWords] + "…";

    void Follow(WriteTransaction transaction, Wish wish, Run run, PlanDraft? draft, Verdict verdict)
    {
        if (draft is not null)
            Keep(transaction, wish, run, draft, verdict.Findings);
        else if (verdict.MayRepeat && wish.Repeats < MostRepeats)
            wishes.Return(transaction, wish, Ask(transaction, run, WishText.AskAgain(verdict.Problem!, verdict.Findings), runs, sessions,
                PlanStore.Actor).Id, verdict.Problem!, verdict.Findings);
        else
            wishes.Advance(transaction, wish.Id, WishStep.GiveUp, new WishChange
            {
                Problem = verdict.Problem,
                Findings = verdict.Findings,
            }, PlanStore.Actor);
    }

    void Keep(WriteTransaction transaction, Wish wish, Run run, PlanDraft draft, IReadOnlyList<ImportFinding> findings)
    {
        var source = new SourceText("wish.json", run.Result!.Json!);
        var (plan, found) = new KeepPlan(wishes.Plans).Keep(transaction, new PlanOrder(draft, [source], $"{SourceKinds.Wish} {wish.Id}",
            wish.Project, findings), wish.CreatedBy);
        wishes.Advance(transaction, wish.Id, WishStep.Plan, new WishChange { PlanId = plan.Id, Findings = found }, PlanStore.Actor);
        if (wish.Starts)
            wishes.Plans.Advance(transaction, plan.Id, PlanAct.Start, wish.CreatedBy, "Its wish was made with this consent.");
    }

    /// <summary>The planner is asked once more, in its own conversation.</summary>
    public static Run Ask(WriteTransaction transaction, Run run, string words, RunStore runs, SessionStore sessions, string actor)
    {
        // One that remembers its conversation need not be told the whole again.
        var first = transaction.Db.Text("select prompt from runs where session_id = @session order by queue_no limit 1",
            ("@session", run.SessionId));
        var prompt = SessionStore.Thread(transaction.Db, run.SessionId, run.Agent) is not null ? words : $"{words}\n{first}";
        var next = runs.Insert(transaction, NewRun.Like(run, prompt) with { Trigger = "plan", Title = run.Title }, actor);
        sessions.AddMessage(transaction, run.SessionId, "user", prompt, actor, next.Id);
        return next;
    }
}
