namespace Orchestrator.Runs;

/// <summary>Where a run is. The last five are final: a run has exactly one of them, once.</summary>
enum RunStatus
{
    /// <summary>Accepted and stored; waits for a slot and for its session.</summary>
    Queued,
    /// <summary>Claimed: its workspace and command are being prepared.</summary>
    Starting,
    /// <summary>Its process is held and its output is read.</summary>
    Running,
    /// <summary>It waits for an answer and gave its slot back.</summary>
    Waiting,
    /// <summary>It was told to stop; the stop ladder is climbing.</summary>
    Stopping,
    /// <summary>The agent ended well by its own end event, exit code and result.</summary>
    Succeeded,
    /// <summary>It ended and not well; the reason says why.</summary>
    Failed,
    /// <summary>Somebody canceled it.</summary>
    Canceled,
    /// <summary>It met its total or idle limit.</summary>
    TimedOut,
    /// <summary>Its process is gone and nobody knows how it ended.</summary>
    Lost,
}

/// <summary>What happens to a run.</summary>
enum RunStep
{
    /// <summary>A worker takes it.</summary>
    Claim,
    /// <summary>Its start was proved never to have happened; it waits again.</summary>
    GiveBack,
    /// <summary>Its process is held.</summary>
    Start,
    /// <summary>It waits for an answer.</summary>
    Wait,
    /// <summary>The answer came.</summary>
    GoOn,
    /// <summary>A stop was asked for: by a person, a parent or a limit.</summary>
    Stop,
    /// <summary>It ended well.</summary>
    Succeed,
    /// <summary>It ended badly.</summary>
    Fail,
    /// <summary>It ended because it was canceled.</summary>
    Cancel,
    /// <summary>It ended because of a time limit.</summary>
    TimeOut,
    /// <summary>It vanished.</summary>
    Lose,
}

/// <summary>The run's lifecycle as a pure function; docs/lifecycles.md is drawn from it.</summary>
static class RunLifecycle
{
    /// <summary>The status after a step, or null when the step is refused.</summary>
    public static RunStatus? Next(RunStatus from, RunStep step) => (from, step) switch
    {
        (RunStatus.Queued, RunStep.Claim) => RunStatus.Starting,
        (RunStatus.Queued, RunStep.Cancel) => RunStatus.Canceled,
        (RunStatus.Queued, RunStep.Fail) => RunStatus.Failed,
        (RunStatus.Starting, RunStep.GiveBack) => RunStatus.Queued,
        (RunStatus.Starting, RunStep.Start) => RunStatus.Running,
        (RunStatus.Running, RunStep.Wait) => RunStatus.Waiting,
        (RunStatus.Waiting, RunStep.GoOn) => RunStatus.Running,
        (RunStatus.Starting or RunStatus.Running or RunStatus.Waiting, RunStep.Stop) => RunStatus.Stopping,
        (RunStatus.Running or RunStatus.Waiting, RunStep.Succeed) => RunStatus.Succeeded,
        (RunStatus.Starting or RunStatus.Running or RunStatus.Waiting, RunStep.Fail) => RunStatus.Failed,
        (RunStatus.Stopping, RunStep.Cancel) => RunStatus.Canceled,
        (RunStatus.Stopping, RunStep.TimeOut) => RunStatus.TimedOut,
        (RunStatus.Starting or RunStatus.Running or RunStatus.Waiting or RunStatus.Stopping, RunStep.Lose) => RunStatus.Lost,
        _ => null,
    };

    /// <summary>True for the five ends.</summary>
    public static bool IsFinal(RunStatus status) => status >= RunStatus.Succeeded;

    /// <summary>The word used in the API, the store and events.</summary>
    public static string Word(RunStatus status) => EnumWords.Of(status);

    /// <summary>The status a word names, or null.</summary>
    public static RunStatus? Parse(string word) => EnumWords.Parse<RunStatus>(word);
}
