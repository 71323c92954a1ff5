using Orchestrator.Store;

namespace Orchestrator.Providers;

/// <summary>Ends cool-downs whose time is over. The times stand in the rows, so a daemon that was away does it when it is back.</summary>
sealed class EndCoolDowns(CoolDownStore coolDowns, TimeProvider clock, ILogger log)
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public async Task Run(CancellationToken shutdown)
    {
        using var ticks = new PeriodicTimer(Look, clock);
        try
        {
            do
            {
                await Turn();
            }
            while (await ticks.WaitForNextTickAsync(shutdown));
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    async Task Turn()
    {
        try
        {
            var now = clock.GetUtcNow().Micros();
            if (coolDowns.Store.Read(db => CoolDownRows.Over(db, now)).Count > 0)
                await coolDowns.Store.Write(coolDowns.EndOver);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError("Cool-downs could not be ended and will be looked at again: {Reason}", e.Message);
        }
    }
}
