using Orchestrator.Gates;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Reviews;

/// <summary>What there is to know before somebody accepts work: what changed, what the daemon's check saw, what reviewers found.</summary>
static class ShowReview
{
    public static void Map(Routes routes, Database store) =>
        routes.Get("/reviews/{id}", nameof(ShowReview), call =>
        {
            var (subject, rounds, findings, check, note) = store.Read(db =>
            {
                var found = ReviewSubject.Resolve(db, call.Part("id"));
                return (found, found.Item is { } item ? RoundRows.OfItem(db, item.Id) : [], found.Findings(db),
                    found.Author is { } run ? CheckRows.OfRun(db, run.Id, 20).FirstOrDefault(one => one.DeliveryId is null) : null,
                    found.Item is { } of ? ReviewNote.Of(db, of) : null);
            });
            return Task.FromResult(Reply.Ok(json =>
            {
                json.WriteString("item_id", subject.Item?.Id);
                json.WriteString("run_id", subject.Author?.Id);
                json.WriteString("title", subject.Title);
                json.WriteString("status", subject.Item?.Status ?? RunLifecycle.Word(subject.Author!.Status));
                json.WriteString("waits_for", note ?? Waits(subject.Item));
                json.WriteString("diff_stat", subject.Author?.GitDiffStat);
                json.WriteString("report", subject.Item?.Report ?? subject.Author?.Result?.Summary ?? subject.Author?.LastMessage);
                json.Member("check", check!, CheckJson.Default.Check);
                json.Member("rounds", rounds, ReviewJson.Default.IReadOnlyListRound);
                json.Member("findings", findings, ReviewJson.Default.IReadOnlyListFinding);
            }));
        }, doc: () => RouteDoc.Of("What there is to know before work is accepted, by an item's or a run's id: the last run's changes, the "
            + "daemon's check, the rounds of reviews, and what was found.")
            .Gives("item_id", Shape.Maybe(Shape.Text)).Gives("run_id", Shape.Maybe(Shape.Text)).Gives("title", Shape.Text)
            .Gives("status", Shape.Text).Gives("waits_for", Shape.Maybe(Shape.Text)).Gives("diff_stat", Shape.Maybe(Shape.Text))
            .Gives("report", Shape.Maybe(Shape.Text)).GivesMaybe("check", CheckJson.Default.Check)
            .Gives("rounds", ReviewJson.Default.IReadOnlyListRound).Gives("findings", ReviewJson.Default.IReadOnlyListFinding));

    static string? Waits(Item? item) => item is { State: ItemStatus.Review, Causes: [var first, ..] } ? first.Text
        : item is { State: ItemStatus.Review } ? "It waits to be looked at." : null;
}
