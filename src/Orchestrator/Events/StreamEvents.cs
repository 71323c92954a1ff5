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
            var filter = Filter(call, store);
            Authorize(call.Principal, filter, reaches);
            var asked = call.Context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last
                : call.Query("after", "cursor");
            var start = asked is null ? log.Floor() : ListEvents.Cursor(asked, log);
            if (HttpMethods.IsHead(call.Context.Request.Method))
            {
                call.Context.Response.ContentType = SseWatcher.ContentType;
                return;
            }

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Gone, shutdown);
            IWatcher watcher = call.Context.WebSockets.IsWebSocketRequest
                ? await SocketWatcher.Accept(call.Context, stop)
                : await SseWatcher.Begin(call.Context);
            try
            {
                await new EventTail(log, feed, clock).Serve(watcher, filter, start, stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or WebSocketException)
            {
                // The watcher went away or the daemon stops; both resume by cursor.
            }
            finally
            {
                await watcher.Close();
            }
        }, RunAccess.Filtered);

    // A run's own token may watch its own family, and nothing else.
    static void Authorize(Principal principal, EventFilter filter, Func<Principal, RunAccess, string, bool> reaches)
    {
        if (principal.RunId is null)
            return;
        var allowed = (filter.RunId is not null || filter.SessionId is not null)
            && (filter.RunId is not { } run || reaches(principal, RunAccess.RunInReach, run))
            && (filter.SessionId is not { } session || reaches(principal, RunAccess.SessionInReach, session));
        if (!allowed)
            throw new Fault(FaultCode.Forbidden, "A run's own token reaches only its own run, its session and those below.",
                "Give run_id or session_id of your own family.");
    }

    static EventFilter Filter(Call call, Database store)
    {
        var session = call.Query("session_id", "sessionId");
        var run = call.Query("run_id", "runId");
        return new EventFilter
        {
            SessionId = session is null ? null : store.Read(db => Existing(db, "sessions", "session", session)),
            RunId = run is null ? null : store.Read(db => Existing(db, "runs", "run", run)),
            Types = ListEvents.Types(call),
        };
    }

    static string Existing(Connection db, string table, string kind, string idOrPrefix)
    {
        var id = Prefixes.Resolve(db, table, kind, idOrPrefix);
        return db.Text($"select id from {table} where id = @id", ("@id", id)) ?? throw Fault.NotFound(kind, id);
    }
}
