using System.Globalization;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Runs;
using Orchestrator.Sessions;

namespace Orchestrator.Requests;

/// <summary>Requests, newest first, by state, run or session; one of them; and the wait for its answer.</summary>
static class ListRequests
{
    /// <summary>Longest wait in seconds.</summary>
    const int WaitLimit = 300;

    public static void Map(Routes routes, RequestStore requests, EventFeed feed, TimeProvider clock, CancellationToken shutdown)
    {
        var runs = requests.Runs;
        routes.Get("/requests", nameof(ListRequests), call =>
        {
            var query = new RequestQuery(States(call.Query("state")), call.Number("cursor", long.MaxValue, 0, long.MaxValue), call.Limit())
            {
                RunId = Named(call, "run_id", id => runs.Store.Read(db => RunRows.Resolve(db, id).Id)),
                SessionId = Named(call, "session_id", id => runs.Store.Read(db =>
                    SessionStore.Get(db, Store.Prefixes.Resolve(db, "sessions", "session", id)).Id)),
                InFamilyOf = call.Principal.SessionId,
            };
            var found = runs.Store.Read(db => RequestRows.List(db, query));
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("requests", found, RequestJson.Default.IReadOnlyListRunRequest);
                json.WriteString("next_cursor", found.Count < query.Limit ? null
                    : found[^1].CreatedNo.ToString(CultureInfo.InvariantCulture));
            }));
        }, ownRun: RunAccess.Filtered, doc: ListDoc);
        routes.Get("/requests/{id}", "ShowRequest", async call =>
        {
            var request = runs.Store.Read(db => RequestRows.Resolve(db, call.Part("id")));
            return Show(await Taken(requests, call, request), null);
        }, ownRun: RunAccess.RequestInReach,
            doc: () => RouteDoc.Of("One request.").Gives("request", RequestJson.Default.RunRequest));
        routes.Get("/requests/{id}/wait", "WaitRequest", async call =>
        {
            var limit = call.Seconds("timeout_s", 30, WaitLimit);
            var id = runs.Store.Read(db => RequestRows.Resolve(db, call.Part("id"))).Id;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Gone, shutdown);
            var request = await call.Unless(() => Wait(runs, feed, id, limit, clock, stop.Token), shutdown);
            return Show(await Taken(requests, call, request), request.State == RequestState.Open);
        }, ownRun: RunAccess.RequestInReach, doc: WaitDoc);
    }

    /// <summary>The request once it is closed, or as it is when the time is up.</summary>
    static async Task<RunRequest> Wait(RunStore runs, EventFeed feed, string id, TimeSpan limit, TimeProvider clock, CancellationToken gone)
    {
        var start = clock.GetTimestamp();
        // The cursor is taken before the row is read: an answer that comes in between is seen by one of the two.
        var cursor = feed.Latest;
        var request = runs.Store.Read(db => RequestRows.Get(db, id));
        var mine = new EventFilter { SessionId = request.SessionId, Types = ["request.*"] };
        while (request.State == RequestState.Open && limit - clock.GetElapsedTime(start) is { Ticks: > 0 } left)
        {
            await feed.WaitBeyond(cursor, left, clock, gone);
            var page = feed.TryRead(cursor, mine, new PageSize(EventFeed.Kept, long.MaxValue));
            cursor = page?.Scanned ?? feed.Latest;
            if (page is null || page.Events.Count > 0)
                request = runs.Store.Read(db => RequestRows.Get(db, id));
        }

        return request;
    }

    /// <summary>When the asker itself sees the answer, it has been delivered.</summary>
    static async Task<RunRequest> Taken(RequestStore requests, Call call, RunRequest request)
    {
        if (call.Principal.RunId != request.RunId || request.State == RequestState.Open || request.PickedUpAt is not null)
            return request;
        return await requests.Runs.Store.Write(transaction => requests.PickUp(transaction, request.Id));
    }

    // For a run's own token an id is not completed: candidates and "unknown" would tell what else there is.
    static string? Named(Call call, string member, Func<string, string> complete) =>
        call.Query(member) is { } given && !call.Principal.IsOfFamily ? complete(given) : call.Query(member);

    static Reply Show(RunRequest request, bool? timedOut) => Reply.Ok(json =>
    {
        json.Member("request", request, RequestJson.Default.RunRequest);
        if (timedOut is { } over)
            json.WriteBoolean("timed_out", over);
    });

    static IReadOnlyList<string> States(string? list)
    {
        var words = list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        var unknown = words.FirstOrDefault(word => RequestLifecycle.Parse(word) is null);
        return unknown is null ? words : throw Fault.Invalid("state",
            $"'{Texts.Short(unknown)}' is none of {string.Join(", ", Enum.GetValues<RequestState>().Select(RequestLifecycle.Word))}.");
    }

    static RouteDoc ListDoc() => RouteDoc.Of("Requests, newest first.")
        .Asks("state", "Only those in one of these states, separated by commas.")
        .Asks("run_id", "Only those of this run.")
        .Asks("session_id", "Only those asked by this session or addressed to it.")
        .Pages().Gives("requests", RequestJson.Default.IReadOnlyListRunRequest).GivesNextCursor();

    static RouteDoc WaitDoc() => RouteDoc.Of("Holds the request until it is answered or the time is up.")
        .Asks("timeout_s", "Longest wait in seconds; 30 without it, 300 at most. 0 only looks.", Shape.Number)
        .Gives("request", RequestJson.Default.RunRequest).Gives("timed_out", Shape.Flag);
}
