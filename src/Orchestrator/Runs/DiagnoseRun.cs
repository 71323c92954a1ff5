using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Store;
using Orchestrator.Terminals;

namespace Orchestrator.Runs;

/// <summary>Answers "why is this run not moving?" with one code and one sentence, and the facts behind them.</summary>
static class DiagnoseRun
{
    static readonly TimeSpan Stalled = TimeSpan.FromMinutes(5);

    public static void Map(Routes routes, RunStore runs, Dispatcher dispatcher, DaemonFacts facts, TimeProvider clock) =>
        routes.Get("/runs/{id}/diagnose", nameof(DiagnoseRun), call =>
        {
            var (run, counts, position, blocker) = runs.Store.Read(db =>
            {
                var found = RunRows.Resolve(db, call.Part("id"));
                return (found, RunRows.Counts(db), Position(db, found), Blocker(db, found));
            });
            var order = ReadOrder(Path.Combine(facts.RunFolder(run.Id), "order.json"));
            var holder = run is { Pid: { } pid, PidStart: { } start, BootId: { } boot } ? new ProcessIdentity(pid, start, boot)
                : (ProcessIdentity?)null;
            var live = holder is { IsAlive: true };
            var issue = Issue(new Facts(run, dispatcher.Alive, position, blocker, live, dispatcher.Slots, clock.GetUtcNow()));
            return Task.FromResult(Reply.Ok(new JsonObject
            {
                ["diagnostics"] = new JsonObject
                {
                    ["run_id"] = run.Id,
                    ["run_status"] = RunLifecycle.Word(run.Status),
                    ["reason"] = run.Reason,
                    ["worker_id"] = run.WorkerId,
                    ["worker_alive"] = dispatcher.Alive,
                    ["alive_workers"] = dispatcher.Alive ? dispatcher.Slots : 0,
                    ["max_concurrency"] = dispatcher.Slots,
                    ["queue_counts"] = QueueCounts.Of(counts),
                    ["queue_position"] = position,
                    ["likely_issue"] = new JsonObject { ["code"] = issue.Code, ["text"] = issue.Text },
                    ["active_pid"] = live ? run.Pid : null,
                    ["last_event_at"] = run.LastEventAt?.UtcDateTime,
                    ["waiting_for"] = run.Status == RunStatus.Queued ? issue.Code : null,
                    ["protection"] = run.Protection,
                    ["total_limit_s"] = run.TotalLimit.TotalSeconds,
                    ["idle_limit_s"] = run.IdleLimit.TotalSeconds,
                    [AgentCatalog.InvocationField] = Invocation(run, order, facts.AgentArgs.GetValueOrDefault(run.Agent, [])),
                },
            }));
        }, ownRun: RunAccess.RunInReach, doc: Doc);

    /// <summary>What the verdict is made from.</summary>
    /// <param name="Position">Place in the queue, 1 first; null when it is not queued.</param>
    /// <param name="Blocker">The earlier open run of the same session, null when there is none.</param>
    public sealed record Facts(Run Run, bool WorkersAlive, long? Position, string? Blocker, bool ProcessAlive, int Slots,
        DateTimeOffset Now);

    /// <summary>The first cause that fits, as a code and a sentence. Pure.</summary>
    public static (string Code, string Text) Issue(Facts facts) => facts switch
    {
        { Run.Status: RunStatus.Queued, WorkersAlive: false } => ("no_worker", "No worker is alive in this daemon; restart it."),
        { Run.Status: RunStatus.Queued, Blocker: { } other } =>
            ("session_busy", $"Its session runs one at a time; run {other} is before it."),
        { Run.Status: RunStatus.Queued, Position: { } place } =>
            ("pool_full", $"All {facts.Slots} slots are taken; it is number {place} in the queue."),
        { Run.Status: RunStatus.Queued } => ("about_to_start", "It is next and about to start."),
        { Run.Status: RunStatus.Starting } => ("starting", "Its workspace and command are being prepared."),
        { Run.Status: RunStatus.Waiting } => ("waiting_for_answer", "It waits for an answer to a request."),
        { Run.Status: RunStatus.Stopping } => ("stopping", $"It is being stopped ({facts.Run.StopReason})."),
        { Run.Status: RunStatus.Running, ProcessAlive: false } => ("process_gone", "Its process is gone; the next look ends it."),
        { Run: { Status: RunStatus.Running, LastEventAt: { } last } } when facts.Now - last > Stalled =>
            ("stalled", $"It is alive but wrote nothing for {(facts.Now - last).TotalMinutes:0} minutes; its idle limit is "
                + $"{facts.Run.IdleLimit.TotalMinutes:0}."),
        { Run.Status: RunStatus.Running } => ("none", "It is running."),
        { Run: { Status: RunStatus.Succeeded } } => ("none", "It has succeeded."),
        { Run: { Reason: { } reason } } => (reason, facts.Run.Error?.Message ?? EndReason.All.GetValueOrDefault(reason, "It has ended.")),
        _ => ("none", "It has ended."),
    };

