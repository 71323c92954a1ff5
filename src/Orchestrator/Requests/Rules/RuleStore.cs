using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Requests;

/// <summary>Rules that people made, in the store.</summary>
sealed class RuleStore(Database store, EventLog events)
{
    /// <summary>Most rules that count at once, those for single runs left out.</summary>
    const int Most = 1000;

    const string Select = "select id, action, kind, tool, command, exact, path, profile, project, run_id, note, request_id, created_at, "
        + "created_by, question, reply from request_rules where removed_at is null";

    public Database Store => store;

    /// <summary>Those that count for every run, oldest first; with a run also those for it alone.</summary>
    public static IReadOnlyList<RequestRule> Live(Connection db, string? runId) => db.Query(
        Select + " and (run_id is null or run_id = @run) order by created_no", Read, ("@run", runId));

    /// <summary>Keeps a rule; it counts from COMMIT on.</summary>
    public RequestRule Add(WriteTransaction transaction, RequestRule rule, string actor)
    {
        if (rule.RunId is null && transaction.Db.Number(
            "select count(*) from request_rules where removed_at is null and run_id is null") >= Most)
            throw new Fault(FaultCode.Conflict, $"There are {Most} rules, the most there may be.", "agentctl request rules remove ID");
        var made = rule with { Id = Ids.New(), Origin = "stored", CreatedBy = actor, CreatedAt = Times.From(transaction.Now) };
        transaction.Db.Execute(
            "insert into request_rules (id, created_no, action, kind, tool, command, exact, path, profile, project, run_id, note, "
            + "request_id, created_at, created_by, question, reply) values (@id, @no, @action, @kind, @tool, @command, @exact, "
            + "@path, @profile, @project, @run, @note, @request, @now, @by, @question, @reply)",
            ("@id", made.Id), ("@no", transaction.Next("queue_no")), ("@action", made.Action), ("@kind", made.Kind), ("@tool", made.Tool),
            ("@command", made.Command), ("@exact", made.Exact), ("@path", made.Path), ("@profile", made.Profile),
            ("@project", made.Project), ("@run", made.RunId), ("@note", made.Note), ("@request", made.RequestId),
            ("@now", transaction.Now), ("@by", actor), ("@question", made.Question), ("@reply", made.Reply));
        events.Append(transaction, new NewEvent(RequestEvents.RuleAdded, actor, Told(made)));
        return made;
    }

    /// <summary>Ends a rule by its id or a unique beginning of it.</summary>
    public RequestRule Remove(WriteTransaction transaction, string idOrPrefix, string actor)
    {
        var id = Prefixes.Resolve(transaction.Db, "request_rules", "rule", idOrPrefix);
        var rule = transaction.Db.First(Select + " and id = @id", Read, ("@id", id)) ?? throw new Fault(FaultCode.NotFound,
            $"There is no rule '{id}'.", "agentctl request rules list");
        transaction.Db.Execute("update request_rules set removed_at = @now, removed_by = @by where id = @id", ("@now", transaction.Now),
            ("@by", actor), ("@id", id));
        events.Append(transaction, new NewEvent(RequestEvents.RuleRemoved, actor, Told(rule)));
        return rule;
    }

    static JsonObject Told(RequestRule rule) => new()
    {
        ["rule"] = JsonSerializer.SerializeToNode(rule, RequestJson.Default.RequestRule),
    };

    static RequestRule Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Action = row.GetString(1),
        Kind = row.TextOrNull(2),
        Tool = row.TextOrNull(3),
        Command = row.TextOrNull(4),
        Exact = row.TextOrNull(5),
        Path = row.TextOrNull(6),
        Profile = row.TextOrNull(7),
        Project = row.TextOrNull(8),
        RunId = row.TextOrNull(9),
        Note = row.TextOrNull(10),
        RequestId = row.TextOrNull(11),
        CreatedAt = row.Time(12),
        CreatedBy = row.GetString(13),
        Question = row.TextOrNull(14),
        Reply = row.TextOrNull(15),
    };
}
