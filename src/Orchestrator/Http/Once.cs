using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Store;

namespace Orchestrator.Http;

/// <summary>A write that a client may repeat: the effect, the answer and the record of the key are one transaction.</summary>
static class Once
{
    static readonly Dictionary<string, string> Replayed = new() { ["Idempotent-Replay"] = "true" };

    /// <summary>
    /// Runs <paramref name="operation"/> unless this caller did so before with the same key and body; then the first answer is given
    /// with 200.
    /// </summary>
    /// <param name="target">Whole id of the object it is about, so that a prefix of it means the same; empty for none.</param>
    /// <param name="body">What is compared: the request without its key, which may stand in the header instead.</param>
    public static async Task<Reply> Write<T>(Database store, Call call, string target, string? keyInBody, T body, JsonTypeInfo<T> shape,
        Func<WriteTransaction, Reply> operation)
    {
        var key = call.IdempotencyKey(keyInBody);
        if (key is null)
            return await store.Write(operation);
        var scope = $"{call.Principal.Name} {call.Operation} {target}";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, shape);
        var reply = await store.Write(transaction =>
        {
            if (Idempotency.Earlier(transaction, scope, key, bytes) is { } earlier)
                return new Reply(StatusCodes.Status200OK, earlier) { Headers = Replayed };
            var first = operation(transaction);
            Idempotency.Remember(transaction, scope, key, bytes, first.Body);
            return first;
        });
        Checkpoint.Reach(Checkpoint.RequestCommitted);
        return reply;
    }
}
