using System.Text.Json;

namespace Orchestrator.Mcp;

/// <summary>What a client's opening line asks for.</summary>
enum OpeningAsk
{
    Initialize,
    Initialized,
    Ping,
    ListTools,
}

/// <summary>One line of a client's opening, when it has nothing but what is expected of it. Read token by token: no tree is made.</summary>
sealed class OpeningLine
{
    /// <summary>Versions whose answers are the same but for the version itself; others the package negotiates.</summary>
    static readonly string[] Versions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    bool isRpc, hasParams, hasMeta, hasAbilities, hasClient;
    OpeningAsk? ask;

    OpeningLine() { }

    public OpeningAsk Ask => ask!.Value;

    /// <summary>The request's id as it was written, a text or a whole number; null for a notification.</summary>
    public byte[]? Id { get; private set; }

    /// <summary>The protocol's version that a greeting wishes.</summary>
    public string? Version { get; private set; }

    bool IsGreeting => Version is not null && hasAbilities && hasClient;

    bool HasGreeting => Version is not null || hasAbilities || hasClient;

    /// <summary>The line; null when it is not exactly as expected.</summary>
    public static OpeningLine? Of(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
            var found = new OpeningLine();
            return Opens(ref reader) && found.Members(ref reader) && !reader.Read() && found.IsPlain ? found : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    bool IsPlain => isRpc && ask switch
    {
        OpeningAsk.Initialize => Id is not null && IsGreeting,
        OpeningAsk.Initialized => Id is null && !HasGreeting,
        OpeningAsk.Ping or OpeningAsk.ListTools => Id is not null && !HasGreeting,
        _ => false,
    };

    // {"jsonrpc":"2.0","id":0,"method":"initialize",
    //  "params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}
    bool Members(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var known = reader.ValueTextEquals("jsonrpc"u8) ? !isRpc && (isRpc = Says(ref reader) && reader.ValueTextEquals("2.0"u8))
                : reader.ValueTextEquals("id"u8) ? Id is null && (Id = IdOf(ref reader)) is not null
                : reader.ValueTextEquals("method"u8) ? ask is null && (ask = AskOf(ref reader)) is not null
                : reader.ValueTextEquals("params"u8) && !hasParams && (hasParams = Params(ref reader));
            if (!known) return false;
        }
        return true;
    }

    static byte[]? IdOf(ref Utf8JsonReader reader) => reader.Read() && (reader.TokenType == JsonTokenType.String
        || (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out _)))
        ? reader.TokenType == JsonTokenType.String ? [(byte)'"', .. reader.ValueSpan, (byte)'"'] : reader.ValueSpan.ToArray()
        : null;

    static OpeningAsk? AskOf(ref Utf8JsonReader reader) => !Says(ref reader) ? null
        : reader.ValueTextEquals("initialize"u8) ? OpeningAsk.Initialize
        : reader.ValueTextEquals("notifications/initialized"u8) ? OpeningAsk.Initialized
        : reader.ValueTextEquals("ping"u8) ? OpeningAsk.Ping
        : reader.ValueTextEquals("tools/list"u8) ? OpeningAsk.ListTools : null;

    bool Params(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType == JsonTokenType.Null) return reader.TokenType == JsonTokenType.Null;
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var known = reader.ValueTextEquals("_meta"u8) ? !hasMeta && (hasMeta = OnlyProgress(ref reader))
                : reader.ValueTextEquals("protocolVersion"u8) ? Version is null && (Version = VersionOf(ref reader)) is not null
                : reader.ValueTextEquals("capabilities"u8) ? !hasAbilities && (hasAbilities = Opens(ref reader) && reader.TrySkip())
                : reader.ValueTextEquals("clientInfo"u8) && !hasClient && (hasClient = HasName(ref reader));
            if (!known) return false;
        }
        return true;
    }

    static string? VersionOf(ref Utf8JsonReader reader)
    {
        if (!Says(ref reader)) return null;
        foreach (var version in Versions)
            if (reader.ValueTextEquals(version))
                return version;
        return null;
    }

    /// <summary>Nothing but a progress token, which no quick answer needs. The era of 2026 puts its version and more there.</summary>
    static bool OnlyProgress(ref Utf8JsonReader reader)
    {
        if (!Opens(ref reader)) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            if (!reader.ValueTextEquals("progressToken"u8) || !reader.Read() || !reader.TrySkip())
                return false;
        return true;
    }

    static bool HasName(ref Utf8JsonReader reader)
    {
        var (name, version) = (false, false);
        if (!Opens(ref reader)) return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isName, isVersion) = (reader.ValueTextEquals("name"u8), reader.ValueTextEquals("version"u8));
            if (!reader.Read()) return false;
            name = isName ? reader.TokenType == JsonTokenType.String : name;
            version = isVersion ? reader.TokenType == JsonTokenType.String : version;
            if (!reader.TrySkip()) return false;
        }
        return name && version;
    }

    static bool Opens(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.StartObject;

    static bool Says(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.String;
}
