using System.Text.Json.Nodes;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Runs;

/// <summary>
/// Snapshots besides those of a run's own end: at a limit, before its processes are stopped; when nobody can account for it; and of all
/// that runs when the daemon stops, because the machine may be next. A worktree without uncommitted work costs one git command.
/// </summary>
sealed class RunSnapshots(RunStore runs, WorkCapture capture, DaemonFacts facts, TimeProvider clock)
{
    public const string AtLimit = "limit";
    public const string OfLost = "lost";
    public const string AtShutdown = "shutdown";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    const int AtOnce = 2;

    /// <summary>Takes one. What goes wrong is a warning of the run: the end captures again.</summary>
    public async Task Take(Run run, string why, CancellationToken stop)
    {
        if (run.Workspace is not { } place || runs.Store.Read(db => WorkspaceStore.Find(db, place.Id)) is not { } workspace
            || workspace.Kind is not (WorkspaceKinds.Worktree or WorkspaceKinds.Shared))
            return;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var alarm = clock.CreateTimer(_ => limited.Cancel(), null, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            var report = await capture.Capture(new CaptureOrder
            {
                Path = workspace.Path,
                Kind = workspace.Kind,
                BaseCommit = place.Base ?? workspace.Base,
                RunId = run.Id,
                ReportFolder = Path.Combine(facts.RunFolder(run.Id), "snapshots"),
                Branch = workspace.Branch,
                CommonFolder = workspace.Common,
                OnlySnapshot = true,
            }, limited.Token);
            if (report is { Dirty: true, SnapshotRef: { } name })
                await runs.Store.Write(transaction => Tell(transaction, run, workspace, name, report.SnapshotCommit, why));
        }
        catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            await runs.Store.Write(transaction =>
            {
                runs.Events.Append(transaction, new Events.NewEvent(RunEvents.Warning, "daemon", RunEvents.WarningData("capture_failed",
                    $"No snapshot could be taken ({why}): {e.Message} The work is still in {workspace.Path}."), run.SessionId, run.Id));
            });
        }
    }

    /// <summary>Takes one of every run that goes on, as far as the time allows.</summary>
    public async Task TakeAll(TimeSpan within)
    {
        using var limited = new CancellationTokenSource();
        using var alarm = clock.CreateTimer(_ => limited.Cancel(), null, within, Timeout.InfiniteTimeSpan);
        using var turns = new SemaphoreSlim(AtOnce, AtOnce);
        await Task.WhenAll(runs.Store.Read(RunRows.Begun).ToList().Select(async id =>
        {
            try
            {
                await turns.WaitAsync(limited.Token);
                if (runs.Store.Read(db => RunRows.Find(db, id)) is { } run)
                    await Take(run, AtShutdown, limited.Token);
                turns.Release();
            }
            catch (OperationCanceledException)
            {
                // No time is left; the run's end captures its work.
            }
        }));
    }

    void Tell(WriteTransaction transaction, Run run, Workspace workspace, string name, string? commit, string why) =>
        runs.Events.Append(transaction, new Events.NewEvent(WorkspaceEvents.Captured, "daemon", new JsonObject
        {
            ["workspace_id"] = workspace.Id, ["snapshot_ref"] = name, ["commit"] = commit, ["why"] = why,
        }, run.SessionId, run.Id));
}
