using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Providers;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Daemon;

/// <summary>Is it alive, is it well, and what is it busy with.</summary>
static class Health
{
    /// <summary>Below this much free space runs may fail to write.</summary>
    const long LowDiskBytes = 512L * 1024 * 1024;

    const string Stopping = "The daemon is stopping: nothing new starts, what runs goes on, and what is queued waits for the next daemon.";

    /// <summary>What this version can do, for clients that check instead of guessing.</summary>
    static readonly string[] Capabilities = ["sessions", "messages", "runs", "resume", "events", "sse", "websocket", "projects",
        "worktrees", "idempotency", "families", "requests", "tokens", "mcp", "drain", "version_header", "event_filters",
        "retries", "cool_downs", "notifications", "usage", "run_health"];

    /// <param name="usage">What was used today.</param>
    /// <param name="troubles">What else is wrong, each in words.</param>
    public static void Map(Routes routes, Database store, Dispatcher dispatcher, EventFeed feed, DaemonSettings settings,
        Lifetime lifetime, Func<IReadOnlyList<string>> troubles, Func<Connection, JsonObject> usage)
    {
        var clock = lifetime.Clock;
        foreach (var path in new[] { "/health", "/health/live", "/health/ready" })
        {
            routes.Get(path, nameof(Health), _ =>
            {
                if (path == "/health/ready" && lifetime.Draining.IsCancellationRequested)
                    throw new Fault(FaultCode.Unavailable, Stopping) { RetryAfterSeconds = 1 };
                if (path == "/health/ready" && (store.Trouble is not null || !dispatcher.Alive))
                    throw new Fault(FaultCode.Unavailable, store.Trouble ?? "The dispatcher is not running yet.") { RetryAfterSeconds = 1 };
                return Task.FromResult(Reply.Ok(new JsonObject
                {
                    ["status"] = "ok", ["timestamp"] = clock.GetUtcNow().UtcDateTime,
                    ["version"] = Lifetime.Version
                }));
            }, Scope.Open, doc: HealthDoc);
        }

        routes.Get("/daemon/status", "DaemonStatus", _ =>
        {
            var counts = store.Read(RunRows.Counts);
            var draining = lifetime.Draining.IsCancellationRequested;
            List<string> reasons = [.. Reasons(store, dispatcher, settings, draining), .. troubles()];
            return Task.FromResult(Reply.Ok(new JsonObject
            {
                ["daemon_health"] = reasons.Count == 0 ? "ok"
                    : store.Trouble is not null || (!dispatcher.Alive && !draining) ? "failing" : "degraded",
                ["reasons"] = new JsonArray([.. reasons.Select(reason => (JsonNode)reason)]),
                ["version"] = Lifetime.Version,
                ["started_at"] = lifetime.StartedAt.UtcDateTime,
                ["uptime_s"] = (long)(clock.GetUtcNow() - lifetime.StartedAt).TotalSeconds,
                ["pid"] = Environment.ProcessId,
                ["draining"] = draining,
                ["data_folder"] = settings.DataFolder,
                ["max_concurrency"] = dispatcher.Slots,
                ["alive_workers"] = dispatcher.Alive ? dispatcher.Slots : 0,
                ["queue_counts"] = QueueCounts.Of(counts),
                ["run_health"] = store.Read(db => HealthCounts.Of(db, counts)),
                ["cool_downs"] = CoolDowns(store),
                ["store"] = new JsonObject
                {
                    ["kind"] = "sqlite", ["version"] = store.Version.ToString(), ["events"] = feed.Latest,
                    ["path"] = store.Path
                },
                ["usage_today"] = store.Read(usage),
                ["capabilities"] = new JsonArray([.. Capabilities.Select(one => (JsonNode)one)]),
            }));
        }, ownRun: RunAccess.Always, doc: StatusDoc);
        routes.Get("/doctor/store", "CheckStore", _ =>
            Task.FromResult(Reply.Ok(new JsonObject { ["integrity"] = store.CheckIntegrity() })), Scope.Admin,
            doc: () => RouteDoc.Of("Checks the database; on a large one this takes minutes. The answer is ok, or what is wrong.")
                .Gives("integrity", Shape.Text));
    }

    // Without the words and the run they came from: any agent may read this.
    static JsonArray CoolDowns(Database store) => new([.. store.Read(CoolDownRows.All).Select(on => new JsonObject
    {
        ["provider"] = on.Provider,
        ["until"] = on.Until.UtcDateTime,
        ["reason"] = on.Reason,
        ["waiting"] = on.Waiting,
    })]);

    static List<string> Reasons(Database store, Dispatcher dispatcher, DaemonSettings settings, bool draining)
    {
        var reasons = new List<string>();
        if (store.Trouble is { } trouble)
            reasons.Add($"The store cannot write: {trouble}.");
        if (draining)
            reasons.Add(Stopping);
        else if (!dispatcher.Alive)
            reasons.Add("The dispatcher is not running; no run starts.");
        var free = new DriveInfo(settings.DataFolder).AvailableFreeSpace;
        if (free < LowDiskBytes)
            reasons.Add($"Only {free / (1024 * 1024)} MiB are free on the disk of {settings.DataFolder}.");
        return reasons;
    }

    static RouteDoc HealthDoc() => RouteDoc.Of("Is it alive? /health/ready also asks whether it can work: 503 until then.")
        .Refuses(FaultCode.Unavailable)
        .Gives("status", Shape.Word("ok")).Gives("timestamp", Shape.Time).Gives("version", Shape.Text);

    static RouteDoc StatusDoc() => RouteDoc.Of("How the daemon is, and what it is busy with.")
        .Gives("daemon_health", Shape.Word("ok", "degraded", "failing")).Gives("reasons", Shape.List(Shape.Text))
        .Gives("version", Shape.Text).Gives("started_at", Shape.Time).Gives("uptime_s", Shape.Whole).Gives("pid", Shape.Whole)
        .Gives("draining", Shape.Flag)
        .Gives("data_folder", Shape.Text).Gives("max_concurrency", Shape.Whole).Gives("alive_workers", Shape.Whole)
        .Gives("queue_counts", QueueCounts.Schema()).Gives("run_health", HealthCounts.Schema())
        .Gives("cool_downs", Shape.List(Shape.Members(
            ("provider", Shape.Text), ("until", Shape.Time), ("reason", Shape.Text), ("waiting", Shape.Whole))))
        .Gives("store", Shape.Members(("kind", Shape.Text), ("version", Shape.Text), ("events", Shape.Whole), ("path", Shape.Text)))
        .Gives("usage_today", Spending.ShowUsage.TodayShape())
        .Gives("capabilities", Shape.List(Shape.Text));
}
