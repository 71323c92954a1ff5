using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>
/// Who has an item tells of it: that they are still at it, that it is done, that they give it back, that it failed. Without a lease it is
/// a person's word, recorded as that.
/// </summary>
static class ReportWork
{
    const int ReportBytes = 64 * 1024;

    /// <summary>POST /items/{id}/heartbeat, complete, release and fail, and the same below /api/queue.</summary>
    public sealed record Request(
        [property: JsonPropertyName("lease_id")] string? LeaseId,
        [property: JsonPropertyName("fence")] long? Fence,
        [property: JsonPropertyName("artifacts")] JsonElement? Artifacts,
        [property: JsonPropertyName("report")] string? Report,
        [property: JsonPropertyName("reason")] string? Reason);

    /// <summary>What the transaction came to: the item, or that the lease was an old one.</summary>
    readonly record struct Outcome(Item Item, bool IsLate);

    public static void Map(Routes routes, Leases leases, LeaseWorktrees places, TimeProvider clock)
    {
        routes.Post("/items/{id}/heartbeat", "HeartbeatItem", call => Heartbeat(call, leases), doc: HeartbeatDoc);
        routes.Post("/api/queue/{id}/heartbeat", "QueueHeartbeat", call => Heartbeat(call, leases), doc: HeartbeatDoc);
        routes.Post("/items/{id}/complete", "CompleteItem", call => Report(call, leases, places, clock, "complete", seed: false),
            doc: () => Doc("The work is done. With a lease it is checked before it counts; without one it counts as a person's word.")
                .GivesItem(seed: false));
        routes.Post("/api/queue/{id}/complete", "QueueComplete", call => Report(call, leases, places, clock, "complete", seed: true),
            doc: () => Doc("The work is done. With a lease it is checked before it counts; without one it counts as a person's word.")
                .GivesItem(seed: true));
        routes.Post("/items/{id}/release", "ReleaseItem", call => Report(call, leases, places, clock, "release", seed: false),
            doc: () => Doc("Gives the item back: it is ready again.").GivesItem(seed: false));
        routes.Post("/api/queue/{id}/release", "QueueRelease", call => Report(call, leases, places, clock, "release", seed: true),
            doc: () => Doc("Gives the item back: it is ready again.").GivesItem(seed: true));
        routes.Post("/items/{id}/fail", "FailItem", call => Report(call, leases, places, clock, "fail", seed: false),
            doc: () => Doc("The work failed: it is tried again later, and a person looks after the last attempt.").GivesItem(seed: false));
        routes.Post("/api/queue/{id}/fail", "QueueFail", call => Report(call, leases, places, clock, "fail", seed: true),
            doc: () => Doc("The work failed: it is tried again later, and a person looks after the last attempt.").GivesItem(seed: true));
    }

    static RouteDoc HeartbeatDoc() => RouteDoc.Of("Who has the item is still at it; an old lease is refused.")
        .Takes(HoldJson.Default.ReportWorkRequest, "lease_id", "fence").Refuses(FaultCode.Conflict)
        .Gives("lease", HoldJson.Default.LeaseView);

    static RouteDoc Doc(string sentence) => RouteDoc.Of(sentence).Takes(HoldJson.Default.ReportWorkRequest).Refuses(FaultCode.Conflict);

    static async Task<Reply> Heartbeat(Call call, Leases leases)
    {
        var request = await call.Body(HoldJson.Default.ReportWorkRequest);
        var leaseId = request.LeaseId ?? throw Fault.Invalid("lease_id", "is required.");
        var fence = request.Fence ?? throw Fault.Invalid("fence", "is required.");
        var id = leases.Items.Store.Read(db => ItemRows.Resolve(db, call.Part("id"))).Id;
        var lease = await leases.Items.Store.Write(transaction =>
            leases.Renew(transaction, ItemRows.Get(transaction.Db, id), leaseId, fence, call.Principal.Name));
        return Reply.Ok(json => LeaseView.Write(json, lease));
    }

