using System.Collections.Concurrent;
using System.Net;

namespace Orchestrator.Daemon;

/// <summary>
/// Counts requests per token and bad tokens per address, minute by minute. Off on loopback unless configured: there, whoever can ask
/// may as well read the token's file.
/// </summary>
/// <param name="limits">What holds now.</param>
/// <param name="clock">Measures the minutes.</param>
sealed class Turnstile(Func<DoorLimits> limits, TimeProvider clock)
{
    /// <summary>Requests a minute for each token when the daemon listens beyond loopback and nothing else is configured.</summary>
    public const int DefaultRequests = 1200;

    /// <summary>The same for bad tokens of one address.</summary>
    public const int DefaultBadTokens = 10;

    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // More callers than this in a minute are an attack with made-up names; counting begins anew then rather than fill the memory.
    const int MostKeys = 10_000;

    readonly ConcurrentDictionary<string, Count> passed = new();
    readonly ConcurrentDictionary<string, Count> failed = new();

    /// <summary>What holds for an address to listen on, with what config.yaml says.</summary>
    public static Turnstile For(IPAddress listen, Func<DoorLimits> said, TimeProvider clock) => IPAddress.IsLoopback(listen)
        ? new Turnstile(said, clock)
        : new Turnstile(() => said().Or(new DoorLimits(DefaultRequests, DefaultBadTokens)), clock);

    /// <summary>One request of a token; throws <see cref="Fault"/> when it was one too many.</summary>
    public void Pass(string caller)
    {
        if (limits().Requests is { } most && Add(passed, caller) is var count && count.Number > most)
            throw Refused($"More than {most} requests in a minute.", count);
    }

    /// <summary>Throws <see cref="Fault"/> while the address is shut out, whatever token it brings.</summary>
    public void CheckAddress(IPAddress? address)
    {
        if (limits().BadTokens is { } most && failed.TryGetValue(Name(address), out var count) && count.Number >= most && !IsOver(count))
            throw Refused($"{most} tokens that nobody knows came from this address within a minute.", count);
    }

    /// <summary>A token nobody knows came from there.</summary>
    public void Fail(IPAddress? address)
    {
        if (limits().BadTokens is not null)
            Add(failed, Name(address));
    }

    Count Add(ConcurrentDictionary<string, Count> counts, string key)
    {
        if (counts.Count > MostKeys)
            counts.Clear();
        return counts.AddOrUpdate(key, _ => new Count(1, clock.GetTimestamp()),
            (_, old) => IsOver(old) ? new Count(1, clock.GetTimestamp()) : old with { Number = old.Number + 1 });
    }

    bool IsOver(Count count) => clock.GetElapsedTime(count.Begun) >= Window;

    Fault Refused(string why, Count count) => new(FaultCode.RateLimited, why, "Ask less often; config.yaml sets the limits.")
    {
        RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling((Window - clock.GetElapsedTime(count.Begun)).TotalSeconds)),
    };

    static string Name(IPAddress? address) => address?.ToString() ?? "";

    /// <summary>How many since when (a timestamp of the clock).</summary>
    sealed record Count(int Number, long Begun);
}

/// <summary>How often somebody may come in a minute.</summary>
/// <param name="Requests">Most requests of one token; null for any number.</param>
/// <param name="BadTokens">Bad tokens of one address after which it is shut out for the rest of the minute; null for never.</param>
readonly record struct DoorLimits(int? Requests, int? BadTokens)
{
    /// <summary>The same, with what is not said as there.</summary>
    public DoorLimits Or(DoorLimits usual) => new(Requests ?? usual.Requests, BadTokens ?? usual.BadTokens);
}
