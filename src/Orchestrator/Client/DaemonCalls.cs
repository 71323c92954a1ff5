using System.Text.Json.Nodes;

namespace Orchestrator.Client;

/// <summary>The daemon itself.</summary>
sealed class DaemonCalls(Line line)
{
    /// <summary>How long a check of a large database may take.</summary>
    static readonly TimeSpan CheckLimit = TimeSpan.FromMinutes(5);

    public JsonNode Health() => line.Get($"/health");

    public JsonNode Status() => line.Get($"/daemon/status");

    public JsonNode Stop() => line.Post($"/daemon/stop");

    public JsonNode Configuration() => line.Get($"/config");

    public JsonNode CheckStore() => line.Hold(CheckLimit, $"/doctor/store");
}
