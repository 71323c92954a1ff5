using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Support;

/// <summary>A client of the event stream over WebSocket.</summary>
sealed class SocketWatch : IDisposable
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    readonly ClientWebSocket socket = new();
    readonly byte[] buffer = new byte[16 * 1024];

    /// <summary>The socket itself.</summary>
    public ClientWebSocket Socket => socket;

    /// <summary>Connects; fails when the daemon refuses.</summary>
    public static async Task<SocketWatch> Open(TestDaemon daemon, string query = "")
    {
        var watch = new SocketWatch();
        watch.socket.Options.SetRequestHeader("Authorization", "Bearer " + daemon.Token);
        await watch.socket.ConnectAsync(new Uri(daemon.Url.Replace("http", "ws", StringComparison.Ordinal) + "/stream" + query),
            TestContext.Current.CancellationToken);
        return watch;
    }

    /// <summary>The next event; null when the daemon has said goodbye, which <see cref="Socket"/> then shows.</summary>
    public async Task<JsonNode?> Next()
    {
        using var text = new MemoryStream();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken)
                .WaitAsync(Deadline, TestContext.Current.CancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            text.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonNode.Parse(Encoding.UTF8.GetString(text.ToArray()));
        }
    }

    /// <summary>Sends a text message of so many letters; a connection the daemon has cut already is no error.</summary>
    public async Task Say(int letters)
    {
        try
        {
            await socket.SendAsync(new byte[letters].Select(_ => (byte)'x').ToArray(), WebSocketMessageType.Text, true,
                TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            // It was cut; what was said before can still be read.
        }
    }

    /// <summary>Reads on to the goodbye: its code and words.</summary>
    public async Task<(WebSocketCloseStatus? Code, string? Text)> Goodbye()
    {
        while (await Next() is not null)
        {
            // What was on its way.
        }

        return (socket.CloseStatus, socket.CloseStatusDescription);
    }

    public void Dispose() => socket.Dispose();
}
