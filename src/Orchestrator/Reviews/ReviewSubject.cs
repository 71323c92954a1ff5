using Orchestrator.Items;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Reviews;

/// <summary>Whose work is looked at, named by an item or by a run.</summary>
/// <param name="Item">The item; null for a run that is of none.</param>
/// <param name="Author">The run that did the work last; null for a worker's from outside.</param>
sealed record ReviewSubject(Item? Item, Run? Author)
{
    /// <summary>What the work is called.</summary>
    public string Title => Item?.Title ?? Author?.Title ?? Author?.Id ?? "";

    /// <summary>The whole id of it.</summary>
    public string Id => Item?.Id ?? Author!.Id;

    /// <summary>By whole id or unique beginning. A run of an item stands for its item.</summary>
    public static ReviewSubject Resolve(Connection db, string idOrPrefix)
    {
        if (Ids.LooksLikePrefix(idOrPrefix))
        {
            var found = db.Query("select 'item', id from items where id >= @from and id < @to union all "
                + "select 'run', id from runs where id >= @from and id < @to limit 6", row => (row.GetString(0), row.GetString(1)),
                ("@from", idOrPrefix), ("@to", idOrPrefix + "g"));
            if (found.Count > 1)
                throw new Fault(FaultCode.Conflict,
                    $"'{idOrPrefix}' fits several of them: {string.Join(", ", found.Select(one => one.Item2))}.",
                    "Give more characters.");
            if (found is [("item", var item)])
                return Of(db, ItemRows.Get(db, item));
            if (found is [("run", var id)] && RunRows.Get(db, id) is var run)
                return run.ItemId is { } of && ItemRows.Find(db, of) is { } known ? Of(db, known) : new ReviewSubject(null, run);
        }
        throw Fault.NotFound("item", Texts.Short(idOrPrefix));
    }

    static ReviewSubject Of(Connection db, Item item) => new(item, item.RunId is { } run ? RunRows.Find(db, run) : null);

    /// <summary>Everything anybody found about it, oldest first.</summary>
    public IReadOnlyList<Finding> Findings(Connection db) =>
        Item is { } item ? FindingRows.OfItem(db, item.Id) : FindingRows.OfRun(db, Author!.Id);
}
