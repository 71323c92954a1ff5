using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>
/// Items in the store. Only <see cref="Write"/> changes a status, with its event and in the caller's transaction: for a step of the pure
/// lifecycle (<see cref="Advance"/>), or for a parent, whose status is computed.
/// </summary>
sealed class ItemStore(Database store, EventLog events)
{
    readonly List<Action<WriteTransaction, Item, ItemStatus>> whenMoved = [];

    /// <summary>Called after COMMIT when something may be started that could not before.</summary>
    public event Action? Stirred;

    /// <summary>Adds what follows when an item's status changed, in that transaction: the item as it is then, and where it came from.
    /// </summary>
    public void WhenMoved(Action<WriteTransaction, Item, ItemStatus> follow) => whenMoved.Add(follow);

    public Database Store => store;

    public EventLog Events => events;

    public Item Insert(WriteTransaction transaction, NewItem order, string actor)
    {
        var id = Ids.New();
        var open = order.BlockedBy.Count(on => !ItemLifecycle.Fulfils(ItemRows.Get(transaction.Db, on).State));
        transaction.Db.Execute(
            "insert into items (id, number, title, description, criteria, status, priority, complexity, project, plan_id, phase, phase_no, "
            + "parent_id, kind, labels, writes, reads, profile, criticality, assignee, due_date, output, artifacts, created_by, "
            + "created_at, updated_at, rank, open_dependencies, reviews, issue) values (@id, @no, @title, @description, "
            + "@criteria, 'inbox', @priority, @complexity, @project, @plan, @phase, @phase_no, @parent, @kind, @labels, "
            + "@writes, @reads, @profile, @criticality, @assignee, @due, @output, '[]', @by, @now, @now2, @rank, @open, @reviews, @issue)",
            ("@id", id), ("@no", transaction.Next("item_no")), ("@title", order.Title), ("@description", order.Description),
            ("@criteria", List(order.AcceptanceCriteria)), ("@priority", order.Priority), ("@complexity", order.Complexity),
            ("@project", order.Project ?? ""), ("@plan", order.Plan), ("@phase", order.Phase), ("@phase_no", order.PhaseNo),
            ("@parent", order.Parent), ("@kind", order.Kind), ("@labels", List(order.Labels)), ("@writes", List(order.Writes)),
            ("@reads", List(order.Reads)), ("@profile", order.Profile), ("@criticality", order.Criticality),
            ("@assignee", order.Assignee), ("@due", order.DueDate), ("@output", order.Output), ("@by", order.CreatedBy ?? actor),
            ("@now", transaction.Now), ("@now2", transaction.Now), ("@open", open), ("@reviews", order.Reviews), ("@issue", order.Issue),
            ("@rank", ItemRank.Of(order.Priority, order.PhaseNo, transaction.Now)));
        Dependencies.Set(transaction, id, order.BlockedBy);
        var made = ItemRows.Get(transaction.Db, id);
        Append(transaction, made, ItemEvents.Added, actor, new JsonObject
        {
            ["number"] = made.Number,
            ["title"] = made.Title,
            ["priority"] = made.Priority,
            ["project"] = made.Project,
            ["status"] = made.Status,
            ["blocked_by"] = new JsonArray([.. made.BlockedBy.Select(on => (JsonNode)on)]),
        });
        if (order.Parent is { } parent)
            Recompute(transaction, parent, actor);
        return made;
    }

    /// <summary>Moves an item one step; null when it is not where the step begins, or has steps of its own.</summary>
    public Item? Advance(WriteTransaction transaction, string id, ItemStep step, ItemChange change)
    {
        var item = ItemRows.Get(transaction.Db, id);
        return item.Steps > 0 || ItemLifecycle.Next(item.State, step) is not { } next ? null : Write(transaction, item, next, change);
    }

