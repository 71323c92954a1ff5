using System.Text.Json.Nodes;
using Orchestrator.Runs;
using Orchestrator.Sessions;

namespace Orchestrator.Client;

/// <summary>Conversations and their messages.</summary>
sealed class SessionCalls(Line line)
{
    public JsonNode Create(CreateSession.Request request) => line.Post($"/sessions", request, SessionJson.Default.Request);

    public JsonNode List(Page page) => line.Get($"/sessions", page.Members);

    public JsonNode Show(string session) => line.Get($"/sessions/{session}");

    public JsonNode PostMessage(string session, PostMessage.Request request) =>
        line.Post($"/sessions/{session}/messages", request, RunJson.Default.PostMessageRequest);

    public JsonNode Messages(string session, Page page) => line.Get($"/sessions/{session}/messages", page.Members);
}
