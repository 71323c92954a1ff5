using System.Text.Json.Nodes;
using Orchestrator.Http;

namespace Orchestrator.Runs;

/// <summary>Open runs by kind, as daemon status and diagnose show them.</summary>
static class QueueCounts
{
    public static JsonObject Of(IReadOnlyDictionary<string, long> byStatus) => new()
    {
        ["queued_count"] = byStatus.GetValueOrDefault("queued"),
        ["running_count"] = Slots(byStatus),
        ["waiting_count"] = byStatus.GetValueOrDefault("waiting"),
    };

    /// <summary>Runs that have a slot: a waiting one gave its own back.</summary>
    public static long Slots(IReadOnlyDictionary<string, long> byStatus) => byStatus.GetValueOrDefault("starting")
        + byStatus.GetValueOrDefault("running") + byStatus.GetValueOrDefault("stopping");

    public static JsonObject Schema() => Shape.Members(
        ("queued_count", Shape.Whole), ("running_count", Shape.Whole), ("waiting_count", Shape.Whole));
}
