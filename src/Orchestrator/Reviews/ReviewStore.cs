using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Reviews;

/// <summary>A round that is to begin.</summary>
sealed record RoundOrder(string ItemId)
{
    public string? RunId { get; init; }
    public string? SessionId { get; init; }
    public string? CheckId { get; init; }
    public string? Project { get; init; }
    public string? Commit { get; init; }

    /// <summary>Reviewers wanted.</summary>
    public int Wanted { get; init; }
}

/// <summary>What a step of a round changes besides its state.</summary>
/// <param name="Actor">Who did it.</param>
/// <param name="Decision">accept, fix, escalate, reject, block or drop; null while nothing is decided.</param>
/// <param name="Summary">In a sentence.</param>
sealed record RoundChange(string Actor, string? Decision, string Summary)
{
    public string? Severity { get; init; }
    public string? FollowRunId { get; init; }

    /// <summary>How many findings there are, each thing once.</summary>
    public int Findings { get; init; }
}

/// <summary>What a step of a review changes besides its state.</summary>
sealed record ReviewChange
{
    public string? RunId { get; init; }
    public string? Profile { get; init; }
    public string? Verdict { get; init; }
    public string? Summary { get; init; }
    public string? Problem { get; init; }

    /// <summary>The repository that knows the reviewer's copy.</summary>
    public string? Common { get; init; }
    public IReadOnlyList<string> ChangedFiles { get; init; } = [];
    public bool Touched { get; init; }

    /// <summary>Further members of the event.</summary>
    public JsonObject? Data { get; init; }
}

/// <summary>
/// Rounds, reviews and findings in the store. The three <c>Advance</c> alone write their states: they ask the pure lifecycle, update the
/// row and append the event, in the caller's transaction.
/// </summary>
sealed class ReviewStore(Database store, EventLog events)
{
    public Database Store => store;

    public EventLog Events => events;

    /// <summary>Called after COMMIT when there is something to do.</summary>
    public event Action? Stirred;

    /// <summary>Begins a round with as many reviews as are wanted. One check has one round, however often it is asked for.</summary>
    public Round Open(WriteTransaction transaction, RoundOrder order, string actor)
    {
        var id = Ids.New();
        var no = (transaction.Db.Number("select max(no) from review_rounds where item_id = @item", ("@item", order.ItemId)) ?? 0) + 1;
        transaction.Db.Execute(
            "insert into review_rounds (id, created_no, item_id, no, run_id, session_id, check_id, project, source_commit, wanted, state, "
            + "created_at) values (@id, @created, @item, @no, @run, @session, @check, @project, @commit, @wanted, 'reviewing', @now)",
            ("@id", id), ("@created", transaction.Next("queue_no")), ("@item", order.ItemId), ("@no", no), ("@run", order.RunId),
            ("@session", order.SessionId), ("@check", order.CheckId), ("@project", order.Project), ("@commit", order.Commit),
            ("@wanted", order.Wanted), ("@now", transaction.Now));
        for (var slot = 1; slot <= order.Wanted; slot++)
            transaction.Db.Execute(
                "insert into reviews (id, created_no, round_id, item_id, slot, state, repeats, changed_files, touched, created_at) "
                + "values (@id, @created, @round, @item, @slot, 'wanted', 0, '[]', 0, @now)",
                ("@id", Ids.New()), ("@created", transaction.Next("queue_no")), ("@round", id), ("@item", order.ItemId), ("@slot", slot),
                ("@now", transaction.Now));
        var round = RoundRows.Get(transaction.Db, id);
        Tell(transaction, round, ReviewEvents.Wanted, actor, new JsonObject
        {
            ["reviewers"] = order.Wanted, ["check_id"] = order.CheckId, ["commit"] = order.Commit,
        });
        transaction.AfterCommit(() => Stirred?.Invoke());
        return round;
    }

