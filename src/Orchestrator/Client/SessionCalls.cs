using System.Text.Json.Nodes;
using Orchestrator.Families;
using Orchestrator.Runs;
using Orchestrator.Sessions;

namespace Orchestrator.Client;

/// <summary>Conversations and their messages.</summary>
sealed class SessionCalls(Line line)
{
    public JsonNode Create(CreateSession.Request request) => line.Post($"/sessions", request, SessionJson.Default.Request);

    public JsonNode List(string? parent, Page page) => line.Get($"/sessions", [("parent_session_id", parent), .. page.Members]);

    public JsonNode Show(string session) => line.Get($"/sessions/{session}");

    public JsonNode PostMessage(string session, PostMessage.Request request) =>
        line.Post($"/sessions/{session}/messages", request, RunJson.Default.PostMessageRequest);

    /// <param name="delivery">How far they have come; null for all.</param>
    public JsonNode Messages(string session, string? delivery, Page page) =>
        line.Get($"/sessions/{session}/messages", [("delivery", delivery), .. page.Members]);

    public JsonNode Spawn(string session, SpawnSession.Request request) =>
        line.Post($"/sessions/{session}/spawn", request, FamilyJson.Default.SpawnSessionRequest);

    public JsonNode Send(string session, SendToSession.Request request) =>
        line.Post($"/sessions/{session}/send", request, FamilyJson.Default.SendToSessionRequest);

    /// <summary>A token that reaches this session and those below it only.</summary>
    public JsonNode GiveToken(string session, GiveSessionToken.Request request) =>
        line.Post($"/sessions/{session}/token", request, FamilyJson.Default.GiveSessionTokenRequest);

    public JsonNode Archive(string session, ArchiveSession.Request request) =>
        line.Post($"/sessions/{session}/archive", request, FamilyJson.Default.ArchiveSessionRequest);
}
