using System.Text.Json.Nodes;
using Orchestrator.GitHub;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>
/// Items that are to come out as a repository: they are done when it is there. Rows and events only:
/// <see cref="RepoOutputWorker"/> makes it.
/// </summary>
sealed class RepoOutputs(ItemStore items)
{
    const string Actor = "daemon";

    /// <summary>Called after COMMIT when there is something to do.</summary>
    public event Action? Stirred;

    public ItemStore Items => items;

    /// <summary>Everything else is done. True when a repository is made first: the item stays where it is until it is there.</summary>
    public bool Want(WriteTransaction transaction, Item item, ItemChange change)
    {
        if (RepoWish.Of(item) is null || IsMade(item))
            return false;
        if (!AtWork(transaction.Db, item.Id))
            Begin(transaction, item.Id, new RepoOutputEnd(nameof(ItemStep.Finish), change.Reason, change.Unchecked, change.Actor));
        return true;
    }

    /// <summary>Somebody called it done: what it was to come out as is made all the same. Or it is at work again, and that is not over.
    /// </summary>
    public void Moved(WriteTransaction transaction, Item item, ItemStatus from)
    {
        if (item.State == ItemStatus.Done && RepoWish.Of(item) is not null && !IsMade(item))
        {
            if (!AtWork(transaction.Db, item.Id))
                Begin(transaction, item.Id, null);
        }
        else if (item.State is not (ItemStatus.Done or ItemStatus.InFlight or ItemStatus.Review)
            || (item.State == ItemStatus.InFlight && from is not ItemStatus.InFlight))
            RepoOutput.Park(transaction, item.Id);
    }

    static bool AtWork(Connection db, string itemId) => RepoOutput.Find(db, itemId) is { IsParked: false };

    /// <summary>Somebody wants it made, after what was in the way is gone. The item as it is then.</summary>
    /// <exception cref="Fault">There is nothing to make, or its work is not done.</exception>
    public Item Ask(WriteTransaction transaction, Item item, string actor)
    {
        if (RepoWish.Of(item) is null)
            throw new Fault(FaultCode.Conflict, $"Item {item.Id} has no output: it is to come out as no repository.");
        if (IsMade(item) || AtWork(transaction.Db, item.Id))
            return item;
        if (item.State is not (ItemStatus.Done or ItemStatus.Blocked))
            throw new Fault(FaultCode.Conflict, $"Item {item.Id} is {item.Status}: its repository is made when its work is done.");
        Begin(transaction, item.Id, item.State == ItemStatus.Done ? null
            : new RepoOutputEnd(nameof(ItemStep.Accept), $"{actor} had its repository made.", item.Unchecked, actor));
        items.Append(transaction, item, ItemEvents.Output, actor, new JsonObject { ["repo_output"] = null });
        return item;
    }

    void Begin(WriteTransaction transaction, string itemId, RepoOutputEnd? end)
    {
        var made = RepoOutput.Find(transaction.Db, itemId)?.Made;
        RepoOutput.Put(transaction, new RepoOutput(itemId, end, made, 0), DateTimeOffset.UnixEpoch);
        transaction.AfterCommit(() => Stirred?.Invoke());
    }

    /// <summary>Its name is chosen; whatever is there under it from now on is ours.</summary>
    public static RepoOutput Named(WriteTransaction transaction, RepoOutput output, RepositoryName name)
    {
        var named = output with { Made = name.ToString() };
        RepoOutput.Put(transaction, named, DateTimeOffset.UnixEpoch);
        return named;
    }

    /// <summary>It is tried again later.</summary>
    public static void Later(WriteTransaction transaction, RepoOutput output, DateTimeOffset at)
    {
        if (RepoOutput.Find(transaction.Db, output.ItemId) is { IsParked: false } still)
            RepoOutput.Put(transaction, still with { Failures = still.Failures + 1 }, at);
    }

    /// <summary>It is there, with its first commit: the item is done.</summary>
    public void Done(WriteTransaction transaction, RepoOutput output, JsonObject made)
    {
        if (RepoOutput.Find(transaction.Db, output.ItemId) is not { IsParked: false } still || still.Made != output.Made)
            return;
        Keep(transaction, output.ItemId, made);
        RepoOutput.Remove(transaction, output.ItemId);
        if (output.Accepted is { } end)
            items.Advance(transaction, output.ItemId, Enum.Parse<ItemStep>(end.Step),
                new ItemChange(end.Actor, $"{end.Reason} Its repository is {made["url"]}.".TrimStart()) { Unchecked = end.Unchecked });
    }

    /// <summary>It cannot be made: a person looks, and the item is not done by it.</summary>
    public void Fail(WriteTransaction transaction, RepoOutput output, string why)
    {
        if (!AtWork(transaction.Db, output.ItemId))
            return;
        RepoOutput.Park(transaction, output.ItemId);
        var item = Keep(transaction, output.ItemId, new JsonObject { ["provider"] = "github", ["error"] = why });
        if (item.State is ItemStatus.InFlight or ItemStatus.Review or ItemStatus.Ready or ItemStatus.Planning)
            items.Advance(transaction, item.Id, ItemStep.Block, new ItemChange(Actor, "no repository")
            {
                Causes = [new(CauseKinds.Person, $"Its work is accepted, but its repository is not made: {why} Then: agentctl deliver "
                    + $"{item.Id} --repository", item.Id)],
            });
        else if (item.State == ItemStatus.Blocked)
            items.Explain(transaction, item.Id, [new(CauseKinds.Person, $"Its repository is not made: {why} Then: agentctl deliver "
                + $"{item.Id} --repository", item.Id)], Actor);
    }

    static bool IsMade(Item item) => item.RepoOutput is { } made && made.TryGetProperty("url", out _);

    Item Keep(WriteTransaction transaction, string itemId, JsonObject made)
    {
        transaction.Db.Execute("update items set repo_output = @made, updated_at = @now where id = @id",
            ("@made", made.ToJsonString(Json.PlainOptions)), ("@now", transaction.Now), ("@id", itemId));
        var item = ItemRows.Get(transaction.Db, itemId);
        items.Append(transaction, item, ItemEvents.Output, Actor, new JsonObject { ["repo_output"] = made.DeepClone() });
        return item;
    }
}
