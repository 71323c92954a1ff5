using System.Text.Json.Nodes;
using Orchestrator.Cli;

namespace Orchestrator.Client;

/// <summary>What happened, by page or as it happens.</summary>
sealed class EventCalls(Line line)
{
    /// <summary>Three missed heartbeats (15 s each) mean a dead connection.</summary>
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(50);

    /// <param name="session">Only this session's; null for all.</param>
    /// <param name="run">Only this run's; null for all.</param>
    /// <param name="item">Only this item's; null for all.</param>
    /// <param name="types">Types wanted, separated by commas; null for all.</param>
    /// <param name="page">Which part of them.</param>
    /// <param name="before">The last ones before this cursor instead; null for none.</param>
    public JsonNode List(string? session, string? run, string? item, string? types, Page page, string? before = null) => line.Get(
        $"/events",
        [("session_id", session), ("run_id", run), ("item_id", item), ("types", types), ("before", before), .. page.Members]);

    /// <inheritdoc cref="List"/>
    public JsonNode OfSession(string session, string? run, string? item, string? types, Page page, string? before = null) =>
        line.Get($"/sessions/{session}/events",
            [("run_id", run), ("item_id", item), ("types", types), ("before", before), .. page.Members]);

    /// <summary>Server-sent events.</summary>
    /// <param name="session">Only this session's; null for all.</param>
    /// <param name="run">Only this run's; null for all.</param>
    /// <param name="item">Only this item's; null for all.</param>
    /// <param name="types">Types wanted, separated by commas; null for all.</param>
    /// <param name="after">Cursor to begin after; null for the first event, "latest" for now.</param>
    public Answer Stream(string? session, string? run, string? item, string? types, string? after) => line.Open(Silence, $"/stream",
        ("session_id", session), ("run_id", run), ("item_id", item), ("types", types), ("after", after));
}
