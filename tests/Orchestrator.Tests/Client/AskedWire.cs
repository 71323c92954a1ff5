using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Tests.Client;

/// <summary>A socket that takes every request, keeps it, and answers an empty object: shows what a call really puts on the wire.</summary>
sealed class AskedWire : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public AskedWire()
    {
        listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }

    public Uri Url { get; }

    /// <summary>Runs a call and gives the request it made: its line, and its body.</summary>
    public async Task<(string Method, Uri Target, string Body)> Of(Action call)
    {
        // The call blocks its thread, so it gets one that nobody else needs.
        var calling = Task.Run(call, TestContext.Current.CancellationToken);
        var asked = await Answer().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await calling;
        return asked;
    }

    async Task<(string, Uri, string)> Answer()
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        var words = (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(' ');
        var length = 0;
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } header)
        {
            if (header.StartsWith("Content-Length: ", StringComparison.Ordinal)) length = int.Parse(header[16..]);
        }
        var body = new char[length];
        if (length > 0) await reader.ReadBlockAsync(body, TestContext.Current.CancellationToken);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(), TestContext.Current.CancellationToken);
        return (words[0], new Uri(Url, words[1]), new string(body));
    }

    public void Dispose() => listener.Dispose();
}