    /// <summary>The same for somebody who asks for it: refused with where the item is and where it may go.</summary>
    public Item Move(WriteTransaction transaction, string id, ItemStep step, ItemChange change) =>
        Advance(transaction, id, step, change) ?? throw Refused(ItemRows.Get(transaction.Db, id), step.ToString().ToLowerInvariant());

    /// <summary>The refusal of a move.</summary>
    public static Fault Refused(Item item, string to) => item.Steps > 0
        ? new Fault(FaultCode.Conflict, $"Item {item.Id} has {item.Steps} steps: its status follows from theirs.",
            "Move the steps: agentctl list shows them.")
        : new Fault(FaultCode.Conflict, $"Item {item.Id} is {item.Status}: it cannot go to '{to}'.", item.State == ItemStatus.InFlight
            ? "Somebody has it: complete, release, fail or cancel it." : null)
        {
            Details = new Dictionary<string, object?>
            {
                ["from"] = item.Status,
                ["to"] = to,
                ["allowed"] = ItemLifecycle.Allowed(item.State),
            },
        };

    /// <summary>The one place that writes a status.</summary>
    Item Write(WriteTransaction transaction, Item item, ItemStatus next, ItemChange change)
    {
        var starts = next == ItemStatus.InFlight;
        transaction.Db.Execute(
            "update items set status = @status, updated_at = @now, run_id = coalesce(@run, run_id), agent_id = coalesce(@agent, agent_id), "
            + "lease_id = @lease, fence = fence + @fenced, attempts = attempts + @attempt, report = coalesce(@report, report), "
            + "artifacts = coalesce(@artifacts, artifacts), unchecked = @unchecked, not_before = @not_before, "
            + "idle_runs = coalesce(@idle, idle_runs) where id = @id and status = @expected",
            ("@status", ItemLifecycle.Word(next)), ("@now", transaction.Now), ("@run", change.RunId), ("@agent", change.AgentId),
            ("@lease", starts ? change.LeaseId : null), ("@fenced", starts ? 1 : 0), ("@attempt", starts && !change.Computed ? 1 : 0),
            ("@report", change.Report), ("@artifacts", change.Artifacts is { } files
                ? JsonSerializer.Serialize(files, ItemJson.Default.IReadOnlyListItemArtifact) : null),
            ("@unchecked", change.Unchecked ? 1 : 0), ("@not_before", change.NotBefore?.Micros()), ("@idle", change.IdleRuns),
            ("@id", item.Id), ("@expected", item.Status));
        KeepCauses(transaction, item.Id, change.Causes);
        var after = ItemRows.Get(transaction.Db, item.Id);
        Append(transaction, after, ItemEvents.Moved, change.Actor, Told(item, after, change));
        if (ItemLifecycle.Fulfils(item.State) != ItemLifecycle.Fulfils(next))
            TellDependents(transaction, item.Id, change.Actor);
        if (item.Parent is { } parent)
            Recompute(transaction, parent, change.Actor);
        if (change.ByPerson)
            Breakers.Reset(transaction, this, after, change.Actor);
        whenMoved.ForEach(follow => follow(transaction, after, item.State));
        transaction.AfterCommit(() => Stirred?.Invoke());
        return after;
    }

    /// <summary>Says anew what an item waits for; its status stays.</summary>
    public Item Explain(WriteTransaction transaction, string id, IReadOnlyList<ItemCause> causes, string actor)
    {
        KeepCauses(transaction, id, causes);
        var item = ItemRows.Get(transaction.Db, id);
        Append(transaction, item, ItemEvents.Waits, actor, new JsonObject
        {
            ["causes"] = JsonSerializer.SerializeToNode(causes, ItemJson.Default.IReadOnlyListItemCause),
        });
        return item;
    }

    static void KeepCauses(WriteTransaction transaction, string id, IReadOnlyList<ItemCause> causes)
    {
        transaction.Db.Execute("delete from item_causes where item_id = @id", ("@id", id));
        foreach (var cause in causes)
            transaction.Db.Execute(
                "insert or replace into item_causes (item_id, kind, ref, text, since) values (@id, @kind, @ref, @text, @now)",
                ("@id", id), ("@kind", cause.Kind), ("@ref", cause.Ref), ("@text", cause.Text), ("@now", transaction.Now));
    }

