using Orchestrator.Store;

namespace Orchestrator.Daemon;

/// <summary>
/// What is done once in a while and by nobody else: forgetting idempotency keys past their time, and finding out that a store that could
/// not write can again, when nobody else dares to try.
/// </summary>
static class Upkeep
{
    static readonly TimeSpan Every = TimeSpan.FromHours(1);
    static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>Until shutdown. What fails is tried again at its next turn; the store's trouble shows in daemon status.</summary>
    public static Task Run(Database store, TimeProvider clock, ILogger log, CancellationToken shutdown)
    {
        long? forgot = null;
        return Rounds.Run(Look, Turn, "The upkeep of the store failed and will be tried again.", clock, log, shutdown);

        async Task Turn()
        {
            var due = forgot is not { } last || clock.GetElapsedTime(last) >= Every;
            if (due)
            {
                forgot = clock.GetTimestamp();
                await store.Write(transaction => { Idempotency.Prune(transaction); });
            }
            else if (store.Trouble is not null)
                await store.Probe();
        }
    }
}
