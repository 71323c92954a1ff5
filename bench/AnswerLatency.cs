using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>
/// From the POST of an answer to the agent that goes on, told by the agent itself: it holds a request open for the answer, as one that waits
/// does. And to the event at a watcher.
/// </summary>
static class AnswerLatency
{
    const int Warmup = 5;
    const int Rounds = 40;

    public static async Task Measure(Report report)
    {
        await using var daemon = await BenchDaemon.Start(Config());
        var parent = (string)(await daemon.Post("/sessions", []))["session"]!["id"]!;
        var task = "work\n" + string.Concat(Enumerable.Repeat("!ask question go on?\n!now\n", Warmup + Rounds));
        using var stream = new StreamReader(
            await daemon.Http.GetStreamAsync($"/stream?after=latest&types=request.created,run.resumed,run.output"));
        await daemon.Post($"/sessions/{parent}/spawn", new JsonObject { ["task"] = task, ["profile"] = "asks" });
        var toAgent = new List<double>();
        var toWatcher = new List<double>();
        for (var round = 0; round < Warmup + Rounds; round++)
        {
            var (agent, watcher) = await Answer(daemon, stream);
            if (round < Warmup)
                continue;
            toAgent.Add(agent);
            toWatcher.Add(watcher);
        }

        report.Figure("request answered over HTTP → agent goes on, p50", Report.Percentile(toAgent, 0.5), "ms", 30);
        report.Figure("the same, p99", Report.Percentile(toAgent, 0.99), "ms", 100);
        report.Figure("request answered over HTTP → run.resumed at a watcher, p50", Report.Percentile(toWatcher, 0.5), "ms", 30);
    }

    static async Task<(double Agent, double Watcher)> Answer(BenchDaemon daemon, StreamReader stream)
    {
        var request = (string)(await Next(stream, data => (string?)data["event_type"] == "request.created"))["data"]!["request_id"]!;
        // Long enough for the agent to hold its own request open.
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        await pause.WaitForNextTickAsync();
        var asked = Now();
        var answering = daemon.Post($"/requests/{request}/answer", new JsonObject { ["decision"] = "answer", ["text"] = "yes" });
        await Next(stream, data => (string?)data["event_type"] == "run.resumed");
        var watcher = Now() - asked;
        var told = await Next(stream, data => ((string?)data["data"]!["text"])?.StartsWith("now ", StringComparison.Ordinal) == true);
        await answering;
        return ((double.Parse(((string)told["data"]!["text"]!)[4..], CultureInfo.InvariantCulture) / 1000) - asked, watcher);
    }

    static async Task<JsonNode> Next(StreamReader stream, Func<JsonNode, bool> wanted)
    {
        while (true)
        {
            var line = await stream.ReadLineAsync() ?? throw new InvalidOperationException("the stream ended");
            if (line.StartsWith("data:", StringComparison.Ordinal) && JsonNode.Parse(line[5..]) is { } data && wanted(data))
                return data;
        }
    }

    static double Now() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    static string Config()
    {
        var agent = Path.Combine(BenchDaemon.Root, "artifacts", "bin", "FakeAgent", "release", "fake-agent");
        return $"""
            profiles:
              asks:
                agent: command
                command: ["{agent}"]
            """;
    }
}
