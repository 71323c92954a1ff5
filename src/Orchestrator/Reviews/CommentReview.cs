using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Reviews;

/// <summary>Writes a person's line comments down; they are kept as drafts until they are sent to the author.</summary>
static class CommentReview
{
    /// <summary>One comment. Without a file it is about the whole; the severity is medium unless one is said.</summary>
    public sealed record Comment(string? Text, string? File, int? Line, int? EndLine, string? Severity, string? Suggestion);

    /// <summary>POST /reviews/{id}/comments.</summary>
    public sealed record Request(IReadOnlyList<Comment>? Comments, string? IdempotencyKey);

    const int MostComments = 200, TextBytes = 64 * 1024, TitleLength = 200;

    public static void Map(Routes routes, ReviewStore reviews) =>
        routes.Post("/reviews/{id}/comments", nameof(CommentReview), async call =>
        {
            var request = await call.Body(DecisionJson.Default.CommentReviewRequest);
            if (request.Comments is not { Count: > 0 } comments)
                throw Fault.Invalid("comments", "is required: at least one.");
            Check(comments);
            var id = reviews.Store.Read(db => ReviewSubject.Resolve(db, call.Part("id"))).Id;
            return await Once.Write(reviews.Store, call, id, request.IdempotencyKey, request with { IdempotencyKey = null },
                DecisionJson.Default.CommentReviewRequest, transaction =>
                {
                    var kept = Keep(transaction, reviews, ReviewSubject.Resolve(transaction.Db, id), comments, call.Principal.Name);
                    return Reply.Created(json => json.Member("findings", kept, ReviewJson.Default.IReadOnlyListFinding));
                });
        }, doc: () => RouteDoc.Of("Writes line comments down; they are drafts until they are sent.")
            .Takes(DecisionJson.Default.CommentReviewRequest, "comments").Creates()
            .Gives("findings", ReviewJson.Default.IReadOnlyListFinding));

    /// <summary>Refuses comments that cannot be kept, with the member to mend.</summary>
    public static void Check(IReadOnlyList<Comment> comments)
    {
        if (comments.Count > MostComments)
            throw Fault.Unprocessable("comments", $"must be {MostComments} at most.");
        foreach (var (index, one) in comments.Index())
        {
            if (one is null)
                throw Fault.Invalid($"comments[{index}]", "must be an object.");
            Texts.Body($"comments[{index}].text", one.Text, TextBytes);
            if (one.File is not null && ReviewReading.FileOf(one.File, []).File is null)
                throw Fault.Unprocessable($"comments[{index}].file", "must be a path from the repository's top, with '/'.");
            if (one.Line is < 1 || (one.Line is not null && one.File is null))
                throw Fault.Unprocessable($"comments[{index}].line", "must be a line of the file, from 1.");
            if (one.EndLine is { } end && (one.Line is null || end < one.Line))
                throw Fault.Unprocessable($"comments[{index}].end_line", "must not be before line.");
            if (one.Severity is not null && !Severities.All.Contains(one.Severity))
                throw Fault.Unprocessable($"comments[{index}].severity", $"must be one of {string.Join(", ", Severities.All)}.");
            if (one.Suggestion is not null)
                Texts.Body($"comments[{index}].suggestion", one.Suggestion, TextBytes);
        }
    }

    /// <summary>Keeps them as drafts.</summary>
    public static IReadOnlyList<Finding> Keep(WriteTransaction transaction, ReviewStore reviews, ReviewSubject subject,
        IReadOnlyList<Comment> comments, string actor)
    {
        var drafts = comments.Select(one => Draft(subject, one, actor, transaction.Now));
        IReadOnlyList<Finding> kept = [.. drafts.Select(one => ReviewStore.Say(transaction, one))];
        reviews.Events.Append(transaction, new NewEvent(ReviewEvents.Commented, actor, new JsonObject
        {
            ["finding_ids"] = new JsonArray([.. kept.Select(one => (JsonNode)one.Id)]),
        }, subject.Author?.SessionId, subject.Author?.Id, subject.Item?.Id));
        return kept;
    }

    static Finding Draft(ReviewSubject subject, Comment comment, string actor, long now)
    {
        var text = ReviewReading.Text(comment.Text, SessionStore.TextLimit);
        var first = text.Split('\n', 2)[0].Trim();
        return new Finding
        {
            Id = Ids.New(),
            ItemId = subject.Item?.Id,
            RunId = subject.Author?.Id,
            Project = subject.Item?.Project,
            SaidBy = actor,
            Severity = comment.Severity ?? Severities.Medium,
            File = ReviewReading.FileOf(comment.File, []).File,
            Line = comment.Line,
            EndLine = comment.EndLine,
            Title = first.Length <= TitleLength ? first : first[..TitleLength] + "…",
            // What the title says whole is not said twice.
            Detail = text == first && first.Length <= TitleLength ? "" : text,
            Suggestion = comment.Suggestion is null ? null : ReviewReading.Text(comment.Suggestion, SessionStore.TextLimit),
            State = FindingState.Draft,
            CreatedAt = Times.From(now),
        };
    }
}
