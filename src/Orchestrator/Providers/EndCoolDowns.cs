using Orchestrator.Store;

namespace Orchestrator.Providers;

/// <summary>Ends cool-downs whose time is over. The times stand in the rows, so a daemon that was away does it when it is back.</summary>
sealed class EndCoolDowns(CoolDownStore coolDowns, TimeProvider clock, ILogger log)
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public Task Run(CancellationToken shutdown) =>
        Rounds.Run(Every, Look, "Cool-downs could not be ended and will be looked at again.", clock, log, shutdown);

    async Task Look()
    {
        var now = clock.GetUtcNow().Micros();
        if (coolDowns.Store.Read(db => CoolDownRows.Over(db, now)).Count > 0)
            await coolDowns.Store.Write(coolDowns.EndOver);
    }
}
