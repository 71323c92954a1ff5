using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Providers;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Recovery;

/// <summary>
/// What follows when a run ends: gathers the facts, asks the table, and writes what it says in the transaction of the end itself. However
/// often the daemon dies, the next attempt is there once, or the run has not ended.
/// </summary>
/// <param name="runs">The runs.</param>
/// <param name="person">Where a person is asked.</param>
/// <param name="coolDowns">Whom to leave alone.</param>
/// <param name="clock">For the machine's time zone: the moment itself is the transaction's.</param>
sealed class RunRecovery(RunStore runs, AskPerson person, CoolDownStore coolDowns, TimeProvider clock)
{
    /// <summary>What the next attempt at a run's work is told besides what its agent said; null for nothing.</summary>
    public Func<Connection, Run, RunResult?, string?> Advise { get; init; } = (_, _, _) => null;

    /// <summary>Why nothing more follows by itself, whatever the table says; null for nothing.</summary>
    public Func<Connection, Run, string, string?> Hold { get; init; } = (_, _, _) => null;

    /// <summary>Decides; called once for each run, when it ends.</summary>
    public Sequel Follow(WriteTransaction transaction, Run run, RunStatus end, RunChange change)
    {
        if (end == RunStatus.Succeeded)
            CoolDownStore.Praise(transaction, run.Provider);
        var coolDown = Struck(transaction, run, end, change);
        if (ReasonOf(run, end, change) is not { } reason || run.Plan is not { } plan
            || SessionStore.Get(transaction.Db, run.SessionId) is not { Status: not "archived" } session)
            return Sequel.None;
        var chain = RunRows.Chain(transaction.Db, run);
        var decision = RecoveryTable.Decide(Facts(transaction, run, change, reason, plan, chain, coolDown));
        if (decision.Remedy is not (Remedy.Nothing or Remedy.Ask) && Hold(transaction.Db, run, reason) is { } held)
            decision = Decision.Asked(held);
        return decision.Remedy switch
        {
            Remedy.Nothing => Sequel.None,
            // A child's end reaches its parent, which decides what becomes of it.
            Remedy.Ask => session.ParentSessionId is not null || plan.AskNobody ? Sequel.None
                : new Sequel(null, after => person.HowToGoOn(after, run.Id, reason, decision.Why)),
            _ => new Sequel(Queue(transaction, chain, change, plan, decision).Id),
        };
    }

    /// <summary>A refusal for now holds all runs of the provider back, whatever becomes of this one.</summary>
    CoolDown? Struck(WriteTransaction transaction, Run run, RunStatus end, RunChange change)
    {
        if (end != RunStatus.Failed || change.Reason is not (EndReason.RateLimited or EndReason.QuotaExhausted))
            return CoolDownRows.Of(transaction.Db, run.Provider);
        var now = Times.From(transaction.Now);
        return coolDowns.Strike(transaction, new Refusal(run.Provider, run.Id, change.Reason, change.ErrorMessage),
            change.Reset?.Resolve(now, clock.LocalTimeZone));
    }

    /// <summary>Null for a run that did its work. Silence about the goal counts as doubt where it was to be told.</summary>
    static string? ReasonOf(Run run, RunStatus end, RunChange change) => end != RunStatus.Succeeded ? change.Reason
        : change.Result?.GoalMet is false || (change.Result?.GoalMet is null && run.OutputSchema == StructuredResult.Schema)
            ? RecoveryTable.GoalNotMet : null;

    static Situation Facts(WriteTransaction transaction, Run run, RunChange change, string reason, RetryPlan plan,
        IReadOnlyList<Run> chain, CoolDown? coolDown)
    {
        var before = chain.SkipLast(1).ToList();
        return new Situation(reason)
        {
            Mode = plan.Mode,
            MostAttempts = plan.Attempts,
            Unstarted = change.Unstarted,
            UnstartedBefore = before.Count(earlier => earlier.Unstarted),
            WaitsBefore = before.Count(earlier => !earlier.Unstarted && BlameOf(earlier) == Blame.Provider),
            WorkBefore = before.Count(earlier => !earlier.Unstarted && BlameOf(earlier) == Blame.Work),
            StallsBefore = before.Count(earlier => earlier.Reason == EndReason.Stalled),
            Healing = HealingPolicy.OfKept(run.ProfileSettings),
            HasThread = HasThread(transaction.Db, run),
            DidSomething = run.LastMessage is not null || run.Usage is not null || run.GitDiffStat is { Length: > 0 },
            CanEscalate = plan.Chain.Count > 0,
            ProviderFreeIn = coolDown is null ? null : Latest(TimeSpan.Zero, coolDown.Until - Times.From(transaction.Now)),
            LongestWait = TimeSpan.FromSeconds(plan.LongestWaitS),
            Tokens = chain.Sum(Tokens),
            MostTokens = plan.Tokens,
            Micros = (long)decimal.Round(chain.Sum(each => each.Usage?.CostUsd ?? 0) * 1_000_000),
            MostMicros = plan.Micros,
            Estimated = chain.Any(each => each.Usage?.CostSource == CostSources.Estimate),
            Unpriced = chain.Where(each => each.Usage is { CostUsd: null }).Sum(Tokens),
            AskOnLimit = plan.AskOnLimit,
            Seed = run.Id,
        };
    }

    static long Tokens(Run each) => each.Usage is { } used ? used.InputTokens + used.CachedInputTokens + used.OutputTokens : 0;

    static Blame BlameOf(Run earlier) => RecoveryTable.Of(earlier.Reason ?? RecoveryTable.GoalNotMet).Blame;

    static TimeSpan Latest(TimeSpan a, TimeSpan b) => a > b ? a : b;

    static bool HasThread(Connection db, Run run) => run.Transcript?.ThreadId is not null
        || (!run.NewThread && SessionStore.Thread(db, run.SessionId, run.Agent) is not null);

    Run Queue(WriteTransaction transaction, IReadOnlyList<Run> chain, RunChange change, RetryPlan plan, Decision decision)
    {
        var run = chain[^1];
        var last = new History.Tried(run, change.Reason, change.ErrorMessage, change.Result);
        var next = NextAttempt.Of(chain, last, decision.Remedy, plan, Advise(transaction.Db, run, change.Result)) with
        {
            Why = decision.Why,
            NotBefore = decision.Wait > TimeSpan.Zero ? Times.From(transaction.Now) + decision.Wait : null,
        };
        var queued = runs.Insert(transaction, next, "daemon");
        // Before what was queued meanwhile: the session's messages are answered in their order.
        RunStore.PutFirst(transaction, queued);
        Delivery.PassOn(transaction, run.Id, queued.Id);
        transaction.AfterCommit(() => Checkpoint.Reach(Checkpoint.RetryQueued));
        return queued;
    }
}
