using Orchestrator.Runs;

namespace Orchestrator.Recovery;

/// <summary>Makes the order of the attempt that follows a chain: who works, in which conversation, and what it is told. Pure.</summary>
static class NextAttempt
{
    /// <param name="chain">The attempts so far, oldest first.</param>
    /// <param name="last">How the last one ended.</param>
    /// <param name="remedy">Again, Resume, Fresh or Escalate.</param>
    /// <param name="plan">What was decided when the first one was queued.</param>
    /// <param name="advice">What a person says about it; null for nothing.</param>
    public static NewRun Of(IReadOnlyList<Run> chain, History.Tried last, Remedy remedy, RetryPlan plan, string? advice)
    {
        var run = chain[^1];
        var task = chain[0].Prompt;
        IReadOnlyList<History.Tried> tried = [.. chain.SkipLast(1).Where(each => !each.Unstarted).Select(History.Tried.Of), last];
        var next = NewRun.Like(run, remedy switch
        {
            Remedy.Again => run.Prompt,
            Remedy.Resume => History.Resumed(task, last, advice),
            _ => History.Told(task, tried, advice),
        }) with
        {
            Trigger = run.Trigger,
            ItemId = run.ItemId,
            RetryOf = run.Id,
            Attempt = run.Attempt + 1,
            RetryHow = Word(remedy),
            Plan = plan,
            // Again goes on in whatever conversation the last one was to begin or to go on with.
            NewThread = remedy is Remedy.Fresh or Remedy.Escalate || (remedy == Remedy.Again && run.NewThread),
        };
        return remedy == Remedy.Escalate && plan.Chain is [var target, ..]
            ? next with
            {
                Profile = target.Profile,
                ProfileWhy = $"{run.Profile} escalates to it",
                ProfileSettings = target.Settings,
                // A model named for the first attempt is not one of the other profile's agent; less to touch stays less.
                Overrides = run.Overrides is { Sandbox: { } sandbox } ? new RunOverrides(null, sandbox) : null,
                Agent = target.Agent,
                Protocol = target.Protocol,
                Model = target.Model,
                Provider = target.Provider,
                TotalLimit = TimeSpan.FromSeconds(target.TotalS),
                IdleLimit = TimeSpan.FromSeconds(target.IdleS),
                Plan = plan with { Chain = [.. plan.Chain.Skip(1)] },
            }
            : next;
    }

    static string Word(Remedy remedy) => remedy switch
    {
        Remedy.Again => RetryHow.Again,
        Remedy.Resume => RetryHow.Resume,
        Remedy.Escalate => RetryHow.Escalate,
        _ => RetryHow.Fresh,
    };
}
