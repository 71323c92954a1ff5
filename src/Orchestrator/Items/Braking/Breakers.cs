using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>
/// Breakers of items in the store. An open one lets nothing of its item start by itself: no next attempt, no fix, no turn of the scheduler.
/// A person's move closes all of them, and what came before it counts no longer.
/// </summary>
sealed class Breakers(ItemStore items, Func<BreakerPolicy> policy, TimeProvider clock)
{
    // Ends for which the work is not to blame: they count as if they had not been.
    static readonly HashSet<string> Blameless =
    [
        EndReason.RateLimited, EndReason.QuotaExhausted, EndReason.ProviderUnavailable, EndReason.User, EndReason.ParentCanceled,
        EndReason.Parked, EndReason.MachineRestarted, EndReason.HolderVanished,
    ];

    // More than any policy that helps looks back.
    const int Looked = 50;

    /// <summary>The breakers of an item that are open, in words.</summary>
    public static IReadOnlyList<Opening> Open(Connection db, string itemId, long now) => db.Query(
        "select kind, text from item_breakers where item_id = @id and (ends_at is null or ends_at > @now) order by opened_at, kind",
        row => new Opening(row.GetString(0), row.GetString(1)), ("@id", itemId), ("@now", now));

    /// <summary>All that are open, by their items: few, whatever the queue's length.</summary>
    public static ILookup<string, Opening> Open(Connection db, long now) => db.Query(
        "select item_id, kind, text from item_breakers where ends_at is null or ends_at > @now order by opened_at, kind",
        row => (Item: row.GetString(0), Opening: new Opening(row.GetString(1), row.GetString(2))), ("@now", now))
        .ToLookup(row => row.Item, row => row.Opening);

    /// <summary>Why no other attempt may follow a run that is about to end; null when one may, or the run works on no item.</summary>
    public string? Holds(Connection db, Run run, string reason)
    {
        if (run.ItemId is not { } id || ItemRows.Find(db, id) is not { } item)
            return null;
        var ends = Ends(db, item, run.Id);
        // Its row does not say yet how it ends.
        IReadOnlyList<RunEnd> all = Blameless.Contains(reason) ? ends : [new RunEnd(reason, false), .. ends];
        return Breaker.Openings(all, Today(db, item), policy()).Select(opening => opening.Text).FirstOrDefault()
            ?? Open(db, id, clock.GetUtcNow().Micros()).Select(opening => opening.Text).FirstOrDefault();
    }

    /// <summary>A run of the item has ended, or its work was checked: opens what is due, with an event each.</summary>
    public void Look(WriteTransaction transaction, string itemId)
    {
        if (ItemRows.Find(transaction.Db, itemId) is not { } item)
            return;
        foreach (var opening in Breaker.Openings(Ends(transaction.Db, item, null), Today(transaction.Db, item), policy()))
        {
            long? ends = opening.Kind == BreakerKinds.DailyLimit ? NextDay(transaction.Now) : null;
            transaction.Db.Execute("delete from item_breakers where item_id = @id and kind = @kind and ends_at <= @now", ("@id", itemId),
                ("@kind", opening.Kind), ("@now", transaction.Now));
            if (transaction.Db.Execute("insert into item_breakers (item_id, kind, text, opened_at, ends_at) values (@id, @kind, @text, "
                + "@now, @ends) on conflict (item_id, kind) do nothing", ("@id", itemId), ("@kind", opening.Kind), ("@text", opening.Text),
                ("@now", transaction.Now), ("@ends", ends)) == 1)
                items.Append(transaction, item, ItemEvents.BreakerOpened, "daemon", new JsonObject
                {
                    ["kind"] = opening.Kind, ["text"] = opening.Text, ["ends_at"] = ends is { } at ? Times.From(at).UtcDateTime : null,
                });
        }
    }

    /// <summary>A person moved the item.</summary>
    public static void Reset(WriteTransaction transaction, ItemStore items, Item item, string actor)
    {
        transaction.Db.Execute("update items set moved_at = @now, idle_runs = 0 where id = @id", ("@now", transaction.Now),
            ("@id", item.Id));
        foreach (var kind in transaction.Db.Query("delete from item_breakers where item_id = @id returning kind", row => row.GetString(0),
            ("@id", item.Id)))
            items.Append(transaction, item, ItemEvents.BreakerClosed, actor, new JsonObject { ["kind"] = kind });
    }

