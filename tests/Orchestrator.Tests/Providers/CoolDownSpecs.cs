using Orchestrator.Providers;
using Orchestrator.Store;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Providers;

/// <summary>How long a provider is left alone, and that it is one cool-down however many runs are refused.</summary>
public class CoolDownSpecs
{
    static readonly DateTimeOffset Now = new(2026, 11, 28, 13, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(60, true, 0, 60)]
    [InlineData(60, false, 0, 60)]
    [InlineData(8 * 86_400, true, 0, 8 * 86_400)]
    // In the past, absurdly far or not named: a refusal of the moment, until it is said again.
    [InlineData(-5, true, 1, null)]
    [InlineData(0, true, 2, 10)]
    [InlineData(9 * 86_400, true, 1, null)]
    [InlineData(9 * 86_400, true, 2, 10)]
    [InlineData(null, true, 1, null)]
    [InlineData(null, true, 2, 10)]
    [InlineData(null, true, 3, 20)]
    [InlineData(null, true, 4, 40)]
    [InlineData(null, true, 99, 600)]
    // An account that is used up: nobody knows until when.
    [InlineData(null, false, 5, null)]
    [InlineData(9 * 86_400, false, 5, null)]
    public void A_time_is_held_when_it_can_be_believed(int? named, bool waitingHelps, int strikes, int? until) => Assert.Equal(
        until is { } u ? Now.AddSeconds(u) : null,
        CoolDownRule.Until(Now, named is { } n ? Now.AddSeconds(n) : null, CoolDownRule.Longest, waitingHelps, strikes));

    [Fact]
    public async Task Twenty_refusals_are_one_cool_down_that_outlives_the_store_and_lets_them_back_one_by_one()
    {
        using var temp = new TempStore();
        var coolDowns = new CoolDownStore(temp.Store, temp.Log, () => CoolDownRule.Longest);
        var until = TimeProvider.System.GetUtcNow().AddHours(1);
        for (var i = 0; i < 20; i++)
            await temp.Store.Write(t => { coolDowns.Strike(t, Refused($"run {i}"), until.AddSeconds(i)); });

        Assert.Equal(1, Told(temp, "provider.cooled_down"));
        temp.Close();
        temp.Open();
        coolDowns = new CoolDownStore(temp.Store, temp.Log, () => CoolDownRule.Longest);
        var on = Assert.Single(temp.Store.Read(CoolDownRows.All));
        Assert.Equal(("claude", true, "run 19"), (on.Provider, on.Named, on.RunId));
        Assert.InRange((on.Until - until).TotalSeconds, 18.9, 19.1);
        Assert.False(await temp.Store.Write(t => CoolDownStore.TakeStart(t, "claude")));
        Assert.True(await temp.Store.Write(t => CoolDownStore.TakeStart(t, "codex")));

        // The hour is over.
        await temp.Store.Write(t => { t.Db.Execute("update cool_downs set until = @now, next_start = @now", ("@now", t.Now)); });
        await temp.Store.Write(coolDowns.EndOver);
        Assert.Empty(temp.Store.Read(CoolDownRows.All));
        Assert.Equal(1, Told(temp, "provider.available"));
        Assert.Equal([true, false, false], await temp.Store.Write(t =>
            Enumerable.Range(0, 3).Select(_ => CoolDownStore.TakeStart(t, "claude")).ToList()));
        await temp.Store.Write(t => { CoolDownStore.Praise(t, "claude"); });
        Assert.Equal([true, true, true], await temp.Store.Write(t =>
            Enumerable.Range(0, 3).Select(_ => CoolDownStore.TakeStart(t, "claude")).ToList()));
    }

    [Fact]
    public async Task Without_a_time_the_second_refusal_holds_and_a_success_forgets_the_first()
    {
        using var temp = new TempStore();
        var coolDowns = new CoolDownStore(temp.Store, temp.Log, () => CoolDownRule.Longest);
        CoolDown? Strike(WriteTransaction t) => coolDowns.Strike(t, Refused("a"), null);

        Assert.Null(await temp.Store.Write(Strike));
        await temp.Store.Write(t => { CoolDownStore.Praise(t, "claude"); });
        Assert.Null(await temp.Store.Write(Strike));
        var on = (await temp.Store.Write(Strike))!;
        Assert.Equal((false, 10), (on.Named, (int)Math.Round((on.Until - on.Since).TotalSeconds)));
        // Those that were under way meanwhile make it no longer.
        Assert.Equal(on, await temp.Store.Write(Strike));
        Assert.True(await temp.Store.Write(t => coolDowns.Clear(t, "claude", "me")));
        Assert.False(await temp.Store.Write(t => coolDowns.Clear(t, "claude", "me")));
        Assert.True(await temp.Store.Write(t => CoolDownStore.TakeStart(t, "claude")));
    }

    static Refusal Refused(string run) => new("claude", run, "rate_limited", "429");

    static long Told(TempStore temp, string type) =>
        temp.Store.Read(db => db.Number("select count(*) from events where type = @type", ("@type", type))) ?? 0;
}
