using System.Text.Json.Serialization;
using Orchestrator.Http;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>An outside worker takes whatever is next for it, for a time.</summary>
static class ClaimItem
{
    /// <summary>How long a lease lasts without a sign of life, in seconds, where nothing is said; and the bounds.</summary>
    public const double DefaultSeconds = 300, Least = 1, Most = 86_400;

    /// <summary>POST /items/claim and POST /api/queue/claim: the same words, those of the first queue and ours.</summary>
    public sealed record Request(
        [property: JsonPropertyName("agentId")] string? AgentId,
        [property: JsonPropertyName("agent_id")] string? AgentIdToo,
        [property: JsonPropertyName("capabilities")] IReadOnlyList<string>? Capabilities,
        [property: JsonPropertyName("project")] string? Project,
        [property: JsonPropertyName("lease_s")] double? LeaseSeconds,
        [property: JsonPropertyName("idempotency_key")] string? IdempotencyKey)
    {
        /// <summary>The worker's name.</summary>
        public string Agent() => Intake.Line("agentId", AgentId ?? AgentIdToo)
            ?? throw Fault.Invalid("agentId", "is required: the name of the worker that claims.");
    }

    public static void Map(Routes routes, Leases leases, QueueRules rules, ProjectStore projects, TimeProvider clock)
    {
        routes.Post("/items/claim", nameof(ClaimItem), call => Claim(call, leases, rules, projects, clock, seed: false),
            doc: () => Answers(Doc().GivesMaybe("item", ItemJson.Default.Item)));
        routes.Post("/api/queue/claim", "QueueClaim", call => Claim(call, leases, rules, projects, clock, seed: true),
            doc: () => Answers(Doc().GivesMaybe("item", QueueJson.Default.QueueItem)));
    }

    static RouteDoc Doc() => RouteDoc.Of("A worker takes the item that is next for it. It keeps it by signs of life; without them the "
        + "item is given back when the lease is over. It gets no folder: POST /api/executor/run/{id} takes an item and prepares one.")
        .Takes(HoldJson.Default.ClaimItemRequest);

    static RouteDoc Answers(RouteDoc doc) =>
        doc.GivesMaybe("lease", HoldJson.Default.LeaseView).Gives("message", Shape.Maybe(Shape.Text));

    static async Task<Reply> Claim(Call call, Leases leases, QueueRules rules, ProjectStore projects, TimeProvider clock, bool seed)
    {
        var request = await call.Body(HoldJson.Default.ClaimItemRequest);
        var agent = request.Agent();
        if (request.LeaseSeconds is not (null or (>= Least and <= Most)))
            throw Fault.Unprocessable("lease_s", $"must be {Least} to {Most} seconds.");
        var can = Intake.Lines("capabilities", request.Capabilities)?.ToHashSet() ?? [];
        // One that nobody has would be waited for without end.
        var project = request.Project is null ? null : projects.Require(request.Project).Name;
        var all = rules.OfAllWithWork();
        var store = leases.Items.Store;
        return await Once.Write(store, call, "", request.IdempotencyKey, request with { IdempotencyKey = null },
            HoldJson.Default.ClaimItemRequest, transaction =>
        {
            var view = QueueView.Read(transaction.Db, transaction.Now, LocalDay.Of(transaction.Now, clock), int.MaxValue);
            var next = NextItem.Choose(transaction.Db, view, all, Purpose.Next, project, null, can);
            if (next is null)
                return Reply.Ok(json =>
                {
                    json.WriteNull("item");
                    json.WriteNull("lease");
                    json.WriteString("message", "No work available.");
                });
            var (item, lease) = leases.Take(transaction, next.Id, new LeaseOrder(Ids.New(), agent, "claim",
                TimeSpan.FromSeconds(request.LeaseSeconds ?? DefaultSeconds)), call.Principal.Name);
            return Reply.Ok(json =>
            {
                ItemWire.Write(json, "item", item, seed);
                LeaseView.Write(json, lease);
                json.WriteNull("message");
            });
        });
    }
}

/// <summary>A lease as its holder gets it.</summary>
sealed record LeaseView(string Id, long Fence, DateTimeOffset? ExpiresAt)
{
    public static void Write(System.Text.Json.Utf8JsonWriter json, Lease lease) =>
        json.Member("lease", new LeaseView(lease.Id, lease.Fence, lease.ExpiresAt), HoldJson.Default.LeaseView);
}
