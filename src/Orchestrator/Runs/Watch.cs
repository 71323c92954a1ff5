using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.Terminals;

namespace Orchestrator.Runs;

/// <summary>What the watch saw at the end of a run's process.</summary>
/// <param name="ExitCode">Null when the holder left none.</param>
/// <param name="Problem">What the holder could not do, in its words.</param>
/// <param name="SameBoot">False when the machine was restarted meanwhile.</param>
sealed record Seen(int? ExitCode, string? Problem, bool SameBoot);

/// <summary>
/// Follows a held run: reads its journals when they grow, stores what it read, minds the time limits and the wish to stop, until the
/// process has ended. Everything it needs to go on stands in the store and the run folder.
/// </summary>
sealed class Watch(RunStore runs, RunLimits limits, StopTimes stopTimes, RunSnapshots snapshots, TimeProvider clock)
{
    static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(300);

    public RunLimits Limits => limits;

    /// <summary>Returns when the process has ended or is gone. Throws when the daemon shuts down: the run goes on without it.</summary>
    public async Task<Seen> Follow(Held held, OutputReader reader, ActiveRun bell, CancellationToken shutdown)
    {
        var pace = new Pace(clock);
        using var notice = new FolderNotice(held.Folder.Path, bell.Written);
        var deadlines = new Deadlines(held.Run, clock, reader.Written);
        var input = InputWriter.Of(runs, this, held, reader);
        if (input is not null)
            await input.Begin();
        var still = new HeldStill(held.Holder);
        if (held.Adopted)
            still.Force(held.Run is { Paused: true, Status: RunStatus.Waiting });
        var stopping = held.Run.Status == RunStatus.Stopping ? await BeginStop(held, input) : null;
        var live = new LiveWait(clock);
        long? goneSince = null;
        while (true)
        {
            var told = pace.AtOnce && notice.Ask();
            // The exit code is looked for before the output: what is read after it is all there is.
            var end = held.Folder.ReadEnd();
            var gone = end is null && pace.LooksAtProcess && held.Holder is not { IsAlive: true };
            var found = reader.Read(final: false);
            var waits = end is null && live.Holds(reader.OnlyLive);
            input?.EndIfDone();
            if (found && !waits)
                await Keep(held, reader);
            if (input is not null)
                await input.Say();
            if (end is not null && !found)
                return await Ended(new Seen(end.Code, end.Problem, true), stopping);
            // An agent that outlived its holder may talk on for ever: the rest is read when it is ended.
            if (gone && Twice(ref goneSince))
                return await Ended(new Seen(null, null, held.Holder is not { } holder
                    || holder.BootId == ProcessIdentity.Of(Environment.ProcessId)?.BootId), stopping);
            // The ladder was climbed to its end and something still lives: it is named in a warning, the run does not wait for it.
            if (stopping is { IsCompleted: true } && held.Holder is { IsAlive: true })
                return await Ended(new Seen(null, null, true), stopping);

            // Limits, a stop and the shutdown are minded between any two looks, however much the run says.
            deadlines.Heard(reader.Written);
            if (stopping is null && deadlines.Passed() is { } reason)
            {
                // What an agent does when it is stopped, nobody knows: first its work as it stands.
                await snapshots.Take(held.Run, RunSnapshots.AtLimit, shutdown);
                await RequestStop(held, reason);
            }
            var rest = pace.Next(found, told);
            var rang = await Pause(bell, found && !waits ? TimeSpan.Zero : rest, stopping, shutdown);
            if (rang)
                pace.Stirred();
            if (rang && input is not null)
                await input.Take();
            if ((rang || deadlines.StopRequested) && stopping is null && LookAgain(held, deadlines, still))
                stopping = await BeginStop(held, input);
        }
    }

    /// <summary>Stores what was read; a lost fence means that another daemon owns the run now.</summary>
    public async Task Keep(Held held, OutputReader reader)
    {
        var progress = runs.LookedUp(held.Run, reader.Drain());
        if (!await runs.Store.Write(transaction => runs.Keep(transaction, held.Run, progress)))
            throw new InvalidOperationException($"Run {held.Run.Id} has another owner.");
        Checkpoint.Reach(Checkpoint.OutputCommitted);
    }

    /// <summary>Warns within the run, before its end.</summary>
    public Task Warn(Held held, string code, string text) => runs.Store.Write(transaction =>
    {
        runs.Events.Append(transaction, new NewEvent(RunEvents.Warning, "daemon", RunEvents.WarningData(code, text), held.Run.SessionId,
            held.Run.Id));
    });

