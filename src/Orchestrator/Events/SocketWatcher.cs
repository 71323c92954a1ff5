using System.Net.WebSockets;
using System.Text;

namespace Orchestrator.Events;

/// <summary>
/// WebSocket: one text message per event, the same JSON. Pings and the wait for their answer are the framework's: a peer that is gone
/// without a word is dropped. What clients send is read and thrown away, within bounds.
/// </summary>
sealed class SocketWatcher : IWatcher
{
    /// <summary>How long a ping may stay unanswered.</summary>
    public static readonly TimeSpan PongLimit = TimeSpan.FromSeconds(10);

    /// <summary>Longest message read from a client, in bytes.</summary>
    const int MostBytes = 4096;

    /// <summary>Most messages read from a client within <see cref="Window"/>; some send a sign of life of their own.</summary>
    const int MostMessages = 100;

    static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    static readonly TimeSpan ForGoodbye = TimeSpan.FromSeconds(1);

    readonly WebSocket socket;
    readonly TimeProvider clock;
    readonly CancellationTokenSource stop;
    readonly Task reading;
    Farewell? ownEnd;

    SocketWatcher(WebSocket socket, TimeProvider clock, CancellationTokenSource stop)
    {
        (this.socket, this.clock, this.stop) = (socket, clock, stop);
        reading = Read();
    }

    /// <param name="stop">Canceled when the client leaves or must.</param>
    public static async Task<SocketWatcher> Accept(HttpContext context, TimeProvider clock, CancellationTokenSource stop) =>
        new(await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = EventTail.Heartbeat,
            KeepAliveTimeout = PongLimit,
        }), clock, stop);

    public async Task Send(IReadOnlyList<Event> events, CancellationToken limit)
    {
        foreach (var next in events)
            await socket.SendAsync(next.Frame, WebSocketMessageType.Text, endOfMessage: true, limit);
    }

    public Task Beat(CancellationToken limit) => Task.CompletedTask;

    public Task Reset(string data, long cursor, CancellationToken limit) =>
        socket.SendAsync(
            Encoding.UTF8.GetBytes($$"""{"event_type":"reset","cursor":"{{cursor}}","data":{{data}}}""").AsMemory(),
            WebSocketMessageType.Text, endOfMessage: true, limit).AsTask();

    public async Task Close(Farewell? why)
    {
        using (socket)
        {
            if ((ownEnd ?? why) is not { } farewell || socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
                return;
            using var soon = new CancellationTokenSource(ForGoodbye, clock);
            try
            {
                await socket.CloseOutputAsync(farewell.Code, farewell.Text, soon.Token);
                // What is still on its way is read to its end: closing on unread bytes resets the connection, and the goodbye is lost.
                await reading.WaitAsync(soon.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
            {
                // The other side is gone; nobody is there to be told.
            }
        }
    }

    // Without a token: canceling a receive aborts the socket, and a goodbye could no longer be said.
    async Task Read()
    {
        var buffer = new byte[512];
        var (bytes, messages, since) = (0, 0, clock.GetTimestamp());
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)
                is { MessageType: not WebSocketMessageType.Close } part)
            {
                bytes += part.Count;
                if (bytes > MostBytes)
                    await Leave(Farewell.TooBig);
                if (!part.EndOfMessage)
                    continue;
                bytes = 0;
                if (clock.GetElapsedTime(since) > Window)
                    (messages, since) = (0, clock.GetTimestamp());
                if (++messages > MostMessages)
                    await Leave(Farewell.Flood);
            }

            await Leave(Farewell.YouLeft);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Gone without a goodbye, or closed by us.
            await Leave(null);
        }
    }

    async Task Leave(Farewell? why)
    {
        ownEnd ??= why;
        try
        {
            await stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The stream has ended already.
        }
    }
}
