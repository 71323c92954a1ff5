using System.Globalization;
using System.Text;
using System.Text.Json;
using Orchestrator.Agents;

namespace Orchestrator.AgentLoop;

/// <summary>
/// Puts an answer together from the pieces of its stream. Pure; forgiving, for every server writes them a little differently.
/// </summary>
sealed class AnswerPieces
{
    /// <summary>More calls in one answer are not believed.</summary>
    const int MostCalls = 64;

    readonly StringBuilder text = new();
    readonly StringBuilder reasoning = new();
    readonly List<Slot> slots = [];
    readonly Dictionary<long, Slot> byIndex = [];
    string? reasoningField;
    string? finishReason;
    bool done;
    Usage? usage;

    /// <summary>Data that was no JSON object.</summary>
    public int Unreadable { get; private set; }

    /// <summary>What an error in the middle of the stream said; null when there was none.</summary>
    public string? Error { get; private set; }

    /// <summary>The status an error in the stream named, 0 for none.</summary>
    public long ErrorStatus { get; private set; }

    /// <summary>The endpoint said that the answer is whole.</summary>
    public bool Whole => finishReason is not null || (done && (text.Length > 0 || slots.Count > 0));

    /// <summary>Takes the data of one event. True when it was the last one.</summary>
    public bool Add(string data)
    {
        if (data.Trim() == "[DONE]")
            return done = true;
        try
        {
            using var document = JsonDocument.Parse(data);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                Add(document.RootElement);
            else
                Unreadable++;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            Unreadable++;
        }
        return Error is not null;
    }

    // {"id":"…","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}
    // {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"read_file","arguments":"{\"pa"}}]}}]}
    // {"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":40}}}
    // {"error":{"message":"overloaded","type":"server_error","code":503}}
    void Add(JsonElement chunk)
    {
        var error = chunk.Field("error");
        if (error.ValueKind is JsonValueKind.Object or JsonValueKind.String)
        {
            Error = error.AsText() ?? $"{error.Text("message") ?? error.Json()} {error.Text("code")} {error.Text("type")}".Trim();
            ErrorStatus = error.Whole("code");
            return;
        }
        Count(chunk.Field("usage"));
        foreach (var choice in chunk.Items("choices"))
        {
            if (choice.Whole("index") != 0)
                continue;
            Count(choice.Field("usage"));
            // A server that does not stream sends the message whole.
            var delta = choice.Field("delta") is { ValueKind: JsonValueKind.Object } piece ? piece : choice.Field("message");
            Append(delta);
            finishReason = choice.Text("finish_reason") ?? finishReason;
        }
    }

    void Append(JsonElement delta)
    {
        text.Append(delta.Text("content"));
        foreach (var part in delta.Items("content"))
            text.Append(part.Text("text"));
        text.Append(delta.Text("refusal"));
        foreach (var name in new[] { "reasoning_content", "reasoning" })
        {
            if (delta.Text(name) is not { Length: > 0 } thought || (reasoningField ?? name) != name)
                continue;
            reasoningField = name;
            reasoning.Append(thought);
        }
        foreach (var call in delta.Items("tool_calls"))
            Append(call, call.Field("function"));
    }

    /// <summary>Pieces of one call share an index; servers that give every call the index 0 tell them apart by their ids.</summary>
    void Append(JsonElement call, JsonElement function)
    {
        var (id, index) = (call.Text("id"), call.WholeOrNull("index"));
        var slot = index is { } at ? byIndex.GetValueOrDefault(at) : id is { Length: > 0 } ? null : slots.LastOrDefault();
        if (slot is null || (id is { Length: > 0 } && slot.Id is { Length: > 0 } && slot.Id != id))
        {
            if (slots.Count >= MostCalls)
                return;
            slot = new Slot();
            slots.Add(slot);
        }
        if (index is { } place)
            byIndex[place] = slot;
        if (id is { Length: > 0 })
            slot.Id = id;
        slot.Name.Append(function.Text("name"));
        var arguments = function.Field("arguments");
        slot.Arguments.Append(arguments.ValueKind == JsonValueKind.Object ? arguments.GetRawText() : arguments.AsText());
    }

    void Count(JsonElement counts)
    {
        if (counts.ValueKind != JsonValueKind.Object)
            return;
        var cached = counts.Field("prompt_tokens_details").WholeOrNull("cached_tokens")
            ?? counts.WholeOrNull("cached_tokens") ?? counts.Whole("prompt_cache_hit_tokens");
        var input = Math.Max(0, counts.Whole("prompt_tokens") - cached);
        // The last one counts: some servers count along with every piece.
        usage = new Usage(input, cached, counts.Whole("completion_tokens"), counts.Money("cost"));
    }

    /// <summary>The answer as far as it has come.</summary>
    public ModelAnswer Answer()
    {
        var calls = slots.Where(slot => slot.Name.Length > 0).Select((slot, place) => new WantedCall(
            slot.Id ?? "call_" + (place + 1).ToString(CultureInfo.InvariantCulture), slot.Name.ToString(), slot.Arguments.ToString()));
        return new(text.ToString(), reasoning.ToString(), reasoningField, [.. calls], finishReason, usage);
    }

    /// <summary>A call as far as it has come.</summary>
    sealed class Slot
    {
        public string? Id { get; set; }
        public StringBuilder Name { get; } = new();
        public StringBuilder Arguments { get; } = new();
    }
}