    /// <summary>True when the bell rang. A stop that has begun is seen through before the shutdown is obeyed.</summary>
    static async Task<bool> Pause(ActiveRun bell, TimeSpan rest, Task<StopReport>? stopping, CancellationToken shutdown)
    {
        try
        {
            return await bell.Wait(rest, shutdown);
        }
        catch (OperationCanceledException)
        {
            if (stopping is not null)
                await stopping;
            throw;
        }
    }

    static async Task<Seen> Ended(Seen seen, Task<StopReport>? stopping)
    {
        if (stopping is not null)
            await stopping;
        return seen;
    }

    // Gone and no exit code: the holder writes it as its last act, so it is looked for once more.
    bool Twice(ref long? since)
    {
        since ??= clock.GetTimestamp();
        return clock.GetElapsedTime(since.Value) >= SecondLook;
    }

    // The row says what others want of the run: that it stops, that its clocks stand still while it waits, or that it does itself.
    bool LookAgain(Held held, Deadlines deadlines, HeldStill still)
    {
        var now = runs.Store.Read(db => RunRows.Get(db, held.Run.Id));
        deadlines.Rest(now.Status == RunStatus.Waiting);
        // What is to be stopped must hear it.
        still.Set(now is { Paused: true, Status: RunStatus.Waiting });
        return now.Status == RunStatus.Stopping;
    }

    Task RequestStop(Held held, string reason) => runs.Store.Write(transaction =>
        runs.Advance(transaction, held.Run.Id, held.Run.Fence, RunStep.Stop,
            new RunChange("daemon") { StopReason = reason, StopActor = "daemon" }));

    // An agent that is spoken with is first asked in its own words. The task that climbs stands in one of its own: a wait for the first
    // word would otherwise be a wait for the whole ladder.
    async Task<Task<StopReport>> BeginStop(Held held, InputWriter? input)
    {
        Checkpoint.Reach(Checkpoint.StopRequested);
        var asked = input is not null && await input.AskToStop();
        return Climb(held, asked);
    }

    // A daemon that stops meanwhile waits for the ladder: it does not make a polite stop a kill.
    async Task<StopReport> Climb(Held held, bool asked)
    {
        var steps = new List<StopStep>();
        var report = await new StopLadder(stopTimes, clock).Climb(held.Run.Id, held.Holder, asked, step =>
        {
            lock (steps)
                steps.Add(step);
        }, CancellationToken.None);
        Checkpoint.Reach(Checkpoint.StopClimbed);
        await runs.Store.Write(transaction =>
        {
            foreach (var step in steps)
            {
                runs.Events.Append(transaction, new NewEvent(RunEvents.StopStep, "daemon",
                    new JsonObject { ["action"] = step.Action.ToString().ToLowerInvariant(), ["text"] = step.Text }, held.Run.SessionId,
                        held.Run.Id));
            }
        });
        return report;
    }
}

/// <summary>The two clocks of a run: in all, and since it last wrote.</summary>
sealed class Deadlines(Run run, TimeProvider clock, long written)
{
    // The wall clock is asked once, for the time before this watch; from then on a clock that is set, or a machine that slept, does not
    // count.
    readonly TimeSpan before = Since(run.StartedAt, clock) - run.Waited - Since(run.WaitingSince, clock);
    readonly long begun = clock.GetTimestamp();
    long lastHeard = clock.GetTimestamp();
    long lastWritten = written;
    long? restingSince = run.Status == RunStatus.Waiting ? clock.GetTimestamp() : null;
    TimeSpan rested;

    /// <summary>A limit has passed and was acted upon.</summary>
    public bool StopRequested { get; private set; }

    /// <summary>Bytes written so far; any growth is a sign of life.</summary>
    public void Heard(long bytes)
    {
        if (bytes == lastWritten)
            return;
        lastWritten = bytes;
        lastHeard = clock.GetTimestamp();
    }

    /// <summary>The run waits for somebody else from now on, or no longer: meanwhile neither clock moves.</summary>
    public void Rest(bool resting)
    {
        if (resting == restingSince is not null)
            return;
        if (restingSince is { } since)
        {
            rested += clock.GetElapsedTime(since);
            lastHeard = clock.GetTimestamp();
        }

        restingSince = resting ? clock.GetTimestamp() : null;
    }

    /// <summary>The limit that has passed, once; null while none has.</summary>
    public string? Passed()
    {
        if (StopRequested || restingSince is not null)
            return null;
        var reason = before + clock.GetElapsedTime(begun) - rested > run.TotalLimit ? EndReason.TotalTimeout
            : clock.GetElapsedTime(lastHeard) > run.IdleLimit ? EndReason.IdleTimeout
            : null;
        StopRequested = reason is not null;
        return reason;
    }

    static TimeSpan Since(DateTimeOffset? start, TimeProvider clock) =>
        start is { } at && clock.GetUtcNow() - at is { Ticks: > 0 } passed ? passed : TimeSpan.Zero;
}
