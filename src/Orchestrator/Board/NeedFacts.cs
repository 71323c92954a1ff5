using System.Text.Json;
using Orchestrator.Items;

namespace Orchestrator.Board;

/// <summary>Everything that may need a person, before it is put in order.</summary>
sealed record NeedFacts
{
    /// <summary>Open requests that a person may answer.</summary>
    public IReadOnlyList<AskedFact> Requests { get; init; } = [];

    /// <summary>Open decisions of plans.</summary>
    public IReadOnlyList<DecisionFact> Decisions { get; init; } = [];

    /// <summary>Items that do not go on by themselves: blocked, failed, or in review.</summary>
    public IReadOnlyList<StandingFact> Standing { get; init; } = [];

    /// <summary>Runs that do nothing.</summary>
    public IReadOnlyList<StalledFact> Stalled { get; init; } = [];

    /// <summary>Limits of today that were met.</summary>
    public IReadOnlyList<HoldFact> Holds { get; init; } = [];

    /// <summary>Providers that accepted no login lately: none of their runs that began later got further.</summary>
    public IReadOnlySet<string> LoggedOut { get; init; } = new HashSet<string>();
}

/// <summary>What a need is about.</summary>
/// <param name="Priority">Place of the item's priority among the words, 0 for the lowest.</param>
sealed record Subject(string? ItemId, long? Number, string? Title, string? Project, int Priority);

/// <summary>How a run ended, as far as a need depends on it.</summary>
/// <param name="Reason">Why; null while it goes on and when it succeeded.</param>
sealed record RunFact(string Id, string Provider, string? Reason, bool HasEnded);

/// <summary>An open request.</summary>
sealed record AskedFact(string Id, string Kind, Subject Subject, RunFact Run, string Text, IReadOnlyList<string> Options,
    JsonElement? Detail, string? Risk, DateTimeOffset Since, DateTimeOffset? ExpiresAt);

/// <summary>An open decision of a plan.</summary>
sealed record DecisionFact(string Id, string PlanId, string PlanTitle, Subject Subject, string Text, IReadOnlyList<string> Options,
    DateTimeOffset Since);

/// <summary>An item that stands.</summary>
/// <param name="HasOpenRun">A run of it is queued or at work: somebody went on with it already.</param>
/// <param name="IsLanding">Its accepted work is on its way.</param>
/// <param name="IsChecked">A check of it is under way.</param>
/// <param name="Collided">Its last delivery did not fit with its branch.</param>
sealed record StandingFact(Subject Subject, ItemStatus Status, IReadOnlyList<ItemCause> Causes, RunFact? Run, OpenRound? Round,
    bool HasOpenRun, bool IsLanding, bool IsChecked, bool Collided, string? Report, DateTimeOffset Since);

/// <summary>A run that does nothing.</summary>
/// <param name="Reasons">What that is seen by.</param>
sealed record StalledFact(Subject Subject, RunFact Run, IReadOnlyList<string> Reasons, DateTimeOffset Since);

/// <summary>A limit of a day that was met.</summary>
/// <param name="Project">Empty for all runs together.</param>
/// <param name="Unit">usd or tokens.</param>
/// <param name="Words">What was met and what follows, in words.</param>
sealed record HoldFact(string Day, string Project, string Unit, string Words, DateTimeOffset Since);
