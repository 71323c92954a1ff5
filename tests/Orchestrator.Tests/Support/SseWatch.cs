using System.Net.Http.Headers;

namespace Orchestrator.Tests.Support;

/// <summary>One frame of a stream of server-sent events, as it came: its lines without the empty one.</summary>
/// <param name="Lines">All lines.</param>
sealed record SseFrame(IReadOnlyList<string> Lines)
{
    /// <summary>True for a comment: a heartbeat.</summary>
    public bool IsComment => Lines.All(line => line.StartsWith(':'));

    /// <summary>The cursor.</summary>
    public long Id => long.Parse(One("id: "), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The JSON.</summary>
    public string Data => One("data: ");

    /// <summary>The event's name; null when there is none.</summary>
    public string? Event => Lines.FirstOrDefault(line => line.StartsWith("event: ", StringComparison.Ordinal))?["event: ".Length..];

    string One(string start) => Lines.Single(line => line.StartsWith(start, StringComparison.Ordinal))[start.Length..];
}

/// <summary>A client of the event stream that shows every line.</summary>
sealed class SseWatch : IDisposable
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    static readonly HttpClient Client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 5000 })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    readonly HttpResponseMessage answer;
    readonly StreamReader reader;

    SseWatch(HttpResponseMessage answer, Stream body)
    {
        this.answer = answer;
        reader = new StreamReader(body);
    }

    /// <summary>Connects; fails when the daemon refuses.</summary>
    public static async Task<SseWatch> Open(TestDaemon daemon, string query = "", string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{daemon.Url}/stream{query}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", daemon.Token);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return new SseWatch(answer, await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next frame, comments included; null at the end of the stream.</summary>
    public async Task<SseFrame?> NextRaw()
    {
        var lines = new List<string>();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(Deadline, TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Length > 0)
                lines.Add(line);
            else if (lines.Count > 0)
                return new SseFrame(lines);
        }

        return null;
    }

    /// <summary>The next frame that is no comment; null at the end of the stream.</summary>
    public async Task<SseFrame?> Next()
    {
        while (await NextRaw() is { } frame)
        {
            if (!frame.IsComment)
                return frame;
        }

        return null;
    }

    /// <summary>So many frames.</summary>
    public async Task<List<SseFrame>> Take(int count)
    {
        var frames = new List<SseFrame>();
        while (frames.Count < count)
            frames.Add(await Next() ?? throw new EndOfStreamException($"the stream ended after {frames.Count} frames"));
        return frames;
    }

    public void Dispose()
    {
        reader.Dispose();
        answer.Dispose();
    }
}