    static long? Position(Connection db, Run run) => run.Status != RunStatus.Queued ? null
        : db.Number("select count(*) from runs where status = 'queued' and ended_at is null and queue_no <= @no", ("@no", run.QueueNo));

    static string? Blocker(Connection db, Run run) => db.Text(
        "select id from runs where session_id = @session and ended_at is null and queue_no < @no order by queue_no limit 1",
        ("@session", run.SessionId), ("@no", run.QueueNo));

    /// <summary>How the agent was called, or with which arguments of the daemon it will be.</summary>
    static JsonObject Invocation(Run run, JsonObject? order, IReadOnlyList<string> daemonArgs)
    {
        var (profile, extra) = AgentCatalog.TakeApart(Strings(order?["daemon_args"]) ?? daemonArgs, Strings(order?["args"]) ?? []);
        return new JsonObject
        {
            ["agent"] = run.Agent,
            ["profile"] = profile,
            ["extra_args"] = new JsonArray([.. extra.Select(arg => (JsonNode)arg)]),
            ["argv"] = order?["argv"]?.DeepClone() ?? new JsonArray(),
        };
    }

    static List<string>? Strings(JsonNode? list) => list is JsonArray items ? [.. items.Select(item => (string)item!)] : null;

    static JsonObject? ReadOrder(string path)
    {
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    static RouteDoc Doc() => RouteDoc.Of("Why the run is not moving: one code, one sentence, and the facts behind them.")
        .Gives("diagnostics", Shape.Members(
            ("run_id", Shape.Text), ("run_status", Shape.Text), ("reason", Shape.Maybe(Shape.Text)),
            ("worker_id", Shape.Maybe(Shape.Text)), ("worker_alive", Shape.Flag), ("alive_workers", Shape.Whole),
            ("max_concurrency", Shape.Whole), ("queue_counts", QueueCounts.Schema()), ("queue_position", Shape.Maybe(Shape.Whole)),
            ("likely_issue", Shape.Members(("code", Shape.Text), ("text", Shape.Text))), ("active_pid", Shape.Maybe(Shape.Whole)),
            ("last_event_at", Shape.Maybe(Shape.Time)), ("waiting_for", Shape.Maybe(Shape.Text)),
            ("protection", Shape.Maybe(Shape.Text)), ("total_limit_s", Shape.Number), ("idle_limit_s", Shape.Number),
            (AgentCatalog.InvocationField, Shape.Members(
                ("agent", Shape.Text), ("profile", Shape.Maybe(Shape.Text)), ("extra_args", Shape.List(Shape.Text)),
                ("argv", Shape.List(Shape.Text))))));
}

/// <summary>Open runs by kind, as daemon status and diagnose show them.</summary>
static class QueueCounts
{
    public static JsonObject Of(IReadOnlyDictionary<string, long> byStatus) => new()
    {
        ["queued_count"] = byStatus.GetValueOrDefault("queued"),
        ["running_count"] = byStatus.GetValueOrDefault("starting") + byStatus.GetValueOrDefault("running")
            + byStatus.GetValueOrDefault("stopping"),
        ["waiting_count"] = byStatus.GetValueOrDefault("waiting"),
    };

    public static JsonObject Schema() => Shape.Members(
        ("queued_count", Shape.Whole), ("running_count", Shape.Whole), ("waiting_count", Shape.Whole));
}
