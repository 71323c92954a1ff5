namespace Orchestrator.Deliveries;

/// <summary>Works on what is to be delivered: in each repository one after the other, oldest first. All decisions come from the store.
/// </summary>
sealed class DeliveryWorker(DeliveryStore deliveries, Deliverer deliverer, TimeProvider clock, ILogger log) : IDisposable
{
    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly WorkInHand hands = new(LookEvery, clock, log);

    /// <summary>Runs until shutdown; what is under way then goes on with the next daemon.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        deliveries.Stirred += hands.Wake.Ring;
        await Tidy(shutdown);
        await hands.Run(LookEvery, Look, "No delivery can be begun", shutdown);
        deliveries.Stirred -= hands.Wake.Ring;
    }

    public void Dispose() => hands.Dispose();

    async Task Tidy(CancellationToken shutdown)
    {
        try
        {
            await deliverer.Tidy(shutdown);
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
        catch (Exception e) when (e is Fault or IOException or UnauthorizedAccessException)
        {
            log.LogError("What earlier deliveries left could not be cleared away: {Reason}", e.Message);
        }
    }

    void Look(CancellationToken shutdown)
    {
        foreach (var next in deliveries.Store.Read(DeliveryRows.Open).DistinctBy(delivery => delivery.Common))
            if (!hands.Has(next.Common))
                hands.Begin(next.Common, $"Delivery {next.Id}", () => deliverer.Run(next.Id, shutdown), shutdown);
    }
}
