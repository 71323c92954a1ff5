namespace Orchestrator.Workspaces;

/// <summary>Looks at what a run left, saves what is uncommitted, and describes it.</summary>
sealed class WorkCapture(Git git)
{
    /// <summary>Captures the work. What cannot be done is a note, never an exception, but for a missing git.</summary>
    public Task<WorkReport> Capture(CaptureOrder order, CancellationToken stop) => throw new NotImplementedException(git.ToString());
}