    static JsonObject Told(Item before, Item after, ItemChange change)
    {
        var data = new JsonObject { ["from"] = before.Status, ["to"] = after.Status, ["reason"] = change.Reason };
        if (change.AgentId is not null)
            data["agent_id"] = change.AgentId;
        if (change.LeaseId is not null)
            data["lease_id"] = change.LeaseId;
        if (change.RunId is not null)
            data["run_id"] = change.RunId;
        if (after.State == ItemStatus.InFlight)
            data["attempt"] = after.Attempts;
        if (after.State == ItemStatus.Done)
            data["unchecked"] = after.Unchecked;
        if (after.Causes.Count > 0)
            data["causes"] = JsonSerializer.SerializeToNode(after.Causes, ItemJson.Default.IReadOnlyListItemCause);
        if (change.Computed)
            data["computed"] = true;
        return data;
    }

    /// <summary>Counts anew what those that depend on it wait for.</summary>
    void TellDependents(WriteTransaction transaction, string id, string actor)
    {
        foreach (var dependent in transaction.Db.Query("select item_id from item_dependencies where on_id = @id order by item_id",
            row => row.GetString(0), ("@id", id)))
        {
            Dependencies.Count(transaction, dependent);
            var item = ItemRows.Get(transaction.Db, dependent);
            if (item.OpenDependencies == 0)
                Append(transaction, item, ItemEvents.Freed, actor, []);
        }
    }

    /// <summary>A parent's status follows from its steps.</summary>
    public void Recompute(WriteTransaction transaction, string id, string actor)
    {
        var steps = transaction.Db.Query("select status from items where parent_id = @id",
            row => EnumWords.Read<ItemStatus>(row.GetString(0)), ("@id", id));
        transaction.Db.Execute("update items set steps = @steps where id = @id", ("@steps", steps.Count), ("@id", id));
        var item = ItemRows.Get(transaction.Db, id);
        if (ParentStatus.Of(steps) is { } status && status != item.State)
            Write(transaction, item, status, new ItemChange(actor, "steps")
            {
                Computed = true,
                Causes = status == ItemStatus.Blocked ? [new ItemCause(CauseKinds.Dependency, "One of its steps is blocked.", "")] : [],
            });
    }

    /// <summary>Keeps what became of an item's delivery, for whoever delivers.</summary>
    public Item KeepDelivery(WriteTransaction transaction, string id, JsonObject delivery, string actor)
    {
        transaction.Db.Execute("update items set delivery = @delivery, updated_at = @now where id = @id",
            ("@delivery", delivery.ToJsonString(Json.PlainOptions)), ("@now", transaction.Now), ("@id", id));
        var item = ItemRows.Get(transaction.Db, id);
        Append(transaction, item, ItemEvents.Delivered, actor, new JsonObject { ["delivery"] = delivery.DeepClone() });
        return item;
    }

    /// <summary>
    /// A run of an item at work has changed these files: what the item had not declared counts as claimed from now on, and an event says
    /// so.
    /// </summary>
    public void Touch(WriteTransaction transaction, Item item, string runId, IEnumerable<string> changed)
    {
        if (FileClaims.Surprises(item, changed) is not { Count: > 0 } added)
            return;
        var touched = FileClaims.Short([.. item.Touched, .. added]);
        transaction.Db.Execute("update items set touched = @touched, updated_at = @now where id = @id",
            ("@touched", List(touched)), ("@now", transaction.Now), ("@id", item.Id));
        var now = item with { Touched = touched };
        var meets = item.Project is not { } project ? [] : ItemRows.AtWork(transaction.Db, project, claimsOnly: true)
            .Where(other => other.Id != item.Id && FileClaims.Conflict(now, other) is not null).Select(other => other.Id).ToList();
        Append(transaction, now, ItemEvents.ClaimsUpdated, "daemon", new JsonObject
        {
            ["run_id"] = runId,
            ["added"] = new JsonArray([.. added.Select(path => (JsonNode)path)]),
            ["meets"] = new JsonArray([.. meets.Select(id => (JsonNode)id)]),
        });
    }

