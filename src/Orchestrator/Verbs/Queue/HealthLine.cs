using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary>A run's health for a person.</summary>
static class HealthLine
{
    /// <summary><c>waiting for tool: no output for 6 min; its tool `make` runs for 6 min, and may for 10 min</c></summary>
    public static string Of(JsonNode? health, string verdict) =>
        $"{verdict}{(health.Text("waiting_for") is { } whom ? $" for {whom}" : "")}: "
        + string.Join("; ", (health?["reasons"] as JsonArray ?? []).Select(reason => (string?)reason));
}
