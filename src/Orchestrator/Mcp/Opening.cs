using System.Text.Json;

namespace Orchestrator.Mcp;

/// <summary>
/// What every client says first (the handshake up to 2025-11-25, and the list of the tools), answered without the protocol's package:
/// loading it takes longer than the rest of the start, the agent waits for the list before its first turn, and most agents call no tool.
/// A line that is not exactly as expected is left to the package, which is then told the handshake too.
/// Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle
/// </summary>
sealed class Opening
{
    /// <summary>Versions whose answers are the same but for the version itself; others the package negotiates.</summary>
    static readonly string[] Versions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    // Not what else was answered: it left no trace, and a client that asks whether we live asks for days.
    byte[]? hello, ready;

    /// <summary>The handshake so far, for whoever goes on from here.</summary>
    public byte[] Handshake => [.. hello ?? [], .. ready ?? []];

    /// <summary>Id of the request that began it, a text or a whole number; null before it.</summary>
    public JsonElement? HelloId { get; private set; }

    /// <summary>The line that answers this one, with its line end; empty for a notification; null when the package must see it.</summary>
    public byte[]? AnswerTo(byte[] line)
    {
        try
        {
            using var message = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = Json.MaxDepth });
            return Answer(message.RootElement, line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // {"jsonrpc":"2.0","id":0,"method":"initialize",
    //  "params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}
    byte[]? Answer(JsonElement message, byte[] line)
    {
        if (!HasOnly(message, "jsonrpc", "id", "method", "params") || TextOf(message, "jsonrpc") != "2.0") return null;
        var parameters = message.TryGetProperty("params", out var given) && given.ValueKind != JsonValueKind.Null ? given : default;
        var asks = message.TryGetProperty("id", out var id)
            && (id.ValueKind == JsonValueKind.String || (id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out _)));
        return (TextOf(message, "method"), asks, hello is not null) switch
        {
            ("initialize", true, false) when Greets(parameters) => Greeting(id, TextOf(parameters, "protocolVersion")!, line),
            ("notifications/initialized", false, true) when id.ValueKind == JsonValueKind.Undefined && IsPlain(parameters) =>
                Ready(line),
            ("ping", true, true) when IsPlain(parameters) => Result(id, writer =>
            {
                writer.WriteStartObject();
                writer.WriteEndObject();
            }),
            ("tools/list", true, true) when IsPlain(parameters) => Result(id, ToolListing.Write),
            _ => null,
        };
    }

    byte[] Ready(byte[] line)
    {
        ready ??= line;
        return [];
    }

    byte[] Greeting(JsonElement id, string version, byte[] line)
    {
        (hello, HelloId) = (line, id.Clone());
        return Result(id, writer => ToolListing.Greet(writer, version));
    }

    static bool Greets(JsonElement parameters) =>
        HasOnly(parameters, "protocolVersion", "capabilities", "clientInfo", "_meta") && IsPlainMeta(parameters)
        && TextOf(parameters, "protocolVersion") is { } version && Versions.Contains(version)
        && parameters.TryGetProperty("capabilities", out var able) && able.ValueKind == JsonValueKind.Object
        && parameters.TryGetProperty("clientInfo", out var client) && client.ValueKind == JsonValueKind.Object
        && TextOf(client, "name") is not null && TextOf(client, "version") is not null;

    /// <summary>Nothing but a progress token, which no quick answer needs. The era of 2026 puts its version and more there.</summary>
    static bool IsPlain(JsonElement parameters) =>
        parameters.ValueKind == JsonValueKind.Undefined || (HasOnly(parameters, "_meta") && IsPlainMeta(parameters));

    static bool IsPlainMeta(JsonElement parameters) =>
        !parameters.TryGetProperty("_meta", out var meta) || HasOnly(meta, "progressToken");

    static bool HasOnly(JsonElement element, params ReadOnlySpan<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object) return false;
        foreach (var member in element.EnumerateObject())
            if (!names.Contains(member.Name))
                return false;
        return true;
    }

    static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static byte[] Result(JsonElement id, Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Json.Plain))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("result");
            write(writer);
            writer.WritePropertyName("id");
            id.WriteTo(writer);
            writer.WriteString("jsonrpc", "2.0");
            writer.WriteEndObject();
        }
        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }
}
