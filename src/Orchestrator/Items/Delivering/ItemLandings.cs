using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Deliveries;
using Orchestrator.Gates;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Workspaces;
using Delivery = Orchestrator.Deliveries.Delivery;

namespace Orchestrator.Items;

/// <summary>
/// Accepted work of projects that deliver by themselves gets onto its branch before its item is done. What does not fit goes back to its
/// agent, with both intents, <see cref="MostRounds"/> times; then a person looks. Rows and events only: <see cref="LandingWorker"/> does
/// what takes time.
/// </summary>
/// <param name="project">What config.yaml says of a project; null for nothing.</param>
sealed class ItemLandings(ItemStore items, ItemFlow flow, SessionStore sessions, RunStore runs, DeliveryStore deliveries,
    Func<string, ProjectSettings?> project)
{
    /// <summary>Deliveries that did not fit and went back to the agent without anybody being asked.</summary>
    public const int MostRounds = 2;

    /// <summary>A name nobody else gets.</summary>
    public const string Actor = "daemon";

    /// <summary>Called after COMMIT when there is something to do.</summary>
    public event Action? Stirred;

    public ItemStore Items => items;

    /// <summary>How the item's project delivers by itself; null when it does not.</summary>
    public DeliverySettings? WishOf(Item item) => SettingsOf(item)?.Deliver;

    ProjectSettings? SettingsOf(Item item) => item.Project is { } name ? project(name) : null;

    /// <summary>Work was accepted. True when it is to be delivered first: the item stays where it is until it has landed.</summary>
    public bool Want(WriteTransaction transaction, Item item, ItemChange change)
    {
        if (item.RunId is not { } run || WishOf(item) is null)
            return false;
        // Accepted twice, by two people: once is enough.
        if (Landing.Find(transaction.Db, item.Id)?.RunId == run)
            return true;
        Landing.Put(transaction, new Landing(item.Id, run, Landing.Wanted, null, change.Reason));
        items.KeepDelivery(transaction, item.Id, new JsonObject { ["state"] = Landing.Wanted, ["run_id"] = run }, change.Actor);
        transaction.AfterCommit(() => Stirred?.Invoke());
        return true;
    }

    /// <summary>A delivery is made, if it is still wanted.</summary>
    public void Begin(WriteTransaction transaction, Landing wanted, DeliveryOrder order)
    {
        if (Landing.Find(transaction.Db, wanted.ItemId) != wanted)
            return;
        var delivery = deliveries.Add(transaction, order, Actor);
        Landing.Put(transaction, wanted with { Stage = Landing.Delivering, DeliveryId = delivery.Id });
        items.KeepDelivery(transaction, wanted.ItemId, Told(delivery), Actor);
    }

    /// <summary>There is nothing that could be delivered: the work is done as it is.</summary>
    public void Nothing(WriteTransaction transaction, Landing wanted)
    {
        if (Landing.Find(transaction.Db, wanted.ItemId) != wanted)
            return;
        Landing.Remove(transaction, wanted.ItemId);
        var item = ItemRows.Get(transaction.Db, wanted.ItemId);
        flow.Finish(transaction, item, new ItemChange(Actor, $"{wanted.Reason} There was nothing to deliver.".TrimStart())
        {
            Unchecked = item.Unchecked,
        });
    }

    /// <summary>It does not go on by itself: a person looks.</summary>
    public void Block(WriteTransaction transaction, Landing landing, string why)
    {
        if (Landing.Find(transaction.Db, landing.ItemId) != landing)
            return;
        Landing.Remove(transaction, landing.ItemId);
        items.Advance(transaction, landing.ItemId, ItemStep.Block, new ItemChange(Actor, "not delivered")
        {
            Causes = [new(CauseKinds.Person, $"The work is accepted, but not delivered: {why.TrimEnd('.')}. Deliver it yourself "
                + $"(agentctl merge {landing.RunId}), resume the run, ready the item again, or skip it.",
                landing.DeliveryId ?? landing.RunId)],
        });
    }

    /// <summary>A delivery has landed, or did not.</summary>
    public void Follow(WriteTransaction transaction, Delivery ended)
    {
        if (ended.ItemId is not { } id || ItemRows.Find(transaction.Db, id) is not { } item)
            return;
        items.KeepDelivery(transaction, id, Told(ended), Actor);
        if (Landing.OfDelivery(transaction.Db, ended.Id) is not { } landing)
        {
            ByPerson(transaction, item, ended);
            return;
        }

        if (ended.State == DeliveryState.Landed)
        {
            Landing.Remove(transaction, id);
            flow.Finish(transaction, item, new ItemChange(Actor, $"{landing.Reason} {Landed(ended)}".TrimStart())
            {
                // Not less open than when it was accepted: who lands work has not looked at it.
                Unchecked = item.Unchecked,
            });
        }
        else if (GoesBack(ended) && Rounds(transaction.Db, id) <= MostOf(item, ended))
        {
            Landing.Put(transaction, landing with { Stage = Landing.Handing });
            transaction.AfterCommit(() => Stirred?.Invoke());
        }
        else
            Block(transaction, landing, ended.Error ?? $"the delivery was {DeliveryLifecycle.Word(ended.State)}.");
    }

    /// <summary>
    /// A delivery is wanted, or its pull request is open: then the item is in review. Work in review that a person sends there is delivered
    /// as if the project did it by itself.
    /// </summary>
    public void Begun(WriteTransaction transaction, Delivery delivery)
    {
        if (!delivery.IsPull || delivery.ItemId is not { } id || ItemRows.Find(transaction.Db, id) is not { Steps: 0 } item
            || item.RunId != delivery.RunId)
            return;
        if (delivery.State == DeliveryState.Waiting)
        {
            if (delivery.RequestedBy == Actor || item.State != ItemStatus.Review || Landing.Find(transaction.Db, id) is not null)
                return;
            Landing.Put(transaction, new Landing(id, delivery.RunId, Landing.Delivering, delivery.Id,
                $"{delivery.RequestedBy} had it delivered."));
            // What it waited for a person for is decided by that.
            if (item.Causes.Count > 0)
                items.Explain(transaction, id, [], delivery.RequestedBy);
            return;
        }
        items.KeepDelivery(transaction, id, Told(delivery), Actor);
        if (item.State == ItemStatus.InFlight && Landing.OfDelivery(transaction.Db, delivery.Id) is not null)
            items.Advance(transaction, id, ItemStep.Submit, new ItemChange(Actor,
                string.Create(CultureInfo.InvariantCulture, $"pull request #{delivery.PullRequest?.Number} is open"))
            {
                Unchecked = item.Unchecked,
            });
    }

    /// <summary>
    /// GitHub says something against an open pull request. It goes back to its agent; after the last round a person looks, and the pull
    /// request stays open and is watched: when it is merged after all, the item is done.
    /// </summary>
    public string Hear(WriteTransaction transaction, Delivery delivery, PullFeedback feedback, PullConflict? meets)
    {
        if (Landing.OfDelivery(transaction.Db, delivery.Id) is not { } landing
            || ItemRows.Find(transaction.Db, landing.ItemId) is not { } item)
            return "shown";
        if (feedback is { Failing.Count: 0, Comments.Count: 0 })
            return meets is not null && feedback.Conflicts == true && Collides(transaction, item, delivery, meets) ? "sent"
                : Waits(transaction, item, delivery, feedback.Conflicts == true);
        var why = feedback.Failing.Count > 0
            ? $"failed there: {string.Join(", ", feedback.Failing.Select(check => Texts.Short(check.Name)).Take(5))}."
            : "people asked for changes.";
        if (!feedback.Again && Rounds(transaction.Db, item.Id) < MostOf(item, delivery))
        {
            deliveries.Advance(transaction, delivery, DeliveryStep.Fail, new DeliveryChange(Actor)
            {
                Reason = feedback.Failing.Count > 0 ? DeliveryReasons.ChecksFailed : DeliveryReasons.ChangesRequested,
                Why = $"Pull request #{delivery.PullRequest?.Number}: {why}",
            });
            return "sent";
        }
        Landing.Remove(transaction, item.Id);
        items.Advance(transaction, item.Id, ItemStep.Block, new ItemChange(Actor, "pull request needs a person")
        {
            Causes = [new(CauseKinds.Limit, $"Pull request #{delivery.PullRequest?.Number} ({delivery.PullRequest?.Url}) is open, and "
                + $"{(feedback.Again ? "its agent changed nothing" : "its agent has had its rounds")}: {why} Mend it there, "
                + $"or resume run {landing.RunId}; when it is merged, the item is done.", delivery.Id)],
        });
        return "asked";
    }

    /// <summary>
    /// It does not go together with its base any more: as here, its agent gets both intents, as often as it may. What a person works on is
    /// not taken from him.
    /// </summary>
    bool Collides(WriteTransaction transaction, Item item, Delivery delivery, PullConflict meets) =>
        item.State == ItemStatus.Review && Rounds(transaction.Db, item.Id) < MostOf(item, delivery)
        && deliveries.Advance(transaction, delivery, DeliveryStep.Collide, new DeliveryChange(Actor)
        {
            Reason = DeliveryReasons.Conflict,
            Conflict = meets.Conflict,
            Expected = meets.Base,
            Why = $"Pull request #{delivery.PullRequest?.Number}: {Snapshots.Named(meets.Conflict.Files)} was changed there and on "
                + $"{delivery.Into} since.",
        }) is not null;

    /// <summary>An open pull request waits for a person, or no more.</summary>
    string Waits(WriteTransaction transaction, Item item, Delivery delivery, bool conflicts)
    {
        var told = item.Causes.Any(cause => cause.Ref == delivery.Id);
        if (item.State != ItemStatus.Review || told == conflicts)
            return "shown";
        items.Explain(transaction, item.Id, !conflicts ? [] : [new(CauseKinds.Person, $"Pull request #{delivery.PullRequest?.Number} "
            + $"({delivery.PullRequest?.Url}) does not go together with {delivery.Into}: merge {delivery.Into} into its branch here, and "
            + $"resume run {item.RunId}; or solve it there.", delivery.Id)], Actor);
        return conflicts ? "asked" : "shown";
    }

    /// <summary>The branch is merged into the work: its agent goes on in the same conversation.</summary>
    /// <param name="caughtUp">The workspace as it is now.</param>
    public void HandBack(WriteTransaction transaction, Landing landing, Delivery failed, Workspace caughtUp, Check? check)
    {
        if (Landing.Find(transaction.Db, landing.ItemId) != landing
            || ItemRows.Find(transaction.Db, landing.ItemId) is not { } item || item.RunId != landing.RunId)
            return;
        Landing.Remove(transaction, landing.ItemId);
        WorkspaceStore.BeginsAt(transaction, caughtUp);
        var run = RunRows.Get(transaction.Db, landing.RunId);
        var prompt = failed is { IsPull: true, Conflict: null, PullRequest: { Feedback: { } said } pull }
            ? PullText.Feedback(item.Title, pull, said)
            : LandingText.Prompt(item, failed, check);
        var next = FixRuns.Queue(transaction, sessions, runs, run, prompt, item.Id, Actor);
        if (item.State == ItemStatus.Review)
            items.Advance(transaction, item.Id, ItemStep.Fix, new ItemChange(Actor, failed.Reason) { RunId = next.Id, AgentId = next.Id });
        else
            ItemStore.FollowRun(transaction, item, next.Id);
        deliveries.HandedTo(transaction, failed, next.Id);
        items.Append(transaction, item, ItemEvents.AttemptFailed, Actor, new JsonObject
        {
            ["run_id"] = run.Id,
            ["reason"] = failed.Reason,
            ["next_run_id"] = next.Id,
        });
    }

    /// <summary>An item that somebody moved elsewhere is not delivered any more, unless its branch is being moved at this moment.
    /// </summary>
    public void Moved(WriteTransaction transaction, Item item, ItemStatus from)
    {
        if (Landing.Find(transaction.Db, item.Id) is not { } landing
            || (item.State is ItemStatus.InFlight or ItemStatus.Review && item.RunId == landing.RunId))
            return;
        Landing.Remove(transaction, item.Id);
        if (landing.DeliveryId is { } id && DeliveryRows.Find(transaction.Db, id) is { } delivery
            && !DeliveryLifecycle.IsFinal(delivery.State))
            deliveries.Advance(transaction, delivery, DeliveryStep.Cancel, new DeliveryChange(Actor)
            {
                Reason = DeliveryReasons.Canceled,
                Why = $"Its item went from {ItemLifecycle.Word(from)} to {item.Status}.",
            });
    }

    /// <summary>What a person delivered that had waited for just that, or to be looked at: who brings it there accepts it.</summary>
    void ByPerson(WriteTransaction transaction, Item item, Delivery ended)
    {
        if (ended.State == DeliveryState.Landed && item.RunId == ended.RunId
            && (item.State == ItemStatus.Review || (item.State == ItemStatus.Blocked && item.Causes.Any(cause => cause.Ref == item.RunId
                || DeliveryRows.Find(transaction.Db, cause.Ref)?.ItemId == item.Id))))
            items.Advance(transaction, item.Id, ItemStep.Accept, new ItemChange(ended.RequestedBy, Landed(ended))
            {
                Unchecked = ended.Verdict != Verdicts.Passed,
            });
    }

    static bool GoesBack(Delivery ended) => ended.State == DeliveryState.Conflict
        || ended.Reason is DeliveryReasons.VerifyFailed or DeliveryReasons.ChecksFailed or DeliveryReasons.ChangesRequested;

    /// <summary>How many rounds its deliveries may cost.</summary>
    int MostOf(Item item, Delivery delivery) => delivery.IsPull ? SettingsOf(item)?.GitHub.Rounds ?? PullRequestSettings.DefaultRounds
        : MostRounds;

    /// <summary>Deliveries by itself that did not fit since somebody last made the item ready.</summary>
    static long Rounds(Connection db, string itemId) => db.Number(
        "select count(*) from deliveries where item_id = @id and (requested_by = @by or strategy = 'pull_request') "
        + "and state in ('conflict', 'failed') and created_at >= coalesce((select max(created_at) from runs "
        + "where item_id = @id2 and trigger_kind = 'item' "
        + "and retry_of is null), 0)",
        ("@id", itemId), ("@by", Actor), ("@id2", itemId)) ?? 0;

    static string Landed(Delivery landed) => $"It is on {landed.Into}"
        + $"{(landed.Integrated is { Length: >= 12 } commit ? $" as {commit[..12]}" : "")}"
        + $"{(landed.PullRequest is { Number: { } number } ? $", by pull request #{number}" : "")}.";

    /// <summary>What the first orchestrators called it: pr_open, merged; null for what has no such word.</summary>
    static string? Word(Delivery delivery) => !delivery.IsPull ? null : delivery.State switch
    {
        DeliveryState.Open => "pr_open",
        DeliveryState.Landed => "merged",
        _ => null,
    };


    static JsonObject Told(Delivery delivery) => new()
    {
        ["delivery_id"] = delivery.Id,
        ["state"] = DeliveryLifecycle.Word(delivery.State),
        ["run_id"] = delivery.RunId,
        ["into"] = delivery.Into,
        ["strategy"] = delivery.Strategy,
        ["commit"] = delivery.State == DeliveryState.Landed ? delivery.Integrated : null,
        ["verdict"] = delivery.Verdict,
        ["reason"] = delivery.Reason,
        ["error"] = delivery.Error,
        ["word"] = Word(delivery),
        ["pull_request"] = delivery.PullRequest is { Number: not null } pull ? pull.Summary() : null,
    };
}
