using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Store;

namespace Orchestrator.Http;

/// <summary>A write that a client may repeat: the effect, the answer and the record of the key are one transaction.</summary>
static class Once
{
    /// <summary>Runs <paramref name="operation"/> unless this caller did so before with the same key and body; then the first answer is
    /// given with 200.</summary>
    public static Task<Reply> Write<T>(Database store, Call call, string? keyInBody, T body, JsonTypeInfo<T> shape,
        Func<WriteTransaction, Reply> operation)
    {
        var key = call.IdempotencyKey(keyInBody);
        if (key is null)
            return store.Write(operation);
        var scope = $"{call.Principal.Name} {call.Context.Request.Method} {call.Context.Request.Path}";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, shape);
        return store.Write(transaction =>
        {
            if (Idempotency.Earlier(transaction, scope, key, bytes) is { } earlier)
                return new Reply(StatusCodes.Status200OK, earlier)
                {
                    Headers = new Dictionary<string,
                    string>
                    { ["Idempotent-Replay"] = "true" }
                };
            var first = operation(transaction);
            Idempotency.Remember(transaction, scope, key, bytes, first.Body);
            return first;
        });
    }
}
