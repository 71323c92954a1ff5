using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Orchestrator.Agents;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>Reading runs out of the store.</summary>
static class RunRows
{
    const string Select = """
        select r.id, r.session_id, r.item_id, r.parent_run_id, r.retry_of, r.status, r.reason, r.trigger_kind, r.profile,
               r.agent, r.model, r.attempt, r.fence, r.node_id, r.worker_id, r.prompt, r.protection, r.created_at,
               r.started_at, r.ended_at, r.exit_code, r.pid, r.pid_start, r.boot_id, r.base, r.result, r.last_message, r.usage,
               r.git_diff_stat, r.files_changed, r.commits, r.snapshot_ref, r.error_code, r.error_message, r.output_cut,
               r.queue_no, r.output_schema, r.total_limit_us, r.idle_limit_us, r.stop_reason, r.stop_actor, r.stdout_offset,
               r.stderr_offset, r.line_events, r.transcript, r.last_event_at, w.id, w.path, w.branch, w.kind,
               r.waiting_for, r.waiting_since, r.waited_us, r.outcome, r.protocol,
               coalesce(r.provider, r.agent), r.retry_plan, r.retry_how, r.not_before, r.new_thread, r.unstarted,
               (select n.id from runs n where n.retry_of = r.id order by n.created_at, n.queue_no limit 1),
               r.profile_why, r.profile_settings, r.title, r.overrides, r.limit_turns,
               r.limit_tokens, r.limit_micros, r.paused_at, r.health,
               case when r.status = 'waiting' then (select case when q.to_session_id is null then 'person' else 'parent' end
                 from requests q where q.run_id = r.id and q.state = 'open' order by q.created_no limit 1) end,
               case when r.status <> 'queued' then null
                 when exists (select 1 from runs b where b.session_id = r.session_id and b.ended_at is null and b.queue_no < r.queue_no)
                   then 'session'
                 when exists (select 1 from cool_downs c where c.provider = coalesce(r.provider, r.agent) and c.until is not null)
                   then 'provider' end
        from runs r left join workspaces w on w.id = r.workspace_id
        """;

    // The session and every session below it.
    const string FamilyOnly = """
         and r.session_id in (with recursive family (id) as (
           select @family union select s.id from sessions s join family f on s.parent_session_id = f.id) select id from family)
        """;

    static readonly JsonElement EmptyArray = JsonDocument.Parse("[]").RootElement;

    public static Run? Find(Connection db, string id) => db.First(Select + " where r.id = @id", Read, ("@id", id));

    public static Run Get(Connection db, string id) => Find(db, id) ?? throw Fault.NotFound("run", id);

    /// <summary>By whole id or unique prefix.</summary>
    public static Run Resolve(Connection db, string idOrPrefix) => Get(db, Prefixes.Resolve(db, "runs", "run", idOrPrefix));

    /// <summary>Newest first, before the given number, with the given status, session, item and so on where said.</summary>
    public static IReadOnlyList<Run> List(Connection db, RunQuery query)
    {
        var where = " where r.queue_no < @before"
            + (query.Statuses.Count > 0 ? " and r.status in (select value from json_each(@statuses))" : "")
            + (query.SessionId is null ? "" : " and r.session_id = @session")
            + (query.ItemId is null ? "" : " and r.item_id = @item")
            + (query.ParentRunId is null ? "" : " and r.parent_run_id = @parent")
            + (query.Project is null ? "" : " and r.session_id in (select id from sessions where project = @project)")
            + (query.Profile is null ? "" : " and r.profile = @profile")
            + (query.Agent is null ? "" : " and r.agent = @agent")
            + (query.InFamilyOf is null ? "" : FamilyOnly);
        List<(string, object?)> values = [("@before", query.Before)];
        if (query.Statuses.Count > 0)
            values.Add(("@statuses", new JsonArray([.. query.Statuses.Select(s => (JsonNode)s)]).ToJsonString()));
        (string Name, string? Value)[] wanted =
        [
            ("@session", query.SessionId), ("@item", query.ItemId), ("@parent", query.ParentRunId), ("@project", query.Project),
            ("@profile", query.Profile), ("@agent", query.Agent), ("@family", query.InFamilyOf),
        ];
        values.AddRange(wanted.Where(one => one.Value is not null).Select(one => (one.Name, (object?)one.Value)));
        values.Add(("@limit", query.Limit));
        return db.Query(Select + where + " order by r.queue_no desc limit @limit", Read, values.ToArray());
    }

