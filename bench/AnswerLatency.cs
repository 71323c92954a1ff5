using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>
/// From the POST of an answer to the agent that goes on, told by the agent itself: it holds a request open for the answer, as one that
/// waits does. And to the event at a watcher.
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
            await daemon.Http.GetStreamAsync("/stream?after=latest&types=request.created,run.resumed,run.output"));
        var seen = new Seen(stream);
        await daemon.Post($"/sessions/{parent}/spawn", new JsonObject { ["task"] = task, ["profile"] = "asks" });
        var toAgent = new List<double>();
        var toWatcher = new List<double>();
        var toOutput = new List<double>();
        for (var round = 0; round < Warmup + Rounds; round++)
        {
            var (agent, watcher, output) = await Answer(daemon, seen);
            if (round < Warmup)
                continue;
            toAgent.Add(agent);
            toWatcher.Add(watcher);
            toOutput.Add(output);
        }

        report.Figure("request answered over HTTP → agent goes on, p50", Report.Percentile(toAgent, 0.5), "ms", 30);
        report.Figure("the same, p99", Report.Percentile(toAgent, 0.99), "ms", 100);
        report.Figure("request answered over HTTP → run.resumed at a watcher, p50", Report.Percentile(toWatcher, 0.5), "ms", 30);
        report.Figure("request answered over HTTP → its next line at a watcher, p50", Report.Percentile(toOutput, 0.5), "ms", 60);
    }

    static async Task<(double Agent, double Watcher, double Output)> Answer(BenchDaemon daemon, Seen seen)
    {
        // Told twice, to the asker's session and to its parent's; the first has the run's id.
        var created = await seen.Next(data => (string?)data["event_type"] == "request.created" && data["run_id"] is not null);
        // Long enough for the agent to hold its own request open.
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        await pause.WaitForNextTickAsync();
        var asked = Now();
        var answering = daemon.Post($"/requests/{created["data"]!["request_id"]}/answer",
            new JsonObject { ["decision"] = "answer", ["text"] = "yes" });
        await seen.Next(data => (string?)data["event_type"] == "run.resumed");
        var watcher = Now() - asked;
        var told = await seen.Next(data => ((string?)data["data"]!["text"])?.StartsWith("now ", StringComparison.Ordinal) == true);
        var output = Now() - asked;
        await answering;
        var agent = double.Parse(((string)told["data"]!["text"]!)[4..], CultureInfo.InvariantCulture) / 1000;
        return (agent - asked, watcher, output);
    }

    /// <summary>Events as they come; one that was read while another was looked for is kept.</summary>
    sealed class Seen(StreamReader stream)
    {
        readonly List<JsonNode> kept = [];

        public async Task<JsonNode> Next(Func<JsonNode, bool> wanted)
        {
            while (true)
            {
                if (kept.FirstOrDefault(wanted) is { } found)
                {
                    kept.Remove(found);
                    return found;
                }

                var line = await stream.ReadLineAsync() ?? throw new InvalidOperationException("the stream ended");
                if (line.StartsWith("data:", StringComparison.Ordinal) && JsonNode.Parse(line[5..]) is { } data)
                    kept.Add(data);
            }
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
