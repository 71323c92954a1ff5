using System.Text.Json.Serialization;

namespace Orchestrator.Plans;

/// <summary>A plan, as it is stored and as clients get it.</summary>
sealed record Plan
{
    public required string Id { get; init; }
    public required long Number { get; init; }
    public required string Title { get; init; }

    [Words("draft", "running", "paused", "needs_decision", "completed", "failed", "canceled")]
    public string Status => PlanLifecycle.Word(State);

    /// <summary>Why it is there, in words; null when that says itself.</summary>
    public string? Reason { get; init; }

    [Words("manifest", "agent-state", "wrapper", "issues", "kiro", "wish")]
    public required string SourceKind { get; init; }

    /// <summary>What tells its source from others: importing it again updates this plan.</summary>
    public required string SourceKey { get; init; }
    public string? Project { get; init; }

    /// <summary>Optional items are wanted, too.</summary>
    public bool WithOptional { get; init; }

    /// <summary>Where it is open what starts first or how a unit goes on: by rules, or a controller is asked.</summary>
    [Words(PlanModes.Deterministic, PlanModes.Llm)]
    public string Mode { get; init; } = PlanModes.Deterministic;

    /// <summary>Units start only when somebody dispatches them.</summary>
    public bool ByHand { get; init; }

    /// <summary>The tasks.md whose boxes the daemon keeps up to date; null for none.</summary>
    public string? WriteBack { get; init; }
    public IReadOnlyList<PlanPhase> Phases { get; init; } = [];

    /// <summary>How many items of it are in each status, optional ones that nobody wants left out.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>Items that count, and how many of them are done or were left out by a person.</summary>
    public long Total { get; init; }
    public long Decided { get; init; }

    /// <summary>What only a person can say, oldest first.</summary>
    public IReadOnlyList<PlanDecision> Decisions { get; init; } = [];
    public required string CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How often its state is told, as its document says; null for as often as that of any plan.</summary>
    public double? HeartbeatS { get; init; }

    /// <summary>When it was told last; null for not yet.</summary>
    public DateTimeOffset? HeartbeatAt { get; init; }

    [JsonIgnore] public PlanStatus State { get; init; }
    [JsonIgnore] public string Draft { get; init; } = "{}";
}

/// <summary>A phase of a plan.</summary>
sealed record PlanPhase
{
    /// <summary>Counted from 1, in the order in which they open.</summary>
    public required int No { get; init; }
    public required string Name { get; init; }

    [Words("all_done", "all_merged", "person")]
    public required string Gate { get; init; }

    [Words("waiting", "open", "done")]
    public required string State { get; init; }

    /// <summary>Who let the next phase open, where the gate is a person.</summary>
    public string? PassedBy { get; init; }

    /// <summary>Why its items do not start; null when they may.</summary>
    public string? Held { get; init; }
    public long Total { get; init; }
    public long Decided { get; init; }
    public DateTimeOffset? OpenedAt { get; init; }
    public DateTimeOffset? DoneAt { get; init; }

    [JsonIgnore] public string Key { get; init; } = "";
    [JsonIgnore] public string Draft { get; init; } = "{}";
}

/// <summary>What only a person can say.</summary>
sealed record PlanDecision
{
    public required string Id { get; init; }

    [Words("item", "review", "lost", "gate")]
    public required string Kind { get; init; }
    public string? ItemId { get; init; }

    /// <summary>The source's id of that item.</summary>
    public string? ForeignId { get; init; }

    /// <summary>The phase whose gate it is.</summary>
    public int? Phase { get; init; }
    public required string Text { get; init; }
    public required IReadOnlyList<string> Options { get; init; }

    [Words("open", "decided", "gone")]
    public required string State { get; init; }
    public string? Choice { get; init; }
    public string? Note { get; init; }
    public string? DecidedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }
}

/// <summary>Who decides where there is a choice.</summary>
static class PlanModes
{
    public const string Deterministic = "deterministic";
    public const string Llm = "llm";

    public static readonly IReadOnlyList<string> All = [Deterministic, Llm];
}

/// <summary>What a person may decide.</summary>
static class Options
{
    public const string Accept = "accept";
    public const string Retry = "retry";
    public const string Skip = "skip";
    public const string Abort = "abort";
    public const string GoOn = "go-on";
}

/// <summary>A unit of a plan with the item it became.</summary>
/// <param name="Gone">The source does not name it any more.</param>
/// <param name="Item">Null when somebody took it out of the queue.</param>
sealed record PlanItem(string ItemId, ItemDraft Draft, int PhaseNo, bool Optional, bool Gone, Items.Item? Item)
{
    public IReadOnlyList<PlanStepRow> Steps { get; init; } = [];

    /// <summary>Who does it, where somebody said so.</summary>
    public Assigning.SaidAssignment? Said { get; init; }
}

/// <summary>How far a step is.</summary>
/// <param name="State">open, done or failed.</param>
/// <param name="Note">What the agent says of it.</param>
sealed record PlanStepRow(string StepId, [property: Words("open", "done", "failed")] string State, string? Note)
{
    /// <summary>It may be left out.</summary>
    [JsonIgnore] public bool Optional { get; init; }
}
