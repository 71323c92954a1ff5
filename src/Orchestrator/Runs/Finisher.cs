using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orchestrator.Agents;
using Orchestrator.Store;
using Orchestrator.Terminals;
using Orchestrator.Workspaces;

namespace Orchestrator.Runs;

/// <summary>
/// Ends a run: nothing of it lives on, all it wrote is read, its work is captured, and then one final status is stored. Each part
/// can be done again after a crash.
/// </summary>
sealed class Finisher(RunStore runs, Watch watch, WorkCapture capture, RunSnapshots snapshots, RunLimits limits, TimeProvider clock)
{
    public async Task Finish(Held held, OutputReader reader, Seen seen, CancellationToken shutdown)
    {
        foreach (var left in await Leftovers.Sweep(held.Run.Id, limits.LeftoverPatience, clock, FirstPid(held)))
            await watch.Warn(held, "process_left", NotEnded(left));
        Checkpoint.Reach(Checkpoint.LeftoversSwept);
        if (held.Holder is { } holder)
            Holder.Reap(holder.Pid);
        while (reader.Read(final: true))
            await watch.Keep(held, reader);
        await MakeDurable(held);
        Checkpoint.Reach(Checkpoint.OutputDrained);

        var run = runs.Store.Read(db => RunRows.Get(db, held.Run.Id));
        var (step, change) = Judge(run, held, reader, seen);
        var work = await Capture(held, run, change, step == RunStep.Succeed, shutdown);
        Checkpoint.Reach(Checkpoint.WorkCaptured);
        await Store(held, run, step, change, work);
        Checkpoint.Reach(Checkpoint.EndCommitted);
    }

    async Task MakeDurable(Held held)
    {
        try
        {
            await held.Folder.Sync();
        }
        catch (IOException e)
        {
            await watch.Warn(held, "not_durable", $"What the run wrote may not outlive a power cut: {e.Message}");
        }
    }

    /// <summary>A run nobody can account for: what is left of it is ended all the same.</summary>
    public async Task Lose(Run run, string why)
    {
        var left = await Leftovers.Sweep(run.Id, limits.LeftoverPatience, clock);
        await snapshots.Take(run, RunSnapshots.OfLost, CancellationToken.None);
        await runs.Store.Write(transaction =>
        {
            foreach (var process in left)
                runs.Events.Append(transaction, new Events.NewEvent(RunEvents.Warning, "daemon",
                    RunEvents.WarningData("process_left", NotEnded(process)), run.SessionId, run.Id));
            runs.Advance(transaction, run.Id, run.Fence, RunStep.Lose,
                new RunChange("daemon") { Reason = EndReason.HolderVanished, ErrorMessage = why });
        });
    }

    static string NotEnded(LeftProcess process) => $"Process {process.Identity.Pid} ({process.Command}) of this run could not be ended.";

    /// <summary>Canceled before anything was started.</summary>
    public Task CancelUnstarted(Run run) => runs.Store.Write(transaction =>
    {
        var row = RunRows.Get(transaction.Db, run.Id);
        runs.Advance(transaction, run.Id, run.Fence, RunStep.Cancel, new RunChange(row.StopActor ?? "daemon")
        {
            Reason = row.StopReason ?? EndReason.User
        });
    });

