using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Connections;

namespace Orchestrator.Http;

/// <summary>One request, as an operation sees it: who asks, the parts of the path, checked query values and the body.</summary>
sealed class Call(HttpContext context, Principal principal)
{
    /// <summary>Key of the request's principal among the context's items.</summary>
    public const string PrincipalKey = "principal";

    /// <summary>Largest request body in bytes.</summary>
    public const long BodyLimit = 10 * 1024 * 1024;

    CancellationToken? gone;

    public HttpContext Context => context;

    public Principal Principal => principal;

    /// <summary>Ends when the client goes away, when its token no longer counts, or when the daemon stops.</summary>
    public CancellationToken Gone => gone ??= EitherGone();

    /// <summary>The body of an operation that takes no members: none, or a JSON object.</summary>
    public async Task NoMembers()
    {
        var body = await ReadAll();
        if (body.Length == 0)
            return;
        ContentType.Check(context.Request.ContentType);
        try
        {
            JsonText.Check(body.GetBuffer().AsSpan(0, (int)body.Length));
            using var text = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
            if (text.RootElement.ValueKind != JsonValueKind.Object)
                throw Fault.Invalid("body", "must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw Fault.Invalid("body", Explain(e));
        }
    }

    /// <summary>Name of the operation that was asked for.</summary>
    public string Operation => context.GetEndpoint()?.Metadata.GetMetadata<Route>()?.Operation ?? "";

    /// <summary>A part of the path.</summary>
    public string Part(string name) => (string)context.Request.RouteValues[name]!;

    /// <summary>The first of these query values that is present and not empty.</summary>
    public string? Query(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var values = context.Request.Query[name];
            if (values.Count > 1)
                throw Fault.Invalid(name, "is given more than once.");
            if (!string.IsNullOrEmpty(values))
                return values;
        }

        return null;
    }

    /// <summary>A whole number from the query within bounds, or the default when absent.</summary>
    public long Number(string name, long fallback, long least, long most)
    {
        var text = Query(name);
        if (text is null)
            return fallback;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || value < least
            || value > most)
            throw Fault.Invalid(name, $"must be a whole number from {least} to {most}.");
        return value;
    }

    /// <summary>A number of seconds from the query, a fraction allowed ("0.5"); more than the most counts as the most.</summary>
    public TimeSpan Seconds(string name, double fallback, double most)
    {
        var text = Query(name);
        if (text is null)
            return TimeSpan.FromSeconds(fallback);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0
            ? TimeSpan.FromSeconds(Math.Min(most, seconds))
            : throw Fault.Invalid(name, "must be a number of seconds, 0 or more.");
    }

    /// <summary>
    /// Waits for something unless the daemon stops: otherwise everyone who waits would hold up the stop, and then lose the connection
    /// without a word.
    /// </summary>
    public async Task<T> Unless<T>(Func<Task<T>> wait, CancellationToken shutdown)
    {
        try
        {
            return await wait();
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested && !Gone.IsCancellationRequested)
        {
            throw new Fault(FaultCode.Unavailable, "The daemon is stopping; what runs goes on.", "Ask again when it is back.");
        }
    }

    /// <summary>The page size: 1 to 500, default 100.</summary>
    public int Limit() => (int)Number("limit", 100, 1, 500);

    /// <summary>
    /// The body as a record; an empty body is an empty object, unknown members are ignored. Throws <see cref="Fault"/> naming the member
    /// that is malformed.
    /// </summary>
    public async Task<T> Body<T>(JsonTypeInfo<T> shape)
    {
        var body = await ReadAll();
        if (body.Length == 0)
            return JsonSerializer.Deserialize("{}"u8, shape)!;
        ContentType.Check(context.Request.ContentType);
        try
        {
            var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
            JsonText.Check(bytes);
            return JsonSerializer.Deserialize(bytes, shape) ?? throw Fault.Invalid("body", "must be a JSON object.");
        }
        catch (JsonException e)
        {
            var member = e.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : "body";
            throw Fault.Invalid(member, Explain(e));
        }
    }

    /// <summary>The idempotency key of the body or the header; refused when they differ or are unreasonable.</summary>
    public string? IdempotencyKey(string? fromBody)
    {
        var header = context.Request.Headers["Idempotency-Key"].ToString();
        var key = string.IsNullOrEmpty(fromBody) ? header : fromBody;
        if (header.Length > 0 && header != key)
            throw Fault.Invalid("idempotency_key", "differs from the Idempotency-Key header.");
        if (key.Length > 200 || key.Any(char.IsControl))
            throw Fault.Unprocessable("idempotency_key", "must be 200 characters at most, without control characters.");
        return key.Length == 0 ? null : key;
    }

    // Made only for those who wait: most requests are over before anybody could revoke anything.
    CancellationToken EitherGone()
    {
        if (!principal.Gone.CanBeCanceled)
            return context.RequestAborted;
        var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, principal.Gone);
        context.Response.RegisterForDispose(either);
        return either.Token;
    }

    async Task<MemoryStream> ReadAll()
    {
        if (context.Request.ContentLength > BodyLimit)
            throw TooLarge();
        try
        {
            // As large as announced, within reason: the announcement may be a lie.
            var body = new MemoryStream((int)Math.Min(context.Request.ContentLength ?? 0, 64 * 1024));
            var reader = context.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync(context.RequestAborted);
                var fits = body.Length + read.Buffer.Length <= BodyLimit;
                if (fits)
                {
                    foreach (var part in read.Buffer)
                        body.Write(part.Span);
                }

                // Also what is too much is taken: the server can drop the rest only when no read is open.
                reader.AdvanceTo(read.Buffer.End);
                if (!fits)
                    throw TooLarge();
                if (read.IsCompleted)
                    return body;
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge();
        }
        catch (BadHttpRequestException e)
        {
            // Cut short, chunked badly, or too slow (Kestrel's own sentence says which); the connection is closed after the answer.
            throw Fault.Invalid("body", e.Message);
        }
        catch (Exception e) when (e is IOException and not ConnectionResetException or InvalidDataException or OverflowException)
        {
            // A chunk whose length is no number, or more than one can be.
            throw Fault.Invalid("body", "is not framed as HTTP wants it.");
        }
    }

    static Fault TooLarge() => new(FaultCode.TooLarge, "The body is larger than 10 MiB.",
        "Send less, or put large content in a file the agent can read.");

    // "The JSON value could not be converted to System.String. Path: $.text | LineNumber: 0 | BytePositionInLine: 10."
    static string Explain(JsonException e)
    {
        var text = e.Message;
        var place = text.IndexOf(" Path:", StringComparison.Ordinal);
        text = place > 0 ? text[..place] : text;
        if (text.StartsWith("The JSON value could not be converted to", StringComparison.Ordinal))
            text = "has the wrong type.";
        return $"{text} (line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine ?? 0})";
    }
}
