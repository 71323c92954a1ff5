using Microsoft.Data.Sqlite;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>Accepted work of an item on its way to its branch.</summary>
/// <param name="RunId">The run whose branch is delivered.</param>
/// <param name="Stage">One of the words below.</param>
/// <param name="DeliveryId">The delivery that is under way, or that did not fit; null before there is one.</param>
/// <param name="Reason">Why the work was accepted: what the item's end will say.</param>
sealed record Landing(string ItemId, string RunId, string Stage, string? DeliveryId, string? Reason)
{
    /// <summary>A delivery is to be made.</summary>
    public const string Wanted = "wanted";

    /// <summary>There is one.</summary>
    public const string Delivering = "delivering";

    /// <summary>It did not fit: the branch is to be merged into the work, and the agent is to go on.</summary>
    public const string Handing = "handing";

    const string Select = "select item_id, run_id, stage, delivery_id, reason from item_landings";

    public static Landing? Find(Connection db, string itemId) => db.First(Select + " where item_id = @id", Read, ("@id", itemId));

    public static Landing? OfDelivery(Connection db, string deliveryId) =>
        db.First(Select + " where delivery_id = @id", Read, ("@id", deliveryId));

    /// <summary>Those that need somebody to do something, oldest first.</summary>
    public static IReadOnlyList<Landing> Open(Connection db) =>
        db.Query(Select + $" where stage <> '{Delivering}' order by wanted_at, item_id", Read);

    /// <summary>Stores it in its present stage.</summary>
    public static void Put(WriteTransaction transaction, Landing landing) => transaction.Db.Execute(
        "insert into item_landings (item_id, run_id, stage, delivery_id, reason, wanted_at) values (@item, @run, @stage, @delivery, "
        + "@reason, @now) on conflict (item_id) do update set run_id = excluded.run_id, stage = excluded.stage, "
        + "delivery_id = excluded.delivery_id, reason = excluded.reason",
        ("@item", landing.ItemId), ("@run", landing.RunId), ("@stage", landing.Stage), ("@delivery", landing.DeliveryId),
        ("@reason", landing.Reason), ("@now", transaction.Now));

    public static void Remove(WriteTransaction transaction, string itemId) =>
        transaction.Db.Execute("delete from item_landings where item_id = @id", ("@id", itemId));

    static Landing Read(SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.TextOrNull(3), row.TextOrNull(4));
}