    /// <summary>The one final step. A stop that was asked for decides; then a vanished holder; then the adapter.</summary>
    static (RunStep, RunChange) Judge(Run run, Held held, OutputReader reader, Seen seen)
    {
        var transcript = reader.Transcript;
        var ending = seen.ExitCode is { } code
            ? Conclude(held, transcript, new Finish
            {
                ExitCode = code, StderrTail = reader.StderrTail(), SaidNothing = run.StdoutOffset == 0,
                OutputSchema = run.OutputSchema, ResultFile = ResultFile(held), Reported = run.Outcome
            })
            : null;
        if (run.Status == RunStatus.Stopping)
            return Stopped(run, seen, ending);
        if (ending is null)
        {
            var reason = seen.SameBoot ? EndReason.HolderVanished : EndReason.MachineRestarted;
            return (RunStep.Lose, new RunChange("daemon")
            {
                Reason = reason, ErrorMessage = EndReason.All[reason],
                Data = Evidence(run, transcript)
            });
        }

        if (seen.Problem is { } problem)
            return (RunStep.Fail, new RunChange("daemon")
            {
                Reason = EndReason.SpawnFailed, ErrorMessage = problem,
                ExitCode = seen.ExitCode
            });
        return ending.Succeeded
            ? (RunStep.Succeed, new RunChange("agent") { ExitCode = seen.ExitCode, Result = ending.Result, Data = Note(ending) })
            : (RunStep.Fail, new RunChange("agent")
            {
                Reason = ending.Reason ?? EndReason.AgentError,
                ErrorMessage = ending.Message ?? EndReason.All[ending.Reason ?? EndReason.AgentError],
                ExitCode = seen.ExitCode,
                Result = ending.Result,
                Reset = ending.Reset,
                Unstarted = ending.Unstarted,
            });
    }

    // A judgement our own code stumbles over would fail again at every look, and the run never end.
    static Ending Conclude(Held held, Transcript transcript, Finish finish)
    {
        try
        {
            return held.Agent.Conclude(transcript, finish);
        }
        catch (Exception e)
        {
            return new Ending
            {
                Succeeded = false,
                Reason = EndReason.AgentError,
                Message = $"The run ended with exit code {finish.ExitCode}, and its output could not be judged "
                    + $"({e.GetType().Name}: {e.Message}).",
            };
        }
    }

    static (RunStep, RunChange) Stopped(Run run, Seen seen, Ending? ending)
    {
        if (run.StopReason == EndReason.Stalled)
            return (RunStep.TimeOut, new RunChange(run.StopActor ?? "daemon")
            {
                Reason = EndReason.Stalled,
                ErrorMessage = run.Health is { Verdict: HealthWords.Stalled } found
                    ? $"It was stopped because it did nothing any more: {string.Join("; ", found.Reasons)}."
                    : EndReason.All[EndReason.Stalled],
                ExitCode = seen.ExitCode,
                Result = ending?.Result,
            });
        var timedOut = run.StopReason is EndReason.TotalTimeout or EndReason.IdleTimeout;
        var limit = run.StopReason == EndReason.IdleTimeout ? run.IdleLimit : run.TotalLimit;
        return (timedOut ? RunStep.TimeOut : RunStep.Cancel, new RunChange(run.StopActor ?? "daemon")
        {
            Reason = run.StopReason ?? EndReason.User,
            ErrorMessage = timedOut ? $"{EndReason.All[run.StopReason!]} The limit is {limit.TotalSeconds:0} s."
                : run.StopReason == EndReason.Budget ? $"{EndReason.All[EndReason.Budget]} 'agentctl resume' goes on with it." : null,
            ExitCode = seen.ExitCode,
            Result = ending?.Result,
        });
    }

    // In so short a time the system's pids cannot have come round: all that the run started has a higher one than its holder.
    int? FirstPid(Held held) =>
        held is { Adopted: false, Holder: { } holder, Run.StartedAt: { } started } && clock.GetUtcNow() - started is { Ticks: >= 0 } age
            && age < TimeSpan.FromSeconds(2)
            ? holder.Pid
            : null;

    // A program may leave its result in a file instead of its last line. What has no length may be a pipe: opening it would wait for ever.
    static string? ResultFile(Held held)
    {
        var file = new FileInfo(Path.Combine(held.Folder.Path, Launch.ResultFileName));
        return file is { Exists: true, LinkTarget: null, Length: > 0 and <= 1024 * 1024 } ? File.ReadAllText(file.FullName) : null;
    }

