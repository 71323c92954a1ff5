using System.Text.Json.Serialization;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Reviews;

/// <summary>A person's word about work: accept it, send it back with all comments as one message, let reviewers look once more, set it
/// aside, or give it up.</summary>
sealed class DecideReview(ReviewStore reviews, ReviewFlow flow, ItemStore items, ItemFlow queue, Func<string?, ReviewPolicy> policyOf)
{
    const string Accept = "accept", Fix = "fix", Again = "again", Block = "block", Reject = "reject";

    static readonly IReadOnlyList<string> Decisions = [Accept, Fix, Again, Block, Reject];

    const int TextBytes = 64 * 1024;

    /// <summary>POST /reviews/{id}/decision. accept, fix, again, block or reject; text is the person's own, comments are added first.
    /// run_id is the run whose work was looked at: when another one has worked since, nothing is decided.</summary>
    public sealed record Request(string? Decision, string? Text, IReadOnlyList<CommentReview.Comment>? Comments, string? IdempotencyKey,
        string? RunId = null);

    public void Map(Routes routes) =>
        routes.Post("/reviews/{id}/decision", nameof(DecideReview), async call =>
        {
            var request = await call.Body(DecisionJson.Default.DecideReviewRequest);
            var decision = request.Decision ?? throw Fault.Invalid("decision", $"is required: {string.Join(", ", Decisions)}.");
            if (!Decisions.Contains(decision))
                throw Fault.Unprocessable("decision", $"must be one of {string.Join(", ", Decisions)}.");
            if (request.Text is not null)
                Texts.Body("text", request.Text, TextBytes);
            CommentReview.Check(request.Comments ?? []);
            var id = reviews.Store.Read(db => ReviewSubject.Resolve(db, call.Part("id"))).Id;
            return await Once.Write(reviews.Store, call, id, request.IdempotencyKey, request with { IdempotencyKey = null },
                DecisionJson.Default.DecideReviewRequest, transaction => Decide(transaction, id, decision, request, call.Principal.Name));
        }, doc: () => RouteDoc.Of("A person's word about work: accept it, send it back with all comments as one message (fix), let "
            + "reviewers look once more (again), set it aside (block), or give it up (reject). With run_id only when no other run has "
            + "worked on it since.")
            .Takes(DecisionJson.Default.DecideReviewRequest, "decision").Refuses(FaultCode.Conflict)
            .GivesMaybe("item", ItemJson.Default.Item).GivesMaybe("run", RunJson.Default.Run));

    Reply Decide(WriteTransaction transaction, string id, string decision, Request request, string actor)
    {
        var subject = ReviewSubject.Resolve(transaction.Db, id);
        if (request.RunId is { } seen && subject.Author?.Id != seen)
            throw new Fault(FaultCode.Conflict, $"What was looked at is the work of run {Texts.Short(seen)}, and "
                + $"{(subject.Author is { } since ? $"run {since.Id} has" : "somebody else")} worked on it since: nothing was decided.",
                $"Look at it as it is now: agentctl review {subject.Id}");
        if (request.Comments is { Count: > 0 } comments)
            CommentReview.Keep(transaction, reviews, subject, comments, actor);
        var run = decision == Fix ? SendBack(transaction, subject, request.Text, actor) : null;
        if (decision == Again)
            LookAgain(transaction, subject, actor);
        else if (decision != Fix)
            Settle(transaction, subject, decision, request.Text, actor);
        var item = subject.Item is { } before ? ItemRows.Get(transaction.Db, before.Id) : null;
        return Reply.Ok(json =>
        {
            json.Member("item", item!, ItemJson.Default.Item);
            json.Member("run", run!, RunJson.Default.Run);
        });
    }

    /// <summary>A person accepts an item's work where they were asked about something larger.</summary>
    public void AcceptItem(WriteTransaction transaction, string itemId, string? text, string actor) =>
        Settle(transaction, ReviewSubject.Resolve(transaction.Db, itemId), Accept, text, actor);

    /// <summary>Accepts an item in review, sets it aside or gives it up; what was not sent is debt when it is accepted.</summary>
    void Settle(WriteTransaction transaction, ReviewSubject subject, string decision, string? text, string actor)
    {
        if (subject.Item is not { } item)
            throw new Fault(FaultCode.Conflict, $"Run {subject.Id} is of no item: there is nothing to {decision}.",
                $"agentctl merge {subject.Id} delivers it; --fix sends it back.");
        if (item.Steps > 0 || item.State != ItemStatus.Review)
            throw ItemStore.Refused(item, decision == Accept ? "done" : decision == Block ? "blocked" : "failed");
        var round = Round(transaction, subject, actor);
        var said = text is null ? "" : $": {ReviewReading.Text(text, 2000)}";
        var open = Unsent(transaction.Db, subject);
        var change = new RoundChange(actor, decision, decision switch
        {
            Accept => $"{actor} accepted it{said}",
            Block => $"{actor} set it aside{said}",
            _ => $"{actor} rejected it{said}",
        })
        {
            Severity = Consolidation.Worst(open), Findings = open.Count,
        };
        if (decision == Accept)
            ReviewFlow.Defer(transaction, item.Id, open, actor);
        End(transaction, round, decision == Accept ? RoundStep.Pass : RoundStep.Reject, change);
        if (decision == Accept)
            queue.Accept(transaction, item, new ItemChange(actor, change.Summary) { Unchecked = item.Unchecked });
        else
            items.Move(transaction, item.Id, decision == Block ? ItemStep.Block : ItemStep.Fail, new ItemChange(actor, change.Summary)
            {
                Causes = decision == Block ? [new(CauseKinds.Person, $"{change.Summary.TrimEnd('.')}.", round.Id)] : [],
            });
    }

