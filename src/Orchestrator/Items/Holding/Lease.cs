using Microsoft.Data.Sqlite;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>A time-limited right to an item.</summary>
/// <param name="Fence">Grows with every lease of the item; only the newest counts.</param>
/// <param name="AgentId">Who has it; its own id where nobody gave a name.</param>
/// <param name="Mode">claim: a worker took it; external or mock: prepared in a folder.</param>
/// <param name="ExpiresAt">Null for one that ends only by an answer.</param>
/// <param name="EndedHow">completed, blocked, released, failed, expired, overruled or worked; null while it is open.</param>
sealed record Lease(string Id, string ItemId, long Fence, string AgentId, string Mode, string? Workspace, string? Artifacts,
    TimeSpan? Length, DateTimeOffset TakenAt, DateTimeOffset? ExpiresAt, string? EndedHow, string? Report)
{
    const string Select = "select id, item_id, fence, agent_id, mode, workspace, artifacts, length_us, taken_at, expires_at, ended_how, "
        + "report from item_leases";

    public static Lease? Find(Connection db, string id) => db.First(Select + " where id = @id", Read, ("@id", id));

    /// <summary>The newest of an item, ended ones included.</summary>
    public static Lease? LastOf(Connection db, string itemId) =>
        db.First(Select + " where item_id = @item order by fence desc limit 1", Read, ("@item", itemId));

    /// <summary>Every open one, oldest first.</summary>
    public static IReadOnlyList<Lease> Open(Connection db) => db.Query(Select + " where ended_at is null order by taken_at", Read);

    /// <summary>Open ones whose time is over.</summary>
    public static IReadOnlyList<Lease> Overdue(Connection db, long now) => db.Query(
        Select + " where ended_at is null and expires_at is not null and expires_at <= @now order by expires_at", Read, ("@now", now));

    static Lease Read(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4),
        row.TextOrNull(5), row.TextOrNull(6), row.LongOrNull(7) is { } micros ? TimeSpan.FromMicroseconds(micros) : null, row.Time(8),
        row.TimeOrNull(9), row.TextOrNull(10), row.TextOrNull(11));
}

/// <summary>What a new lease is made from.</summary>
/// <param name="Id">Its id, known before, because folders carry it.</param>
/// <param name="AgentId">Null for its own id.</param>
/// <param name="Length">Null for one that ends only by an answer.</param>
sealed record LeaseOrder(string Id, string? AgentId, string Mode, TimeSpan? Length, string? Workspace = null, string? Artifacts = null);

/// <summary>Giving, prolonging and ending leases, each with what follows for the item, in the caller's transaction.</summary>
sealed class Leases(ItemStore items, ItemFlow flow, Func<int, string, TimeSpan> backOff)
{
    /// <summary>Times an item is taken up before a person looks at it.</summary>
    public const int MostAttempts = 3;

    public ItemStore Items => items;

    public ItemFlow Flow => flow;

    /// <summary>Gives the item to somebody; it is readied first where it has to be.</summary>
    public (Item Item, Lease Lease) Take(WriteTransaction transaction, string itemId, LeaseOrder order, string actor)
    {
        Readied(transaction, items, itemId, actor);
        var agent = order.AgentId ?? order.Id;
        var item = items.Move(transaction, itemId, ItemStep.Start,
            new ItemChange(actor, order.Mode == "claim" ? "claimed" : $"prepared ({order.Mode})") { AgentId = agent, LeaseId = order.Id });
        transaction.Db.Execute(
            "insert into item_leases (id, item_id, fence, agent_id, mode, workspace, artifacts, length_us, taken_at, expires_at) "
            + "values (@id, @item, @fence, @agent, @mode, @workspace, @artifacts, @length, @now, @expires)",
            ("@id", order.Id), ("@item", itemId), ("@fence", item.Fence), ("@agent", agent), ("@mode", order.Mode),
            ("@workspace", order.Workspace), ("@artifacts", order.Artifacts), ("@length", (long?)order.Length?.TotalMicroseconds),
            ("@now", transaction.Now),
            ("@expires", order.Length is { } length ? transaction.Now + (long)length.TotalMicroseconds : null));
        return (item, Lease.Find(transaction.Db, order.Id)!);
    }

