using System.Net.WebSockets;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Events;

/// <summary>
/// Live events from a cursor, as server-sent events or, on upgrade, as WebSocket messages with the same JSON. Each watcher keeps its own
/// cursor: wait, read after it, write all, flush once, repeat.
/// </summary>
static class StreamEvents
{
    public static void Map(Routes routes, EventLog log, EventFeed feed, Database store, TimeProvider clock,
        Func<Principal, RunAccess, string, bool> reaches, CancellationToken shutdown) =>
        routes.Stream("/stream", nameof(StreamEvents), async call =>
        {
            var filter = FilterQuery.Read(call, store);
            Authorize(call.Principal, filter, reaches);
            var asked = call.Context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last
                : call.Query("after", "cursor");
            var start = asked is null ? log.Floor() : ListEvents.Cursor(asked, log);
            if (HttpMethods.IsHead(call.Context.Request.Method))
            {
                call.Context.Response.ContentType = SseWatcher.ContentType;
                return;
            }

            var revoked = call.Principal.Gone;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Context.RequestAborted, revoked, shutdown);
            IWatcher watcher = call.Context.WebSockets.IsWebSocketRequest
                ? await SocketWatcher.Accept(call.Context, clock, stop)
                : await SseWatcher.Begin(call.Context, clock);
            try
            {
                await new EventTail(log, feed, clock).Serve(watcher, filter, start, stop.Token);
                // It reads nothing any more: what waits for it in our buffers is dropped, at once.
                call.Context.Abort();
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or WebSocketException)
            {
                // The watcher went away or the daemon stops; both resume by cursor.
            }
            finally
            {
                await watcher.Close(revoked.IsCancellationRequested ? Farewell.TokenGone
                    : shutdown.IsCancellationRequested ? Farewell.Stopping : null);
            }
        }, RunAccess.Filtered, Doc);

    // A run's own token may watch its own family, and nothing else.
    static void Authorize(Principal principal, EventFilter filter, Func<Principal, RunAccess, string, bool> reaches)
    {
        if (!principal.IsOfFamily)
            return;
        var allowed = (filter.RunId is not null || filter.SessionId is not null)
            && (filter.RunId is not { } run || reaches(principal, RunAccess.RunInReach, run))
            && (filter.SessionId is not { } session || reaches(principal, RunAccess.SessionInReach, session));
        if (!allowed)
            throw new Fault(FaultCode.Forbidden, "A run's own token reaches only its own run, its session and those below.",
                "Give run_id or session_id of your own family.");
    }

    static RouteDoc Doc() => RouteDoc
        .Of("Events after a cursor and then as they happen: server-sent events or, on upgrade, WebSocket messages with the same JSON.")
        .Asks("session_id", "Only events of this session.").AlsoAsks("sessionId", "session_id")
        .Asks("run_id", "Only events of this run.").AlsoAsks("runId", "run_id")
        .Asks("item_id", "Only events of this item.").AlsoAsks("itemId", "item_id")
        .Asks("types", "Only these types, separated by commas; run.* is a prefix.")
        .Asks("after", "Begin after this cursor; latest for now, without it at the first event. Last-Event-ID goes before it.")
        .AlsoAsks("cursor", "after")
        .GivesRaw("text/event-stream", "Frames of an id (the cursor) and one data line (an Event); a comment every 15 s; "
            + "event: reset when the cursor is older than what is kept.");
}
