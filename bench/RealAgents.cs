using System.Diagnostics;
using System.Text.Json.Nodes;
using Orchestrator.Terminals;

namespace Orchestrator.Bench;

/// <summary>
/// The real Codex CLI against a scripted model server: one turn under the daemon over the same turn by hand, as pairs of the same minute;
/// and the memory the daemon adds while agents run.
/// </summary>
static class RealAgents
{
    const int Warmup = 6;
    const int Rounds = 18;
    const int Held = 8;

    // Every order of the three, so that each follows each as often: what one leaves to the machine, such as children of its own that end
    // a little later, the next one pays for.
    static readonly int[][] Orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [2, 0, 1], [1, 0, 2]];

    const string Ends = "/stream?after=latest&types=run.succeeded,run.failed,run.lost";
    const string Prompt = "fake: text hello";

    const string Config = """
        profiles:
          simple:
            agent: codex
            protocol: exec
          served:
            agent: codex
            protocol: app-server
          nothing:
            agent: command
            command: ["/bin/true"]
        """;

    public static async Task Measure(Report report)
    {
        if (CodexSeat.WhyNot is { } missing)
        {
            report.Skipped("one turn of the real Codex CLI under the daemon", missing);
            return;
        }

        var data = BenchDaemon.NewFolder();
        await using var seat = await CodexSeat.Take(data);
        await using var daemon = await BenchDaemon.Start(Config, Held, data, seat.Environment);
        await Warm(daemon);
        await Compare(report, daemon, "codex exec", "simple", (tools, prompt) => seat.Exec(tools, prompt), 1.10);
        await Compare(report, daemon, "codex app-server", "served", (tools, prompt) => seat.AppServer(tools, prompt), 1.15);
        await Memory(report, daemon, seat);
    }

    /// <summary>What a daemon of days has long compiled, one of seconds compiles beside the agent it holds.</summary>
    static async Task Warm(BenchDaemon daemon)
    {
        using var stream = new StreamReader(await daemon.Http.GetStreamAsync(Ends));
        for (var i = 0; i < 100; i++)
            await Run(daemon, stream, "nothing");
    }

    /// <summary>Judged is what the daemon adds to its own command line; beside it stands the same against one without our tools.</summary>
    static async Task Compare(Report report, BenchDaemon daemon, string what, string profile,
        Func<IReadOnlyList<string>, string, Task> byHand, double atMost)
    {
        using var stream = new StreamReader(await daemon.Http.GetStreamAsync(Ends));
        var tools = await CodexSeat.Tools(daemon, await Run(daemon, stream, profile));
        Func<Task>[] turns = [() => byHand(tools, Prompt), () => Run(daemon, stream, profile), () => byHand([], Prompt)];
        var samples = turns.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Warmup + Rounds; round++)
            foreach (var turn in Orders[round % Orders.Length])
            {
                var taken = await Timed(turns[turn]);
                if (round >= Warmup)
                    samples[turn].Add(taken);
            }

        double Times(int other) => Report.Percentile(samples[1].Zip(samples[other], (held, bare) => held / bare), 0.5);
        report.Limit($"one turn of {what} by hand, p50", Report.Percentile(samples[0], 0.5), "ms");
        report.Limit($"one turn of {what} under the daemon, p50", Report.Percentile(samples[1], 0.5), "ms");
        report.Ratio($"{what}: under the daemon / the same command by hand", Times(0), 1, atMost, below: true);
        report.Figure($"{what}: under the daemon / by hand without our tool server", Times(2), "times", atMost);
    }

    static async Task<double> Timed(Func<Task> turn)
    {
        var start = Stopwatch.GetTimestamp();
        await turn();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    static async Task<string> Run(BenchDaemon daemon, StreamReader stream, string profile)
    {
        var run = await daemon.Post("/runs", new JsonObject { ["prompt"] = Prompt, ["profile"] = profile });
        await Ended(stream, "run.succeeded");
        return (string)run["run"]!["id"]!;
    }

    static async Task Ended(StreamReader stream, string wanted)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("data:", StringComparison.Ordinal))
                continue;
            if ((string?)JsonNode.Parse(line[5..])!["event_type"] != wanted)
                throw new InvalidOperationException(line);
            return;
        }

        throw new InvalidOperationException("the stream ended");
    }

    /// <summary>What the daemon's own process grows by, with holder and keeper, while agents wait for their model.</summary>
    static async Task Memory(Report report, BenchDaemon daemon, CodexSeat seat)
    {
        using var stream = new StreamReader(await daemon.Http.GetStreamAsync(Ends));
        // What the first ones cost once and for all is not theirs.
        await Hold(daemon, seat, stream, "warm-");
        var before = daemon.MemoryMb();
        var (own, tools, after) = await Hold(daemon, seat, stream, "held-", daemon.MemoryMb);
        report.Figure($"memory per running agent: daemon's growth, holder and keeper, {Held} at once",
            ((after - before) / Held) + own, "MB", 5);
        report.Limit("the same agent's tool server, which the agent starts", tools, "MB");
    }

    static async Task<(double Own, double Tools, double Daemon)> Hold(
        BenchDaemon daemon, CodexSeat seat, StreamReader stream, string gate, Func<double>? look = null)
    {
        var ids = new List<string>();
        for (var i = 0; i < Held; i++)
            ids.Add((string)(await daemon.Post("/runs",
                new JsonObject { ["prompt"] = $"fake: hang {gate}{i}; text done", ["profile"] = "served" }))["run"]!["id"]!);
        await seat.AskedFor(ids.Count, $"hang {gate}");
        var folders = ids.Select(id => new RunFolder(Path.Combine(daemon.Data, "runs", id))).ToList();
        var own = folders.Average(folder => Resident(folder.ReadHolder()!.Identity.Pid) + Resident(KeeperOf(folder)));
        var tools = ids.Average(id => Leftovers.Find(id).Where(process => Program(process.Identity.Pid) == "agentctl")
            .Sum(process => Resident(process.Identity.Pid)));
        var now = look?.Invoke() ?? 0;
        for (var i = 0; i < Held; i++)
            await seat.Release($"{gate}{i}");
        foreach (var _ in ids)
            await Ended(stream, "run.succeeded");
        return (own, tools, now);
    }

    static int KeeperOf(RunFolder folder) =>
        int.Parse(File.ReadAllText(Path.Combine(folder.Path, "keeper")).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    static string Program(int pid) => Path.GetFileName(new FileInfo($"/proc/{pid}/exe").LinkTarget ?? "");

    static double Resident(int pid) => long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1],
        System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize / 1e6;
}