    /// <summary>Brings an item from where it may be taken to ready; refused from anywhere else with its status.</summary>
    public static void Readied(WriteTransaction transaction, ItemStore items, string itemId, string actor)
    {
        var item = ItemRows.Get(transaction.Db, itemId);
        if (item.State is not (ItemStatus.Inbox or ItemStatus.Planning or ItemStatus.Ready))
            throw new Fault(FaultCode.Conflict, $"Item {item.Id} is {item.Status}: it starts from inbox, planning or ready.",
                Claimed(transaction.Db, item) ?? $"agentctl why {item.Id}")
            {
                Details = new Dictionary<string, object?>
                {
                    ["from"] = item.Status,
                    ["to"] = "in_flight",
                    ["allowed"] = ItemLifecycle.Allowed(item.State),
                },
            };
        if (item.State != ItemStatus.Ready)
            items.Move(transaction, itemId, ItemStep.Admit, new ItemChange(actor, "started"));
    }

    static string? Claimed(Connection db, Item item) =>
        item is { State: ItemStatus.InFlight, LeaseId: { } id } && Lease.Find(db, id) is { Mode: "claim" } lease
            ? $"{lease.AgentId} claimed it, and may give it back: agentctl item release {item.Id} --lease {id} --fence {lease.Fence}"
            : null;

    /// <summary>Makes the lease last from now on; refused when it counts no longer.</summary>
    public Lease Renew(WriteTransaction transaction, Item item, string leaseId, long fence, string actor)
    {
        if (Holding(transaction.Db, item, leaseId, fence) is not { } lease)
            throw Late(item, leaseId);
        if (lease.Length is { } length)
            transaction.Db.Execute("update item_leases set expires_at = @expires where id = @id",
                ("@expires", transaction.Now + (long)length.TotalMicroseconds), ("@id", leaseId));
        var renewed = Lease.Find(transaction.Db, leaseId)!;
        items.Append(transaction, item, ItemEvents.LeaseRenewed, actor, new System.Text.Json.Nodes.JsonObject
        {
            ["lease_id"] = leaseId,
            ["fence"] = fence,
            ["expires_at"] = renewed.ExpiresAt?.UtcDateTime,
        });
        return renewed;
    }

    /// <summary>The open lease of an item, when it is that one; null when it counts no longer.</summary>
    public static Lease? Holding(Connection db, Item item, string leaseId, long fence) =>
        item.State == ItemStatus.InFlight && item.LeaseId == leaseId && item.Fence == fence ? Lease.Find(db, leaseId) : null;

    /// <summary>The refusal of somebody who holds the item no longer.</summary>
    public static Fault Late(Item item, string leaseId) => new(FaultCode.Conflict,
        $"The lease {Texts.Short(leaseId)} of item {item.Id} counts no longer: the item is {item.Status}.", "Claim something else.")
    {
        Details = new Dictionary<string, object?> { ["current_fence"] = item.Fence, ["item_status"] = item.Status },
    };

    /// <summary>Ends a lease; what becomes of the item is the caller's next step.</summary>
    public static void End(WriteTransaction transaction, string leaseId, string how, string? report = null) => transaction.Db.Execute(
        "update item_leases set ended_at = @now, ended_how = @how, report = @report where id = @id and ended_at is null",
        ("@now", transaction.Now), ("@how", how), ("@report", report), ("@id", leaseId));

    /// <summary>The worker could not do it: another may, after a while; after the last attempt a person looks.</summary>
    public Item Failed(WriteTransaction transaction, Item item, string actor, string reason) => item.Attempts >= MostAttempts
        ? items.Move(transaction, item.Id, ItemStep.Block, Exhausted(item, actor, reason))
        : items.Move(transaction, item.Id, ItemStep.GiveBack, new ItemChange(actor, reason)
        {
            NotBefore = Times.From(transaction.Now) + backOff((int)item.Attempts, item.Id),
        });

    /// <summary>
    /// The worker gave no sign of life until its lease was over: another may at once. Work that every worker vanishes over is not handed
    /// out without end.
    /// </summary>
    public void Vanished(WriteTransaction transaction, Lease lease)
    {
        var item = ItemRows.Get(transaction.Db, lease.ItemId);
        var reason = $"{lease.AgentId} gave no sign of life until the lease was over";
        if (item.Attempts >= MostAttempts)
            items.Advance(transaction, item.Id, ItemStep.Block, Exhausted(item, "daemon", reason));
        else
            items.Advance(transaction, item.Id, ItemStep.GiveBack, new ItemChange("daemon", reason));
    }