    static async Task<Reply> Report(Call call, Leases leases, LeaseWorktrees places, TimeProvider clock, string how, bool seed)
    {
        var request = await call.Body(HoldJson.Default.ReportWorkRequest);
        if (request.LeaseId is not null && request.Fence is null)
            throw Fault.Invalid("fence", "is required with lease_id.");
        var report = string.IsNullOrWhiteSpace(request.Report) ? null : Texts.Body("report", request.Report, ReportBytes);
        var reason = Intake.Line("reason", request.Reason);
        var artifacts = ArtifactList.Read(request.Artifacts, clock.GetUtcNow());
        var id = leases.Items.Store.Read(db => ItemRows.Resolve(db, call.Part("id"))).Id;
        var work = how == "complete" && leases.Items.Store.Read(db => Held(db, id, request.LeaseId)) is { } held
            ? await places.Save(held, done: true) : null;
        var (item, isLate) = await leases.Items.Store.Write(transaction =>
        {
            var order = new Order(how, request.LeaseId, request.Fence ?? 0, report, reason, artifacts, call.Principal.Name) { Work = work };
            var before = ItemRows.Get(transaction.Db, id);
            return request.LeaseId is null ? new Outcome(ByPerson(transaction, leases, before, order), false)
                : ByHolder(transaction, leases, before, order);
        });
        if (isLate)
            throw Leases.Late(item, request.LeaseId!);
        return ItemWire.One(item, seed);
    }

    /// <summary>What is told, checked.</summary>
    sealed record Order(string How, string? LeaseId, long Fence, string? Report, string? Reason, IReadOnlyList<ItemArtifact>? Artifacts,
        string Actor)
    {
        /// <summary>What was in the worker's worktree; null when it had none.</summary>
        public Workspaces.WorkReport? Work { get; init; }
    }

    /// <summary>The lease under which the item is at work, when it is the one that is meant.</summary>
    static Lease? Held(Connection db, string id, string? leaseId) => ItemRows.Get(db, id).LeaseId is { } lease
        && (leaseId is null || leaseId == lease) ? Lease.Find(db, lease) : null;

    static Outcome ByHolder(WriteTransaction transaction, Leases leases, Item item, Order order)
    {
        if (Leases.Holding(transaction.Db, item, order.LeaseId!, order.Fence) is not { } lease)
            // The same word once more is what a worker says that did not hear the answer.
            return Lease.Find(transaction.Db, order.LeaseId!) is { } old && old.ItemId == item.Id && old.Fence == order.Fence
                && old.EndedHow == Ended(order.How)
                ? new Outcome(item, false) : new Outcome(KeepLate(transaction, leases, item, order), true);
        Leases.End(transaction, lease.Id, Ended(order.How), order.Report);
        if (order.Work is { } work)
            leases.Items.Touch(transaction, item, lease.Id, work.FilesChanged.Select(file => file.Path));
        return new Outcome(order.How switch
        {
            "complete" => leases.Flow.Done(transaction, new Worked(item, order.Actor)
            {
                LeaseId = lease.Id,
                Report = order.Report,
                Artifacts = order.Artifacts,
                Branch = order.Work?.Branch,
            }),
            "release" => leases.Items.Move(transaction, item.Id, ItemStep.GiveBack,
                new ItemChange(order.Actor, order.Reason ?? "released")),
            _ => leases.Failed(transaction, item, order.Actor, order.Reason ?? order.Report ?? "The worker says that it failed."),
        }, false);
    }

    static string Ended(string how) => how switch { "complete" => "completed", "release" => "released", _ => "failed" };

