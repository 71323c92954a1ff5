using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Providers;

/// <summary>
/// Cool-downs in the store: the one place that begins and ends them, each with its event in the caller's transaction. They survive the
/// daemon, and a person can lift one.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="events">The event log.</param>
/// <param name="longest">Longest time that is believed.</param>
sealed class CoolDownStore(Database store, EventLog events, Func<TimeSpan> longest)
{
    // Two runs refused together name times that differ by moments; to tell of each would be noise.
    static readonly long WorthTelling = TimeSpan.FromMinutes(1).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Bytes of the provider's words that are kept.</summary>
    const int KeptText = 1000;

    public Database Store => store;

    /// <summary>Longest time that is believed.</summary>
    public TimeSpan Longest => longest();

    /// <summary>The provider refused a run for now. Returns the cool-down that is on after it, or null.</summary>
    /// <param name="transaction">The write it belongs to.</param>
    /// <param name="refusal">What was refused, and how.</param>
    /// <param name="named">The time the provider named, as it came; null for none.</param>
    public CoolDown? Strike(WriteTransaction transaction, Refusal refusal, DateTimeOffset? named)
    {
        var (db, now) = (transaction.Db, Times.From(transaction.Now));
        var before = CoolDownRows.Of(db, refusal.Provider);
        var believed = CoolDownRule.Believed(now, named, Longest);
        // Runs that were under way when the first one was refused are refused too: that is one strike, not twenty.
        var strikes = believed ? 0 : before is not null ? Strikes(db, refusal.Provider) : NextStrike(transaction, refusal.Provider);
        db.Execute("insert into cool_downs (provider, strikes, struck_at) values (@provider, @strikes, @now) "
            + "on conflict (provider) do update set strikes = excluded.strikes, struck_at = excluded.struck_at",
            ("@provider", refusal.Provider), ("@strikes", strikes), ("@now", transaction.Now));
        // One of ours is long enough for all who were under way.
        if (before is not null && !believed)
            return before;
        if (CoolDownRule.Until(now, named, Longest, refusal.Reason == EndReason.RateLimited, strikes) is not { } until
            || until <= before?.Until)
            return before;
        db.Execute("update cool_downs set began_at = coalesce(began_at, @now), until = @until, next_start = @until, ramp_until = null, "
            + "reason = @reason, named = @named, text = @text, run_id = @run where provider = @provider",
            ("@now", transaction.Now), ("@until", until.Micros()), ("@reason", refusal.Reason), ("@named", believed ? 1 : 0),
            ("@text", refusal.Text is { } text ? ClippedText.Clip(text, KeptText) : null), ("@run", refusal.RunId),
            ("@provider", refusal.Provider));
        var after = CoolDownRows.Of(db, refusal.Provider)!;
        if (before is null || until.Micros() - before.Until.Micros() > WorthTelling)
            events.Append(transaction, new NewEvent(ProviderEvents.CooledDown, "daemon", Data(after)));
        return after;
    }

    /// <summary>A run of the provider succeeded: no strikes any more, and what is left of its cool-down's ramp is over.</summary>
    public static void Praise(WriteTransaction transaction, string provider) => transaction.Db.Execute(
        "update cool_downs set strikes = 0, next_start = case when until is null then null else next_start end, ramp_until = null "
        + "where provider = @provider and (strikes > 0 or ramp_until is not null)", ("@provider", provider));

    /// <summary>
    /// A run of the provider is about to start. False when one has just been let go after a cool-down: this one is next in a moment.
    /// </summary>
    public static bool TakeStart(WriteTransaction transaction, string provider)
    {
        var now = transaction.Now;
        var row = transaction.Db.First("select next_start, ramp_until, until from cool_downs where provider = @provider",
            row => Tuple.Create(row.LongOrNull(0), row.LongOrNull(1), row.LongOrNull(2)), ("@provider", provider));
        if (row is null || (row.Item1 is null && row.Item3 is null))
            return true;
        if (row.Item1 > now)
            return false;
        // A start at the very end of the cool-down may come before the round that ends it.
        var ramp = row.Item2 ?? (row.Item3 is { } until ? until + Micros(CoolDownRule.Ramp) : null);
        transaction.Db.Execute("update cool_downs set next_start = @next, ramp_until = @ramp where provider = @provider",
            ("@next", ramp > now ? now + Micros(CoolDownRule.Spacing) : null), ("@ramp", ramp > now ? ramp : null),
            ("@provider", provider));
        return true;
    }

    /// <summary>Ends those whose time is over; their runs come back one after the other.</summary>
    public void EndOver(WriteTransaction transaction)
    {
        foreach (var provider in CoolDownRows.Over(transaction.Db, transaction.Now))
        {
            transaction.Db.Execute("update cool_downs set until = null, began_at = null, ramp_until = coalesce(ramp_until, @ramp) "
                + "where provider = @provider", ("@ramp", transaction.Now + Micros(CoolDownRule.Ramp)), ("@provider", provider));
            events.Append(transaction, new NewEvent(ProviderEvents.Available, "daemon",
                new JsonObject { ["provider"] = provider, ["why"] = "time" }));
        }
    }

    /// <summary>A person lifts one; false when there is none.</summary>
    public bool Clear(WriteTransaction transaction, string provider, string actor)
    {
        var cleared = transaction.Db.Execute("update cool_downs set until = null, began_at = null, next_start = null, ramp_until = null, "
            + "strikes = 0 where provider = @provider and (until is not null or next_start is not null)", ("@provider", provider)) == 1;
        if (cleared)
            events.Append(transaction, new NewEvent(ProviderEvents.Available, actor,
                new JsonObject { ["provider"] = provider, ["why"] = "cleared" }));
        return cleared;
    }

    static int Strikes(Connection db, string provider) =>
        (int)(db.Number("select strikes from cool_downs where provider = @provider", ("@provider", provider)) ?? 0);

    static int NextStrike(WriteTransaction transaction, string provider) => (int)(transaction.Db.Number(
        "select strikes from cool_downs where provider = @provider and struck_at > @since", ("@provider", provider),
        ("@since", transaction.Now - Micros(CoolDownRule.InARow))) ?? 0) + 1;

    static long Micros(TimeSpan time) => (long)time.TotalMicroseconds;

    static JsonObject Data(CoolDown on) => new()
    {
        ["provider"] = on.Provider,
        ["until"] = on.Until.UtcDateTime,
        ["reason"] = on.Reason,
        ["named"] = on.Named,
        ["text"] = on.Text,
        ["refused_run_id"] = on.RunId,
    };
}

/// <summary>A provider refused a run for now.</summary>
/// <param name="Provider">Which one.</param>
/// <param name="RunId">The run.</param>
/// <param name="Reason">rate_limited or quota_exhausted.</param>
/// <param name="Text">In its words.</param>
sealed record Refusal(string Provider, string RunId, string Reason, string? Text);
