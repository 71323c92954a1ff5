using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Spending;

/// <summary>Limits of one scope for a day.</summary>
/// <param name="Project">Empty for all runs together.</param>
/// <param name="Micros">Millionths of a US dollar; null for no limit.</param>
/// <param name="Tokens">Tokens; null for no limit.</param>
sealed record DayLimit(string Project, long? Micros, long? Tokens)
{
    public static DayLimit Of(string project, decimal? dollars, long? tokens) =>
        new(project, dollars is { } sum ? (long)decimal.Round(sum * 1_000_000) : null, tokens);
}

/// <summary>
/// What may be spent on one day. Once it is, a row holds new runs in the queue; it means nothing on the next day, and goes when a person
/// raises the limit. What runs goes on: it has limits of its own.
/// </summary>
sealed class DayLimits(RunStore runs, TimeProvider clock, Func<IReadOnlyList<DayLimit>> configured)
{
    public const string Dollars = "usd";
    public const string Tokens = "tokens";

    /// <summary>True when money is limited for runs of that project.</summary>
    public bool LimitsMoney(string project) => configured().Any(limit => Concerns(limit, project) && limit.Micros is not null);

    /// <summary>After something was used: holds what is over its limit.</summary>
    public void Check(WriteTransaction transaction, string day, string project)
    {
        foreach (var limit in configured().Where(limit => Concerns(limit, project)))
            Compare(transaction, day, limit);
    }

    /// <summary>At the start of a daemon, and after a limit was raised: the settings may be others now.</summary>
    public void CheckAll(WriteTransaction transaction)
    {
        var day = LocalDay.Of(transaction.Now, clock);
        var limits = configured();
        foreach (var (project, unit) in transaction.Db.Query("select project, unit from spending_holds where day = @day",
            row => (row.GetString(0), row.GetString(1)), ("@day", day)))
            if (!limits.Any(limit => limit.Project == project && (unit == Dollars ? limit.Micros : limit.Tokens) is not null))
                Release(transaction, day, project, unit);
        foreach (var limit in limits)
            Compare(transaction, day, limit);
    }

    /// <summary>Why new runs of a project wait today, for a person; null when nothing holds them.</summary>
    public string? Note(Connection db, string? project)
    {
        var day = LocalDay.Of(clock.GetUtcNow().Micros(), clock);
        return db.First("select project, unit, amount, used from spending_holds where day = @day and project in ('', @project) "
            + "order by project limit 1", row => Words(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3)),
            ("@day", day), ("@project", project ?? ""));
    }

    /// <summary>Today's limits with what is used of each, for daemon status.</summary>
    public JsonArray Today(Connection db)
    {
        var day = LocalDay.Of(clock.GetUtcNow().Micros(), clock);
        var all = new JsonArray();
        foreach (var limit in configured())
        {
            var used = UsageLedger.OfDay(db, day, limit.Project.Length == 0 ? null : limit.Project);
            foreach (var (unit, most, now) in new[] { (Dollars, limit.Micros, used.Micros), (Tokens, limit.Tokens, used.Tokens) })
                if (most is { } amount)
                    all.Add(new JsonObject
                    {
                        ["project"] = limit.Project.Length == 0 ? null : limit.Project,
                        ["unit"] = unit,
                        ["limit"] = Number(unit, amount + Raised(db, day, limit.Project, unit)),
                        ["used"] = Number(unit, now),
                        ["reached"] = db.Number("select 1 from spending_holds where day = @day and project = @project and unit = @unit",
                            ("@day", day), ("@project", limit.Project), ("@unit", unit)) is not null,
                    });
        }

        return all;
    }

    /// <summary>A sum as people write it: dollars with their fraction, or tokens.</summary>
    public static JsonNode Number(string unit, long amount) =>
        unit == Dollars ? JsonValue.Create(amount / 1_000_000m) : JsonValue.Create(amount);

    static bool Concerns(DayLimit limit, string project) => limit.Project.Length == 0 || limit.Project == project;

    void Compare(WriteTransaction transaction, string day, DayLimit limit)
    {
        var used = UsageLedger.OfDay(transaction.Db, day, limit.Project.Length == 0 ? null : limit.Project);
        foreach (var (unit, most, now) in new[] { (Dollars, limit.Micros, used.Micros), (Tokens, limit.Tokens, used.Tokens) })
        {
            if (most is not { } amount)
                continue;
            amount += Raised(transaction.Db, day, limit.Project, unit);
            if (now < amount)
                Release(transaction, day, limit.Project, unit);
            else if (transaction.Db.Execute("insert into spending_holds (day, project, unit, amount, used, at) values (@day, @project, "
                + "@unit, @amount, @used, @now) on conflict (day, project, unit) do nothing", ("@day", day), ("@project", limit.Project),
                ("@unit", unit), ("@amount", amount), ("@used", now), ("@now", transaction.Now)) == 1)
                runs.Events.Append(transaction, new NewEvent(SpendingEvents.Reached, "daemon", new JsonObject
                {
                    ["day"] = day,
                    ["project"] = limit.Project.Length == 0 ? null : limit.Project,
                    ["unit"] = unit,
                    ["limit"] = Number(unit, amount),
                    ["used"] = Number(unit, now),
                }));
        }
    }

    void Release(WriteTransaction transaction, string day, string project, string unit)
    {
        if (transaction.Db.Execute("delete from spending_holds where day = @day and project = @project and unit = @unit", ("@day", day),
            ("@project", project), ("@unit", unit)) == 1)
            runs.Stir(transaction, "");
    }

    static long Raised(Connection db, string day, string project, string unit) => db.Number(
        "select coalesce(sum(amount), 0) from spending_raises where day = @day and project = @project and unit = @unit",
        ("@day", day), ("@project", project), ("@unit", unit)) ?? 0;

    // The limit of 5 USD a day is reached (5.02 USD used, estimates included): new runs wait …
    /// <summary>A limit that was met, for a person.</summary>
    public static string Words(string project, string unit, long amount, long used)
    {
        string Sum(long sum) => unit == Dollars ? $"{(sum / 1_000_000m).ToString("0.####", CultureInfo.InvariantCulture)} USD"
            : $"{sum.ToString(CultureInfo.InvariantCulture)} tokens";
        var whose = project.Length == 0 ? "" : $" --project {project}";
        return $"The limit of {Sum(amount)} a day{(project.Length == 0 ? "" : $" of project '{project}'")} is reached ({Sum(used)} used"
            + $"{(unit == Dollars ? ", estimates included" : "")}): new runs wait in the queue until the day is over, or until somebody "
            + $"raises it: agentctl usage raise --{(unit == Dollars ? "usd" : "tokens")} N{whose}.";
    }
}
