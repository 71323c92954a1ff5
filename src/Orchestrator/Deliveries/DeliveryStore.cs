using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Deliveries;

/// <summary>What a step of a delivery changes besides its state.</summary>
sealed record DeliveryChange(string Actor)
{
    /// <summary>One sentence for a person.</summary>
    public string? Why { get; init; }

    /// <summary>One of <see cref="DeliveryReasons"/>.</summary>
    public string? Reason { get; init; }
    public string? Expected { get; init; }
    public string? Integrated { get; init; }
    public string? CheckId { get; init; }
    public string? Verdict { get; init; }
    public Conflict? Conflict { get; init; }

    /// <summary>The branch it goes to, now that it is known.</summary>
    public string? Into { get; init; }
}

/// <summary>A delivery that is wanted.</summary>
sealed record DeliveryOrder
{
    public required string RunId { get; init; }
    public string? ItemId { get; init; }
    public required string SessionId { get; init; }
    public string? Project { get; init; }
    public required string Common { get; init; }
    public required string Start { get; init; }
    public string? SourceBranch { get; init; }
    public required string SourceCommit { get; init; }
    public required string Into { get; init; }
    public required string Strategy { get; init; }
    public bool Verify { get; init; }
    public bool UpdateCheckout { get; init; }
    public string? Message { get; init; }

    /// <summary>Of a pull request: it is opened as a draft.</summary>
    public bool Draft { get; init; }
}

/// <summary>
/// Deliveries in the store. <see cref="Advance"/> is the one place that writes a delivery's state: it asks the pure lifecycle, updates the
/// row and appends the event, in the caller's transaction.
/// </summary>
sealed class DeliveryStore(Database store, EventLog events)
{
    readonly List<Action<WriteTransaction, Delivery>> whenEnded = [];
    readonly List<Action<WriteTransaction, Delivery>> whenBegun = [];

    public Database Store => store;

    /// <summary>Called after COMMIT when there is something to do.</summary>
    public event Action? Stirred;

    /// <summary>Adds what follows when a delivery landed or did not, in that transaction, after its event.</summary>
    public void WhenEnded(Action<WriteTransaction, Delivery> follow) => whenEnded.Add(follow);

    /// <summary>Adds what follows when a delivery is wanted, or its pull request is open, in that transaction, after its event.</summary>
    public void WhenBegun(Action<WriteTransaction, Delivery> follow) => whenBegun.Add(follow);

    public Delivery Add(WriteTransaction transaction, DeliveryOrder order, string actor)
    {
        var id = Ids.New();
        transaction.Db.Execute(
            "insert into deliveries (id, created_no, run_id, item_id, session_id, project, common, start, source_branch, source_commit, "
            + "target, strategy, verify, update_checkout, message, requested_by, state, attempts, created_at) values (@id, @no, @run, "
            + "@item, @session, @project, @common, @start, @branch, @commit, @into, @strategy, @verify, @update, @message, @by, 'waiting', "
            + "0, @now)",
            ("@id", id), ("@no", transaction.Next("queue_no")), ("@run", order.RunId), ("@item", order.ItemId),
            ("@session", order.SessionId), ("@project", order.Project), ("@common", order.Common), ("@start", order.Start),
            ("@branch", order.SourceBranch), ("@commit", order.SourceCommit), ("@into", order.Into), ("@strategy", order.Strategy),
            ("@verify", order.Verify ? 1 : 0), ("@update", order.UpdateCheckout ? 1 : 0), ("@message", order.Message), ("@by", actor),
            ("@now", transaction.Now));
        if (order.Strategy == Delivery.PullRequests)
            PullRows.Add(transaction, id, order.Draft);
        var delivery = DeliveryRows.Get(transaction.Db, id);
        Tell(transaction, delivery, null, new DeliveryChange(actor));
        whenBegun.ForEach(follow => follow(transaction, delivery));
        transaction.AfterCommit(() => Stirred?.Invoke());
        return delivery;
    }

