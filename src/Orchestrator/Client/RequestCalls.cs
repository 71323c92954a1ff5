using System.Text.Json.Nodes;
using Orchestrator.Requests;

namespace Orchestrator.Client;

/// <summary>What runs ask, and the answers.</summary>
sealed class RequestCalls(Line line)
{
    /// <param name="state">States wanted, separated by commas; null for all.</param>
    public JsonNode List(string? state, string? run, string? session, Page page) =>
        line.Get($"/requests", [("state", state), ("run_id", run), ("session_id", session), .. page.Members]);

    public JsonNode Show(string request) => line.Get($"/requests/{request}");

    /// <param name="limit">Longest wait; the daemon caps it at 300 s.</param>
    public JsonNode Wait(string request, TimeSpan limit) =>
        line.Hold(limit, $"/requests/{request}/wait", ("timeout_s", Line.Seconds(limit)));

    public JsonNode Answer(string request, AnswerRequest.Request answer) =>
        line.Post($"/requests/{request}/answer", answer, RequestJson.Default.AnswerRequestRequest);
}
