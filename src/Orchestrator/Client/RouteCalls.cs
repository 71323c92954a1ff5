using System.Text.Json.Nodes;

namespace Orchestrator.Client;

/// <summary>Rules that choose a profile.</summary>
sealed class RouteCalls(Line line)
{
    public JsonNode Try(string? project, string? phase, string? kind, string? labels, string? profile) =>
        line.Get($"/route/try", ("project", project), ("phase", phase), ("kind", kind), ("labels", labels), ("profile", profile));
}
