using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Reviews;

/// <summary>What reviews left for later.</summary>
static class ListDebt
{
    public static void Map(Routes routes, Database store) =>
        routes.Get("/debt", nameof(ListDebt), call =>
        {
            var (project, limit) = (call.Query("project"), call.Limit());
            var found = store.Read(db => FindingRows.Debt(db, project, call.Number("cursor", 0, 0, long.MaxValue), limit));
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("findings", found, ReviewJson.Default.IReadOnlyListFinding);
                json.WriteString("next_cursor", found.Count < limit ? null : found[^1].CreatedNo.ToString(CultureInfo.InvariantCulture));
            }));
        }, doc: () => RouteDoc.Of("Findings that were left for later, oldest first.").Asks("project", "Only those of this project.").Pages()
            .Gives("findings", ReviewJson.Default.IReadOnlyListFinding).GivesNextCursor());
}

/// <summary>Ends a finding: debt that is paid or not wanted any more, or a comment that is taken back.</summary>
static class CloseFinding
{
    /// <summary>POST /findings/{id}/close.</summary>
    public sealed record Request(string? Note);

    public static void Map(Routes routes, ReviewStore reviews) =>
        routes.Post("/findings/{id}/close", nameof(CloseFinding), async call =>
        {
            var request = await call.Body(DecisionJson.Default.CloseFindingRequest);
            Texts.Line("note", request.Note, 2000);
            var id = reviews.Store.Read(db => FindingRows.Resolve(db, call.Part("id"))).Id;
            var closed = await reviews.Store.Write(transaction =>
            {
                var finding = FindingRows.Find(transaction.Db, id)!;
                if (finding.State == FindingState.Closed)
                    return finding;
                var after = ReviewStore.Advance(transaction, finding, FindingStep.Close, call.Principal.Name, note: request.Note)
                    ?? throw new Fault(FaultCode.Conflict,
                        $"Finding {id} is {FindingLifecycle.Word(finding.State)}: it is not closed by hand.");
                var session = finding.RunId is { } run ? RunRows.Find(transaction.Db, run)?.SessionId : null;
                reviews.Events.Append(transaction, new NewEvent(ReviewEvents.FindingClosed, call.Principal.Name, new JsonObject
                {
                    ["finding_id"] = id,
                    ["from"] = FindingLifecycle.Word(finding.State),
                    ["title"] = finding.Title,
                    ["note"] = request.Note,
                }, session, finding.RunId, finding.ItemId));
                return after;
            });
            return Reply.Ok(json => json.Member("finding", closed, ReviewJson.Default.Finding));
        }, doc: () => RouteDoc.Of("Ends a finding: debt that is paid or not wanted any more, or a comment that is taken back. Repeating "
            + "it is no error and no event.").Takes(DecisionJson.Default.CloseFindingRequest).Refuses(FaultCode.Conflict)
            .Gives("finding", ReviewJson.Default.Finding));
}