    /// <summary>
    /// Ids of the runs that were begun and have not ended, oldest first. Only ids: a row that cannot be read is its own run's trouble.
    /// </summary>
    public static IReadOnlyList<string> Begun(Connection db) => db.Query(
        "select id from runs where ended_at is null and status <> 'queued' order by queue_no", row => row.GetString(0));

    /// <summary>Ids of the runs that wait.</summary>
    public static IReadOnlyList<string> Waiting(Connection db) => db.Query(
        "select id from runs where status = 'waiting' and ended_at is null", row => row.GetString(0));

    /// <summary>How many runs are in each open status.</summary>
    public static IReadOnlyDictionary<string, long> Counts(Connection db) => db.Query(
        "select status, count(*) from runs where ended_at is null group by status", row => (row.GetString(0), row.GetInt64(1)))
        .ToDictionary(row => row.Item1, row => row.Item2);

    /// <summary>The attempts that led to this one, oldest first, itself included; what a person resumes begins a new chain.</summary>
    public static IReadOnlyList<Run> Chain(Connection db, Run run)
    {
        var chain = new List<Run> { run };
        while (chain[0] is { RetryHow: not null, RetryOf: { } before } && Find(db, before) is { } earlier && chain.Count < LongestChain)
            chain.Insert(0, earlier);
        return chain;
    }

    /// <summary>More attempts than any policy allows.</summary>
    const int LongestChain = 100;

    static Run Read(SqliteDataReader row)
    {
        var run = Settled(row);
        return run.EndedAt is not null && run.Status != RunStatus.Lost ? run
            : run with { Health = RunHealth.Of(run, KeptHealth.Read(row.TextOrNull(70)), row.TextOrNull(71), row.TextOrNull(72)) };
    }

    static Run Settled(SqliteDataReader row) => Alone(row) with
    {
        Provider = row.GetString(55),
        Plan = row.TextOrNull(56) is { } plan ? JsonSerializer.Deserialize(plan, PlanJson.Default.RetryPlan) : null,
        RetryHow = row.TextOrNull(57),
        NotBefore = row.TimeOrNull(58),
        NewThread = row.GetInt64(59) == 1,
        Unstarted = row.GetInt64(60) == 1,
        NextRunId = row.TextOrNull(61),
        ProfileWhy = row.TextOrNull(62),
        ProfileSettings = row.TextOrNull(63),
        Title = row.TextOrNull(64),
        Overrides = row.TextOrNull(65) is { } changed ? JsonSerializer.Deserialize(changed, RunJson.Default.RunOverrides) : null,
        Budget = new RunBudget(row.LongOrNull(66), row.LongOrNull(67), row.LongOrNull(68)),
        Paused = row.LongOrNull(69) is not null,
    };

