using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Board;

/// <summary>What took which time: of an item with all that belongs to it, or of a run and everybody below it.</summary>
static class ShowTimeline
{
    public static void Map(Routes routes, Database store, TimeProvider clock)
    {
        routes.Get("/items/{id}/timeline", nameof(ShowTimeline), call => Task.FromResult(Answer(clock, store.Read(db =>
        {
            var item = ItemRows.Resolve(db, call.Part("id"));
            return (item.Id, item.Title, TimelineRows.OfItem(db, item.Id));
        }))), doc: () => Doc("What took which time in the work on an item: its statuses, runs and those they spawned, tool calls, waits, "
            + "questions, checks, reviews and deliveries."));
        routes.Get("/runs/{id}/timeline", "ShowRunTimeline", call => Task.FromResult(Answer(clock, store.Read(db =>
        {
            var run = RunRows.Resolve(db, call.Part("id"));
            return (run.Id, run.Title ?? "", TimelineRows.OfRun(db, run.Id));
        }))), ownRun: RunAccess.RunInReach, doc: () => Doc("What took which time in a run and in everybody it spawned."));
    }

    static Reply Answer(TimeProvider clock, (string Id, string Title, TimelineFacts Facts) found)
    {
        var timeline = new Timeline
        {
            Id = found.Id,
            Title = found.Title,
            Now = clock.GetUtcNow(),
            IsCut = found.Facts.IsCut,
            Spans = TimelineSpans.Of(found.Facts),
        };
        return Reply.Ok(json => json.Member("timeline", timeline, TimelineJson.Default.Timeline));
    }

    static RouteDoc Doc(string summary) => RouteDoc.Of(summary).Gives("timeline", TimelineJson.Default.Timeline);
}
