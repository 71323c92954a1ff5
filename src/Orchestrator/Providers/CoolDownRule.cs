namespace Orchestrator.Providers;

/// <summary>How long a provider is left alone after a refusal. Pure.</summary>
static class CoolDownRule
{
    /// <summary>Refusals that named no time and lie further apart are not in a row.</summary>
    public static readonly TimeSpan InARow = TimeSpan.FromMinutes(10);

    /// <summary>From one start to the next after a cool-down, until one of them has succeeded: they do not all come back at once.</summary>
    public static readonly TimeSpan Spacing = TimeSpan.FromSeconds(2);

    /// <summary>After so long they come as they like again.</summary>
    public static readonly TimeSpan Ramp = TimeSpan.FromMinutes(5);

    /// <summary>Longest time that is believed, unless config.yaml says another: limits are by the week at most.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(8);

    static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Most = TimeSpan.FromMinutes(10);

    /// <summary>What a refusal means for the provider.</summary>
    /// <param name="now">When it came.</param>
    /// <param name="named">The time the provider named; null for none.</param>
    /// <param name="longest">Longest time that is believed.</param>
    /// <param name="waitingHelps">False for an account that is used up: without a time nothing is known of when it is not.</param>
    /// <param name="strikes">Refusals in a row without a time, this one included.</param>
    /// <returns>Until when nothing starts; null when nothing is held. A single refusal without a time may be one of the moment.</returns>
    public static DateTimeOffset? Until(DateTimeOffset now, DateTimeOffset? named, TimeSpan longest, bool waitingHelps, int strikes)
    {
        if (Believed(now, named, longest))
            return named;
        if (!waitingHelps || strikes < 2)
            return null;
        var wait = First * Math.Pow(2, Math.Min(strikes - 2, 10));
        return now + (wait < Most ? wait : Most);
    }

    /// <summary>Whether a named time is one to wait for: still to come, and not absurdly far.</summary>
    public static bool Believed(DateTimeOffset now, DateTimeOffset? named, TimeSpan longest) =>
        named is { } time && time > now && time - now <= longest;
}
