using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Spending;

/// <summary>What was used, by day, session, run, agent, model, project or profile: from daily sums, however many runs there were.</summary>
static class ShowUsage
{
    static readonly string[] Groups = ["day", "session", "run", "agent", "model", "project", "profile"];

    const int Days = 30;

    public static void Map(Routes routes, Database store, DayLimits limits, TimeProvider clock) =>
        routes.Get("/usage", nameof(ShowUsage), call =>
        {
            var by = call.Query("by") ?? "day";
            if (!Groups.Contains(by))
                throw Fault.Invalid("by", $"must be one of {string.Join(", ", Groups)}.");
            var today = LocalDay.Of(clock.GetUtcNow().Micros(), clock);
            var since = Since(call.Query("since"), today);
            var limit = call.Limit();
            return Task.FromResult(Reply.Ok(store.Read(db => new JsonObject
            {
                ["by"] = by,
                ["since"] = since,
                ["today"] = today,
                ["rows"] = new JsonArray([.. Rows(db, by, since, limit)]),
                ["total"] = Sum(Runs(db, since), Total(db, since)),
                ["limits"] = limits.Today(db),
                ["prices"] = new JsonObject { ["date"] = BuiltInPrices.Date, ["source"] = BuiltInPrices.Source },
            })));
        }, doc: Doc);

    /// <summary>What was used today, for daemon status.</summary>
    public static JsonObject Today(Connection db, DayLimits limits, TimeProvider clock)
    {
        var today = LocalDay.Of(clock.GetUtcNow().Micros(), clock);
        var shown = Sum(db.Number("select coalesce(sum(runs), 0) from usage_days where day = @day", ("@day", today)) ?? 0,
            UsageLedger.OfDay(db, today, null));
        shown.Insert(0, "day", today);
        shown["limits"] = limits.Today(db);
        return shown;
    }

    static IEnumerable<JsonObject> Rows(Connection db, string by, string since, int limit) => by switch
    {
        "session" => db.Query($"select u.session_id, count(distinct u.run_id), {UsageLedger.Sums}, s.title from run_usage u join sessions "
            + "s on s.id = u.session_id where u.day >= @since group by u.session_id order by max(u.day) desc, max(s.created_no) desc "
            + "limit @limit",
            row => Row(row.GetString(0), row.TextOrNull(8), row.GetInt64(1), UsageLedger.Read(row, 2)),
            ("@since", since), ("@limit", limit)),
        // Those that used most come first.
        "run" => db.Query($"select u.run_id, 1, {UsageLedger.Sums}, s.title from run_usage u join sessions s on s.id = u.session_id "
            + "where u.day >= @since group by u.run_id order by sum(u.micros) desc, sum(u.input) desc, u.run_id limit @limit",
            row => Row(row.GetString(0), row.TextOrNull(8), row.GetInt64(1), UsageLedger.Read(row, 2)),
            ("@since", since), ("@limit", limit)),
        _ => db.Query($"select {by}, sum(runs), {UsageLedger.Sums} from usage_days where day >= @since group by {by} order by "
            + $"{(by == "day" ? "day desc" : $"sum(micros) desc, sum(input) desc, {by}")} limit @limit",
            row => Row(row.GetString(0), null, row.GetInt64(1), UsageLedger.Read(row, 2)), ("@since", since), ("@limit", limit)),
    };

    static JsonObject Row(string key, string? title, long runs, Spent spent)
    {
        var row = Sum(runs, spent);
        row.Insert(0, "key", key);
        row.Insert(1, "title", title);
        return row;
    }

    /// <summary>Costs are what is known: null when nothing is, and unpriced_tokens says how much is missing.</summary>
    static JsonObject Sum(long runs, Spent spent) => new()
    {
        ["runs"] = runs,
        ["input_tokens"] = spent.Input,
        ["cached_input_tokens"] = spent.Cached,
        ["output_tokens"] = spent.Output,
        ["cost_usd"] = spent is { Micros: 0, Unpriced: > 0 } ? null : spent.Micros / 1_000_000m,
        ["estimated_usd"] = spent.Estimated / 1_000_000m,
        ["unpriced_tokens"] = spent.Unpriced,
    };

    static Spent Total(Connection db, string since) => db.First($"select {UsageLedger.Sums} from usage_days where day >= @since",
        row => Tuple.Create(UsageLedger.Read(row, 0)), ("@since", since))!.Item1;

    static long Runs(Connection db, string since) =>
        db.Number("select coalesce(sum(runs), 0) from usage_days where day >= @since", ("@since", since)) ?? 0;

    // "2026-01-31", "7d" (that many days, today included), "today", "all"
    static string Since(string? text, string today)
    {
        var now = DateOnly.ParseExact(today, LocalDay.Format, CultureInfo.InvariantCulture);
        var days = text switch
        {
            null => Days,
            "today" => 1,
            _ when text.EndsWith('d') && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var given)
                && given is > 0 and < 100_000 => given,
            _ => (int?)null,
        };
        if (days is { } back)
            return now.AddDays(1 - back).ToString(LocalDay.Format, CultureInfo.InvariantCulture);
        if (text == "all")
            return "";
        return DateOnly.TryParseExact(text, LocalDay.Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? text!
            : throw Fault.Invalid("since", "must be a day like 2026-01-31, a number of days like 7d, today or all.");
    }

    static JsonObject SumShape(params (string, JsonObject)[] more) => Shape.Members([.. more, ("runs", Shape.Whole),
        ("input_tokens", Shape.Whole), ("cached_input_tokens", Shape.Whole), ("output_tokens", Shape.Whole),
        ("cost_usd", Shape.Maybe(Shape.Number)), ("estimated_usd", Shape.Number), ("unpriced_tokens", Shape.Whole)]);

    /// <summary>The limits of a day.</summary>
    public static JsonObject LimitShapes() => Shape.List(Shape.Members(("project", Shape.Maybe(Shape.Text)),
        ("unit", Shape.Word(DayLimits.Dollars, DayLimits.Tokens)), ("limit", Shape.Number), ("used", Shape.Number),
        ("reached", Shape.Flag)));

    /// <summary>The member of daemon status.</summary>
    public static JsonObject TodayShape() => SumShape(("day", Shape.Text), ("limits", LimitShapes()));

    static RouteDoc Doc() => RouteDoc
        .Of("What was used and what it cost. Costs are what agents said and, marked as estimated, what prices give.")
        .Asks("by", "What to sum up by; day without it.", Shape.Word(Groups))
        .Asks("since", $"The first day: 2026-01-31, 7d, today or all; the last {Days} days without it.")
        .Asks("limit", "Most rows.", Limit())
        .Gives("by", Shape.Text).Gives("since", Shape.Text).Gives("today", Shape.Text)
        .Gives("rows", Shape.List(SumShape(("key", Shape.Text), ("title", Shape.Maybe(Shape.Text))))).Gives("total", SumShape())
        .Gives("limits", LimitShapes()).Gives("prices", Shape.Members(("date", Shape.Text), ("source", Shape.Text)));

    static JsonObject Limit()
    {
        var limit = Shape.Whole;
        (limit["minimum"], limit["maximum"], limit["default"]) = (1, 500, 100);
        return limit;
    }
}