    /// <summary>Moves a delivery one step; null when it is no longer in the state the caller believes.</summary>
    public Delivery? Advance(WriteTransaction transaction, Delivery mine, DeliveryStep step, DeliveryChange change)
    {
        var before = DeliveryRows.Get(transaction.Db, mine.Id);
        if (before.State != mine.State || DeliveryLifecycle.Next(before.State, step) is not { } next)
            return null;
        var final = DeliveryLifecycle.IsFinal(next);
        transaction.Db.Execute(
            "update deliveries set state = @state, attempts = attempts + @claimed, started_at = coalesce(started_at, @started), "
            + "ended_at = @ended, target = coalesce(@into, target), expected = coalesce(@expected, expected), "
            + "integrated = coalesce(@integrated, integrated), "
            + "check_id = case when @over = 1 then null else coalesce(@check, check_id) end, "
            + "verdict = case when @over = 1 then null else coalesce(@verdict, verdict) end, reason = @reason, error = @error, "
            + "conflict = coalesce(@conflict, conflict) where id = @id and state = @before",
            ("@state", DeliveryLifecycle.Word(next)), ("@claimed", step is DeliveryStep.Claim or DeliveryStep.Publish ? 1 : 0),
            ("@started", step is DeliveryStep.Claim or DeliveryStep.Publish ? transaction.Now : null), ("@into", change.Into),
            ("@ended", final ? transaction.Now : null),
            ("@expected", change.Expected), ("@integrated", change.Integrated), ("@over", step == DeliveryStep.StartOver ? 1 : 0),
            ("@check", change.CheckId), ("@verdict", change.Verdict), ("@reason", change.Reason),
            ("@error", next is DeliveryState.Failed or DeliveryState.Conflict ? change.Why : null),
            ("@conflict", change.Conflict is { } conflict ? JsonSerializer.Serialize(conflict, DeliveryJson.Default.Conflict) : null),
            ("@id", mine.Id), ("@before", DeliveryLifecycle.Word(before.State)));
        var after = DeliveryRows.Get(transaction.Db, mine.Id);
        Tell(transaction, after, before.State, change);
        if (final)
            whenEnded.ForEach(follow => follow(transaction, after));
        else if (next == DeliveryState.Open)
            whenBegun.ForEach(follow => follow(transaction, after));
        transaction.AfterCommit(() => Stirred?.Invoke());
        return after;
    }

    /// <summary>What did not fit was given to a run.</summary>
    public void HandedTo(WriteTransaction transaction, Delivery delivery, string runId)
    {
        transaction.Db.Execute("update deliveries set handed_to = @run where id = @id", ("@run", runId), ("@id", delivery.Id));
        events.Append(transaction, new NewEvent(DeliveryEvents.Handed, "daemon", new JsonObject
        {
            ["delivery_id"] = delivery.Id,
            ["next_run_id"] = runId,
        }, delivery.SessionId, delivery.RunId, delivery.ItemId));
    }

    /// <summary>Calls a delivery off. Refused when it has ended otherwise, or its branch is being moved.</summary>
    public Delivery Cancel(WriteTransaction transaction, string id, string actor, string? why)
    {
        var delivery = DeliveryRows.Get(transaction.Db, id);
        if (delivery.State == DeliveryState.Canceled)
            return delivery;
        return Advance(transaction, delivery, DeliveryStep.Cancel, new DeliveryChange(actor)
        {
            Reason = DeliveryReasons.Canceled, Why = why,
        })
            ?? throw new Fault(FaultCode.Conflict, $"Delivery {id} is {DeliveryLifecycle.Word(delivery.State)}: it cannot be called off.");
    }

    void Tell(WriteTransaction transaction, Delivery now, DeliveryState? from, DeliveryChange change)
    {
        var data = new JsonObject
        {
            ["delivery_id"] = now.Id,
            ["from"] = from is { } before ? DeliveryLifecycle.Word(before) : null,
            ["into"] = now.Into,
            ["strategy"] = now.Strategy,
            ["attempts"] = now.Attempts,
        };
        var files = change.Conflict is { } conflict ? new JsonArray([.. conflict.Files.Select(file => (JsonNode)file)]) : null;
        foreach (var (name, value) in ((string, JsonNode?)[])
            [("why", change.Why), ("reason", now.State is DeliveryState.Failed or DeliveryState.Canceled ? change.Reason : null),
                ("expected", change.Expected), ("integrated", change.Integrated), ("check_id", change.CheckId), ("verdict", change.Verdict),
                ("files", files)])
            if (value is not null)
                data[name] = value;
        if (now.State == DeliveryState.Open && now.PullRequest is { } pull)
            data["pull_request"] = pull.Summary();
        events.Append(transaction,
            new NewEvent(DeliveryEvents.Type(now.State), change.Actor, data, now.SessionId, now.RunId, now.ItemId));
    }

    /// <summary>What GitHub says of a pull request changed, and what becomes of it.</summary>
    public void TellSeen(WriteTransaction transaction, Delivery now, PullFeedback feedback, string becomes) =>
        events.Append(transaction, new NewEvent(DeliveryEvents.Seen, "daemon", new JsonObject
        {
            ["delivery_id"] = now.Id,
            ["number"] = now.PullRequest?.Number,
            ["head"] = feedback.Head,
            ["checks"] = JsonSerializer.SerializeToNode(now.PullRequest?.Checks ?? [],
                DeliveryJson.Default.IReadOnlyListPullCheckSeen),
            ["comments"] = feedback.Comments.Count,
            ["becomes"] = becomes,
        }, now.SessionId, now.RunId, now.ItemId));
}
