using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Crash;

/// <summary>A full disk, a disk that cannot be written, a damaged file, two daemons: refused aloud, and nothing is lost.</summary>
public class BadDiskSpecs
{
    [Fact]
    public async Task A_full_disk_is_told_to_everybody_and_when_there_is_room_again_all_goes_on()
    {
        await using var daemon = TestDaemon.Prepare();
        using var disk = SmallDisk.Over(daemon.Data, 24);
        await daemon.Start();
        var before = await daemon.Run("print before");
        await daemon.Ended(before);
        var gate = Path.Combine(daemon.Root, "gate");
        var meanwhile = await daemon.Run("print at work", $"wait-file {gate}", "exit 3");
        var output = Path.Combine(daemon.Data, "runs", meanwhile, "stdout");
        await Eventually.True(() => File.Exists(output) && new FileInfo(output).Length > 0, "the agent is at work");

        var filler = disk.Fill();
        var order = new JsonObject { ["title"] = new string('x', 200) };
        var refused = await daemon.Send(HttpMethod.Post, "/sessions", order).Refused(503, "unavailable");
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await Eventually.True(() => TestDaemon.ProcessesOf(meanwhile).Count == 0, "the agent has ended on the full disk");

        Assert.Contains("disk is full", (string?)refused["detail"], StringComparison.Ordinal);
        Assert.Equal("ok", (string?)(await daemon.Get("/health"))["status"]);
        Assert.Equal("failing", (string?)(await daemon.Get("/daemon/status"))["daemon_health"]);
        var diagnosed = (await daemon.Get($"/runs/{meanwhile}/diagnose"))["diagnostics"]!;
        Assert.Equal("store_not_writable", (string?)diagnosed["likely_issue"]!["code"]);
        await daemon.Send(HttpMethod.Get, "/health/ready").Refused(503, "unavailable");
        Assert.Equal("succeeded", (string?)(await daemon.Get($"/runs/{before}"))["run"]!["status"]);
        File.Delete(filler);
        var after = await daemon.Run("print after");
        Assert.Equal("succeeded", (string?)(await daemon.Ended(after))["status"]);
        var run = await daemon.Ended(meanwhile);
        Assert.Equal("failed", (string?)run["status"]);
        Assert.Equal(3, (int?)run["exit_code"]);
        Assert.NotEqual("failing", (string?)(await daemon.Get("/daemon/status"))["daemon_health"]);
        await Gapless(daemon);
    }

    [Fact]
    public async Task A_daemon_refuses_to_start_on_a_full_disk_and_starts_when_there_is_room()
    {
        await using var daemon = TestDaemon.Prepare();
        using var disk = SmallDisk.Over(daemon.Data, 8);
        await daemon.Start();
        await daemon.Ended(await daemon.Run("print kept"));
        await daemon.Stop();
        var filler = disk.Fill();

        Assert.Equal(7, await daemon.StartAndEnd());

        Assert.DoesNotContain("   at ", daemon.Said, StringComparison.Ordinal);
        Assert.Contains("agentd: ", daemon.Said, StringComparison.Ordinal);
        File.Delete(filler);
        await daemon.Start();
        Assert.Contains(await daemon.Events(), e => (string?)e["data"]!["text"] == "kept");
        await Gapless(daemon);
    }

