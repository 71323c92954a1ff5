using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;

namespace Orchestrator.Events;

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
    public const string ContentType = "text/event-stream; charset=utf-8";

    public static async Task<SseWatcher> Begin(HttpContext context)
    {
        context.Response.ContentType = ContentType;
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
            EventTail.Heartbeat
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
