using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Gates;

/// <summary>
/// Checks in the store. <see cref="Claim"/>, <see cref="Finish"/> and <see cref="Abandon"/> alone write a check's state: they ask the
/// lifecycle and the fence, update the row and append the event, in the caller's transaction.
/// </summary>
sealed class CheckStore(Database store, EventLog events)
{
    readonly List<Action<WriteTransaction, Check>> whenFinished = [];

    public Database Store => store;

    /// <summary>Called after COMMIT when there is a new check.</summary>
    public event Action? Stirred;

    /// <summary>Adds what follows from a verdict, in its transaction, after its event.</summary>
    public void WhenFinished(Action<WriteTransaction, Check> follow) => whenFinished.Add(follow);

    /// <summary>Wants something to be checked; the worker does it when nobody works there.</summary>
    public Check Add(WriteTransaction transaction, CheckOrder order, string actor)
    {
        var id = Ids.New();
        transaction.Db.Execute(
            "insert into checks (id, created_no, run_id, item_id, delivery_id, session_id, workspace_id, kind, path, start, common, base, "
            + "branch, commands, time_limit_us, problem, expects_changes, writes, allow_removed_tests, criteria, requested_by, state, "
            + "fence, created_at) values (@id, @no, @run, @item, @delivery, @session, @workspace, @kind, @path, @start, @common, @base, "
            + "@branch, @commands, @limit, @problem, @expects, @writes, @allow, @criteria, @by, 'queued', 0, @now)",
            ("@id", id), ("@no", transaction.Next("queue_no")), ("@run", order.RunId), ("@item", order.ItemId),
            ("@delivery", order.DeliveryId), ("@session", order.SessionId), ("@workspace", order.WorkspaceId), ("@kind", order.Kind),
            ("@path", order.Path), ("@start", order.Start), ("@common", order.Common), ("@base", order.Base), ("@branch", order.Branch),
            ("@commands", JsonSerializer.Serialize(order.Commands, CheckJson.Default.IReadOnlyListIReadOnlyListString)),
            ("@limit", (long)order.Limit.TotalMicroseconds), ("@problem", order.Problem), ("@expects", order.ExpectsChanges ? 1 : 0),
            ("@writes", order.Writes is { } writes ? Json(writes) : null), ("@allow", order.AllowRemovedTests ? 1 : 0),
            ("@criteria", Json(order.Criteria)), ("@by", actor), ("@now", transaction.Now));
        var check = CheckRows.Get(transaction.Db, id);
        Tell(transaction, CheckEvents.Queued, check, actor, new JsonObject
        {
            ["kind"] = order.Kind, ["delivery_id"] = order.DeliveryId, ["commands"] = order.Commands.Count,
        });
        transaction.AfterCommit(() => Stirred?.Invoke());
        return check;
    }

    /// <summary>
    /// Begins a check, or takes it up again; null when it is finished or a run is at work where it looks. What it saw of another commit is
    /// forgotten.
    /// </summary>
    public Check? Claim(WriteTransaction transaction, string id, string? commit)
    {
        var check = CheckRows.Get(transaction.Db, id);
        if (CheckLifecycle.Next(EnumWords.Read<CheckState>(check.State), CheckStep.Claim) is not { } next
            || (check.Order.WorkspaceId is { } workspace && CheckRows.AtWork(transaction.Db, workspace) is not null))
            return null;
        // Commands that passed on this very commit are not run again.
        transaction.Db.Execute(
            "delete from check_evidence where check_id = @id and (@same = 0 or kind <> 'command' or outcome <> 'passed')",
            ("@id", id), ("@same", check.Commit == commit ? 1 : 0));
        Write(transaction, check, next, "fence = fence + 1, started_at = coalesce(started_at, @now), checked_commit = @commit",
            ("@commit", commit));
        var claimed = CheckRows.Get(transaction.Db, id);
        Tell(transaction, CheckEvents.Started, claimed, "daemon", new JsonObject { ["commit"] = commit, ["path"] = check.Order.Path });
        return claimed;
    }

