using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Routing;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>
/// Decides what a request for a run becomes: which profile and agent, which limits. Refuses with the field to fix; queues nothing that
/// could never start for a reason known now.
/// </summary>
sealed class Admission(RunStore runs, ProfileChooser chooser, RunLimits limits)
{
    /// <summary>
    /// The profile a run gets, and why. Looked up now, because it reads files, for which the one writing thread must never wait; refused
    /// only when it is used, so that a repeated key gets its first answer all the same.
    /// </summary>
    public Func<Chosen> Choose(RouteAsk ask)
    {
        try
        {
            var chosen = chooser.Choose(ask);
            return () => chosen;
        }
        catch (Fault refusal)
        {
            return () => throw refusal;
        }
    }

    /// <summary>
    /// The same for a caller that may be a run itself: an agent in a sandbox must not get out of it by starting another without one.
    /// </summary>
    public Func<Chosen> ChooseFor(Principal by, RouteAsk ask)
    {
        var chosen = Choose(ask);
        if (!by.IsOfFamily)
            return chosen;
        // As it was when that run was accepted: what an agent writes into its project's file since then gives it nothing. A lead is no
        // run; what its own protection is nobody knows here.
        var mine = by.RunId is { } caller ? runs.Store.Read(db => RunRows.Get(db, caller)) : null;
        var kept = KeptProfile.Read(mine?.ProfileSettings);
        var mayAll = kept is not null && (mine!.Overrides?.On(kept) ?? kept).Sandbox == Sandbox.FullAccess;
        return () => chosen() is { Profile: { Sandbox: Sandbox.FullAccess } wanted } && !mayAll
            ? throw new Fault(FaultCode.Forbidden,
                mine is null ? $"The profile '{wanted.Name}' has full access: a person starts a run with it, not a lead."
                    : $"The profile '{wanted.Name}' has full access and yours ('{mine.Profile}') has not: "
                        + "a run cannot give more than it has.",
                "Ask for it with reply-parent, or name a profile without full access.")
            : chosen();
    }

    /// <summary>
    /// Refuses what a run that is being stopped would still start: a canceled family grows no more, or the cancel would never have an end.
    /// </summary>
    public static void RefuseStopping(Connection db, Principal by)
    {
        if (by.RunId is { } caller && RunRows.Get(db, caller) is { Status: RunStatus.Stopping or RunStatus.Canceled } run)
            throw new Fault(FaultCode.Conflict, $"Your run {caller} is {RunLifecycle.Word(run.Status)}: it starts nothing more.");
    }

    /// <summary>Queues a run within the caller's transaction.</summary>
    public Run Queue(WriteTransaction transaction, Session session, Func<Chosen> chosen, RunWish wish, string actor)
    {
        if (session.Status == "archived")
            throw new Fault(FaultCode.Conflict, $"Session {session.Id} is archived.", "Start a new one with 'agentctl session create'.");
        var (profile, _, why) = chosen();
        var plan = wish.ItemId is null ? RetryPlan.Of(profile, limits) : RetryPlan.OfItem(profile, limits);
        plan = plan with { AskNobody = wish.AskNobody };
        return runs.Insert(transaction, new NewRun
        {
            SessionId = session.Id,
            Prompt = wish.Prompt,
            Trigger = wish.Trigger,
            Profile = profile.Name,
            Agent = profile.Agent,
            Protocol = AgentCatalog.Of(profile).Protocol,
            ProfileWhy = why,
            ProfileSettings = KeptProfile.Write(profile),
            Provider = AgentCatalog.Of(profile).ProviderOf(profile),
            Plan = wish.Retry is { } mode ? plan with { Mode = mode } : plan,
            Model = wish.Overrides?.Model ?? profile.Model,
            Title = wish.Title,
            Overrides = wish.Overrides,
            Budget = RunBudget.Of(profile),
            OutputSchema = wish.OutputSchema ?? (profile.StructuredResult ? StructuredResult.Schema : null),
            ParentRunId = wish.ParentRunId ?? session.ParentRunId,
            ItemId = wish.ItemId,
            RetryOf = wish.RetryOf,
            Attempt = wish.Attempt,
            TotalLimit = profile.TotalLimit ?? limits.Total,
            IdleLimit = profile.IdleLimit ?? limits.Idle,
        }, actor);
    }
}

/// <summary>What is asked for; texts are checked.</summary>
sealed record RunWish(string Prompt, string Trigger)
{
    public string? OutputSchema { get; init; }
    public string? ParentRunId { get; init; }

    /// <summary>The work item it is an attempt at.</summary>
    public string? ItemId { get; init; }
    public string? RetryOf { get; init; }
    public int Attempt { get; init; } = 1;

    /// <summary>A name of its own; null for the session's.</summary>
    public string? Title { get; init; }
    public RunOverrides? Overrides { get; init; }

    /// <summary>What is done by itself after it, and after the attempts that follow it; null for what the profile says.</summary>
    public RetryMode? Retry { get; init; }

    /// <summary>No person is asked how to go on after it: whoever wanted it decides.</summary>
    public bool AskNobody { get; init; }
}

/// <summary>Bounds of every run, with the defaults a profile may change.</summary>
sealed record RunLimits
{
    /// <summary>Longest a run may take.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Longest a run may write nothing at all.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Events made from lines of one run; beyond it only the tail is read.</summary>
    public long LineEvents { get; init; } = 200_000;

    /// <summary>Bytes of the tail that is read after the cut.</summary>
    public long TailBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes kept of each journal, half at its beginning and half at its end.</summary>
    public long JournalBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How long leftovers get between SIGTERM and SIGKILL.</summary>
    public TimeSpan LeftoverPatience { get; init; } = TimeSpan.FromSeconds(2);
}
