using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Events;
using Orchestrator.Items;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>
/// Tells how each plan that runs is, again and again, for those who follow from afar: counts, what is at work, and what is stuck with the
/// reason. It asks nobody anything, and changes nothing: plans go on by themselves whether anybody hears it or not.
/// </summary>
sealed partial class PlanHeartbeat(PlanStore plans, Func<TimeSpan?> every, TimeProvider clock, ILogger log)
{
    /// <summary>From one to the next, where neither the document nor <c>plans.heartbeat_s</c> says it.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(15);

    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Most items that one heartbeat names.</summary>
    const int MostNamed = 50;

    const string Due = "select id from plans where status in ('running', 'needs_decision') and coalesce(told_at, started_at, created_at) "
        + "+ coalesce(heartbeat_us, @usual) <= @now";

    /// <summary>Until the daemon stops.</summary>
    public Task Run(CancellationToken shutdown) => Rounds.Run(Look, Turn, "A plan's heartbeat was missed and will be tried again.", clock,
        log, shutdown);

    long UsualMicros => (long)(every() ?? Usual).TotalMicroseconds;

    async Task Turn()
    {
        foreach (var plan in plans.Store.Read(db => DueNow(db, clock.GetUtcNow().Micros())))
            await plans.Store.Write(transaction =>
            {
                // Once more where nothing can come in between.
                if (DueNow(transaction.Db, transaction.Now).Contains(plan))
                    Tell(transaction, plan);
            });
    }

    IReadOnlyList<string> DueNow(Connection db, long now) =>
        db.Query(Due, row => row.GetString(0), ("@usual", UsualMicros), ("@now", now));

    void Tell(WriteTransaction transaction, string planId)
    {
        var plan = PlanRows.Get(transaction.Db, planId);
        var own = transaction.Db.Number("select heartbeat_us from plans where id = @id", ("@id", planId));
        transaction.Db.Execute("update plans set told_at = @now where id = @id", ("@now", transaction.Now), ("@id", planId));
        var (working, stuck) = (new JsonArray(), new JsonArray());
        foreach (var unit in PlanRows.Items(transaction.Db, planId).Where(unit => unit.Item is not null))
        {
            var item = unit.Item!;
            var health = item is { State: ItemStatus.InFlight, RunId: { } run } ? RunRows.Find(transaction.Db, run)?.Health : null;
            var word = CheckWord.Of(item.Status, item.Causes.Count > 0, health?.Verdict, health?.WaitingFor);
            if (word is not (CheckWord.Running or CheckWord.Stuck))
                continue;
            var list = word == CheckWord.Stuck ? stuck : working;
            if (list.Count < MostNamed)
                list.Add(new JsonObject
                {
                    ["item_id"] = item.Id,
                    ["id"] = unit.Draft.ForeignId,
                    ["title"] = item.Title,
                    ["why"] = item.Causes.Count > 0 ? string.Join(' ', item.Causes.Select(cause => cause.Text)) : health?.InWords(),
                });
        }

        plans.Append(transaction, PlanEvents.Heartbeat, PlanStore.Actor, null, new JsonObject
        {
            ["plan_id"] = planId,
            ["title"] = plan.Title,
            ["status"] = plan.Status,
            ["decided"] = plan.Decided,
            ["total"] = plan.Total,
            ["counts"] = new JsonObject(plan.Counts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value))),
            ["working"] = working,
            ["stuck"] = stuck,
            ["decisions"] = plan.Decisions.Count,
            ["next_at"] = (Times.From(transaction.Now) + TimeSpan.FromMicroseconds(own ?? UsualMicros)).UtcDateTime,
        });
    }

    /// <summary>Reads a length of time as people write it; null when it is none, or not between a second and a week.</summary>
    // 15m      90s      1h30m      2d      900  (seconds)
    public static TimeSpan? Parse(string? text)
    {
        if (text is null || Written().Match(text) is not { Success: true } match)
            return null;
        double Part(string name, double unit) => match.Groups[name] is { Success: true } part
            ? double.Parse(part.Value, CultureInfo.InvariantCulture) * unit : 0;
        var seconds = Part("d", 86_400) + Part("h", 3600) + Part("m", 60) + Part("s", 1) + Part("bare", 1);
        return seconds is >= 1 and <= 7 * 86_400 ? TimeSpan.FromSeconds(seconds) : null;
    }

    [GeneratedRegex(@"^\s*(?:(?<bare>\d{1,7})|(?=\d)(?:(?<d>\d{1,4})\s*d)?\s*(?:(?<h>\d{1,5})\s*h)?\s*(?:(?<m>\d{1,6})\s*m(?:in)?)?"
        + @"\s*(?:(?<s>\d{1,7})\s*s)?)\s*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Written();
}
