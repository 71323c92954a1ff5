using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>Which item waits for which: rows, without a cycle.</summary>
static class Dependencies
{
    /// <summary>Lets an item depend on exactly these. Throws <see cref="Fault"/> that names the way round when one of them waits for it.
    /// </summary>
    public static void Set(WriteTransaction transaction, string id, IReadOnlyList<string> on)
    {
        // For what is new, and no step, nobody waits yet: a plan of thousands would be walked through once for each.
        var closes = transaction.Db.Number("select 1 from items where id = @id and parent_id is not null "
            + "union all select 1 from item_dependencies where on_id = @id2 union all select 1 from items where parent_id = @id3",
            ("@id", id), ("@id2", id), ("@id3", id)) is not null;
        foreach (var other in closes ? on : [.. on.Where(other => other == id)])
            if (Path(transaction.Db, other, id) is { } path)
                throw new Fault(FaultCode.Unprocessable,
                    $"blocked_by: that would be a circle: {string.Join(" waits for ", path.Prepend(id))}.",
                    "Take one of these dependencies away first.")
                {
                    Details = new Dictionary<string, object?> { ["field"] = "blocked_by", ["path"] = path.Prepend(id).ToList() },
                };
        transaction.Db.Execute("delete from item_dependencies where item_id = @id", ("@id", id));
        foreach (var other in on.Distinct())
            transaction.Db.Execute("insert into item_dependencies (item_id, on_id) values (@id, @on)", ("@id", id), ("@on", other));
        Count(transaction, id);
    }

    /// <summary>Counts how many of them are not done.</summary>
    public static void Count(WriteTransaction transaction, string id) => transaction.Db.Execute(
        "update items set open_dependencies = (select count(*) from item_dependencies d join items o on o.id = d.on_id "
        + "where d.item_id = @of and o.status not in ('done', 'skipped')) where id = @id", ("@of", id), ("@id", id));

    /// <summary>Those that are not done, in order.</summary>
    public static IReadOnlyList<Item> Open(Connection db, string id) =>
        [.. db.Query("select on_id from item_dependencies where item_id = @id order by on_id", row => row.GetString(0), ("@id", id))
            .Select(on => ItemRows.Get(db, on)).Where(on => !ItemLifecycle.Fulfils(on.State))];

    /// <summary>The ids from one item to another along what each waits for: its dependencies, and a step's way is its parent's too. Null
    /// when there is none.</summary>
    static List<string>? Path(Connection db, string from, string to)
    {
        var cameFrom = new Dictionary<string, string?> { [from] = null };
        var next = new Queue<string>([from]);
        while (next.TryDequeue(out var at))
        {
            if (at == to)
            {
                List<string> path = [];
                for (string? step = at; step is not null; step = cameFrom[step])
                    path.Insert(0, step);
                return path;
            }

            // A parent is done when its steps are: who waits for the parent waits for each of them.
            foreach (var further in db.Query("select on_id from item_dependencies where item_id = @id "
                + "union select id from items where parent_id = @id2", row => row.GetString(0), ("@id", at), ("@id2", at)))
                if (cameFrom.TryAdd(further, at))
                    next.Enqueue(further);
        }

        return null;
    }
}
