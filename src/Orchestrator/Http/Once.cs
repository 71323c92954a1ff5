using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Store;

namespace Orchestrator.Http;

/// <summary>A write that a client may repeat: the effect, the answer and the record of the key are one transaction.</summary>
static class Once
{
    static readonly Dictionary<string, string> Replayed = new() { ["Idempotent-Replay"] = "true" };

    /// <summary>Keys of operations of several writes that are being worked on.</summary>
    static readonly ConcurrentDictionary<(string Scope, string Key), bool> Underway = new();

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

    /// <summary>
    /// The same for an operation of several writes. With each it keeps its answer as it is then, so that a repeat finds what was done, also
    /// when the daemon died on the way.
    /// </summary>
    /// <param name="operation">Gets what keeps the answer so far.</param>
    public static async Task<Reply> Steps<T>(Database store, Call call, string? keyInBody, T body, JsonTypeInfo<T> shape,
        Func<Action<WriteTransaction, Reply>, Task<Reply>> operation)
    {
        if (call.IdempotencyKey(keyInBody) is not { } key)
            return await operation((_, _) => { });
        var scope = $"{call.Principal.Name} {call.Operation} ";
        if (!Underway.TryAdd((scope, key), true))
            throw new Fault(FaultCode.Conflict, $"The first request with the idempotency key '{key}' is still being worked on.")
            {
                RetryAfterSeconds = 1,
            };
        try
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(body, shape);
            if (await store.Write(transaction => Idempotency.Earlier(transaction, scope, key, bytes)) is { } earlier)
                return new Reply(StatusCodes.Status200OK, earlier) { Headers = Replayed };
            void Keep(WriteTransaction transaction, Reply soFar) =>
                Idempotency.Remember(transaction, scope, key, bytes, soFar.Body);
            var reply = await operation(Keep);
            await store.Write(transaction => Keep(transaction, reply));
            return reply;
        }
        finally
        {
            Underway.TryRemove((scope, key), out _);
        }
    }
}
