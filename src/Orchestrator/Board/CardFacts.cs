using Orchestrator.Items;
using Orchestrator.Spending;

namespace Orchestrator.Board;

/// <summary>What the store knows of one card, before anything is made of it.</summary>
/// <param name="Item">The item with what its start depends on; its texts are left out.</param>
sealed record CardFacts(Item Item)
{
    /// <summary>Its run; null before there is one.</summary>
    public CardRun? Run { get; init; }

    /// <summary>When it came into its status, and where from; null for an item that never moved.</summary>
    public DateTimeOffset? MovedAt { get; init; }
    public ItemStatus? From { get; init; }

    public IReadOnlyList<WaitedFor> OpenDependencies { get; init; } = [];
    public long Dependencies { get; init; }
    public long OpenSteps { get; init; }

    /// <summary>Why it does not start by itself; asked only of what is ready.</summary>
    public IReadOnlyList<WhyNot> WhyNot { get; init; } = [];

    /// <summary>State and summary of its open round of reviews; null for none.</summary>
    public OpenRound? Round { get; init; }

    /// <summary>Its accepted work is on its way.</summary>
    public bool IsLanding { get; init; }
    public CardDelivery? Delivery { get; init; }

    /// <summary>Verdict of its last check, or <see cref="CheckOpen"/>; null when there is none.</summary>
    public string? Check { get; init; }

    /// <summary>A check has no verdict yet.</summary>
    public const string CheckOpen = "open";
    public Spent? Spent { get; init; }

    /// <summary>Until when its run's provider is left alone; null for not.</summary>
    public DateTimeOffset? ProviderFree { get; init; }

    /// <summary>Type and data of what its run printed or said last; null for nothing.</summary>
    public (string Type, string Data)? LastEvent { get; init; }

    /// <summary>What a person is needed for; null for nothing.</summary>
    public string? Needs { get; init; }
}

/// <summary>A run as far as a card shows it.</summary>
/// <param name="Told">Its summary, or the last that it said.</param>
/// <param name="DiffStat">What it changed, as git's picture of it.</param>
sealed record CardRun(string Id, string Status, string Profile, string Agent, string? Model, string? Protection, string? WaitingFor,
    DateTimeOffset? NotBefore, string Provider, string? Told, string? DiffStat)
{
    /// <summary>It has not ended.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether it gets on; null when it has ended.</summary>
    public string? Health { get; init; }
}

/// <summary>An item that another one waits for.</summary>
sealed record WaitedFor(long Number, string Title, string Status);

/// <summary>A round of reviews that is not over.</summary>
sealed record OpenRound(string Id, string State, string? Summary, DateTimeOffset Since);
