using System.Security.Cryptography;

namespace Orchestrator.Store;

/// <summary>
/// First answers by key, written in the same transaction as their effect: a repeat can neither happen twice nor find nothing.
/// Scope = caller + route + target. Kept 24 hours.
/// </summary>
static class Idempotency
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>
    /// The stored answer of an earlier request with this key, or null when there is none yet. Throws <see cref="Fault"/> when the
    /// earlier request had another body.
    /// </summary>
    public static byte[]? Earlier(WriteTransaction transaction, string scope, string key, byte[] body)
    {
        var since = transaction.Now - (long)Kept.TotalMicroseconds;
        var found = transaction.Db.First(
            "select body_hash, answer from idempotency where scope = @scope and key = @key and created_at > @since",
            row => (Tuple<string, string>)new(row.GetString(0), row.GetString(1)),
            ("@scope", scope), ("@key", key), ("@since", since));
        if (found is null)
            return null;
        if (found.Item1 != Hash(body))
            throw new Fault(FaultCode.IdempotencyMismatch, $"The idempotency key '{key}' was used before with another body.",
                "Use a new key for a new request.");
        return System.Text.Encoding.UTF8.GetBytes(found.Item2);
    }

    /// <summary>Stores the first answer.</summary>
    public static void Remember(WriteTransaction transaction, string scope, string key, byte[] body, ReadOnlyMemory<byte> answer)
    {
        transaction.Db.Execute("delete from idempotency where scope = @scope and key = @key", ("@scope", scope), ("@key", key));
        transaction.Db.Execute(
            "insert into idempotency (scope, key, body_hash, answer, created_at) values (@scope, @key, @hash, @answer, @at)",
            ("@scope", scope), ("@key", key), ("@hash", Hash(body)),
            ("@answer", System.Text.Encoding.UTF8.GetString(answer.Span)), ("@at", transaction.Now));
    }

    /// <summary>Forgets keys past their time.</summary>
    public static int Prune(WriteTransaction transaction) =>
        transaction.Db.Execute("delete from idempotency where created_at <= @since",
            ("@since", transaction.Now - (long)Kept.TotalMicroseconds));

    static string Hash(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));
}
