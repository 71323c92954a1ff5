using System.Collections.Concurrent;
using Orchestrator.Providers;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>
/// Gives free slots to queued runs, oldest first, one per session; keeps what runs; and, at boot and on a timer, takes up every open
/// run that nobody here is busy with. All decisions come from the store.
/// </summary>
sealed class Dispatcher(RunStore runs, Runner runner, Func<int> slots, string nodeId, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>How often open runs are compared with what is really there.</summary>
    public static readonly TimeSpan ReconcileEvery = TimeSpan.FromSeconds(5);

    // A holder that took its fence has this long to write down who it is.
    static readonly TimeSpan BeforeSecondLook = TimeSpan.FromSeconds(2);

    // Stirred by every run, a turn that fails must not be tried without a pause.
    static readonly TimeSpan Slowly = TimeSpan.FromSeconds(1), AfterTrouble = TimeSpan.FromSeconds(1);

    // The earliest open run of a session is the only one that may start: both "one at a time" and "in order".
    // What waits for a time or for its provider has no place in the queue meanwhile: others go on.
    const string NextQueued = $"""
        select r.id, coalesce(r.provider, r.agent) from runs r
        where r.status = 'queued' and r.ended_at is null and coalesce(r.not_before, 0) <= @now and not {CoolDownRows.Holds}
          and not exists (select 1 from runs o where o.session_id = r.session_id and o.ended_at is null and o.queue_no < r.queue_no)
          and not exists (select 1 from spending_holds h where h.day = @today
                            and (h.project = '' or h.project = (select s.project from sessions s where s.id = r.session_id)))
        order by r.queue_no limit @limit
        """;

    readonly ConcurrentDictionary<string, ActiveRun> active = new();
    readonly ConcurrentDictionary<Task, bool> tasks = new();
    readonly Bell wake = new();
    readonly ConcurrentDictionary<string, long> lookedAt = new();
    long? lastLook;

    /// <summary>True while the loop turns; without it no run starts.</summary>
    public bool Alive { get; private set; }

    /// <summary>True once the daemon stops: nothing new starts, and what runs goes on without it.</summary>
    public bool Draining { get; private set; }

    /// <summary>Slots in all.</summary>
    public int Slots => slots();

    /// <summary>Slots unless somebody says otherwise.</summary>
    public const int DefaultSlots = 4;

    /// <summary>Runs this daemon is busy with now.</summary>
    public int Busy => active.Count;

    /// <summary>Runs until shutdown; the runs themselves go on without it.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        runs.Stirred += Stir;
        Alive = true;
        await using var told = shutdown.Register(() => Draining = true);
        try
        {
            // When the daemon stops, what runs goes on by itself.
            await wake.Serve(Slowly, Turn, shutdown);
        }
        finally
        {
            Alive = false;
            runs.Stirred -= Stir;
            await Task.WhenAll(tasks.Keys);
        }
    }

    /// <summary>One turn of the loop. Whatever goes wrong in it costs this turn, never the dispatcher; the next one tries again.</summary>
    async Task Turn(CancellationToken shutdown)
    {
        try
        {
            if (lastLook is not { } last || clock.GetElapsedTime(last) >= ReconcileEvery || !lookedAt.IsEmpty)
            {
                lastLook = clock.GetTimestamp();
                Reconcile(shutdown);
            }
            await Fill(shutdown);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "The dispatcher could not take its turn and tries again.");
            await Task.Delay(AfterTrouble, clock, shutdown);
        }
    }

    public void Dispose() => wake.Dispose();

    void Stir(string runId)
    {
        if (active.TryGetValue(runId, out var busy))
            busy.Ring();
        wake.Ring();
    }

    async Task Fill(CancellationToken shutdown)
    {
        while (Slots - active.Count + Resting() is > 0 and var free)
        {
            var claimed = await Claim(free);
            foreach (var run in claimed)
                Begin(run.Id, bell => runner.Attempt(run, bell, shutdown), shutdown);
            if (claimed.Count == 0)
                return;
        }
    }

    /// <summary>
    /// Runs in hand that wait for an answer or for their children: their slots are free. One that goes on does so at once, before
    /// anything queued, for nothing new starts until there is room again (docs/adr/0005).
    /// </summary>
    int Resting() => active.IsEmpty ? 0 : runs.Store.Read(RunRows.Waiting).Count(active.ContainsKey);

    async Task<IReadOnlyList<Run>> Claim(int free)
    {
        // What was held back by a limit of the day starts by itself when the day is over.
        var today = LocalDay.Of(clock.GetUtcNow().Micros(), clock);
        try
        {
            var now = clock.GetUtcNow().Micros();
            if (runs.Store.Read(db => db.Text(NextQueued, ("@today", today), ("@limit", 1), ("@now", now))) is null)
                return [];
            return await runs.Store.Write(transaction => transaction.Db.Query(NextQueued,
                    row => (Id: row.GetString(0), Provider: row.GetString(1)),
                    ("@today", today), ("@limit", free), ("@now", transaction.Now))
                // A run just given back is still in its last owner's hands for a moment; that one wakes us when it lets go.
                .Where(next => !active.ContainsKey(next.Id) && CoolDownStore.TakeStart(transaction, next.Provider))
                .Select(next => next.Id)
                .Select((id, place) => runs.Advance(transaction, id, null, RunStep.Claim, new RunChange("daemon")
                {
                    Node = nodeId,
                    Worker = $"{nodeId}/{active.Count + place + 1}",
                }))
                .OfType<Run>().ToList());
        }
        catch (Fault fault)
        {
            log.LogError("No run can be claimed: {Reason}", fault.Message);
            return [];
        }
    }

    void Begin(string runId, Func<ActiveRun, Task> work, CancellationToken shutdown)
    {
        var bell = new ActiveRun(runId);
        if (!active.TryAdd(runId, bell))
            return;
        var task = Task.Run(async () =>
        {
            try
            {
                await work(bell);
            }
            catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
            {
                // Left to the next daemon, on purpose.
            }
            catch (Exception e)
            {
                // The run stays open in the store; the reconciler takes it up again.
                log.LogError(e, "Run {Run} was left by its owner and will be taken up again.", runId);
            }
            finally
            {
                active.TryRemove(runId, out _);
                wake.Ring();
            }
        }, CancellationToken.None);
        tasks[task] = true;
        // Also when it has ended already: nothing stays in the table.
        _ = task.ContinueWith(ended => tasks.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Every open run that is not queued and not in hand is taken up: adopted, finished, given back or, after two looks,
    /// lost.</summary>
    void Reconcile(CancellationToken shutdown)
    {
        foreach (var id in runs.Store.Read(RunRows.Begun))
        {
            if (active.ContainsKey(id))
                continue;
            var second = lookedAt.TryGetValue(id, out var first);
            if (second && clock.GetElapsedTime(first) < BeforeSecondLook)
                continue;
            Begin(id, async bell =>
            {
                if (await runner.Adopt(id, bell, second, shutdown))
                    lookedAt.TryRemove(id, out _);
                else
                    lookedAt[id] = clock.GetTimestamp();
            }, shutdown);
        }
    }
}
