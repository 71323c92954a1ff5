using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Spending;
using Orchestrator.Store;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Spending;

/// <summary>The ledger and the limits of a day against the real store, with a clock that goes over midnight.</summary>
public sealed class LedgerSpecs : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("ledger-").FullName;
    readonly FakeClock clock = new();
    readonly Database store;
    readonly RunStore runs;
    readonly SessionStore sessions;
    readonly UsageLedger ledger;
    readonly List<DayLimit> limits = [];
    readonly DayLimits days;

    public LedgerSpecs()
    {
        store = Database.Open(Path.Combine(folder, "test.db"), clock);
        var feed = new EventFeed();
        feed.StartAt(0);
        var log = new EventLog(store, feed);
        (runs, sessions, ledger) = (new RunStore(store, log), new SessionStore(store, log), new UsageLedger(clock));
        days = new DayLimits(runs, clock, () => limits);
    }

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    Task<Run> NewRun(string? project, string model = "m") => store.Write(transaction =>
    {
        var session = sessions.Create(transaction, new NewSession(null, project, null, null, null, null), "test");
        return runs.Insert(transaction, new NewRun
        {
            SessionId = session.Id, Prompt = "x", Trigger = "direct", Profile = "p", Agent = "command", Model = model,
            TotalLimit = TimeSpan.FromHours(1), IdleLimit = TimeSpan.FromHours(1),
        }, "test");
    });

    Task Use(Run run, Usage total, string project = "") => store.Write(transaction =>
    {
        days.Check(transaction, ledger.Record(transaction, run, total), project);
    });

    static Usage Dollars(decimal sum) => new(100, 0, 10, sum, CostSources.Estimate);

    Spent Of(string day) => store.Read(db => UsageLedger.OfDay(db, day, null));

    List<string> Rows() => store.Read(db => db.Query(
        "select day || ' ' || model || ' ' || runs || ' ' || input || ' ' || micros from usage_days order by day, model",
        row => row.GetString(0)));

    [Fact]
    public async Task What_is_told_again_counts_once_and_midnight_parts_a_run()
    {
        var run = await NewRun(null);
        await Use(run, new Usage(100, 0, 10, 1, CostSources.Agent));
        await Use(run, new Usage(100, 0, 10, 1, CostSources.Agent));
        await Use(run, new Usage(300, 0, 30, 3, CostSources.Agent));
        clock.Pass(24 * 3600);
        await Use(run, new Usage(1000, 0, 100, 10, CostSources.Agent));
        await Use(run, new Usage(1100, 0, 110, 11, CostSources.Agent));
        Assert.Equal(["2026-01-02 m 1 300 3000000", "2026-01-03 m 0 800 8000000"], Rows());
    }

    [Fact]
    public async Task A_model_that_is_named_late_takes_over_what_was_counted_before_it()
    {
        var run = await NewRun(null, "");
        await Use(run, new Usage(100, 0, 10, null, CostSources.Unknown));
        Assert.Equal(110, Of("2026-01-02").Unpriced);
        await Use(run with { Model = "known" }, new Usage(200, 0, 20, 2, CostSources.Estimate));
        Assert.Equal(["2026-01-02  0 0 0", "2026-01-02 known 1 200 2000000"], Rows());
        Assert.Equal(new Spent(200, 0, 20, 2_000_000, 2_000_000, 0), Of("2026-01-02"));
    }

    [Fact]
    public async Task The_sums_of_days_are_the_sums_of_runs()
    {
        foreach (var project in new[] { "a", "b", null })
            foreach (var model in new[] { "m", "n" })
                await Use(await NewRun(project, model), Dollars(1.5m), project ?? "");
        var (days, ledgers) = store.Read(db => (UsageLedger.OfDay(db, "2026-01-02", null),
            db.First($"select {UsageLedger.Sums} from run_usage", row => Tuple.Create(UsageLedger.Read(row, 0)))!.Item1));
        Assert.Equal(ledgers, days);
        Assert.Equal(9_000_000, days.Micros);
        Assert.Equal(3_000_000, store.Read(db => UsageLedger.OfDay(db, "2026-01-02", "a")).Micros);
    }

    [Fact]
    public async Task A_limit_of_a_day_holds_until_the_day_is_over()
    {
        limits.AddRange([DayLimit.Of("", 5, null), DayLimit.Of("a", null, 500)]);
        var run = await NewRun("a");
        await Use(run, Dollars(4.99m), "a");
        Assert.Null(store.Read(db => days.Note(db, "a")));
        await Use(run, Dollars(5.5m), "a");
        Assert.Equal("The limit of 5 USD a day is reached (5.5 USD used, estimates included): new runs wait in the queue until the day "
            + "is over, or until somebody raises it: agentctl usage raise --usd N.", store.Read(db => days.Note(db, "a")));
        Assert.NotNull(store.Read(db => days.Note(db, null)));
        clock.Pass(24 * 3600);
        Assert.Null(store.Read(db => days.Note(db, "a")));
        await Use(run, new Usage(700, 0, 10, 5.5m, CostSources.Estimate), "a");
        Assert.Contains("of project 'a' is reached (600 tokens used)", store.Read(db => days.Note(db, "a")), StringComparison.Ordinal);
        Assert.Null(store.Read(db => days.Note(db, "b")));
    }

    [Fact]
    public async Task A_limit_that_was_raised_or_taken_away_in_the_settings_holds_no_more()
    {
        limits.Add(DayLimit.Of("", 5, null));
        await Use(await NewRun(null), Dollars(6));
        Assert.NotNull(store.Read(db => days.Note(db, null)));
        limits[0] = DayLimit.Of("", 10, null);
        await store.Write(days.CheckAll);
        Assert.Null(store.Read(db => days.Note(db, null)));
        limits[0] = DayLimit.Of("", 3, null);
        await store.Write(days.CheckAll);
        Assert.NotNull(store.Read(db => days.Note(db, null)));
        limits.Clear();
        await store.Write(days.CheckAll);
        Assert.Null(store.Read(db => days.Note(db, null)));
    }
}
