using Orchestrator.Gates;
using Orchestrator.Items;
using Orchestrator.Profiles;
using Orchestrator.Recovery;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Reviews;

/// <summary>
/// What follows from what: a check that passed begins a round, the last review of a round decides it, and what blocks goes to the author's
/// conversation as one message. Everything within the transaction of its cause, so a daemon that dies loses and doubles nothing.
/// </summary>
sealed class ReviewFlow(ItemStore items, ItemFlow flow, SessionStore sessions, RunStore runs, ReviewStore reviews,
    Func<string?, ReviewPolicy> policyOf)
{
    const string Daemon = "daemon";

    /// <summary>The daemon's own check of an item's work passed; the item is in flight.</summary>
    public void Passed(WriteTransaction transaction, Item item, Check check)
    {
        var wanted = Reviewers(item);
        if (!Looks(item))
        {
            flow.Accept(transaction, item, new ItemChange(Daemon, check.Summary));
            return;
        }
        if (items.Advance(transaction, item.Id, ItemStep.Submit, new ItemChange(Daemon, check.Summary)) is null)
            return;
        var round = reviews.Open(transaction, new RoundOrder(item.Id)
        {
            RunId = check.RunId,
            SessionId = check.Order.SessionId,
            CheckId = check.Id,
            Project = item.Project,
            Commit = check.Order.Kind == Workspaces.WorkspaceKinds.Worktree ? check.Commit : null,
            Wanted = wanted,
        }, Daemon);
        Settle(transaction, round.Id);
        transaction.AfterCommit(() => Checkpoint.Reach(Checkpoint.ReviewWanted));
    }

    /// <summary>Whether reviewers or a person look at work on the item before it is done.</summary>
    public bool Looks(Item item) => Reviewers(item) > 0 || policyOf(item.Project).NeedsPerson(item.Criticality);

    int Reviewers(Item item) => item.Reviews ?? policyOf(item.Project).Reviewers(item.Criticality);

    /// <summary>An item moved: a round about it that nobody decided is over.</summary>
    public void Overtaken(WriteTransaction transaction, Item item, ItemStatus from)
    {
        if (from == ItemStatus.Review && RoundRows.OpenOf(transaction.Db, item.Id) is { } round)
            Drop(transaction, round, $"The item is {item.Status} now.");
    }

    /// <summary>Ends a round nobody wants any more, with what is at work for it.</summary>
    public void Drop(WriteTransaction transaction, Round round, string why)
    {
        if (reviews.Advance(transaction, round, RoundStep.Drop, new RoundChange(Daemon, "drop", why)) is { } dropped)
            CallOff(transaction, dropped, Daemon);
    }

    /// <summary>Ends what is still at work for a round that is decided.</summary>
    public void CallOff(WriteTransaction transaction, Round round, string actor)
    {
        foreach (var review in round.Reviews)
            if (reviews.Advance(transaction, review, ReviewStep.Drop, new ReviewChange()) is { RunId: { } run }
                && RunRows.Find(transaction.Db, run) is { EndedAt: null })
                CancelRun.Cancel(runs, transaction, run, actor, "its round of reviews is over");
    }

    /// <summary>Decides a round when all its reviewers have answered.</summary>
    public void Settle(WriteTransaction transaction, string roundId)
    {
        var round = RoundRows.Get(transaction.Db, roundId);
        if (round.State != RoundState.Reviewing)
            return;
        if (ItemRows.Find(transaction.Db, round.ItemId) is not { State: ItemStatus.Review } item || item.RunId != round.RunId)
        {
            Drop(transaction, round, "The item went on without it.");
            return;
        }
        var author = round.RunId is { } id ? RunRows.Find(transaction.Db, id) : null;
        var found = Consolidation.Of(FindingRows.OfRound(transaction.Db, round.Id).Where(one => one.State == FindingState.Open));
        var policy = policyOf(item.Project);
        var decided = RoundDecision.Of(Facts(transaction.Db, round, item, author, policy, found));
        if (decided.Outcome == RoundOutcome.Wait)
            return;
        foreach (var one in found)
            foreach (var other in one.Others)
                ReviewStore.Advance(transaction, other, FindingStep.Merge, Daemon, one.Finding.Id);
        var change = new RoundChange(Daemon, Word(decided.Outcome), decided.Why)
        {
            Severity = Consolidation.Worst(found.Select(one => one.Finding)),
            Findings = found.Count,
        };
        switch (decided.Outcome)
        {
            case RoundOutcome.Accept:
                Defer(transaction, item.Id, found.Select(one => one.Finding), Daemon);
                reviews.Advance(transaction, round, RoundStep.Pass, change);
                flow.Accept(transaction, item, new ItemChange(Daemon, decided.Why));
                break;
            case RoundOutcome.Ask:
                reviews.Advance(transaction, round, RoundStep.Ask, change);
                items.Explain(transaction, item.Id, [Cause(item, round, decided)], Daemon);
                break;
            default:
                var blocking = found.Select(one => one.Finding).Where(one => RoundDecision.Blocks(one.Severity, policy)).ToList();
                Defer(transaction, item.Id, found.Select(one => one.Finding).Except(blocking), Daemon);
                SendBack(transaction, item, author!, round, new Return(blocking, null, decided.Outcome == RoundOutcome.Escalate), change);
                break;
        }
    }

    static RoundFacts Facts(Connection db, Round round, Item item, Run? author, ReviewPolicy policy, IReadOnlyList<Consolidated> found)
    {
        var begun = db.Number("select max(created_at) from runs where item_id = @id and trigger_kind = 'item' and retry_of is null",
            ("@id", item.Id)) ?? 0;
        // Whoever decided knew how often it was tried: it is counted anew from there.
        var since = RoundRows.OfItem(db, item.Id).Where(one => one.No < round.No && one.CreatedAt.Micros() >= begun).ToList();
        var counted = since.Skip(since.FindLastIndex(one => one.DecidedBy is { } by && by != Daemon) + 1).ToList();
        return new RoundFacts
        {
            Policy = policy,
            Criticality = item.Criticality,
            Reviews = round.Reviews,
            Findings = [.. found.Select(one => one.Finding)],
            Fixes = counted.Count(one => one.Decision == "fix"),
            Escalated = counted.Exists(one => one.Decision == "escalate"),
            CanEscalate = author?.Plan?.Chain is [_, ..],
            HasAuthor = author is not null && SessionStore.Get(db, author.SessionId).Status != "archived",
        };
    }

    static string? Word(RoundOutcome outcome) => outcome switch
    {
        RoundOutcome.Accept => "accept",
        RoundOutcome.Fix => "fix",
        RoundOutcome.Escalate => "escalate",
        _ => null,
    };

    static ItemCause Cause(Item item, Round round, Decided decided) => new(decided.Limit ? CauseKinds.Limit : CauseKinds.Person,
        $"{decided.Why} 'agentctl review {item.Id}' shows it; --accept, --fix, --block or --reject decides.", round.Id);

    /// <summary>Leaves findings for later. One that is known as debt already is not owed twice.</summary>
    public static void Defer(WriteTransaction transaction, string? itemId, IEnumerable<Finding> findings, string actor)
    {
        var known = itemId is null ? []
            : FindingRows.OfItem(transaction.Db, itemId).Where(one => one.State == FindingState.Deferred).ToList();
        foreach (var one in findings)
        {
            var earlier = known.Find(owed => Consolidation.IsAgain(owed, one));
            if (earlier is null || ReviewStore.Advance(transaction, one, FindingStep.Merge, actor, earlier.Id) is null)
                ReviewStore.Advance(transaction, one, FindingStep.Defer, actor);
        }
    }

    /// <summary>What goes back to the author.</summary>
    /// <param name="Findings">In the order in which they are told.</param>
    /// <param name="Word">What a person adds.</param>
    /// <param name="Escalate">The profile that the author's escalates to goes on.</param>
    public sealed record Return(IReadOnlyList<Finding> Findings, string? Word, bool Escalate);

    /// <summary>Sends findings to the author's conversation as one message; its run is the item's from now on.</summary>
    /// <param name="transaction">The write it belongs to.</param>
    /// <param name="item">The item; null for a run that is of none.</param>
    /// <param name="author">The run whose work it is.</param>
    /// <param name="round">The round that ends by it; null when there is none.</param>
    /// <param name="what">What goes back.</param>
    /// <param name="change">How the round ends.</param>
    public Run SendBack(WriteTransaction transaction, Item? item, Run author, Round? round, Return what, RoundChange change)
    {
        var message = ReviewText.Message(item?.Title ?? author.Title ?? author.Id, what.Findings, what.Word);
        var order = what.Escalate ? Escalated(transaction.Db, item!, author, message) : null;
        var next = FixRuns.Queue(transaction, sessions, runs, author, message, item?.Id, change.Actor, order);
        foreach (var one in what.Findings)
            ReviewStore.Advance(transaction, one, FindingStep.Send, change.Actor);
        if (round is not null)
            reviews.Advance(transaction, round, RoundStep.Fix, change with { FollowRunId = next.Id });
        if (item is not null)
            items.Move(transaction, item.Id, item.State == ItemStatus.Review ? ItemStep.Fix : ItemStep.Start,
                new ItemChange(change.Actor, change.Summary) { RunId = next.Id, AgentId = next.Id });
        return next;
    }

    /// <summary>The order of the profile that is escalated to, with everything that was tried.</summary>
    static NewRun Escalated(Connection db, Item item, Run author, string message)
    {
        var ids = db.Query("select id from runs where item_id = @item and session_id = @session and ended_at is not null and unstarted = 0 "
            + "order by queue_no", row => row.GetString(0), ("@item", item.Id), ("@session", author.SessionId));
        IReadOnlyList<Run> tried = [.. ids.Where(id => id != author.Id).Select(id => RunRows.Get(db, id)), author];
        return NextAttempt.Of(tried, History.Tried.Of(author), Remedy.Escalate, author.Plan!, message);
    }
}
