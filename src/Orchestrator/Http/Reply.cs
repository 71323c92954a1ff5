using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Http;

/// <summary>An answer: a status, a JSON body, perhaps headers.</summary>
sealed record Reply(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Content type when it is no JSON.</summary>
    public string ContentType { get; init; } = "application/json";

    public static Reply Ok(Action<Utf8JsonWriter> write) => new(StatusCodes.Status200OK, Write(write));

    public static Reply Created(Action<Utf8JsonWriter> write) => new(StatusCodes.Status201Created, Write(write));

    public static Reply Ok(JsonObject body) =>
        new(StatusCodes.Status200OK, System.Text.Encoding.UTF8.GetBytes(body.ToJsonString(Json.PlainOptions)));

    /// <summary>Sends it.</summary>
    public async Task Send(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (Status != StatusCodes.Status304NotModified)
        {
            context.Response.ContentType = ContentType;
            context.Response.ContentLength = Body.Length;
        }

        foreach (var (name, value) in Headers)
            context.Response.Headers[name] = value;
        if (!HttpMethods.IsHead(context.Request.Method) && Body.Length > 0)
            await context.Response.BodyWriter.WriteAsync(Body, context.RequestAborted);
    }

    static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Json.Plain))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>Writing records as members of an answer.</summary>
static class JsonMembers
{
    public static void Member<T>(this Utf8JsonWriter json, string name, T value, JsonTypeInfo<T> shape)
    {
        json.WritePropertyName(name);
        JsonSerializer.Serialize(json, value, shape);
    }
}