    /// <summary>Keeps what a command came to. False when somebody else owns the check now.</summary>
    public bool Keep(WriteTransaction transaction, Check mine, Evidence evidence)
    {
        if (CheckRows.Find(transaction.Db, mine.Id) is not { IsFinished: false } check || check.Fence != mine.Fence)
            return false;
        Insert(transaction, mine.Id, evidence);
        Tell(transaction, CheckEvents.Command, check, "daemon", new JsonObject
        {
            ["command"] = new JsonArray([.. (evidence.Command ?? []).Select(word => (JsonNode)word)]),
            ["outcome"] = evidence.Outcome,
            ["exit_code"] = evidence.ExitCode,
            ["text"] = evidence.Text,
        });
        return true;
    }

    /// <summary>Gives the verdict. Null when somebody else owns the check now.</summary>
    public Check? Finish(WriteTransaction transaction, Check mine, GateVerdict verdict)
    {
        if (CheckRows.Find(transaction.Db, mine.Id) is not { } check || check.Fence != mine.Fence
            || CheckLifecycle.Next(EnumWords.Read<CheckState>(check.State), CheckStep.Finish) is not { } next)
            return null;
        var no = check.Evidence.Count;
        foreach (var finding in verdict.Findings)
            Insert(transaction, check.Id, new Evidence
            {
                No = ++no, Kind = finding.Kind, Outcome = finding.Outcome, Text = finding.Text, Criterion = finding.Criterion,
            });
        Write(transaction, check, next, "ended_at = @now, verdict = @verdict, summary = @summary",
            ("@verdict", verdict.Verdict), ("@summary", verdict.Summary));
        return Told(transaction, check.Id);
    }

    /// <summary>Ends a check nobody wants to know of any more, whoever does it now. What of it runs is the caller's to end.</summary>
    public void Abandon(WriteTransaction transaction, string? id, string why)
    {
        if (id is null || CheckRows.Find(transaction.Db, id) is not { } check
            || CheckLifecycle.Next(EnumWords.Read<CheckState>(check.State), CheckStep.Abandon) is not { } next)
            return;
        Write(transaction, check, next, "fence = fence + 1, ended_at = @now, verdict = @verdict, summary = @summary",
            ("@verdict", Verdicts.Impossible), ("@summary", why));
        Told(transaction, id);
    }

    Check Told(WriteTransaction transaction, string id)
    {
        var finished = CheckRows.Get(transaction.Db, id);
        Tell(transaction, CheckEvents.Finished, finished, "daemon", new JsonObject
        {
            ["verdict"] = finished.Verdict, ["summary"] = finished.Summary, ["commit"] = finished.Commit,
        });
        whenFinished.ForEach(follow => follow(transaction, finished));
        return finished;
    }

    static void Write(WriteTransaction transaction, Check check, CheckState next, string more,
        params ReadOnlySpan<(string, object?)> values) =>
        transaction.Db.Execute($"update checks set state = @state, {more} where id = @id and state = @expected",
            [("@state", CheckLifecycle.Word(next)), ("@now", transaction.Now), .. values, ("@id", check.Id), ("@expected", check.State)]);

    static void Insert(WriteTransaction transaction, string id, Evidence evidence) => transaction.Db.Execute(
        "insert into check_evidence (check_id, no, kind, outcome, command, exit_code, folder, tail, text, criterion, started_at, ended_at) "
        + "values (@id, @no, @kind, @outcome, @command, @exit, @folder, @tail, @text, @criterion, @started, @ended)",
        ("@id", id), ("@no", evidence.No), ("@kind", evidence.Kind), ("@outcome", evidence.Outcome),
        ("@command", evidence.Command is { } argv ? Json(argv) : null), ("@exit", evidence.ExitCode), ("@folder", evidence.Folder),
        ("@tail", evidence.Tail), ("@text", evidence.Text), ("@criterion", evidence.Criterion),
        ("@started", evidence.StartedAt?.Micros()), ("@ended", evidence.EndedAt?.Micros()));

    void Tell(WriteTransaction transaction, string type, Check check, string actor, JsonObject data)
    {
        data.Insert(0, "check_id", check.Id);
        events.Append(transaction, new NewEvent(type, actor, data, check.Order.SessionId, check.RunId, check.ItemId));
    }

    static string Json(IReadOnlyList<string> texts) => JsonSerializer.Serialize(texts, CheckJson.Default.IReadOnlyListString);
}
