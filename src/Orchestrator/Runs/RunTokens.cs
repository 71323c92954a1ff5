using System.Collections.Concurrent;
using Orchestrator.Http;
using Orchestrator.Store;
using Orchestrator.Terminals;

namespace Orchestrator.Runs;

/// <summary>
/// The tokens that runs get: whose one is, also in the moment between an agent's start and its record in the store, and the cut of what
/// is open with it once its run has ended.
/// </summary>
sealed class RunTokens
{
    /// <summary>Longest wait of a caller for the record of its own start.</summary>
    static readonly TimeSpan RecordLimit = TimeSpan.FromSeconds(10);

    /// <summary>What watches a run may go on for so long after its end, so that the end itself is delivered.</summary>
    static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    readonly Database store;
    readonly TimeProvider clock;
    readonly ConcurrentDictionary<string, TaskCompletionSource> starting = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, CancellationTokenSource> inside = new(StringComparer.Ordinal);

    public RunTokens(RunStore runs, DaemonFacts facts, TimeProvider clock)
    {
        store = runs.Store;
        this.clock = clock;
        runs.Stirred += Look;
        // Agents that another daemon started and could not record are known by what it left in their folders.
        foreach (var id in store.Read(db => db.Query(
            "select id from runs where status = 'starting' and token_hash is null and ended_at is null", row => row.GetString(0))))
            if (Launcher.Recorded(new RunFolder(facts.RunFolder(id))).TokenHash is { } hash)
                Announce(hash);
    }

    /// <summary>An agent with this token is about to be started: whoever comes with it waits until <see cref="Recorded"/>.</summary>
    public void Announce(string hash) => starting[hash] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The start is in the store now, or will never be.</summary>
    public void Recorded(string? hash)
    {
        if (hash is not null && starting.TryRemove(hash, out var waiting))
            waiting.TrySetResult();
    }

    /// <summary>Starts what is to carry an announced token; a start that fails announces nothing.</summary>
    public ProcessIdentity Started(string hash, Func<ProcessIdentity> start)
    {
        Announce(hash);
        try
        {
            return start();
        }
        catch
        {
            Recorded(hash);
            throw;
        }
    }

    /// <summary>The run that bears this token; null for none that is going on.</summary>
    public async Task<Principal?> Find(string hash, CancellationToken gone)
    {
        // Asked first: a record that comes in between is then seen by the read below.
        var recorded = starting.GetValueOrDefault(hash)?.Task;
        if (Bearer(hash) is { } known)
            return Inside(known, hash);
        if (recorded is null)
            return null;
        try
        {
            await recorded.WaitAsync(RecordLimit, clock, gone);
        }
        catch (TimeoutException)
        {
            Recorded(hash);
        }

        return Bearer(hash) is { } late ? Inside(late, hash) : null;
    }

    Principal? Bearer(string hash) => store.Read(db =>
        db.First("select id, session_id from runs where token_hash = @hash and ended_at is null",
            row => new Principal("run:" + row.GetString(0), new HashSet<Scope>(), row.GetString(0), row.GetString(1)), ("@hash", hash)));

    Principal? Inside(Principal bearer, string hash)
    {
        var fresh = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        var mine = inside.GetOrAdd(bearer.RunId!, fresh);
        if (mine != fresh)
        {
            fresh.Dispose();
            return bearer with { Gone = mine.Token };
        }

        // An end between the read and this line found nobody to cut: looked for once more, at the first call of each run.
        if (Bearer(hash) is not null)
            return bearer with { Gone = mine.Token };
        inside.TryRemove(bearer.RunId!, out _);
        return null;
    }

    // On the store's thread: only asks whether anybody is there.
    void Look(string runId)
    {
        if (inside.ContainsKey(runId))
            _ = Task.Run(() => CutIfEnded(runId));
    }

    void CutIfEnded(string runId)
    {
        if (store.Read(db => db.Number("select 1 from runs where id = @id and ended_at is not null", ("@id", runId))) is not null
            && inside.TryRemove(runId, out var cut))
            cut.CancelAfter(Farewell);
    }
}
