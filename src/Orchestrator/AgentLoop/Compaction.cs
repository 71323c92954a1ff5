using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.AgentLoop;

/// <summary>
/// Makes room in a conversation that nears its model's context: what tools said long ago is shown as a short placeholder. The file of the
/// conversation stays whole. Pure.
/// </summary>
static class Compaction
{
    /// <summary>Answers of the model whose tools are always shown whole: first so many, and when that is not enough, so many.</summary>
    public static readonly IReadOnlyList<int> Kept = [6, 1];

    /// <summary>Part of the context after which room is made before the model is asked again.</summary>
    public const double Near = 0.8;

    /// <summary>Outputs up to this length stay as they are, in characters: a placeholder would be as long.</summary>
    const int Short = 200;

    /// <summary>Letters of a token, roughly, in text and code.</summary>
    const int LettersOfToken = 4;

    /// <summary>Up to which message tools are to be shown short so that the last <paramref name="kept"/> answers are whole.</summary>
    public static int Border(IReadOnlyList<JsonObject> messages, int kept)
    {
        var border = messages.Count;
        for (var answers = 0; border > 0 && answers < kept;)
            if ((string?)messages[--border]["role"] == "assistant")
                answers++;
        return border;
    }

    /// <summary>How many outputs between the two messages would become shorter.</summary>
    public static int Gains(IReadOnlyList<JsonObject> messages, int from, int to) =>
        messages.Take(to).Skip(from).Count(message => TextOf(message) is { Length: > Short });

    /// <summary>The conversation as the model sees it: outputs before <paramref name="border"/> short, all else as it is.</summary>
    public static IReadOnlyList<JsonObject> Shown(IReadOnlyList<JsonObject> messages, int border) =>
    [
        .. messages.Select((message, i) => i < border && TextOf(message) is { Length: > Short } text
            ? Conversation.Result((string?)message["tool_call_id"] ?? "", Placeholder(text)) : message),
    ];

    /// <summary>Tokens of a conversation, where nobody has counted them.</summary>
    public static long Estimate(string system, IReadOnlyList<JsonObject> messages) =>
        (system.Length + messages.Sum(message => (long)message.ToJsonString(Json.PlainOptions).Length)) / LettersOfToken;

    static string? TextOf(JsonObject message) => (string?)message["role"] == "tool" ? (string?)message["content"] : null;

    static string Placeholder(string text) => "[What this said is left out to make room: "
        + $"{text.Length.ToString(CultureInfo.InvariantCulture)} characters. Call the tool again if you need it.]";
}
