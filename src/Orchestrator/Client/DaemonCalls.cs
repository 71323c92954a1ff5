using System.Text.Json.Nodes;
using Orchestrator.Profiles;

namespace Orchestrator.Client;

/// <summary>The daemon itself.</summary>
sealed class DaemonCalls(Line line)
{
    /// <summary>How long a check of a large database may take.</summary>
    static readonly TimeSpan CheckLimit = TimeSpan.FromMinutes(5);

    public JsonNode Health() => line.Get($"/health");

    public JsonNode Status() => line.Get($"/daemon/status");

    public JsonNode Stop() => line.Post($"/daemon/stop");

    public JsonNode Configuration(string? project) => line.Get($"/config", ("project", project));

    public JsonNode SetConfiguration(SetRequest request) => line.Post($"/config", request, ConfigJson.Default.SetRequest);

    public JsonNode CheckStore() => line.Hold(CheckLimit, $"/doctor/store");
}
