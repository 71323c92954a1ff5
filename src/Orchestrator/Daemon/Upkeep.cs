using Orchestrator.Store;

namespace Orchestrator.Daemon;

/// <summary>What is done once in a while and by nobody else: forgetting idempotency keys past their time.</summary>
static class Upkeep
{
    static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>Until shutdown. A store that cannot write now is asked again an hour later; its trouble shows in daemon status.</summary>
    public static async Task Run(Database store, TimeProvider clock, CancellationToken shutdown)
    {
        using var ticks = new PeriodicTimer(Every, clock);
        try
        {
            do
            {
                await Forget(store);
            }
            while (await ticks.WaitForNextTickAsync(shutdown));
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    static async Task Forget(Database store)
    {
        try
        {
            await store.Write(transaction => { Idempotency.Prune(transaction); });
        }
        catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
        {
            // Said by daemon status; the next hour tries again.
        }
    }
}
