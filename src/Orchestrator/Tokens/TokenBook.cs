using System.Collections.Concurrent;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Tokens;

/// <summary>
/// Every token in memory, so that no request reads the store to find out who calls. Loaded at start, changed after each COMMIT. It also
/// holds what ends with a token: whoever waits or watches with one is cut when it is revoked or expires.
/// </summary>
sealed class TokenBook(TimeProvider clock)
{
    /// <summary>A token's use is written this often at most.</summary>
    static readonly TimeSpan UseKept = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<string, Entry> byHash = new(StringComparer.Ordinal);

    /// <summary>Takes what the store has.</summary>
    public void Load(IReadOnlyList<Token> tokens)
    {
        foreach (var token in tokens)
            Add(token);
    }

    /// <summary>A token that counts from now on, or one known as revoked.</summary>
    public void Add(Token token)
    {
        var entry = new Entry(token, new CancellationTokenSource());
        byHash[token.Hash] = entry;
        if (!Counts(token))
            entry.Cut();
    }

    /// <summary>Cuts all that is open with it; it is remembered so that its bearer hears why.</summary>
    public void Revoke(Token revoked)
    {
        if (!byHash.TryGetValue(revoked.Hash, out var entry))
            return;
        entry.Token = revoked;
        entry.Cut();
    }

    /// <summary>Who bears this secret, and why they may not come in; null for a secret nobody was given.</summary>
    public (Principal Bearer, string? Refusal)? Find(string hash)
    {
        // The hash leads to the entry; what decides is compared whole, in a time that tells nothing.
        if (!byHash.TryGetValue(hash, out var entry) || !Secret.Same(entry.Token.Hash, hash))
            return null;
        var token = entry.Token;
        var refusal = token.RevokedAt is not null ? DoorRefusal.Revoked : Counts(token) ? null : DoorRefusal.Expired;
        if (refusal is null)
            Volatile.Write(ref entry.UsedAt, clock.GetUtcNow().Micros());
        return (new Principal(token.Name, entry.Scopes, SessionId: token.SessionId) { Gone = entry.Gone }, refusal);
    }

    /// <summary>True when a named token would be let in now.</summary>
    public bool HasNamed => byHash.Values.Any(entry => entry.Token.Kind == TokenKinds.Named && Counts(entry.Token));

    /// <summary>Cuts what is open with tokens whose time is over.</summary>
    public void CutExpired()
    {
        foreach (var (_, entry) in byHash)
        {
            if (entry.Token.ExpiresAt is not null && !entry.Gone.IsCancellationRequested && !Counts(entry.Token))
                entry.Cut();
        }
    }

    /// <summary>Tokens whose use is to be written, with its time in microseconds; each comes once a minute at most.</summary>
    /// <param name="all">Also those whose minute is not over.</param>
    public IReadOnlyList<(string Id, long At)> TakeUses(bool all = false)
    {
        var taken = new List<(string, long)>();
        foreach (var (_, entry) in byHash)
        {
            var used = Volatile.Read(ref entry.UsedAt);
            if (used <= entry.WrittenAt || (!all && used - entry.WrittenAt < (long)UseKept.TotalMicroseconds))
                continue;
            entry.WrittenAt = used;
            taken.Add((entry.Token.Id, used));
        }

        return taken;
    }

    bool Counts(Token token) => token.RevokedAt is null && (token.ExpiresAt is not { } until || until > clock.GetUtcNow());

    /// <summary>One token and whoever is inside with it.</summary>
    sealed class Entry(Token token, CancellationTokenSource cut)
    {
        /// <summary>Microseconds; 0 for not since the start.</summary>
        public long UsedAt;

        public Token Token { get; set; } = token;
        public IReadOnlySet<Scope> Scopes { get; } = Tokens.Scopes.Read(token.Scopes);
        public long WrittenAt { get; set; } = token.LastUsedAt?.Micros() ?? 0;
        public CancellationToken Gone => cut.Token;

        // Not here: who is cut would go on with its own affairs on this thread, which may be the store's.
        public void Cut() => _ = cut.CancelAsync();
    }
}
