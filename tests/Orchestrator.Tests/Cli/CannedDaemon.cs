using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Tests.Cli;

/// <summary>
/// Plays a daemon on a real socket: gives the answers of a script in order, one per connection, and keeps what was asked. What a
/// real daemon answers is tried elsewhere; here it must break off and misbehave on cue.
/// </summary>
sealed class CannedDaemon : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly List<string> asked = [];
    readonly Thread serving;

    public CannedDaemon(params string[] answers)
    {
        listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        serving = new Thread(() => Serve(answers)) { IsBackground = true };
        serving.Start();
    }

    public Uri Url { get; }

    /// <summary>The first lines and bodies of what was asked so far.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (asked) return [.. asked];
        }
    }

    public static string Json(string body, int status = 200) =>
        $"HTTP/1.1 {status} X\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    /// <summary>A stream of frames that breaks off without an end.</summary>
    public static string BrokenStream(params string[] frames) =>
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
        string.Concat(frames.Select(frame => $"{Encoding.UTF8.GetByteCount(frame):x}\r\n{frame}\r\n"));

    void Serve(string[] answers)
    {
        try
        {
            foreach (var answer in answers)
            {
                using var client = listener.AcceptTcpClient();
                using var stream = client.GetStream();
                var request = ReadRequest(stream);
                lock (asked) asked.Add(request);
                stream.Write(Encoding.UTF8.GetBytes(answer));
            }
            listener.Stop();
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    static string ReadRequest(NetworkStream stream)
    {
        var bytes = new byte[64 * 1024];
        var text = "";
        while (!text.Contains("\r\n\r\n", StringComparison.Ordinal) && stream.Read(bytes) is > 0 and var count)
            text += Encoding.UTF8.GetString(bytes, 0, count);
        var head = text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
        var body = text[(head.Length + 4)..];
        while (length is not null && body.Length < int.Parse(length[16..]) && stream.Read(bytes) is > 0 and var more)
            body += Encoding.UTF8.GetString(bytes, 0, more);
        return head.Split("\r\n")[0] + (body.Length > 0 ? " " + body : "");
    }

    public void Dispose()
    {
        listener.Dispose();
        serving.Join();
    }
}
