using System.Collections.Concurrent;

namespace Orchestrator.Deliveries;

/// <summary>Works on what is to be delivered: in each repository one after the other, oldest first. All decisions come from the store.
/// </summary>
sealed class DeliveryWorker(DeliveryStore deliveries, Deliverer deliverer, TimeProvider clock, ILogger log) : IDisposable
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<string, Task> active = new();
    readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>Runs until shutdown; what is under way then goes on with the next daemon.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        deliveries.Stirred += Stir;
        try
        {
            await Tidy(shutdown);
            while (!shutdown.IsCancellationRequested)
            {
                Turn(shutdown);
                await wake.WaitAsync(LookEvery, shutdown);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
        finally
        {
            deliveries.Stirred -= Stir;
            await Task.WhenAll(active.Values);
        }
    }

    public void Dispose() => wake.Dispose();

    async Task Tidy(CancellationToken shutdown)
    {
        try
        {
            await deliverer.Tidy(shutdown);
        }
        catch (Exception e) when (e is Fault or IOException or UnauthorizedAccessException)
        {
            log.LogError("What earlier deliveries left could not be cleared away: {Reason}", e.Message);
        }
    }

    void Turn(CancellationToken shutdown)
    {
        try
        {
            foreach (var next in deliveries.Store.Read(DeliveryRows.Open).DistinctBy(delivery => delivery.Common))
                if (!active.ContainsKey(next.Common))
                    Begin(next, shutdown);
        }
        catch (Fault fault)
        {
            log.LogError("No delivery can be begun: {Reason}", fault.Message);
        }
    }

    void Begin(Delivery delivery, CancellationToken shutdown)
    {
        var begun = new TaskCompletionSource();
        active[delivery.Common] = Task.Run(async () =>
        {
            await begun.Task;
            try
            {
                await deliverer.Run(delivery.Id, shutdown);
            }
            catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
            {
                // Left to the next daemon, on purpose.
            }
            catch (Exception e)
            {
                // It stays open in the store and is taken up again; those behind it wait.
                log.LogError(e, "Delivery {Delivery} was left by its owner and will be taken up again.", delivery.Id);
                await Pause(shutdown);
            }
            finally
            {
                active.TryRemove(delivery.Common, out _);
                Stir();
            }
        }, CancellationToken.None);
        begun.SetResult();
    }

    async Task Pause(CancellationToken shutdown)
    {
        try
        {
            await Task.Delay(LookEvery, clock, shutdown);
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    void Stir()
    {
        try
        {
            wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Awake already, or nobody is there any more.
        }
    }
}
