using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>How many begun runs have which verdict, as daemon status shows it.</summary>
static class HealthCounts
{
    /// <param name="db">The store.</param>
    /// <param name="byStatus">Open runs by status.</param>
    public static JsonObject Of(Connection db, IReadOnlyDictionary<string, long> byStatus)
    {
        var counts = HealthWords.All.ToDictionary(verdict => verdict, _ => 0L);
        counts[HealthWords.Working] = QueueCounts.Slots(byStatus);
        counts[HealthWords.Waiting] = byStatus.GetValueOrDefault("waiting");
        // Only of those something is kept that was found otherwise; an older verdict of another status does not count.
        foreach (var kept in db.Query("select health from runs where ended_at is null and status = 'running' and health is not null",
            row => KeptHealth.Read(row.GetString(0))).OfType<KeptHealth>().Where(kept => kept.Status == "running"))
        {
            counts[HealthWords.Working]--;
            counts[kept.Health.Verdict]++;
        }

        var told = new JsonObject();
        foreach (var verdict in HealthWords.All)
            told[verdict] = counts[verdict];
        return told;
    }

    public static JsonObject Schema() => Shape.Members([.. HealthWords.All.Select(verdict => (verdict, Shape.Whole))]);
}
