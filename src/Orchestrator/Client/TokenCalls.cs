using System.Text.Json.Nodes;
using Orchestrator.Tokens;

namespace Orchestrator.Client;

/// <summary>Who may come in.</summary>
sealed class TokenCalls(Line line)
{
    public JsonNode Create(CreateToken.Request request) => line.Post($"/tokens", request, TokenJson.Default.CreateRequest);

    public JsonNode List() => line.Get($"/tokens");

    /// <param name="token">Its id, any unique beginning of it, or its name.</param>
    public JsonNode Revoke(string token, RevokeToken.Request request) =>
        line.Post($"/tokens/{token}/revoke", request, TokenJson.Default.RevokeRequest);

    /// <summary>A one-time link for a browser.</summary>
    public JsonNode OpenLink() => line.Post($"/open");
}