    static ItemChange Exhausted(Item item, string actor, string reason) => new(actor, reason)
    {
        Causes = [new(CauseKinds.Limit, $"{item.Attempts} attempts have not done it; the last one: {reason}", item.LeaseId ?? "")],
    };
}

/// <summary>
/// What becomes of work that was done: whoever checks work says it (<see cref="CheckBy"/>); as long as nobody does, it waits in review and
/// says that it is unchecked.
/// </summary>
sealed class ItemFlow(ItemStore items)
{
    Action<WriteTransaction, Worked>? check;
    Func<WriteTransaction, Item, ItemChange, bool>? deliver;
    Func<WriteTransaction, Item, ItemChange, bool>? output;

    /// <summary>
    /// Sets who checks work. Called in the transaction in which the work ended, with the item still in flight and its report kept; rows and
    /// events only. It moves the item by <see cref="ItemStore.Advance"/>, now or later: Finish, Submit, Block, GiveBack or Fail.
    /// </summary>
    public void CheckBy(Action<WriteTransaction, Worked> gate) => check = gate;

    /// <summary>
    /// Sets who delivers. Called in the transaction in which work was accepted; true when it is delivered first, and the item is moved when
    /// it has landed.
    /// </summary>
    public void DeliverBy(Func<WriteTransaction, Item, ItemChange, bool> want) => deliver = want;

    /// <summary>Nothing speaks against the work any more: the item is done, or will be when the work has landed.</summary>
    public void Accept(WriteTransaction transaction, Item item, ItemChange change)
    {
        if (deliver?.Invoke(transaction, item, change) != true)
            Finish(transaction, item, change);
    }

    /// <summary>
    /// Sets who makes what an item is to come out as. Called when nothing else is to be done; true when that is made first, and the item is
    /// moved when it is there.
    /// </summary>
    public void OutputBy(Func<WriteTransaction, Item, ItemChange, bool> want) => output = want;

    /// <summary>Its work is accepted, and where it belongs: it is done, or will be when its output is made.</summary>
    public void Finish(WriteTransaction transaction, Item item, ItemChange change)
    {
        if (output?.Invoke(transaction, item, change) != true)
            items.Advance(transaction, item.Id, ItemStep.Finish, change);
    }

    /// <summary>Somebody did the work, as they say.</summary>
    public Item Done(WriteTransaction transaction, Worked worked)
    {
        transaction.Db.Execute("update items set report = coalesce(@report, report), artifacts = coalesce(@artifacts, artifacts), "
            + "lease_id = null, idle_runs = case when @idle = 1 then idle_runs + 1 else 0 end, updated_at = @now where id = @id",
            ("@report", worked.Report), ("@artifacts", worked.Artifacts is { } files
                ? System.Text.Json.JsonSerializer.Serialize(files, ItemJson.Default.IReadOnlyListItemArtifact) : null),
            ("@idle", worked.ChangedNothing ? 1 : 0), ("@now", transaction.Now), ("@id", worked.Item.Id));
        if (check is not null)
            check(transaction, worked with { Item = ItemRows.Get(transaction.Db, worked.Item.Id) });
        else
            items.Move(transaction, worked.Item.Id, ItemStep.Submit, new ItemChange(worked.Actor, "not checked yet")
            {
                Unchecked = true,
                Causes = [new(CauseKinds.External, "Nobody has checked the work yet.", worked.RunId ?? worked.LeaseId ?? "")],
            });
        return ItemRows.Get(transaction.Db, worked.Item.Id);
    }
}

/// <summary>Work on an item that its worker says is done.</summary>
/// <param name="Item">The item, in flight.</param>
/// <param name="Actor">Who did it.</param>
sealed record Worked(Item Item, string Actor)
{
    /// <summary>The run that did it; null for a worker with a lease.</summary>
    public string? RunId { get; init; }
    public string? LeaseId { get; init; }

    /// <summary>In the worker's own words; a claim.</summary>
    public string? Report { get; init; }
    public IReadOnlyList<ItemArtifact>? Artifacts { get; init; }

    /// <summary>The branch it is on, when a worker outside had a worktree.</summary>
    public string? Branch { get; init; }

    /// <summary>A run in a repository that left no difference.</summary>
    public bool ChangedNothing { get; init; }
}