    /// <summary>True when a run that ended well left the work as the run before it had left it.</summary>
    public static bool ChangedNothing(Connection db, Run run)
    {
        if (run.Workspace?.Kind != "worktree")
            return false;
        if (string.IsNullOrEmpty(run.GitDiffStat))
            return true;
        // Compared with what the run before it left in the same place.
        return run.ItemId is { } id && db.Text(
            "select id from runs where item_id = @item and id <> @run and ended_at is not null and workspace_id = (select workspace_id "
            + "from runs where id = @run2) and queue_no < @no order by queue_no desc limit 1", ("@item", id), ("@run", run.Id),
            ("@run2", run.Id), ("@no", run.QueueNo)) is { } before && PrintOf(RunRows.Get(db, before)) == PrintOf(run);
    }

    /// <summary>The work a run left, as one word: its lines, its files, its commits.</summary>
    static string PrintOf(Run run) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{run.GitDiffStat}\n{run.FilesChanged.GetRawText()}\n{run.Commits.GetRawText()}")));

    /// <summary>The item's work was checked: what is seen otherwise than the time before has come on, whatever its files say.</summary>
    public void Checked(WriteTransaction transaction, string itemId)
    {
        var seen = transaction.Db.Query("select verdict || ' ' || coalesce(summary, '') from checks where item_id = @id and verdict is not "
            + "null and delivery_id is null and requested_by = 'daemon' order by created_no desc limit 2", row => row.GetString(0),
            ("@id", itemId));
        if (seen is not [var now, var before] || now == before || ItemRows.Find(transaction.Db, itemId) is not { IdleRuns: > 0 } item)
            return;
        transaction.Db.Execute("update items set idle_runs = 0 where id = @id", ("@id", itemId));
        if (transaction.Db.Execute("delete from item_breakers where item_id = @id and kind = @kind", ("@id", itemId),
            ("@kind", BreakerKinds.NoProgress)) == 1)
            items.Append(transaction, item, ItemEvents.BreakerClosed, "daemon", new JsonObject { ["kind"] = BreakerKinds.NoProgress });
    }

    static IReadOnlyList<RunEnd> Ends(Connection db, Item item, string? but) =>
    [
        .. db.Query("select id from runs where item_id = @id and ended_at is not null and ended_at > (select moved_at from items where "
            + "id = @id2) and trigger_kind in ('item', 'fix', 'message') and id <> @but order by ended_at desc, queue_no desc limit @most",
            row => row.GetString(0), ("@id", item.Id), ("@id2", item.Id), ("@but", but ?? ""), ("@most", Looked))
            .Select(id => RunRows.Get(db, id))
            .Where(run => run.Reason is not { } reason || !Blameless.Contains(reason))
            .Select((run, at) => new RunEnd(CauseOf(run), CauseOf(run) is null && at < item.IdleRuns)),
    ];

    static string? CauseOf(Run run) => run.Status != RunStatus.Succeeded ? run.Reason
        : run.Result?.GoalMet is false || (run.Result?.GoalMet is null && run.OutputSchema is not null) ? "goal_not_met" : null;

    long Today(Connection db, Item item) => db.Number("select count(*) from runs where item_id = @id and trigger_kind in ('item', 'fix', "
        + "'message') and created_at >= @day and created_at > (select moved_at from items where id = @id2)",
        ("@id", item.Id), ("@day", NextDay(clock.GetUtcNow().Micros()) - DayMicros), ("@id2", item.Id)) ?? 0;

    const long DayMicros = 86_400_000_000;

    /// <summary>When the day of the machine's own clock is over.</summary>
    long NextDay(long now)
    {
        var local = TimeZoneInfo.ConvertTime(Times.From(now), clock.LocalTimeZone);
        return (local + (TimeSpan.FromDays(1) - local.TimeOfDay)).Micros();
    }
}
