namespace Orchestrator.Plans;

/// <summary>Where a plan is.</summary>
enum PlanStatus
{
    /// <summary>Imported; nobody has said that it may run.</summary>
    Draft,
    /// <summary>Its items start as their phase opens.</summary>
    Running,
    /// <summary>Nothing of it starts; what is at work goes on.</summary>
    Paused,
    /// <summary>A person must say how something goes on; everything that this does not touch goes on by itself.</summary>
    NeedsDecision,
    /// <summary>Every item that is not optional is done, or left out by a person.</summary>
    Completed,
    /// <summary>It cannot come to its end: its items are gone.</summary>
    Failed,
    /// <summary>Not wanted any more.</summary>
    Canceled,
}

/// <summary>What happens to a plan.</summary>
enum PlanAct
{
    /// <summary>A person consents.</summary>
    Start,
    /// <summary>A person holds it.</summary>
    Pause,
    /// <summary>A person lets it go on.</summary>
    Resume,
    /// <summary>A decision came up.</summary>
    Ask,
    /// <summary>The last open decision is decided, or its cause is gone.</summary>
    Settle,
    /// <summary>Its last phase is done.</summary>
    Complete,
    /// <summary>Its items are gone.</summary>
    Fail,
    /// <summary>A person does not want it any more.</summary>
    Cancel,
    /// <summary>Its source was imported again and names something that is still to be done.</summary>
    Reopen,
}

/// <summary>The plan lifecycle: which step leads where. Pure.</summary>
static class PlanLifecycle
{
    /// <summary>The next status, or null when the step is not allowed.</summary>
    public static PlanStatus? Next(PlanStatus from, PlanAct step) => (from, step) switch
    {
        (PlanStatus.Draft, PlanAct.Start) => PlanStatus.Running,
        (PlanStatus.Running or PlanStatus.NeedsDecision, PlanAct.Pause) => PlanStatus.Paused,
        (PlanStatus.Paused or PlanStatus.Failed, PlanAct.Resume) => PlanStatus.Running,
        (PlanStatus.Running, PlanAct.Ask) => PlanStatus.NeedsDecision,
        (PlanStatus.NeedsDecision, PlanAct.Settle) => PlanStatus.Running,
        (PlanStatus.Running, PlanAct.Complete) => PlanStatus.Completed,
        (PlanStatus.Running or PlanStatus.NeedsDecision, PlanAct.Fail) => PlanStatus.Failed,
        (PlanStatus.Draft or PlanStatus.Running or PlanStatus.Paused or PlanStatus.NeedsDecision or PlanStatus.Failed, PlanAct.Cancel) =>
            PlanStatus.Canceled,
        (PlanStatus.Completed or PlanStatus.Canceled, PlanAct.Reopen) => PlanStatus.Draft,
        _ => null,
    };

    /// <summary>Its items start by themselves.</summary>
    public static bool Goes(PlanStatus status) => status is PlanStatus.Running or PlanStatus.NeedsDecision;

    /// <summary>Statuses to which a person's steps lead from here.</summary>
    public static IReadOnlyList<string> Allowed(PlanStatus from) =>
        [.. new[] { PlanAct.Start, PlanAct.Pause, PlanAct.Resume, PlanAct.Cancel }.Select(step => Next(from, step)).OfType<PlanStatus>()
            .Select(Word)];

    /// <summary>The word used in the API, the store and events.</summary>
    public static string Word(PlanStatus status) => EnumWords.Of(status);

    public static IReadOnlyList<string> Words => EnumWords.All<PlanStatus>();
}

/// <summary>Words of what a phase is: nothing of it starts, it runs, or its gate is fulfilled.</summary>
static class PhaseStates
{
    public const string Waiting = "waiting";
    public const string Open = "open";
    public const string Done = "done";
}
