using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>What the rest of a plan will cost, from what items of the same project cost before; unknown where there were too few.</summary>
static class Estimate
{
    /// <summary>Fewer items than this say nothing.</summary>
    public const int FewestItems = 3;

    /// <param name="db">Where it is read.</param>
    /// <param name="plan">The plan; what counts is what is still to be done.</param>
    public static JsonObject Of(Connection db, Plan plan)
    {
        var open = plan.Total - plan.Decided;
        var (items, micros, minutes) = db.First("""
            select count(*), coalesce(sum(cost), 0), coalesce(avg(us), 0) from (
              select r.item_id, sum(u.micros) as cost, (select sum(coalesce(t.ended_at, t.started_at) - t.started_at) from runs t
                       where t.item_id = r.item_id and t.started_at is not null) as us
              from runs r join run_usage u on u.run_id = r.id
              where r.item_id is not null and u.project = @project and u.unpriced = 0 group by r.item_id having sum(u.micros) > 0
              order by r.item_id limit 500) as past
            """, row => Tuple.Create(row.GetInt64(0), row.GetInt64(1), row.GetDouble(2) / 60e6),
            ("@project", plan.Project ?? ""))!;
        var known = items >= FewestItems;
        double? total = known ? Math.Round(micros / 1e6 / items * open, 2) : null;
        return new JsonObject
        {
            ["known"] = known,
            ["open_items"] = open,
            ["from_items"] = items,
            ["cost_usd"] = total,
            ["minutes_of_work"] = known ? Math.Round(minutes * open, 1) : null,
            ["text"] = known
                ? string.Create(CultureInfo.InvariantCulture,
                    $"About ${total:0.00} for {open} items, from what {items} items of this project cost.")
                : string.Create(CultureInfo.InvariantCulture,
                    $"What it will cost is not known: {Priced(items)} a price so far. Each item is one agent's run or more."),
        };
    }

    static string Priced(long items) => items switch
    {
        0 => "no item of this project has",
        1 => "only one item of this project has",
        _ => string.Create(CultureInfo.InvariantCulture, $"only {items} items of this project have"),
    };

    public static JsonObject Shown() => Shape.Members(("known", Shape.Flag), ("open_items", Shape.Whole), ("from_items", Shape.Whole),
        ("cost_usd", Shape.Maybe(Shape.Number)), ("minutes_of_work", Shape.Maybe(Shape.Number)), ("text", Shape.Text));
}
