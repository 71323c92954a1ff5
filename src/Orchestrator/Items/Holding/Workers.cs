using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>An outside worker, or whoever has an item.</summary>
/// <param name="Status">idle, working or offline: as it said, and offline when it has been silent for long.</param>
/// <param name="ItemIds">What it has now.</param>
sealed record WorkerView(string AgentId, [property: Words("idle", "working", "offline")] string Status, DateTimeOffset LastSeenAt,
    IReadOnlyList<string> ItemIds);

/// <summary>Outside workers tell of themselves and are listed. One that goes offline gives back what it has.</summary>
static class Workers
{
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(90);

    static readonly IReadOnlyList<string> Statuses = ["idle", "working", "offline"];

    /// <summary>POST /api/agents/heartbeat.</summary>
    public sealed record Request(
        [property: JsonPropertyName("agentId")] string? AgentId, [property: JsonPropertyName("status")] string? Status);

    public static void Map(Routes routes, Leases leases, TimeProvider clock)
    {
        routes.Post("/api/agents/heartbeat", "WorkerHeartbeat", async call =>
        {
            var request = await call.Body(ExecutorJson.Default.WorkersRequest);
            var agent = Intake.Line("agentId", request.AgentId) ?? throw Fault.Invalid("agentId", "is required.");
            var status = Intake.Word("status", request.Status, Statuses) ?? "idle";
            await leases.Items.Store.Write(transaction => Hear(transaction, leases, agent, status, call.Principal.Name));
            var seen = leases.Items.Store.Read(List).Single(worker => worker.AgentId == agent);
            return Reply.Ok(json => json.Member("agent", seen, ExecutorJson.Default.WorkerView));
        }, doc: () => RouteDoc.Of("A worker tells that it is there. One that goes offline gives back what it has.")
            .Takes(ExecutorJson.Default.WorkersRequest, "agentId").Gives("agent", ExecutorJson.Default.WorkerView));
        routes.Get("/api/agents", "ListWorkers", _ =>
        {
            var now = clock.GetUtcNow();
            var found = leases.Items.Store.Read(List)
                .Select(worker => now - worker.LastSeenAt > Silence && worker.ItemIds.Count == 0
                    ? worker with { Status = "offline" } : worker)
                .ToList();
            return Task.FromResult(Reply.Ok(json => json.Member("agents", found, ExecutorJson.Default.IReadOnlyListWorkerView)));
        }, doc: () => RouteDoc.Of("Workers as they last told of themselves, and whoever has an item.")
            .Gives("agents", ExecutorJson.Default.IReadOnlyListWorkerView));
    }

    static void Hear(WriteTransaction transaction, Leases leases, string agent, string status, string actor)
    {
        var before = transaction.Db.Text("select status from queue_workers where agent_id = @agent", ("@agent", agent));
        transaction.Db.Execute("insert into queue_workers (agent_id, status, seen_at) values (@agent, @status, @now) "
            + "on conflict (agent_id) do update set status = excluded.status, seen_at = excluded.seen_at",
            ("@agent", agent), ("@status", status), ("@now", transaction.Now));
        if (before == status)
            return;
        leases.Items.Events.Append(transaction, new NewEvent(ItemEvents.Worker, actor,
            new JsonObject { ["agent_id"] = agent, ["status"] = status }));
        if (status != "offline")
            return;
        foreach (var lease in Lease.Open(transaction.Db).Where(lease => lease.AgentId == agent && lease.Mode == "claim"))
        {
            Leases.End(transaction, lease.Id, "released");
            leases.Items.Move(transaction, lease.ItemId, ItemStep.GiveBack, new ItemChange(actor, $"{agent} went offline"));
        }
    }

    static IReadOnlyList<WorkerView> List(Connection db)
    {
        var open = Lease.Open(db).ToLookup(lease => lease.AgentId);
        var told = db.Query("select agent_id, status, seen_at from queue_workers order by agent_id",
            row => new WorkerView(row.GetString(0), row.GetString(1), row.Time(2), []));
        var others = open.Where(held => told.TrueForAll(worker => worker.AgentId != held.Key))
            .Select(held => new WorkerView(held.Key, "working", held.Max(lease => lease.TakenAt), []));
        return [.. told.Concat(others).Select(worker => worker with { ItemIds = [.. open[worker.AgentId].Select(lease => lease.ItemId)] })];
    }
}