    [Fact]
    public async Task A_read_only_data_folder_is_refused_without_naming_an_owner_that_is_dead()
    {
        await using var daemon = TestDaemon.Prepare();
        using var disk = SmallDisk.Over(daemon.Data, 8);
        await daemon.Start();
        await daemon.Kill();
        File.Delete(Path.Combine(daemon.Data, "daemon.json"));
        disk.MakeReadOnly();

        Assert.Equal(7, await daemon.StartAndEnd());

        Assert.DoesNotContain("owns", daemon.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", daemon.Said, StringComparison.Ordinal);
        Assert.Contains("ead-only", daemon.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("truncated")]
    [InlineData("empty-page")]
    public async Task A_damaged_database_is_refused_and_left_as_it_is(string damage)
    {
        await using var daemon = TestDaemon.Prepare();
        await daemon.Start();
        await daemon.Ended(await daemon.Run("lines 300"));
        await daemon.Stop();
        var path = Path.Combine(daemon.Data, "agent-orchestrator.db");
        Harm(path, damage);
        var harmed = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(7, await daemon.StartAndEnd());

        Assert.Contains("cannot be opened", daemon.Said, StringComparison.Ordinal);
        Assert.Contains("doctor", daemon.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", daemon.Said, StringComparison.Ordinal);
        Assert.Equal(harmed, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_page_damaged_deep_inside_is_found_by_the_check_and_never_answered_as_a_defect()
    {
        await using var daemon = TestDaemon.Prepare();
        await daemon.Start();
        await daemon.Ended(await daemon.Run("lines 3000 a-line-of-some-length-so-that-there-are-pages-"));
        await daemon.Stop();
        Harm(Path.Combine(daemon.Data, "agent-orchestrator.db"), "middle");

        await daemon.Start();

        Assert.NotEqual("ok", (string?)(await daemon.Get("/doctor/store"))["integrity"]);
        for (var cursor = 0; cursor < 3000; cursor += 100)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/events?cursor={cursor}&limit=100");
            using var answer = await daemon.Send(HttpMethod.Get, path);
            Assert.True((int)answer.StatusCode is 200 or 503, $"{answer.StatusCode}");
        }
    }

    [Fact]
    public async Task A_second_daemon_on_the_same_folder_is_refused_and_told_the_first()
    {
        await using var daemon = await TestDaemon.Start();
        var second = daemon.Twin();

        Assert.Equal(6, await second.StartAndEnd());

        Assert.Contains($"pid {daemon.Pid}", second.Said, StringComparison.Ordinal);
        Assert.Equal("succeeded", (string?)(await daemon.Ended(await daemon.Run("print still here")))["status"]);
    }

    [Fact]
    public async Task A_run_whose_folder_vanished_while_no_daemon_ran_is_lost_once_and_its_processes_are_ended()
    {
        await using var daemon = await TestDaemon.Start();
        var id = await daemon.Run("print at work", "hang");
        await Eventually.True(() => TestDaemon.ProcessesOf(id).Count >= 2, "the agent runs");
        await Eventually.True(() => new FileInfo(Path.Combine(daemon.Data, "runs", id, "stdout")).Length > 0, "it wrote");
        await daemon.Kill();
        Directory.Delete(Path.Combine(daemon.Data, "runs", id), recursive: true);

        await daemon.Start();

        var run = await daemon.Ended(id);
        Assert.Equal("lost", (string?)run["status"]);
        Assert.Contains("run folder", (string?)run["error"]!["message"], StringComparison.Ordinal);
        Assert.Empty(TestDaemon.ProcessesOf(id));
    }

    static async Task Gapless(TestDaemon daemon)
    {
        var all = await daemon.Events();
        Assert.Equal(Enumerable.Range(1, all.Count), all.Select(e => int.Parse((string)e["cursor"]!, CultureInfo.InvariantCulture)));
    }

    static bool Holds(FileStream file, int page, string text)
    {
        var content = new byte[4096];
        file.Position = page * 4096L;
        file.ReadExactly(content);
        return content.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text)) >= 0;
    }

    static void Harm(string path, string damage)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var noise = new byte[4096];
        new Random(1).NextBytes(noise);
        switch (damage)
        {
            case "garbage":
                file.Write(noise.AsSpan(0, 100));
                break;
            case "truncated":
                file.SetLength(5000);
                break;
            case "middle":
                // Some pages with old events: what the start itself writes to lies elsewhere.
                var old = Enumerable.Range(20, (int)(file.Length / 4096) - 20).Where(page => Holds(file, page, "a-line-of-some-length"));
                foreach (var page in old.ToList().SkipLast(3).Where((_, i) => i % 9 == 0))
                {
                    file.Position = page * 4096L;
                    file.Write(noise);
                }

                break;
            default:
                file.Position = 4096;
                file.Write(noise);
                file.Write(noise);
                file.Write(noise);
                break;
        }
    }
}
