using System.Collections.Concurrent;
using Orchestrator.Http;

namespace Orchestrator.Tokens;

/// <summary>One-time links that wait to be opened. In memory only: a restart makes them worthless, and another is soon made.</summary>
sealed class OpenLinks(TimeProvider clock)
{
    /// <summary>How long a link waits.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(2);

    // Nobody opens so many in two minutes.
    const int Most = 1000;

    readonly ConcurrentDictionary<string, Link> waiting = new(StringComparer.Ordinal);

    /// <summary>A new code for the caller's scopes, and when it ends.</summary>
    public (string Code, DateTimeOffset Until) Make(Principal maker)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, link) in waiting)
        {
            if (link.Until <= now)
                waiting.TryRemove(old, out _);
        }

        if (waiting.Count >= Most)
            throw new Fault(FaultCode.RateLimited, $"{Most} links wait to be opened.") { RetryAfterSeconds = (int)Lasts.TotalSeconds };
        var (code, until) = (Secret.New(), now + Lasts);
        waiting[Secret.Hash(code)] = new Link(maker.Name, Scopes.Write(maker.Scopes), until);
        return (code, until);
    }

    /// <summary>Takes a code: of all who bring it only the first gets the link, and only in time.</summary>
    public Link? Take(string code) =>
        waiting.TryRemove(Secret.Hash(code), out var link) && link.Until > clock.GetUtcNow() ? link : null;

    /// <summary>Who made it, what its browser may do, and until when it can be opened.</summary>
    public sealed record Link(string Maker, IReadOnlyList<string> Scopes, DateTimeOffset Until);
}
