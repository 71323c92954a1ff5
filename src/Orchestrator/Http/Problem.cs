using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Http;

/// <summary>Errors as RFC 9457 problem documents, with our stable <c>code</c>, and <c>error</c> for older clients.</summary>
static class Problem
{
    public const string ContentType = "application/problem+json";

    /// <summary>Writes a refusal. Does nothing when the answer has begun: the connection is cut instead.</summary>
    public static async Task Write(HttpContext context, Fault fault)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        if (fault.RetryAfterSeconds is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (fault.Code == FaultCode.Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        var status = FaultTable.Of(fault.Code).Status;
        await new Reply(status, Document(fault, status)) { ContentType = ContentType }.Send(context);
    }

    /// <summary>The document as UTF-8.</summary>
    public static byte[] Document(Fault fault, int status)
    {
        var row = FaultTable.Of(fault.Code);
        var body = new JsonObject
        {
            ["type"] = "about:blank",
            ["title"] = row.Word.Replace('_', ' '),
            ["status"] = status,
            ["detail"] = fault.Message,
            ["code"] = row.Word,
            ["retryable"] = row.Retryable || fault.RetryAfterSeconds is not null,
            ["hint"] = fault.Hint,
            ["error"] = new JsonObject { ["code"] = row.Word, ["message"] = fault.Message },
        };
        foreach (var (name, value) in fault.Details ?? new Dictionary<string, object?>())
            body[name] = Node(value);
        return System.Text.Encoding.UTF8.GetBytes(body.ToJsonString(Json.PlainOptions));
    }

    static JsonNode? Node(object? value) => value switch
    {
        null => null,
        string text => text,
        long number => number,
        int number => number,
        IEnumerable<string> texts => new JsonArray([.. texts.Select(text => (JsonNode)text)]),
        JsonNode node => node,
        _ => value.ToString(),
    };
}
