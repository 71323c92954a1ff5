using System.Text.Json.Nodes;

namespace Orchestrator.FakeModel;

/// <summary>What a CLI asks for, the same for all APIs.</summary>
/// <param name="Api"><c>responses</c> (Codex), <c>messages</c> (Claude), <c>generate</c> (Gemini) or <c>chat</c> (OpenCode, ours).</param>
/// <param name="Conversation">The CLI's own thread or session id; requests of one conversation share a place in the script.</param>
/// <param name="UserTexts">The user's texts, oldest first; tool results are not among them.</param>
/// <param name="Tools">The tools offered, by name.</param>
/// <param name="Schema">The JSON schema the answer must follow, or null.</param>
/// <param name="Model">The model named.</param>
sealed record Ask(
    string Api, string Conversation, IReadOnlyList<string> UserTexts, IReadOnlyList<string> Tools, JsonNode? Schema, string Model)
{
    /// <summary>Reads a Responses API body (POST …/responses).</summary>
    public static Ask OfResponses(JsonNode body, string? threadHeader) => new(
        "responses",
        (string?)body["prompt_cache_key"] ?? threadHeader ?? "",
        [.. Items(body["input"]).Where(item => (string?)item["role"] == "user").Select(item => Texts(item["content"]))],
        [.. Items(body["tools"]).Select(tool => (string?)tool["name"] ?? (string?)tool["type"] ?? "")],
        body["text"]?["format"]?["schema"],
        (string?)body["model"] ?? "");

    /// <summary>Reads a Messages API body (POST /v1/messages).</summary>
    public static Ask OfMessages(JsonNode body, string? sessionHeader) => new(
        "messages",
        sessionHeader ?? (string?)body["metadata"]?["user_id"] ?? "",
        [.. Items(body["messages"]).Where(IsUsers).SelectMany(message => Each(message["content"])).Where(text => text.Length > 0)],
        [.. Items(body["tools"]).Select(tool => (string?)tool["name"] ?? "")],
        Items(body["tools"]).FirstOrDefault(tool => (string?)tool["name"] == "StructuredOutput")?["input_schema"],
        (string?)body["model"] ?? "");

    /// <summary>Reads a body of Gemini's API; model and verb are in the path. It names no conversation.</summary>
    public static Ask OfGenerate(JsonNode body, string path)
    {
        var texts = Items(body["contents"]).Where(content => (string?)content["role"] == "user")
            .SelectMany(content => Items(content["parts"])).Select(part => (string?)part["text"] ?? "").ToList();
        return new(
            "generate",
            texts.FirstOrDefault() ?? "",
            [.. texts.Where(text => text.Length > 0 && !text.StartsWith("<session_context>", StringComparison.Ordinal))],
            [.. Items(body["tools"]).SelectMany(tool => Items(tool["functionDeclarations"])).Select(tool => (string?)tool["name"] ?? "")],
            body["generationConfig"]?["responseJsonSchema"],
            path[(path.LastIndexOf('/') + 1)..].Split(':')[0]);
    }

    /// <summary>Reads a chat completions body.</summary>
    public static Ask OfChat(JsonNode body, string? sessionHeader) => new(
        "chat",
        sessionHeader ?? "",
        [.. Items(body["messages"]).Where(IsUsers).Select(message => Texts(message["content"])).Where(text => text.Length > 0)],
        [.. Items(body["tools"]).Select(tool => (string?)tool["function"]?["name"] ?? "")],
        body["response_format"]?["json_schema"]?["schema"],
        (string?)body["model"] ?? "");

    /// <summary>What a user says in the middle of a turn, Claude passes on as a system message with these words before it.</summary>
    static bool IsUsers(JsonNode message) => (string?)message["role"] == "user"
        || ((string?)message["role"] == "system"
            && Texts(message["content"]).StartsWith("The user sent a new message while you were working", StringComparison.Ordinal));

    static IEnumerable<JsonNode> Items(JsonNode? node) => node is JsonArray items ? items.OfType<JsonNode>() : [];

    static string Texts(JsonNode? content) => string.Join('\n', Each(content));

    /// <summary>The texts of one message. Claude joins a prompt without an answer and the next one into one message.</summary>
    static IEnumerable<string> Each(JsonNode? content) => content switch
    {
        JsonValue text => [(string?)text ?? ""],
        JsonArray blocks => Items(blocks).Where(block => (string?)block["type"] is "text" or "input_text")
            .Select(block => (string?)block["text"] ?? "").Where(text => !IsContext(text)),
        _ => [],
    };

    /// <summary>Claude puts the git log and the like before the prompt; a commit subject there is not something the user asks.</summary>
    static bool IsContext(string text) => text.StartsWith("<system-reminder>", StringComparison.Ordinal);
}