    /// <summary>Moves a round one step; null when it is not where the step begins.</summary>
    public Round? Advance(WriteTransaction transaction, Round mine, RoundStep step, RoundChange change)
    {
        var round = RoundRows.Get(transaction.Db, mine.Id);
        if (RoundLifecycle.Next(round.State, step) is not { } next)
            return null;
        transaction.Db.Execute(
            "update review_rounds set state = @state, decision = @decision, severity = coalesce(@severity, severity), summary = @summary, "
            + "decided_by = @by, follow_run_id = @follow, ended_at = @ended where id = @id and state = @before",
            ("@state", RoundLifecycle.Word(next)), ("@decision", change.Decision), ("@severity", change.Severity),
            ("@summary", change.Summary), ("@by", change.Decision is null ? null : change.Actor), ("@follow", change.FollowRunId),
            ("@ended", RoundLifecycle.IsFinal(next) ? transaction.Now : null), ("@id", round.Id),
            ("@before", RoundLifecycle.Word(round.State)));
        var after = RoundRows.Get(transaction.Db, round.Id);
        Tell(transaction, after, ReviewEvents.Of(next), change.Actor, new JsonObject
        {
            ["decision"] = change.Decision,
            ["severity"] = after.Severity,
            ["summary"] = change.Summary,
            ["findings"] = change.Findings,
            ["follow_run_id"] = change.FollowRunId,
        });
        transaction.AfterCommit(() => Stirred?.Invoke());
        return after;
    }

    /// <summary>Moves a review one step; null when it is not where the step begins.</summary>
    public Review? Advance(WriteTransaction transaction, Review mine, ReviewStep step, ReviewChange change)
    {
        if (RoundRows.FindReview(transaction.Db, mine.Id) is not { } review || ReviewLifecycle.Next(review.State, step) is not { } next)
            return null;
        transaction.Db.Execute(
            "update reviews set state = @state, run_id = coalesce(@run, run_id), profile = coalesce(@profile, profile), "
            + "repeats = repeats + @repeat, common = coalesce(@common, common), verdict = @verdict, summary = @summary, "
            + "problem = @problem, changed_files = @changed, touched = @touched, started_at = coalesce(started_at, @started), "
            + "ended_at = @ended where id = @id and state = @before",
            ("@state", ReviewLifecycle.Word(next)), ("@run", change.RunId), ("@profile", change.Profile),
            ("@repeat", step == ReviewStep.Repeat ? 1 : 0), ("@common", change.Common), ("@verdict", change.Verdict),
            ("@summary", change.Summary), ("@problem", change.Problem),
            ("@changed", JsonSerializer.Serialize(change.ChangedFiles, ReviewJson.Default.IReadOnlyListString)),
            ("@touched", change.Touched ? 1 : 0), ("@started", step == ReviewStep.Begin ? transaction.Now : null),
            ("@ended", ReviewLifecycle.IsFinal(next) ? transaction.Now : null), ("@id", review.Id),
            ("@before", ReviewLifecycle.Word(review.State)));
        var after = RoundRows.FindReview(transaction.Db, review.Id)!;
        // One that is dropped is told of by its round.
        if (step != ReviewStep.Drop)
            Tell(transaction, after, step, change);
        transaction.AfterCommit(() => Stirred?.Invoke());
        return after;
    }

    /// <summary>Moves a finding one step; null when it is not where the step begins. Its round, or who closes it, tells of it.</summary>
    public static Finding? Advance(WriteTransaction transaction, Finding mine, FindingStep step, string actor, string? sameAs = null,
        string? note = null)
    {
        if (FindingRows.Find(transaction.Db, mine.Id) is not { } finding || FindingLifecycle.Next(finding.State, step) is not { } next)
            return null;
        transaction.Db.Execute(
            "update review_findings set state = @state, same_as = @same, note = coalesce(@note, note), closed_at = @closed, "
            + "closed_by = @by where id = @id and state = @before",
            ("@state", FindingLifecycle.Word(next)), ("@same", sameAs), ("@note", note),
            ("@closed", next == FindingState.Closed ? transaction.Now : null), ("@by", next == FindingState.Closed ? actor : null),
            ("@id", finding.Id), ("@before", FindingLifecycle.Word(finding.State)));
        return FindingRows.Find(transaction.Db, finding.Id);
    }