    /// <summary>Begins another round about the same work, after a reviewer that could not review, for example.</summary>
    void LookAgain(WriteTransaction transaction, ReviewSubject subject, string actor)
    {
        if (subject.Item is not { State: ItemStatus.Review } item || item.RunId is null
            || RoundRows.OfItem(transaction.Db, item.Id) is not [.., { RunId: not null } last] || last.RunId != item.RunId)
            throw new Fault(FaultCode.Conflict, $"There is no round of reviews of {subject.Id} that could be held once more.",
                $"agentctl review {subject.Id}");
        if (!RoundLifecycle.IsFinal(last.State))
            End(transaction, last, RoundStep.Drop, new RoundChange(actor, "drop", $"{actor} wants another look."));
        items.Explain(transaction, item.Id, [], actor);
        reviews.Open(transaction, new RoundOrder(item.Id)
        {
            RunId = last.RunId,
            SessionId = last.SessionId,
            Project = last.Project,
            Commit = last.Commit,
            Wanted = Math.Max(1, last.Wanted),
        }, actor);
    }

    /// <summary>Sends comments, and what blocks, to the author's conversation as one message.</summary>
    Run SendBack(WriteTransaction transaction, ReviewSubject subject, string? text, string actor)
    {
        var item = subject.Item;
        if (item is not null && (item.Steps > 0 || item.State is not (ItemStatus.Review or ItemStatus.Blocked)))
            throw ItemStore.Refused(item, ItemLifecycle.Word(ItemStatus.InFlight));
        if (subject.Author is not { } author)
            throw new Fault(FaultCode.Conflict, $"No run of this daemon did the work on item {subject.Id}: there is no conversation to "
                + "send comments to.", $"agentctl item move {subject.Id} blocked --reason \"…\"");
        if (SessionStore.Get(transaction.Db, author.SessionId).Status == "archived")
            throw new Fault(FaultCode.Conflict, $"Session {author.SessionId} is archived: nothing goes on in it.");
        var policy = policyOf(item?.Project);
        var unsent = Unsent(transaction.Db, subject);
        var sent = unsent.Where(one => one.State == FindingState.Draft || RoundDecision.Blocks(one.Severity, policy))
            .OrderBy(one => Severities.Rank(one.Severity)).ThenBy(one => one.CreatedNo).ToList();
        if (sent.Count == 0 && text is null)
            throw Fault.Unprocessable("comments", "there is nothing to send: no comment, no finding that blocks, and no text.");
        ReviewFlow.Defer(transaction, item?.Id, unsent.Except(sent), actor);
        var round = item is { State: ItemStatus.Review } ? Round(transaction, subject, actor) : null;
        if (round is not null)
            flow.CallOff(transaction, round, actor);
        return flow.SendBack(transaction, item, author, round, new ReviewFlow.Return(sent, text, false),
            new RoundChange(actor, Fix, $"{actor} sent it back.") { Severity = Consolidation.Worst(sent), Findings = sent.Count });
    }

    /// <summary>Comments nobody has sent, and what reviewers found and nobody decided about.</summary>
    static List<Finding> Unsent(Connection db, ReviewSubject subject) =>
        [.. subject.Findings(db).Where(one => one.State is FindingState.Draft or FindingState.Open)];

    /// <summary>The round that is open, or one of the person's own.</summary>
    Round Round(WriteTransaction transaction, ReviewSubject subject, string actor) =>
        RoundRows.OpenOf(transaction.Db, subject.Item!.Id) ?? reviews.Open(transaction, new RoundOrder(subject.Item.Id)
        {
            RunId = subject.Author?.Id,
            SessionId = subject.Author?.SessionId,
            Project = subject.Item.Project,
        }, actor);

    void End(WriteTransaction transaction, Round round, RoundStep step, RoundChange change)
    {
        flow.CallOff(transaction, round, change.Actor);
        reviews.Advance(transaction, round, step, change);
    }
}

/// <summary>JSON of what people say in a review: members in snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CommentReview.Request), TypeInfoPropertyName = "CommentReviewRequest")]
[JsonSerializable(typeof(DecideReview.Request), TypeInfoPropertyName = "DecideReviewRequest")]
[JsonSerializable(typeof(CloseFinding.Request), TypeInfoPropertyName = "CloseFindingRequest")]
sealed partial class DecisionJson : JsonSerializerContext;
