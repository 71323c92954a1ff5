using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Providers;
using Orchestrator.Requests;
using Orchestrator.Runs;
using Orchestrator.Store;
using Orchestrator.Terminals;

namespace Orchestrator.Families;

/// <summary>Answers "why is this run not moving?" with one code and one sentence, and the facts behind them.</summary>
static class DiagnoseRun
{
    /// <param name="heldBack">Why new runs of a project wait today; null when nothing holds them.</param>
    public static void Map(Routes routes, RunStore runs, Dispatcher dispatcher, DaemonFacts facts, TimeProvider clock,
        Func<Connection, string?, string?> heldBack) =>
        routes.Get("/runs/{id}/diagnose", nameof(DiagnoseRun), call =>
        {
            var (run, counts, issue) = runs.Store.Read(db =>
            {
                var found = RunRows.Resolve(db, call.Part("id"));
                var counted = RunRows.Counts(db);
                var held = found.Status != RunStatus.Queued ? null
                    : heldBack(db, db.Text("select project from sessions where id = @id", ("@id", found.SessionId)));
                return (found, counted, Gather(db, found) with { Budget = held });
            });
            var order = ReadOrder(Path.Combine(facts.RunFolder(run.Id), "order.json"));
            issue = issue with
            {
                Now = clock.GetUtcNow(),
                WorkersAlive = dispatcher.Alive,
                Draining = dispatcher.Draining,
                StoreTrouble = runs.Store.Trouble,
                Slots = dispatcher.Slots,
                Free = dispatcher.Slots - QueueCounts.Slots(counts),
                ProcessAlive = Holder(run) is { IsAlive: true },
            };
            var likely = LikelyIssue.Of(issue);
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
                    ["queue_position"] = issue.Position,
                    ["likely_issue"] = new JsonObject { ["code"] = likely.Code, ["text"] = likely.Text },
                    ["health"] = JsonSerializer.SerializeToNode(Health(run, likely), RunJson.Default.RunHealth),
                    ["active_pid"] = issue.ProcessAlive ? run.Pid : null,
                    ["last_event_at"] = run.LastEventAt?.UtcDateTime,
                    ["waiting_for"] = likely.Kind is null ? null : new JsonObject
                    {
                        ["kind"] = likely.Kind,
                        ["ids"] = new JsonArray([.. likely.Ids.Select(id => (JsonNode)id)]),
                    },
                    ["protection"] = run.Protection,
                    ["total_limit_s"] = run.TotalLimit.TotalSeconds,
                    ["idle_limit_s"] = run.IdleLimit.TotalSeconds,
                    [AgentCatalog.InvocationField] = Invocation(run, order, facts.AgentArgs.GetValueOrDefault(run.Agent, [])),
                },
            }));
        }, ownRun: RunAccess.RunInReach, doc: Doc);

    static LikelyIssue.Facts Gather(Connection db, Run run) => new(run, default)
    {
        Position = Position(db, run),
        Blocker = Blocker(db, run),
        Provider = run.Status == RunStatus.Queued && CoolDownRows.Of(db, run.Provider) is { } held
            ? new(held.Provider, held.Until, held.Reason, held.Named) : null,
        Decision = run.EndedAt is null ? null : RequestRows.OpenOf(db, run.Id) is [var open, ..] ? open.Id : null,
        Tool = run.Status == RunStatus.Running ? OpenCalls.Find(db, run.Id) : null,
        Request = RequestRows.OpenOf(db, run.Id) is [var asked, ..]
            ? new(asked.Id, asked.Kind, asked.Text, asked.ToSessionId) : null,
        Children = run.Status != RunStatus.Waiting ? [] : db.Query(
            "select r.id, r.status from sessions s join runs r on r.session_id = s.id where s.parent_run_id = @run and r.ended_at is null "
            + "order by r.queue_no", row => new LikelyIssue.OpenChild(row.GetString(0), row.GetString(1)), ("@run", run.Id)),
    };

    /// <summary>A queued run's row knows little of what it waits for; here all of it is known.</summary>
    static RunHealth? Health(Run run, LikelyIssue likely) => run.Status != RunStatus.Queued || likely.Kind is not { } kind ? run.Health
        : run.Health! with
        {
            WaitingFor = kind switch
            {
                "run" => "session",
                "provider" or "time" or "budget" or "slot" => kind,
                _ => "daemon",
            },
            Reasons = [likely.Text.TrimEnd('.')],
        };

    static ProcessIdentity? Holder(Run run) =>
        run is { Pid: { } pid, PidStart: { } start, BootId: { } boot } ? new ProcessIdentity(pid, start, boot) : null;

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
        catch (JsonException)
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
            ("health", Shape.Maybe(Shape.Members(("verdict", Shape.Word([.. HealthWords.All])),
                ("waiting_for", Shape.Maybe(Shape.Text)), ("since", Shape.Time), ("reasons", Shape.List(Shape.Text))))),
            ("last_event_at", Shape.Maybe(Shape.Time)),
            ("waiting_for", Shape.Maybe(Shape.Members(("kind", Shape.Text), ("ids", Shape.List(Shape.Text))))),
            ("protection", Shape.Maybe(Shape.Text)), ("total_limit_s", Shape.Number), ("idle_limit_s", Shape.Number),
            (AgentCatalog.InvocationField, Shape.Members(
                ("agent", Shape.Text), ("profile", Shape.Maybe(Shape.Text)), ("extra_args", Shape.List(Shape.Text)),
                ("argv", Shape.List(Shape.Text))))));
}
