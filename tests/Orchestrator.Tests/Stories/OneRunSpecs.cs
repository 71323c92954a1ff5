using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Stories;

/// <summary>The shortest way through the whole program: a prompt goes in, an agent works, events and a result come out.</summary>
public class OneRunSpecs
{
    [Fact]
    public async Task A_prompt_becomes_a_run_with_output_result_and_one_end()
    {
        await using var daemon = await TestDaemon.Start();
        var id = await daemon.Run("print hello", "err careful", """result {"goal_met":true,"summary":"said hello"}""");

        var run = await daemon.Ended(id);

        Assert.Equal("succeeded", (string?)run["status"]);
        Assert.Equal(0, (int?)run["exit_code"]);
        Assert.Equal("said hello", (string?)run["result"]!["summary"]);
        Assert.Equal("none", (string?)run["protection"]);
        var events = await daemon.EventsOf(id);
        Assert.Equal("run.succeeded", (string?)events[^1]["event_type"]);
        Assert.Contains(events, e => (string?)e["data"]!["text"] == "hello" && (string?)e["data"]!["stream"] == "stdout");
        Assert.Contains(events, e => (string?)e["data"]!["text"] == "careful" && (string?)e["data"]!["stream"] == "stderr");
        Assert.Equal(Enumerable.Range(1, (await daemon.Events()).Count),
            (await daemon.Events()).Select(e => int.Parse((string)e["cursor"]!, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Empty(TestDaemon.ProcessesOf(id));
    }

    [Fact]
    public async Task A_projects_run_works_in_a_worktree_of_its_own_and_is_committed_on_its_branch()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        await daemon.Post("/projects", new JsonObject { ["name"] = "demo", ["path"] = repository.Path });
        var order = TestDaemon.Order("write new.txt fresh", """result {"goal_met":true,"summary":"Add new.txt"}""");
        order["project"] = "demo";
        order["title"] = "Add a file";
        var id = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;

        var run = await daemon.Ended(id);

        Assert.Equal("succeeded", (string?)run["status"]);
        Assert.Equal("worktree", (string?)run["workspace"]!["kind"]);
        Assert.StartsWith("agent/", (string?)run["workspace"]!["branch"], StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(repository.Path, "new.txt")));
        Assert.Equal("new.txt", (string?)run["files_changed"]![0]!["path"]);
        Assert.Equal("Add new.txt", (string?)run["commits"]![0]!["subject"]);
        using var diff = await daemon.Send(HttpMethod.Get, $"/runs/{id}/diff");
        Assert.Contains("+fresh", await diff.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canceled_run_leaves_no_process_even_one_in_a_session_of_its_own()
    {
        await using var daemon = await TestDaemon.Start();
        var id = await daemon.Run("grandchild 300 setsid", "ignore TERM", "ignore INT", "print ready", "hang");
        await Eventually.True(() => TestDaemon.ProcessesOf(id).Count >= 2, "agent and grandchild run");

        var first = await daemon.Post($"/runs/{id}/cancel", new JsonObject { ["reason"] = "enough" });
        var again = await daemon.Post($"/runs/{id}/cancel");

        Assert.Equal("stopping", (string?)first["run"]!["status"]);
        Assert.Contains((string?)again["run"]!["status"], new[] { "stopping", "canceled" });
        var run = await daemon.Ended(id);
        Assert.Equal("canceled", (string?)run["status"]);
        Assert.Equal("user", (string?)run["reason"]);
        Assert.Empty(TestDaemon.ProcessesOf(id));
        var events = await daemon.EventsOf(id);
        Assert.Single(events, e => (string?)e["event_type"] == "run.stopping");
        Assert.Equal("run.canceled", (string?)events[^1]["event_type"]);
    }

    [Fact]
    public async Task A_killed_daemon_loses_nothing_of_a_run_that_goes_on()
    {
        await using var daemon = await TestDaemon.Start();
        var gate = Path.Combine(daemon.Root, "gate");
        var id = await daemon.Run(
            "lines 500 before-", $"wait-file {gate}", "lines 500 after-", """result {"goal_met":true,"summary":"both"}""");
        await Eventually.True(() => TestDaemon.ProcessesOf(id).Count >= 1, "the agent runs");

        await daemon.Kill();
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await daemon.Start();

        var run = await daemon.Ended(id);
        Assert.Equal("succeeded", (string?)run["status"]);
        var lines = (await daemon.EventsOf(id)).Where(e => (string?)e["event_type"] == "run.output").Select(e =>
            (string)e["data"]!["text"]!).ToList();
        Assert.Equal([.. Enumerable.Range(1, 500).Select(n => $"before-{n}"), .. Enumerable.Range(1, 500).Select(n => $"after-{n}")],
            lines[..1000]);
        Assert.Equal(1001, lines.Count);
    }
}