    /// <summary>Keeps a finding as it was said.</summary>
    public static Finding Say(WriteTransaction transaction, Finding finding)
    {
        transaction.Db.Execute(
            "insert into review_findings (id, created_no, item_id, run_id, round_id, review_id, project, said_by, severity, file, line, "
            + "end_line, title, detail, suggestion, state, created_at) values (@id, @no, @item, @run, @round, @review, @project, @by, "
            + "@severity, @file, @line, @end, @title, @detail, @suggestion, @state, @now)",
            ("@id", finding.Id), ("@no", transaction.Next("queue_no")), ("@item", finding.ItemId), ("@run", finding.RunId),
            ("@round", finding.RoundId), ("@review", finding.ReviewId), ("@project", finding.Project), ("@by", finding.SaidBy),
            ("@severity", finding.Severity), ("@file", finding.File), ("@line", finding.Line), ("@end", finding.EndLine),
            ("@title", finding.Title), ("@detail", finding.Detail), ("@suggestion", finding.Suggestion),
            ("@state", FindingLifecycle.Word(finding.State)), ("@now", transaction.Now));
        return FindingRows.Find(transaction.Db, finding.Id)!;
    }

    /// <summary>What the author's workspace looks like before anybody reviews it; the first word counts.</summary>
    public static void KeepPrint(WriteTransaction transaction, string roundId, string? print) => transaction.Db.Execute(
        "update review_rounds set work_print = coalesce(work_print, @print) where id = @id", ("@print", print), ("@id", roundId));

    /// <summary>A review's run was followed by another attempt.</summary>
    public static void FollowRun(WriteTransaction transaction, string reviewId, string runId) => transaction.Db.Execute(
        "update reviews set run_id = @run where id = @id and ended_at is null", ("@run", runId), ("@id", reviewId));

    /// <summary>The reviewer's copy is gone.</summary>
    public static void CopyGone(WriteTransaction transaction, string reviewId) =>
        transaction.Db.Execute("update reviews set common = null where id = @id", ("@id", reviewId));

    void Tell(WriteTransaction transaction, Review review, ReviewStep step, ReviewChange change)
    {
        var data = new JsonObject
        {
            ["review_id"] = review.Id, ["reviewer"] = review.Slot, ["run_id"] = review.RunId, ["profile"] = review.Profile,
        };
        if (step is ReviewStep.Repeat or ReviewStep.GiveUp)
            data["problem"] = change.Problem;
        if (step == ReviewStep.Give)
        {
            data["verdict"] = review.Verdict;
            data["summary"] = review.Summary;
            data["changed_files"] = new JsonArray([.. review.ChangedFiles.Select(file => (JsonNode)file)]);
            data["touched"] = review.Touched;
        }
        foreach (var (name, value) in change.Data ?? [])
            data[name] = value?.DeepClone();
        Tell(transaction, RoundRows.Get(transaction.Db, review.RoundId), step switch
        {
            ReviewStep.Begin => ReviewEvents.Started,
            ReviewStep.Repeat => ReviewEvents.Repeated,
            ReviewStep.Give => ReviewEvents.Given,
            _ => ReviewEvents.Unusable,
        }, "daemon", data);
    }

    void Tell(WriteTransaction transaction, Round round, string type, string actor, JsonObject data)
    {
        data.Insert(0, "round_id", round.Id);
        // A review's events say which reviewer instead.
        if (!data.ContainsKey("review_id"))
            data.Insert(1, "round", round.No);
        events.Append(transaction, new NewEvent(type, actor, data, round.SessionId, round.RunId, round.ItemId));
    }
}
