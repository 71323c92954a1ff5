using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Terminals;
using Orchestrator.Workspaces;

namespace Orchestrator.Runs;

/// <summary>
/// One attempt from claim to end, as a list of steps. Every step that matters is in the store or in the run folder before the next one
/// begins, so that a new daemon can go on from any of them (<see cref="Adopt"/>).
/// </summary>
sealed class Runner(RunStore runs, Workplace workplace, Launcher launcher, Watch watch, Finisher finisher, DaemonFacts facts,
    RunTokens tokens)
{
    readonly Database store = runs.Store;

    /// <summary>A run this daemon has just claimed.</summary>
    public async Task Attempt(Run run, ActiveRun bell, CancellationToken shutdown)
    {
        Checkpoint.Reach(Checkpoint.RunClaimed);
        Workspace workspace;
        Prepared prepared;
        ProcessIdentity holder;
        try
        {
            workspace = await workplace.Prepare(run, store.Read(db => SessionStore.Get(db, run.SessionId)), shutdown);
            // After this line the workspace is recorded: a crash finds it again by its row.
            Checkpoint.Reach(Checkpoint.WorkspaceReady);
            prepared = launcher.Prepare(run, workspace);
            Checkpoint.Reach(Checkpoint.OrderWritten);
            if (await StoppedBeforeStart(run))
                return;
            shutdown.ThrowIfCancellationRequested();
            holder = tokens.Started(prepared.TokenHash, () => Holder.Start(prepared.Hold));
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            // Nothing of it runs yet: the next daemon begins it anew, in its old place of the queue.
            await GiveBack(run);
            return;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            await Refuse(run, e);
            return;
        }

        // From here on the process lives on its own; the fence file in the run folder says that it was started.
        Checkpoint.Reach(Checkpoint.HolderStarted);
        var held = await Record(run, workspace, prepared, holder);
        tokens.Recorded(prepared.TokenHash);
        Checkpoint.Reach(Checkpoint.StartRecorded);
        await Follow(held, bell, shutdown);
    }

    /// <summary>
    /// A cause that trying again would meet again: the run fails with it. Not so a store that cannot write, which may write later.
    /// </summary>
    static bool IsRefusal(Exception e) => e is StartRefused or SpawnFailure or IOException or UnauthorizedAccessException
        or Fault { RetryAfterSeconds: null };

    /// <summary>
    /// A run another daemon left: goes on where the store and the run folder say it is. A start that provably never happened is given
    /// back to the queue; one that cannot be told waits for a second look (false).
    /// </summary>
    public async Task<bool> Adopt(string runId, ActiveRun bell, bool secondLook, CancellationToken shutdown)
    {
        // Read here and not by the one who chose it: its last owner in this process may have ended it since.
        if (store.Read(db => RunRows.Find(db, runId)) is not { EndedAt: null, Status: not RunStatus.Queued } run)
            return true;
        var folder = new RunFolder(facts.RunFolder(run.Id));
        if (run.Pid is null && folder.ReadHolder() is null)
        {
            // Whoever makes the fence file first wins: this daemon, and the start can never happen, or the holder, and it has.
            if (!Directory.Exists(folder.Path) || folder.TryRevoke((int)run.Fence))
            {
                await GiveBack(run);
                return true;
            }

            if (!secondLook)
                return false;
        }

        var workspace = run.Workspace is { } known ? store.Read(db => WorkspaceStore.Find(db, known.Id)) : null;
        if (workspace is null || AgentCatalog.Find(run.Agent, run.Protocol) is not { } agent)
        {
            await finisher.Lose(run, "Its workspace or its agent is not known to this daemon.");
            return true;
        }

        if (!File.Exists(folder.StdoutPath) || !File.Exists(folder.StderrPath))
        {
            await finisher.Lose(run, $"Its run folder {folder.Path} is gone, and its output with it.");
            return true;
        }

        var order = OrderOrNull(run, workspace) ?? new AgentOrder
        {
            RunId = run.Id,
            Prompt = run.Prompt,
            Workspace = workspace.Start,
            RunFolder = folder.Path,
            Profile = new Profiles.Profile { Name = run.Profile, Agent = run.Agent },
            OutputSchema = run.OutputSchema,
        };
        var holder = folder.ReadHolder()?.Identity ?? IdentityOf(run);
        var held = new Held(await Take(run, folder, workspace), workspace, order, agent, folder, holder) { Adopted = true };
        await Follow(held, bell, shutdown);
        return true;
    }

    async Task Follow(Held held, ActiveRun bell, CancellationToken shutdown)
    {
        using var reader = new OutputReader(held.Run, held.Agent, held.Order, held.Folder, watch.Limits);
        var seen = await watch.Follow(held, reader, bell, shutdown);
        Checkpoint.Reach(Checkpoint.ProcessEnded);
        await finisher.Finish(held, reader, seen, shutdown);
    }

    /// <summary>Records the start: pid, token, protection, and that the message reached the agent.</summary>
    async Task<Held> Record(Run run, Workspace workspace, Prepared prepared, ProcessIdentity holder)
    {
        var recorded = await store.Write(transaction =>
        {
            var started = runs.Advance(transaction, run.Id, run.Fence, RunStep.Start, new RunChange("daemon")
            {
                Holder = holder,
                TokenHash = prepared.TokenHash,
                Protection = prepared.Protection,
                Data = Started(run, workspace, holder.Pid, prepared.Protection),
            });
            if (started is not null && facts.Reaches(workspace.Path))
                runs.Events.Append(transaction, DataFolderReachable(run));
            if (started is not null)
                Delivery.HandOver(transaction, runs.Events, run.Id, run.SessionId);
            // A stop that came in between leaves the row in stopping: the watch sees it and climbs the ladder.
            return started ?? RunRows.Get(transaction.Db, run.Id);
        });
        return new Held(recorded, workspace, prepared.Order, prepared.Agent, prepared.Hold.Folder, holder);
    }

    /// <summary>A run that another daemon started but did not record is recorded now; every adoption is an event.</summary>
    Task<Run> Take(Run run, RunFolder folder, Workspace workspace) => store.Write(transaction =>
    {
        if (run.Status == RunStatus.Starting)
        {
            var holder = folder.ReadHolder()?.Identity;
            var (token, protection) = Launcher.Recorded(folder);
            transaction.AfterCommit(() => tokens.Recorded(token));
            runs.Advance(transaction, run.Id, run.Fence, RunStep.Start, new RunChange("daemon")
            {
                Holder = holder,
                TokenHash = token,
                Protection = protection,
                Data = Started(run, workspace, holder?.Pid, protection),
            });
            Delivery.HandOver(transaction, runs.Events, run.Id, run.SessionId);
        }

        runs.Events.Append(transaction, new Events.NewEvent(RunEvents.Adopted, "daemon", new JsonObject { ["pid"] = run.Pid },
            run.SessionId, run.Id));
        return RunRows.Get(transaction.Db, run.Id);
    });

    static JsonObject Started(Run run, Workspace workspace, int? pid, string? protection) => new()
    {
        ["pid"] = pid,
        ["agent"] = run.Agent,
        ["profile"] = run.Profile,
        ["workspace"] = workspace.Path,
        ["protection"] = protection,
        ["attempt"] = run.Attempt,
    };

    /// <summary>True when somebody canceled the run while it was being prepared: then nothing is started.</summary>
    async Task<bool> StoppedBeforeStart(Run run)
    {
        if (store.Read(db => RunRows.Get(db, run.Id)).Status != RunStatus.Stopping)
            return false;
        await finisher.CancelUnstarted(run);
        return true;
    }

    Task GiveBack(Run run) => store.Write(transaction =>
    {
        if (RunRows.Get(transaction.Db, run.Id) is { Status: RunStatus.Stopping } told)
            runs.Advance(transaction, run.Id, run.Fence, RunStep.Cancel,
                new RunChange(told.StopActor ?? "daemon") { Reason = told.StopReason ?? EndReason.User });
        else
            runs.Advance(transaction, run.Id, run.Fence, RunStep.GiveBack, new RunChange("daemon"));
    });

    Task Refuse(Run run, Exception why) => store.Write(transaction =>
    {
        var change = new RunChange("daemon")
        {
            Reason = why switch
            {
                StartRefused refused => refused.Reason,
                SpawnFailure or IOException or UnauthorizedAccessException => EndReason.SpawnFailed,
                _ => EndReason.WorkspaceFailed,
            },
            ErrorMessage = why is Fault { Hint: { } hint } ? $"{why.Message} {hint}" : why.Message,
        };
        if (runs.Advance(transaction, run.Id, run.Fence, RunStep.Fail, change) is null)
            runs.Advance(transaction, run.Id, run.Fence, RunStep.Cancel, new RunChange("daemon") { Reason = EndReason.User });
    });

    Events.NewEvent DataFolderReachable(Run run) => new(RunEvents.Warning, "daemon", RunEvents.WarningData("data_folder_reachable",
        $"The daemon's data folder {facts.DataFolder} lies inside this run's workspace: the agent can read and change it."),
        run.SessionId, run.Id);

    AgentOrder? OrderOrNull(Run run, Workspace workspace)
    {
        try
        {
            return launcher.Order(run, workspace);
        }
        catch (Exception e) when (e is StartRefused or Fault { RetryAfterSeconds: null })
        {
            // The profile was removed meanwhile, or its file is wrong now; reading the output does not need it.
            return null;
        }
    }

    static ProcessIdentity? IdentityOf(Run run) =>
        run is { Pid: { } pid, PidStart: { } start, BootId: { } boot } ? new ProcessIdentity(pid, start, boot) : null;
}

/// <summary>A run whose process is held.</summary>
/// <param name="Holder">Null when no record of the process was found.</param>
sealed record Held(Run Run, Workspace Workspace, AgentOrder Order, IAgent Agent, RunFolder Folder, ProcessIdentity? Holder)
{
    /// <summary>Another daemon started it: when, is not known here.</summary>
    public bool Adopted { get; init; }
}
