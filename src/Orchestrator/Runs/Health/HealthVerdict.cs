using System.Globalization;
using Orchestrator.Profiles;

namespace Orchestrator.Runs;

/// <summary>What a running run's processes did, as far as they were watched.</summary>
/// <param name="WatchedSince">Since when somebody looks; what was before is not known.</param>
/// <param name="BusyAt">When they last used CPU or moved bytes; null when they have not since then.</param>
/// <param name="Busiest">The command that used most then; null when it has ended.</param>
sealed record TreeActivity(DateTimeOffset WatchedSince, DateTimeOffset? BusyAt, string? Busiest);

/// <summary>Everything a verdict about a running run is made from. Nothing of it is a word that an agent wrote.</summary>
/// <param name="Now">The time by the daemon's clock.</param>
/// <param name="LastOutput">When its journals last grew, it began, or what it waited for came: the latest of these.</param>
/// <param name="Policy">Its profile's settings.</param>
/// <param name="IdleLimit">Its limit of silence.</param>
sealed record HealthFacts(DateTimeOffset Now, DateTimeOffset LastOutput, HealingPolicy Policy, TimeSpan IdleLimit)
{
    /// <summary>Its holder lives.</summary>
    public bool ProcessAlive { get; init; } = true;

    /// <summary>The call it waits for; null for none.</summary>
    public OpenTool? Tool { get; init; }

    /// <summary>Null where processes cannot be watched.</summary>
    public TreeActivity? Tree { get; init; }

    /// <summary>When its workspace was last seen to have changed; null when it was not.</summary>
    public DateTimeOffset? FilesChangedAt { get; init; }

    /// <summary>Until when its provider is left alone; null when it is not.</summary>
    public DateTimeOffset? ProviderHeldUntil { get; init; }

    public TimeSpan Quiet => Policy.QuietOf(IdleLimit);

    public TimeSpan Silence => Now - LastOutput;
}

/// <summary>
/// Says of a running run whether it gets on. Pure. What speaks for the run counts before what speaks against it, and what is not known
/// speaks for it: a wrong "stalled" costs work, a late one costs minutes.
/// </summary>
static class HealthVerdict
{
    /// <summary>The verdict, with <see cref="RunHealth.Since"/> now; whoever keeps it keeps the time of the one before where it is the
    /// same.</summary>
    public static RunHealth Of(HealthFacts facts)
    {
        RunHealth Say(string verdict, string? waitingFor, params IReadOnlyList<string> reasons) =>
            new(verdict, waitingFor, facts.Now, reasons);
        if (!facts.ProcessAlive)
            return Say(HealthWords.Dead, null, "its process is gone");
        if (facts.Silence < facts.Quiet)
            return Say(HealthWords.Working, null, "it wrote something a moment ago");
        var silent = $"no output for {Long(facts.Silence)}";
        var late = facts.Tool is { } tool && Limit(facts, tool) is var limit
            ? facts.Now - tool.Since < limit
                ? null
                : $"its tool `{tool.InWords()}` runs for {Long(facts.Now - tool.Since)}, longer than its limit of {Long(limit)}"
            : "";
        if (late is null)
            return Say(HealthWords.Waiting, "tool", silent, $"its tool `{facts.Tool!.InWords()}` runs for "
                + $"{Long(facts.Now - facts.Tool.Since)}, and may for {Long(Limit(facts, facts.Tool))}");
        string[] known = late.Length > 0 ? [silent, late] : [silent];
        if (Recent(facts, facts.Tree?.BusyAt))
            return Say(HealthWords.Working, null, [.. known, facts.Tree!.Busiest is { } busiest ? $"`{busiest}` still uses CPU"
                : "its processes were at work a moment ago"]);
        if (Recent(facts, facts.FilesChangedAt))
            return Say(HealthWords.Working, null, [.. known, "its files changed a moment ago"]);
        if (facts.ProviderHeldUntil is { } until && until > facts.Now)
            return Say(HealthWords.Waiting, "provider", [.. known, $"its provider takes nothing until "
                + $"{until.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture)}"]);
        if (facts.Tree is not { } tree)
            return Say(HealthWords.Quiet, null, [.. known, "what its processes do cannot be seen on this machine"]);
        return facts.Silence >= facts.Policy.StalledOf(facts.IdleLimit) && facts.Now - tree.WatchedSince >= facts.Quiet
            ? Say(HealthWords.Stalled, null, [.. known, "its processes use no CPU and move nothing, and its files stay as they are"])
            : Say(HealthWords.Quiet, null, [.. known, "its processes seem to wait"]);
    }

    static TimeSpan Limit(HealthFacts facts, OpenTool tool) => tool.Limit ?? facts.Policy.Tool;

    /// <summary>Within the time a run may be silent anyway.</summary>
    static bool Recent(HealthFacts facts, DateTimeOffset? at) => at is { } time && facts.Now - time < facts.Quiet;

    /// <summary>A length of time for people: <c>6 min</c>, <c>45 s</c>.</summary>
    public static string Long(TimeSpan time) => time.TotalMinutes >= 2
        ? time.TotalMinutes.ToString("0", CultureInfo.InvariantCulture) + " min"
        : Math.Max(0, time.TotalSeconds).ToString("0", CultureInfo.InvariantCulture) + " s";
}