    /// <summary>The run without its settings and what it has to do with those before and after it.</summary>
    static Run Alone(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        SessionId = row.GetString(1),
        ItemId = row.TextOrNull(2),
        ParentRunId = row.TextOrNull(3),
        RetryOf = row.TextOrNull(4),
        Status = EnumWords.Read<RunStatus>(row.GetString(5)),
        Reason = row.TextOrNull(6),
        Trigger = row.GetString(7),
        Profile = row.GetString(8),
        Agent = row.GetString(9),
        Model = row.TextOrNull(10),
        Attempt = row.GetInt32(11),
        Fence = row.GetInt64(12),
        NodeId = row.TextOrNull(13),
        WorkerId = row.TextOrNull(14),
        Prompt = row.GetString(15),
        Protection = row.TextOrNull(16),
        CreatedAt = row.Time(17),
        StartedAt = row.TimeOrNull(18),
        EndedAt = row.TimeOrNull(19),
        ExitCode = (int?)row.LongOrNull(20),
        Pid = (int?)row.LongOrNull(21),
        PidStart = row.LongOrNull(22),
        BootId = row.TextOrNull(23),
        Result = row.TextOrNull(25) is { } result ? JsonSerializer.Deserialize(result, RunJson.Default.RunResult) : null,
        LastMessage = row.TextOrNull(26),
        Usage = row.TextOrNull(27) is { } usage ? JsonSerializer.Deserialize(usage, RunJson.Default.Usage) : null,
        GitDiffStat = row.TextOrNull(28),
        FilesChanged = row.TextOrNull(29) is { } files ? JsonDocument.Parse(files).RootElement : EmptyArray,
        Commits = row.TextOrNull(30) is { } commits ? JsonDocument.Parse(commits).RootElement : EmptyArray,
        SnapshotRef = row.TextOrNull(31),
        Error = row.TextOrNull(32) is { } code ? new RunError(code, row.TextOrNull(33) ?? "") : null,
        OutputCut = row.TextOrNull(34) is { } cut ? JsonDocument.Parse(cut).RootElement : null,
        QueueNo = row.GetInt64(35),
        OutputSchema = row.TextOrNull(36),
        TotalLimit = TimeSpan.FromMicroseconds(row.GetInt64(37)),
        IdleLimit = TimeSpan.FromMicroseconds(row.GetInt64(38)),
        StopReason = row.TextOrNull(39),
        StopActor = row.TextOrNull(40),
        StdoutOffset = row.GetInt64(41),
        StderrOffset = row.GetInt64(42),
        LineEvents = row.GetInt64(43),
        Transcript = row.TextOrNull(44) is { } transcript ? JsonSerializer.Deserialize(transcript, RunJson.Default.Transcript) : null,
        LastEventAt = row.TimeOrNull(45),
        Workspace = row.TextOrNull(46) is { } workspace
            ? new RunWorkspace(workspace, row.GetString(47), row.TextOrNull(48), row.TextOrNull(24), row.GetString(49))
            : null,
        WaitingFor = row.TextOrNull(50),
        WaitingSince = row.TimeOrNull(51),
        Waited = TimeSpan.FromMicroseconds(row.GetInt64(52)),
        Outcome = row.TextOrNull(53),
        Protocol = row.TextOrNull(54),
    };
}

/// <summary>Which runs a list is about.</summary>
sealed record RunQuery(IReadOnlyList<string> Statuses, string? SessionId, string? ItemId, long Before, int Limit)
{
    /// <summary>Only runs spawned by this one.</summary>
    public string? ParentRunId { get; init; }

    /// <summary>Only runs in sessions of this project.</summary>
    public string? Project { get; init; }

    /// <summary>Only runs under this profile's name.</summary>
    public string? Profile { get; init; }

    /// <summary>Only runs by this agent.</summary>
    public string? Agent { get; init; }

    /// <summary>Only runs of this session and of those below it: all that a run's own token may see.</summary>
    public string? InFamilyOf { get; init; }
}

/// <summary>JSON of runs: members in snake_case, statuses as words.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(IReadOnlyList<Run>))]
[JsonSerializable(typeof(PostMessage.Request), TypeInfoPropertyName = "PostMessageRequest")]
[JsonSerializable(typeof(StartRun.Request), TypeInfoPropertyName = "StartRunRequest")]
[JsonSerializable(typeof(CancelRun.Request), TypeInfoPropertyName = "CancelRunRequest")]
[JsonSerializable(typeof(ResumeRun.Request), TypeInfoPropertyName = "ResumeRunRequest")]
[JsonSerializable(typeof(EditMessage.Request), TypeInfoPropertyName = "EditMessageRequest")]
[JsonSerializable(typeof(ReportOutcome.Request), TypeInfoPropertyName = "ReportOutcomeRequest")]
[JsonSerializable(typeof(Transcript))]
[JsonSerializable(typeof(Usage))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(RunHealth))]
[JsonSerializable(typeof(RunOverrides))]
sealed partial class RunJson : JsonSerializerContext;

/// <summary>Running totals that some agents report per thread, kept between its runs.</summary>
static class ThreadTotals
{
    public static string? Write(Transcript transcript) =>
        transcript.ThreadTotal is null ? null : JsonSerializer.Serialize(transcript.ThreadTotal, RunJson.Default.Usage);

    public static Usage? Read(string? totals) => totals is null ? null : JsonSerializer.Deserialize(totals, RunJson.Default.Usage);
}
