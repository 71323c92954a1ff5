using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Cli;

/// <summary>Turns a refusal on the wire back into the <see cref="Fault"/> it was.</summary>
static class Refusal
{
    // {"type":"…","title":"Not found","status":404,"detail":"There is no run 'ab'.","code":"not_found","retryable":false,
    //  "hint":"agentctl run list shows what there is.","error":{"code":"not_found","message":"…"}}
    public static Fault Read(int status, byte[] body, string? retryAfter)
    {
        var document = Parse(body);
        var code = Text(document, "code") ?? Text(document?["error"], "code");
        var known = CodeOf(code, status);
        var message = Text(document, "detail") ?? Text(document?["error"], "message") ?? Text(document, "title")
            ?? $"The answer was HTTP {status} without an explanation; is this address really agentd's?";
        return new Fault(known, message + Choices(document), Text(document, "hint"))
        {
            RetryAfterSeconds = int.TryParse(retryAfter, out var seconds) ? seconds : null,
            Details = document?["findings"] is { } findings ? new Dictionary<string, object?> { ["findings"] = findings } : null,
        };
    }

    static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Candidates of an ambiguous prefix and the allowed targets of a bad transition belong to what a person must read.</summary>
    static string Choices(JsonObject? document)
    {
        var lines = "";
        foreach (var name in (ReadOnlySpan<string>)["candidates", "allowed"])
        {
            if (document?[name] is JsonArray { Count: > 0 } entries)
                lines += $" {char.ToUpperInvariant(name[0])}{name[1..]}: {string.Join(", ", entries.Select(entry => entry?.ToString()))}.";
        }
        return lines;
    }

    static string? Text(JsonNode? parent, string name) =>
        parent is JsonObject members && members[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
            ? text
            : null;

    static FaultCode CodeOf(string? word, int status)
    {
        FaultCode? byStatus = null;
        foreach (var code in Enum.GetValues<FaultCode>())
        {
            var row = FaultTable.Of(code);
            if (row.Word == word) return code;
            if (row.Status == status) byStatus ??= code;
        }
        return byStatus ?? (status >= 500 ? FaultCode.Internal : FaultCode.InvalidRequest);
    }
}