    /// <summary>Notes which run works on an item now; its status stays.</summary>
    public static void FollowRun(WriteTransaction transaction, Item item, string runId)
    {
        transaction.Db.Execute("update items set run_id = @run, attempts = attempts + 1, updated_at = @now where id = @id",
            ("@run", runId), ("@now", transaction.Now), ("@id", item.Id));
    }

    /// <summary>Appends an event of the item.</summary>
    public void Append(WriteTransaction transaction, Item item, string type, string actor, JsonObject data) =>
        events.Append(transaction, new NewEvent(type, actor, data, item.AssignedSessionKey, null, item.Id));

    /// <summary>Tells the scheduler to look again, after COMMIT.</summary>
    public void Stir(WriteTransaction transaction) => transaction.AfterCommit(() => Stirred?.Invoke());

    /// <summary>Texts as they are stored.</summary>
    public static string List(IReadOnlyList<string> texts) => JsonSerializer.Serialize(texts, ItemJson.Default.IReadOnlyListString);
}

/// <summary>What a step changes besides the status.</summary>
/// <param name="Actor">Who did it.</param>
/// <param name="Reason">Why, in a word or a sentence.</param>
sealed record ItemChange(string Actor, string? Reason = null)
{
    public string? RunId { get; init; }
    public string? AgentId { get; init; }

    /// <summary>The lease under which it is in flight.</summary>
    public string? LeaseId { get; init; }
    public string? Report { get; init; }
    public IReadOnlyList<ItemArtifact>? Artifacts { get; init; }

    /// <summary>Done by somebody's word only.</summary>
    public bool Unchecked { get; init; }

    /// <summary>Not started by itself before that time.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Successful runs in a row that changed nothing; null leaves the count.</summary>
    public long? IdleRuns { get; init; }

    /// <summary>What blocks it from now on, instead of what did.</summary>
    public IReadOnlyList<ItemCause> Causes { get; init; } = [];

    /// <summary>Somebody moves it on purpose: what repeated itself before counts no longer.</summary>
    public bool ByPerson { get; init; }

    /// <summary>It follows from the item's steps.</summary>
    public bool Computed { get; init; }
}

/// <summary>What a new item is made from; already checked.</summary>
sealed record NewItem
{
    public required string Title { get; init; }
    public string Description { get; init; } = "";
    public IReadOnlyList<string> AcceptanceCriteria { get; init; } = [];

    /// <summary>Its place among <see cref="ItemWords.Priorities"/>.</summary>
    public int Priority { get; init; } = 1;
    public string Complexity { get; init; } = "m";
    public string? Project { get; init; }
    public string? Plan { get; init; }
    public string? Phase { get; init; }
    public long PhaseNo { get; init; }
    public string? Parent { get; init; }
    public string? Kind { get; init; }
    public IReadOnlyList<string> Labels { get; init; } = [];
    public IReadOnlyList<string> Writes { get; init; } = [];
    public IReadOnlyList<string> Reads { get; init; } = [];
    public string? Profile { get; init; }
    public string Criticality { get; init; } = "normal";

    /// <summary>Reviewers of its work; null leaves it to its criticality.</summary>
    public int? Reviews { get; init; }
    public string? Assignee { get; init; }
    public string? DueDate { get; init; }

    /// <summary>The issue it comes from: owner/name#12, or #12.</summary>
    public string? Issue { get; init; }

    /// <summary>JSON of the output request.</summary>
    public string? Output { get; init; }

    /// <summary>In whose name it is added, where the caller says one.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>Whole ids of items that exist.</summary>
    public IReadOnlyList<string> BlockedBy { get; init; } = [];
}