    static Item KeepLate(WriteTransaction transaction, Leases leases, Item item, Order order)
    {
        leases.Items.Append(transaction, item, ItemEvents.LateResult, order.Actor, new JsonObject
        {
            ["lease_id"] = Texts.Short(order.LeaseId!),
            ["fence"] = order.Fence,
            ["current_fence"] = item.Fence,
            ["how"] = order.How,
            ["report"] = order.Report ?? order.Reason,
            ["artifacts"] = JsonSerializer.SerializeToNode(order.Artifacts ?? [], ItemJson.Default.IReadOnlyListItemArtifact),
        });
        return item;
    }

    static Item ByPerson(WriteTransaction transaction, Leases leases, Item item, Order order)
    {
        var items = leases.Items;
        if (item.State == ItemStatus.InFlight && item.Steps == 0)
        {
            if (item.LeaseId is null && transaction.Db.Number("select 1 from runs where id = @run and ended_at is null",
                ("@run", item.RunId)) is not null)
                throw new Fault(FaultCode.Conflict, $"Item {item.Id} has a run at work: {item.RunId}.",
                    $"Cancel it first: agentctl run cancel {item.RunId}");
            if (item.LeaseId is { } lease)
                Leases.End(transaction, lease, "overruled", order.Report);
            return order.How switch
            {
                "complete" => items.Move(transaction, item.Id, ItemStep.Finish, AsSaid(order)),
                "release" => items.Move(transaction, item.Id, ItemStep.GiveBack, new ItemChange(order.Actor, order.Reason ?? "released")),
                _ => leases.Failed(transaction, item, order.Actor, order.Reason ?? order.Report ?? "A person says that it failed."),
            };
        }

        if (order.How == "complete")
            return item.State == ItemStatus.Done ? item : items.Move(transaction, item.Id, ItemStep.Accept, AsSaid(order));
        throw ItemStore.Refused(item, order.How == "release" ? "ready" : "failed");
    }

    static ItemChange AsSaid(Order order) => new(order.Actor, order.Reason ?? "by a person, unchecked")
    {
        Unchecked = true,
        Report = order.Report,
        Artifacts = order.Artifacts,
    };
}

/// <summary>Artifacts as a worker lists them: names or paths, or objects with type, name, path, description and size.</summary>
static class ArtifactList
{
    const int Most = 500;

    /// <summary>Null when none were given.</summary>
    public static IReadOnlyList<ItemArtifact>? Read(JsonElement? given, DateTimeOffset now)
    {
        if (given is not { ValueKind: not JsonValueKind.Null } list)
            return null;
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > Most)
            throw Fault.Unprocessable("artifacts", $"must be a list of at most {Most} names or objects.");
        return [.. list.EnumerateArray().Select(one => One(one, now))];
    }

    static ItemArtifact One(JsonElement one, DateTimeOffset now) => one.ValueKind switch
    {
        JsonValueKind.String => new ItemArtifact
        {
            Id = Ids.New(),
            Type = one.GetString()!.Contains("://", StringComparison.Ordinal) ? "link" : "file",
            Name = Intake.Line("artifacts", Path.GetFileName(one.GetString())),
            Path = Intake.Line("artifacts", one.GetString()),
            CreatedAt = now,
        },
        JsonValueKind.Object => new ItemArtifact
        {
            Id = Ids.New(),
            Type = Intake.Word("artifacts.type", Text(one, "type"), ItemWords.ArtifactTypes) ?? "file",
            Name = Text(one, "name"),
            Path = Text(one, "path"),
            Description = Text(one, "description"),
            Size = one.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes)
                ? bytes : null,
            CreatedAt = now,
        },
        _ => throw Fault.Unprocessable("artifacts", "must hold names or objects."),
    };

    static string? Text(JsonElement one, string name) => !one.TryGetProperty(name, out var text) || text.ValueKind == JsonValueKind.Null
        ? null : text.ValueKind == JsonValueKind.String ? Intake.Line($"artifacts.{name}", text.GetString())
        : throw Fault.Unprocessable($"artifacts.{name}", "must be a text.");
}
