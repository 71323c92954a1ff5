using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>A program writes a gigabyte: the daemon stays small and quick, keeps both ends, and says what was cut.</summary>
public class FloodSpecs
{
    const long Flood = 1L << 30;
    const long Kept = 256L << 20;

    [Fact]
    public async Task A_gigabyte_of_output_is_cut_in_the_middle_and_neither_fills_memory_nor_blocks_the_daemon()
    {
        var line = new string('x', 99);
        var script = $"echo first; yes {line} | head -c {Flood}; "
            + """echo; echo last; echo '{"goal_met":true,"summary":"all of it"}'""";
        var command = new JsonArray("/bin/sh", "-c", script).ToJsonString();
        await using var daemon = await TestDaemon.Start($"  flood:\n    agent: command\n    command: {command}\n");
        var order = new JsonObject { ["prompt"] = "flood", ["profile"] = "flood" };
        var id = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
        var slowest = TimeSpan.Zero;
        var ending = daemon.Ended(id, 120);
        while (!ending.IsCompleted)
        {
            var begun = TimeProvider.System.GetTimestamp();
            await daemon.Get("/health");
            var took = TimeProvider.System.GetElapsedTime(begun);
            slowest = took > slowest ? took : slowest;
            await Moment.Later(TimeSpan.FromMilliseconds(50));
        }

        var run = await ending;
        Assert.Equal("succeeded", (string?)run["status"]);
        Assert.Equal("all of it", (string?)run["result"]!["summary"]);
        Assert.True(slowest < TimeSpan.FromSeconds(1), $"the slowest answer took {slowest}");
        Assert.InRange(PeakMemory(daemon.Pid), 1, 250L << 20);
        CheckJournal(Path.Combine(daemon.Data, "runs", id, "stdout"), await Cut(daemon, id));
        await CheckEvents(daemon, id);
    }

    static async Task CheckEvents(TestDaemon daemon, string id)
    {
        var events = await daemon.EventsOf(id);
        var warning = Assert.Single(events, e => (string?)e["event_type"] == "run.warning");
        Assert.Equal("output_cut", (string?)warning["data"]!["code"]);
        var texts = events.Where(e => (string?)e["event_type"] == "run.output").Select(e => (string?)e["data"]!["text"]).ToList();
        Assert.Equal("first", texts[0]);
        Assert.Equal(["last", """{"goal_met":true,"summary":"all of it"}"""], texts[^2..]);
        Assert.InRange(texts.Count, 200_000, 210_000);
    }

    static async Task<(long From, long To)> Cut(TestDaemon daemon, string id)
    {
        using var answer = await daemon.Send(HttpMethod.Get, $"/runs/{id}/output?offset=0");
        Assert.True(answer.IsSuccessStatusCode);
        var parts = answer.Headers.GetValues("X-Output-Cut").Single().Split('-');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    static void CheckJournal(string path, (long From, long To) told)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var length = RandomAccess.GetLength(file);
        var hole = JournalCut.Find(file);
        Assert.InRange(length, Flood, Flood + 1000);
        Assert.Equal(told, (hole!.Value.Start, hole.Value.End));
        Assert.InRange(length - hole.Value.Length, Kept / 2, Kept + Kept / 4);
    }

    // VmHWM:	  123456 kB
    static long PeakMemory(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }
}
