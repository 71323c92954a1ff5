using Orchestrator.Agents;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Requests;

/// <summary>
/// Ends requests nobody answered in time, as each says itself: the asker hears no, hears that it may go on, or is parked. The times
/// stand in the rows, so a daemon that was away does it when it is back.
/// </summary>
sealed class ExpireRequests(RequestStore requests, TimeProvider clock, ILogger log)
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public Task Run(CancellationToken shutdown) =>
        Rounds.Run(Every, Look, "Requests could not be expired and will be looked at again.", clock, log, shutdown);

    async Task Look()
    {
        await requests.SettleForgotten();
        var store = requests.Runs.Store;
        var now = clock.GetUtcNow().Micros();
        if (store.Read(db => RequestRows.Overdue(db, now)) is { Count: > 0 } overdue)
            await store.Write(transaction =>
            {
                foreach (var request in overdue)
                    Expire(transaction, request);
            });
    }

    void Expire(WriteTransaction transaction, RunRequest request)
    {
        if (requests.Close(transaction, request.Id, RequestStep.Expire, "daemon") is null || request.OnExpiry != OnExpiry.Park)
            return;
        var runs = requests.Runs;
        if (runs.Advance(transaction, request.RunId, null, RunStep.Stop,
            new RunChange("daemon") { StopReason = EndReason.Parked, StopActor = "daemon" }) is null)
            runs.Advance(transaction, request.RunId, null, RunStep.Cancel, new RunChange("daemon") { Reason = EndReason.Parked });
    }
}
