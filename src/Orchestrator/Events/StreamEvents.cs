using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Events;

/// <summary>
/// Live events from a cursor, as server-sent events or, on upgrade, as WebSocket messages with the same JSON. Each watcher keeps its own
/// cursor: wait, read after it, write all, flush once, repeat.
/// </summary>
static class StreamEvents
{
    /// <summary>A comment (SSE) or ping (WebSocket) when nothing happened for so long.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    const int PageLimit = 500;

    public static void Map(Routes routes, EventLog log, EventFeed feed, Database store, TimeProvider clock, CancellationToken shutdown) =>
        routes.Stream("/stream", nameof(StreamEvents), async call =>
        {
            var filter = Filter(call, store);
            var asked = call.Context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last
                : call.Query("after", "cursor");
            var start = asked is null ? log.Floor() : ListEvents.Cursor(asked, log);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Gone, shutdown);
            IWatcher watcher = call.Context.WebSockets.IsWebSocketRequest
                ? await SocketWatcher.Accept(call.Context, stop)
                : await SseWatcher.Begin(call.Context);
            try
            {
                await Serve(watcher, log, feed, filter, start, clock, stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or WebSocketException)
            {
                // The watcher went away or the daemon stops; both resume by cursor.
            }
            finally
            {
                await watcher.Close();
            }
        }, RunAccess.Never);

    static async Task Serve(IWatcher watcher, EventLog log, EventFeed feed, EventFilter filter, long cursor, TimeProvider clock,
        CancellationToken stop)
    {
        if (await ResetIfNeeded(watcher, log, cursor, stop) is { } restart)
            cursor = restart;
        while (true)
        {
            var page = log.After(cursor, filter, PageLimit);
            cursor = page.Scanned;
            if (page.Events.Count > 0)
                await watcher.Send(page.Events, stop);
            else if (cursor >= feed.Latest)
                await Wait(watcher, feed, cursor, clock, stop);
        }
    }

    static async Task Wait(IWatcher watcher, EventFeed feed, long cursor, TimeProvider clock, CancellationToken stop)
    {
        await feed.WaitBeyond(cursor, Heartbeat, clock, stop);
        if (feed.Latest <= cursor)
            await watcher.Beat(stop);
    }

    // Too old (pruned) or ahead (another store): said aloud, never skipped in silence.
    static async Task<long?> ResetIfNeeded(IWatcher watcher, EventLog log, long cursor, CancellationToken stop)
    {
        var floor = log.Floor();
        if (cursor >= floor && cursor <= log.Latest)
            return null;
        var reason = cursor < floor ? "pruned" : "ahead";
        var goOn = cursor < floor ? floor : log.Latest;
        await watcher.Reset($$"""{"reason":"{{reason}}","oldest":"{{floor}}","latest":"{{log.Latest}}"}""", goOn, stop);
        return goOn;
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

/// <summary>One client that watches, by either protocol.</summary>
interface IWatcher
{
    Task Send(IReadOnlyList<Event> events, CancellationToken stop);

    /// <summary>A sign of life when nothing happens.</summary>
    Task Beat(CancellationToken stop);

    /// <summary>The cursor cannot be served; the client must load anew and go on from <paramref name="cursor"/>.</summary>
    Task Reset(string data, long cursor, CancellationToken stop);

    Task Close();
}

/// <summary>Server-sent events: <c>id:</c> is the cursor, one <c>data:</c> line each, a comment as heartbeat.</summary>
sealed class SseWatcher(PipeWriter output) : IWatcher
{
    public static async Task<SseWatcher> Begin(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();
        var writer = context.Response.BodyWriter;
        // A first comment makes the headers go out at once.
        writer.Write(": connected\n\n"u8);
        await writer.FlushAsync(context.RequestAborted);
        return new SseWatcher(writer);
    }

    public async Task Send(IReadOnlyList<Event> events, CancellationToken stop)
    {
        foreach (var next in events)
            Frame(next);
        await output.FlushAsync(stop);
    }

    public async Task Beat(CancellationToken stop)
    {
        output.Write(": beat\n\n"u8);
        await output.FlushAsync(stop);
    }

    public async Task Reset(string data, long cursor, CancellationToken stop)
    {
        output.Write(Encoding.UTF8.GetBytes($"event: reset\nid: {cursor}\ndata: {data}\n\n"));
        await output.FlushAsync(stop);
    }

    public Task Close() => Task.CompletedTask;

    void Frame(Event next)
    {
        var frame = next.Frame.Span;
        var span = output.GetSpan(frame.Length + 40);
        "id: "u8.CopyTo(span);
        next.Seq.TryFormat(span[4..], out var digits, provider: CultureInfo.InvariantCulture);
        var at = 4 + digits;
        "\ndata: "u8.CopyTo(span[at..]);
        at += 7;
        frame.CopyTo(span[at..]);
        at += frame.Length;
        "\n\n"u8.CopyTo(span[at..]);
        output.Advance(at + 2);
    }
}

/// <summary>WebSocket: one text message per event, the same JSON; pings are the framework's keep-alive.</summary>
sealed class SocketWatcher(WebSocket socket) : IWatcher
{
    public static async Task<SocketWatcher> Accept(HttpContext context, CancellationTokenSource stop)
    {
        var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval =
            StreamEvents.Heartbeat
        });
        _ = ReadUntilClosed(socket, stop);
        return new SocketWatcher(socket);
    }

    public async Task Send(IReadOnlyList<Event> events, CancellationToken stop)
    {
        foreach (var next in events)
            await socket.SendAsync(next.Frame, WebSocketMessageType.Text, endOfMessage: true, stop);
    }

    public Task Beat(CancellationToken stop) => Task.CompletedTask;

    public Task Reset(string data, long cursor, CancellationToken stop) =>
        socket.SendAsync(
            Encoding.UTF8.GetBytes($$"""{"event_type":"reset","cursor":"{{cursor}}","data":{{data}}}""").AsMemory(),
            WebSocketMessageType.Text, endOfMessage: true, stop).AsTask();

    public async Task Close()
    {
        using (socket)
        {
            if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
                return;
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "the daemon stops or you left", soon.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
            {
                // The other side is gone; nobody is there to be told.
            }
        }
    }

    // Nothing is expected from the client; reading is how a close is noticed.
    static async Task ReadUntilClosed(WebSocket socket, CancellationTokenSource stop)
    {
        var buffer = new byte[512];
        try
        {
            while ((await socket.ReceiveAsync(buffer, stop.Token)).MessageType != WebSocketMessageType.Close)
            {
                // What clients send is ignored.
            }

            await stop.CancelAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            if (e is WebSocketException)
                await stop.CancelAsync();
        }
    }
}
