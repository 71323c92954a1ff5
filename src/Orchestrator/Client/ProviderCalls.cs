using System.Text.Json.Nodes;
using Orchestrator.Providers;

namespace Orchestrator.Client;

/// <summary>Providers that are left alone for now.</summary>
sealed class ProviderCalls(Line line)
{
    public JsonNode List() => line.Get($"/providers");

    public JsonNode Clear(LiftCoolDown.Request request) =>
        line.Post($"/providers/clear", request, ProviderJson.Default.LiftCoolDownRequest);
}