    static JsonObject Evidence(Run run, Transcript transcript) => new()
    {
        ["pid"] = run.Pid,
        ["last_event_at"] = run.LastEventAt?.UtcDateTime.ToString("o", System.Globalization.CultureInfo.InvariantCulture),
        ["last_message"] = transcript.LastMessage is { Length: > 2000 } text ? text[..2000] : transcript.LastMessage,
        ["end_event_seen"] = transcript.EndSeen,
    };

    static JsonObject? Note(Ending ending) => ending.Message is null ? null : new JsonObject { ["note"] = ending.Message };

    async Task<WorkReport?> Capture(Held held, Run run, RunChange change, bool commit, CancellationToken shutdown)
    {
        if (held.Workspace.Kind is not (WorkspaceKinds.Worktree or WorkspaceKinds.Shared))
            return null;
        try
        {
            return await capture.Capture(new CaptureOrder
            {
                Path = held.Workspace.Path,
                Kind = held.Workspace.Kind,
                BaseCommit = held.Run.Workspace?.Base ?? held.Workspace.Base,
                RunId = held.Run.Id,
                CommitMessage = commit && held.Workspace.Kind == WorkspaceKinds.Worktree ? Message(run, change.Result) : null,
                ReportFolder = held.Folder.Path,
                Branch = held.Workspace.Branch,
                CommonFolder = held.Workspace.Common,
            }, shutdown);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it was, trying again would meet it again and the run would never end; nothing of the work is touched.
            await watch.Warn(held, "capture_failed",
                $"The work of this run could not be captured: {e.Message} It is still in {held.Workspace.Path}.");
            return null;
        }
    }

    static string Message(Run run, RunResult? result)
    {
        var summary = result?.Summary ?? run.LastMessage ?? run.Prompt;
        var subject = summary.AsSpan().Trim();
        var end = subject.IndexOfAny('\n', '\r');
        subject = end > 0 ? subject[..end] : subject;
        var first = subject.Length <= 72 ? subject.ToString() : subject[..72].ToString() + "…";
        return $"{(first.Length == 0 ? "Work of run " + run.Id : first)}\n\nAgent: {run.Agent}";
    }

    async Task Store(Held held, Run run, RunStep step, RunChange change, WorkReport? work)
    {
        var data = change.Data ?? [];
        if (work is not null)
            data["git_diff_stat"] = work.DiffStat;
        await runs.Store.Write(transaction =>
        {
            WorkspaceStore.Ready(transaction, held.Workspace.Id);
            if (work is not null)
            {
                foreach (var note in work.Notes)
                    runs.Events.Append(transaction,
                        new Events.NewEvent(RunEvents.Warning, "daemon", RunEvents.WarningData("workspace", note), run.SessionId,
                        run.Id));
                transaction.Db.Execute(
                    "update runs set git_diff_stat = @stat, files_changed = @files, commits = @commits, snapshot_ref = @snapshot where "
                        + "id = @id",
                    ("@stat", work.DiffStat),
                        ("@files", JsonSerializer.Serialize(work.FilesChanged, WorkJson.Default.IReadOnlyListFileChange)),
                    ("@commits", JsonSerializer.Serialize(work.Commits, WorkJson.Default.IReadOnlyListCommitLine)),
                        ("@snapshot", work.SnapshotRef), ("@id", run.Id));
            }

            if (runs.Advance(transaction, run.Id, run.Fence, step, change with { Data = data }) is null)
            {
                // A stop came while the work was captured: the run ends as stopped, with the same evidence.
                var now = RunRows.Get(transaction.Db, run.Id);
                if (now.Status == RunStatus.Stopping)
                    runs.Advance(transaction, run.Id, run.Fence, RunStep.Cancel,
                        change with { Reason = now.StopReason, ErrorMessage = null, Data = data });
            }
        });
    }
}

/// <summary>JSON of captured work as it is stored and served.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<Workspaces.FileChange>))]
[JsonSerializable(typeof(IReadOnlyList<CommitLine>))]
sealed partial class WorkJson : JsonSerializerContext;
