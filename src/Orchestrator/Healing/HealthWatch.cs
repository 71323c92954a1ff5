using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Profiles;
using Orchestrator.Providers;
using Orchestrator.Runs;
using Orchestrator.Store;
using Orchestrator.Terminals;
using Orchestrator.Workspaces;

namespace Orchestrator.Healing;

/// <summary>
/// Looks at what running runs do: their journals, their processes, their files. Keeps a verdict when it is another one, tells of it, and
/// hands runs that do nothing to the <see cref="Healer"/>. What it saw of processes it forgets with the daemon: the next one watches for a
/// while before it says anything bad. Nobody who reads waits for it.
/// </summary>
sealed class HealthWatch(RunStore runs, DaemonFacts facts, Healer healer, WorkFingerprint files, Func<TimeSpan?> every, TimeProvider clock,
    ILogger log)
{
    /// <summary>What is remembered of a run from one look to the next.</summary>
    sealed class Memory(DateTimeOffset since)
    {
        public DateTimeOffset Since { get; } = since;
        public IReadOnlyList<UsedBy>? Used { get; set; }
        public long LookedAt { get; set; }
        public DateTimeOffset? BusyAt { get; set; }
        public string? Busiest { get; set; }
        public string? Print { get; set; }
        public long? PrintedAt { get; set; }
        public DateTimeOffset? ChangedAt { get; set; }
    }

    readonly Dictionary<string, Memory> known = [];

    /// <summary>Until the daemon stops.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        try
        {
            while (true)
            {
                await Look(shutdown);
                await Task.Delay(every() ?? HealingPolicy.Look, clock, shutdown);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops: what is due stays due.
        }
    }

    async Task Look(CancellationToken shutdown)
    {
        try
        {
            List<Run> atWork = [.. runs.Store.Read(db => RunRows.Begun(db).Select(id => RunRows.Find(db, id)).OfType<Run>().ToList())
                .Where(run => run.Status == RunStatus.Running)];
            foreach (var gone in known.Keys.Except(atWork.Select(run => run.Id)).ToList())
                known.Remove(gone);
            if (atWork.Count == 0)
                return;
            var used = ProcessUsage.Available ? ProcessUsage.OfRuns() : null;
            foreach (var run in atWork)
                await LookAt(run, used, shutdown);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
        {
            // Said by daemon status; the next look tries again.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "Runs could not be looked at; they are again in a while.");
        }
    }

    async Task LookAt(Run run, IReadOnlyDictionary<string, IReadOnlyList<UsedBy>>? used, CancellationToken shutdown)
    {
        try
        {
            if (!known.TryGetValue(run.Id, out var memory))
                known[run.Id] = memory = new Memory(clock.GetUtcNow());
            if (used is not null)
                Compare(memory, used.GetValueOrDefault(run.Id, []));
            var found = runs.Store.Read(db => Facts(db, run, memory, used is not null));
            var health = HealthVerdict.Of(found);
            if (health.Verdict is HealthWords.Quiet or HealthWords.Stalled)
            {
                await LookAtFiles(run, memory, found.Quiet / 2, shutdown);
                health = HealthVerdict.Of(found with { FilesChangedAt = memory.ChangedAt });
            }

            if (await Keep(run, health) is { Verdict: HealthWords.Quiet or HealthWords.Stalled } bad)
                await healer.Follow(run, bad, found.LastOutput, () => LastOutput(run) > found.LastOutput, shutdown);
        }
        catch (Exception e) when (e is not OperationCanceledException && e is not Fault { Code: FaultCode.Unavailable })
        {
            log.LogError(e, "Run {Run} could not be looked at; it is again in a while.", run.Id);
        }
    }

    void Compare(Memory memory, IReadOnlyList<UsedBy> now)
    {
        if (memory.Used is { } before)
        {
            var change = UsageChange.Between(before, now, clock.GetElapsedTime(memory.LookedAt));
            if (change.Busy)
            {
                memory.BusyAt = clock.GetUtcNow();
                memory.Busiest = change.Busiest is { } busiest && busiest.IsAlive ? CommandOf(busiest.Pid) : null;
            }
        }

        memory.Used = now;
        memory.LookedAt = clock.GetTimestamp();
    }

    // /usr/share/dotnet/dotnet test --no-build  →  dotnet test
    static string? CommandOf(int pid)
    {
        var words = ProcessTable.CommandOf(pid);
        return words.Count == 0 ? null : Texts.Short(string.Join(' ',
            words.Skip(1).TakeWhile(word => word.Length > 0 && word[0] is not ('-' or '/')).Take(2).Prepend(Path.GetFileName(words[0]))));
    }

    HealthFacts Facts(Connection db, Run run, Memory memory, bool watched)
    {
        var found = new HealthFacts(clock.GetUtcNow(), LastOutput(run), HealingPolicy.OfKept(run.ProfileSettings), run.IdleLimit)
        {
            ProcessAlive = run is not { Pid: { } pid, PidStart: { } start, BootId: { } boot }
                || new ProcessIdentity(pid, start, boot).IsAlive || new RunFolder(facts.RunFolder(run.Id)).ReadEnd() is not null,
            Tree = watched ? new TreeActivity(memory.Since, memory.BusyAt, memory.Busiest) : null,
            FilesChangedAt = memory.ChangedAt,
        };
        if (found.Silence < found.Quiet)
            return found;
        // Only now what costs a query each. Since an answer came, silence counts anew.
        return found with
        {
            LastOutput = Latest(found.LastOutput, ResumedAt(db, run.Id)),
            Tool = OpenCalls.Find(db, run.Id),
            ProviderHeldUntil = CoolDownRows.Of(db, run.Provider)?.Until,
        };
    }

    // The journals' own times: they outlive the daemon, and a line that is not whole yet counts, too.
    DateTimeOffset LastOutput(Run run)
    {
        var folder = new RunFolder(facts.RunFolder(run.Id));
        var last = run.StartedAt ?? run.CreatedAt;
        foreach (var journal in (string[])[folder.StdoutPath, folder.StderrPath])
            if (new FileInfo(journal) is { Exists: true, Length: > 0 } file)
                last = Latest(last, file.LastWriteTimeUtc);
        return last;
    }

    static DateTimeOffset? ResumedAt(Connection db, string runId) => db.First(
        "select at from events where run_id = @run and type = @type order by seq desc limit 1", row => Tuple.Create(row.Time(0)),
        ("@run", runId), ("@type", RunEvents.Resumed))?.Item1;

    static DateTimeOffset Latest(DateTimeOffset a, DateTimeOffset? b) => b is { } other && other > a ? other : a;

    async Task LookAtFiles(Run run, Memory memory, TimeSpan atMostEvery, CancellationToken shutdown)
    {
        if (memory.PrintedAt is { } last && clock.GetElapsedTime(last) < atMostEvery)
            return;
        if (run.Workspace is not { } place || runs.Store.Read(db => WorkspaceStore.Find(db, place.Id)) is not { } workspace)
            return;
        var print = await files.Of(workspace, shutdown);
        if (memory.Print is { } before && print is not null && print != before)
            memory.ChangedAt = clock.GetUtcNow();
        memory.Print = print ?? memory.Print;
        memory.PrintedAt = clock.GetTimestamp();
    }

    /// <summary>Keeps the verdict: with an event when it is another one, without when only its words grew older. Returns it as it is kept,
    /// null when the run is not at work any more.</summary>
    async Task<RunHealth?> Keep(Run run, RunHealth health)
    {
        var before = run.Health!;
        var same = before.Verdict == health.Verdict && before.WaitingFor == health.WaitingFor;
        var kept = same ? health with { Since = before.Since } : health;
        // The row itself says "it runs" of a run of which nothing else is to be said.
        if (same && (before.Reasons.SequenceEqual(kept.Reasons) || (kept is { Verdict: HealthWords.Working, Reasons.Count: 1 }
            && before.Reasons.Count == 1)))
            return kept;
        var written = await runs.Store.Write(transaction => Store(transaction, run, before, kept, same));
        if (written && !same)
            Checkpoint.Reach(Checkpoint.HealthKept);
        return written ? kept : null;
    }

    bool Store(WriteTransaction transaction, Run run, RunHealth before, RunHealth kept, bool same)
    {
        if (transaction.Db.Execute("update runs set health = @health where id = @id and fence = @fence and status = 'running'",
            ("@health", new KeptHealth(RunLifecycle.Word(RunStatus.Running), kept).Write()), ("@id", run.Id), ("@fence", run.Fence)) == 0)
            return false;
        if (!same)
            runs.Events.Append(transaction, new NewEvent(HealingEvents.Health, "daemon", new JsonObject
            {
                ["verdict"] = kept.Verdict,
                ["waiting_for"] = kept.WaitingFor,
                ["before"] = before.Verdict,
                ["since"] = kept.Since.UtcDateTime,
                ["reasons"] = new JsonArray([.. kept.Reasons.Select(reason => (JsonNode)reason)]),
            }, run.SessionId, run.Id, run.ItemId));
        return true;
    }
}
