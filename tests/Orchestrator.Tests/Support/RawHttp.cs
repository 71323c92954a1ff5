using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Support;

/// <summary>A connection on which any bytes can be sent: what no HTTP client would let pass.</summary>
sealed class RawHttp : IDisposable
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    readonly TcpClient client = new();
    NetworkStream stream = null!;

    /// <summary>Opens a connection to the daemon.</summary>
    public static async Task<RawHttp> Open(string url)
    {
        var raw = new RawHttp();
        var address = new Uri(url);
        await raw.client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        raw.stream = raw.client.GetStream();
        return raw;
    }

    /// <summary>Sends bytes; a connection the daemon has cut already is no error.</summary>
    public async Task Send(byte[] bytes)
    {
        try
        {
            await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // It was cut: what was answered before can still be read.
        }
    }

    /// <summary>Sends text, one byte a character.</summary>
    public Task Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <summary>Says that nothing more will come.</summary>
    public void Finish()
    {
        try
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Cut already.
        }
    }

    /// <summary>Ends it by a reset, in the middle of whatever goes on.</summary>
    public void Tear()
    {
        client.LingerState = new LingerOption(true, 0);
        client.Close();
    }

    /// <summary>
    /// The first answer, whole; when nothing comes within a moment, the daemon is told that nothing more will be sent, and what it then
    /// says counts. Empty when it just closes.
    /// </summary>
    /// <param name="moment">How long that moment is: a slow machine needs time for a request that is whole.</param>
    public async Task<string> ReadAnswer(TimeSpan moment)
    {
        var (all, buffer) = ("", new byte[65536]);
        while (!IsWhole(all))
        {
            var reading = stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask();
            try
            {
                try
                {
                    await reading.WaitAsync(moment, TestContext.Current.CancellationToken);
                }
                catch (TimeoutException)
                {
                    Finish();
                }

                if (await reading.WaitAsync(Deadline, TestContext.Current.CancellationToken) is not (> 0 and var count))
                    break;
                all += Encoding.Latin1.GetString(buffer, 0, count);
            }
            catch (IOException)
            {
                break;
            }
        }

        return all;
    }

    static bool IsWhole(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        var length = answer[..end].Split("\r\n").FirstOrDefault(h => h.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        return length is not null
            && answer.Length >= end + 4 + int.Parse(length.AsSpan(16), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Everything until the daemon closes; fails when it does not in time.</summary>
    public async Task<string> ReadToEnd()
    {
        var (all, buffer) = (new StringBuilder(), new byte[65536]);
        try
        {
            while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Deadline, TestContext.Current.CancellationToken) is > 0 and var count)
                all.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // A reset is an end as well.
        }

        return all.ToString();
    }

    /// <summary>Reads until the text holds something; fails when the daemon closes or says nothing in time.</summary>
    public async Task<string> ReadUntil(string wanted)
    {
        var (all, buffer) = (new StringBuilder(), new byte[65536]);
        while (!all.ToString().Contains(wanted, StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Deadline, TestContext.Current.CancellationToken);
            Assert.True(count > 0, $"the connection ended after: {all}");
            all.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return all.ToString();
    }

    /// <summary>Status of the first answer in the text; null when there is none.</summary>
    public static int? Status(string answer) =>
        answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && int.TryParse(answer.AsSpan(9, 3), out var status) ? status : null;

    /// <summary>The JSON body of the only answer in the text.</summary>
    public static JsonNode? Body(string answer) =>
        answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) is > 0 and var end && end + 4 < answer.Length
            ? JsonNode.Parse(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(answer[(end + 4)..])))
            : null;

    public void Dispose() => client.Dispose();
}
