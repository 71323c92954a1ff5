using System.Text.Json.Nodes;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Gates;

/// <summary>Checks through the front door: what the daemon itself finds decides, whatever the agent said.</summary>
public class CheckStorySpecs
{
    [Fact]
    public async Task The_projects_own_commands_decide_and_what_they_print_is_kept()
    {
        await using var stage = await CheckStage.Start(
            """[["sh", "-c", "echo looking; test -e new.txt"], ["sh", "-c", "grep fresh new.txt || { echo not fresh >&2; exit 4; }"]]""");
        var good = await stage.Check(await stage.Run("write new.txt fresh"), new JsonObject { ["criteria"] = new JsonArray("it is nice") });
        var bad = await stage.Check(await stage.Run("write new.txt stale"));
        var idle = await stage.Run("print nothing to do");
        var none = await stage.Check(idle);
        var again = await stage.Check(idle, new JsonObject { ["expects_changes"] = false });

        Assert.Equal("passed: 2 of 2 verify commands passed.", CheckStage.Words(good));
        Assert.Equal(["passed", "passed", "passed", "passed", "passed", "open"], Outcomes(good));
        Assert.Equal("it is nice", (string?)good["evidence"]![5]!["criterion"]);
        Assert.Equal("looking\n", (string?)good["evidence"]![0]!["tail"]);
        Assert.Equal(stage.Repository.Run("rev-parse", "agent/" + Branch(stage, good)), (string?)good["commit"]);
        Assert.StartsWith("failed: 'sh -c grep", CheckStage.Words(bad), StringComparison.Ordinal);
        Assert.Equal(4, (int?)bad["evidence"]![1]!["exit_code"]);
        Assert.Equal("not fresh\n", (string?)bad["evidence"]![1]!["tail"]);
        using var raw = await stage.Daemon.Send(HttpMethod.Get, $"/checks/{bad["id"]}/output?no=2&stream=stderr&offset=4");
        Assert.Equal("fresh\n", await raw.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith("failed: Nothing was changed.", CheckStage.Words(none), StringComparison.Ordinal);
        Assert.StartsWith("failed: 'sh -c echo looking", CheckStage.Words(again), StringComparison.Ordinal);
        var listed = (await stage.Daemon.Get($"/runs/{none["run_id"]}/checks"))["checks"]!.AsArray();
        Assert.Equal([(string?)again["id"], (string?)none["id"]], listed.Select(one => (string?)one!["id"]));
        var events = (await stage.Daemon.EventsOf((string)good["run_id"]!)).Select(e => (string?)e["event_type"]).ToList();
        Assert.Equal(["check.queued", "check.started", "check.command", "check.command", "check.finished"],
            events.Where(type => type!.StartsWith("check.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_commands_the_word_is_unverified_and_what_the_diff_shows_still_decides()
    {
        await using var stage = await CheckStage.Start(null);
        stage.Repository.Write("tests/sum.test.js", "test('adds', () => {})\n");
        stage.Repository.Write("tests/mul.test.js", "test('times', () => {})\n");
        stage.Repository.Commit("Tests");
        var kept = await stage.Check(await stage.Run("write src/sum.js 1"));
        var gone = await stage.Run("write src/sum.js 2", "write tests/sum.test.js test.skip('adds',()=>{})", "remove tests/mul.test.js");
        var removed = await stage.Check(gone);
        var allowed = await stage.Check(gone, new JsonObject { ["allow_removed_tests"] = true });
        var undeclared = await stage.Check(gone, new JsonObject
        {
            ["writes"] = new JsonArray("src"), ["allow_removed_tests"] = true,
        });
        await File.WriteAllTextAsync(Path.Combine((string)gone["workspace"]!["path"]!, "left.txt"), "x",
            TestContext.Current.CancellationToken);
        var dirty = await stage.Check(gone, new JsonObject { ["allow_removed_tests"] = true });

        Assert.StartsWith("unverified: ", CheckStage.Words(kept), StringComparison.Ordinal);
        Assert.Contains("Tests were removed: tests/mul.test.js.", (string?)removed["summary"], StringComparison.Ordinal);
        Assert.Contains("switched off: tests/sum.test.js", (string?)removed["summary"], StringComparison.Ordinal);
        Assert.Equal("unverified", (string?)allowed["verdict"]);
        Assert.Contains("without being declared: tests/mul.test.js", (string?)undeclared["summary"], StringComparison.Ordinal);
        Assert.Contains("Not committed: left.txt.", (string?)dirty["summary"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_failed_run_left_uncommitted_and_a_person_threw_away_is_not_part_of_its_work()
    {
        await using var stage = await CheckStage.Start("""[["true"]]""");
        var order = TestDaemon.Order("write kept.txt 1", "git add kept.txt", "git commit -q -m Kept", "write left.txt 2", "exit 1");
        order["project"] = "demo";
        var run = await stage.Daemon.Ended((string)(await stage.Daemon.Post("/runs", order))["run"]!["id"]!);
        File.Delete(Path.Combine((string)run["workspace"]!["path"]!, "left.txt"));
        var check = await stage.Check(run, new JsonObject { ["writes"] = new JsonArray("kept.txt") });
        using var diff = await stage.Daemon.Send(HttpMethod.Get, $"/checks/{check["id"]}/diff");

        Assert.Equal("failed", (string?)run["status"]);
        Assert.Equal("passed: 1 of 1 verify commands passed.", CheckStage.Words(check));
        Assert.DoesNotContain("left.txt", await diff.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_has_no_secret_of_the_daemon_meets_its_limit_and_leaves_nothing_behind()
    {
        await using var stage = CheckStage.Prepare(
            """
            [["sh", "-c", "env | grep -c -e SECRET -e TOKEN; env | grep AGENTCTL_"],
             ["sh", "-c", "sleep 300 & setsid sleep 300 & sleep 300"]]
            """,
            ", verify_timeout_s: 1");
        await stage.Daemon.With("AGENTD_SECRET", "hidden").With("MY_TOKEN", "hidden").Start();
        var check = await stage.Check(await stage.Run("write new.txt fresh"));

        Assert.Equal($"0\nAGENTCTL_RUN_ID={check["id"]}\n", (string?)check["evidence"]![0]!["tail"]);
        Assert.Contains("met its time limit", (string?)check["summary"], StringComparison.Ordinal);
        Assert.Empty(Leftovers.Find((string)check["id"]!));
    }

    [Fact]
    public async Task What_cannot_be_told_is_called_impossible_and_a_run_at_work_is_not_checked()
    {
        await using var stage = await CheckStage.Start("""[["no-such-program-anywhere"]]""");
        var run = await stage.Run("write new.txt fresh");
        var missing = await stage.Check(run);
        await File.WriteAllTextAsync(Path.Combine(stage.Repository.Path, ".agent-orchestrator.yaml"),
            "projects: {other: {verify: [[\"true\"]]}}", TestContext.Current.CancellationToken);
        await stage.Daemon.Post("/projects", new JsonObject { ["name"] = "other", ["path"] = stage.Repository.Path });
        var order = TestDaemon.Order("write new.txt fresh");
        order["project"] = "other";
        var theirs = await stage.Daemon.Ended((string)(await stage.Daemon.Post("/runs", order))["run"]!["id"]!);
        var untrusted = await stage.Check(theirs);
        await stage.Daemon.Post("/trust", new JsonObject { ["project"] = "other" });
        var trusted = await stage.Check(theirs);
        var busy = await stage.Daemon.Run($"wait-file {Path.Combine(stage.Daemon.Root, "never")}");
        using var refused = await stage.Daemon.Send(HttpMethod.Post, $"/runs/{busy}/check", new JsonObject());
        Directory.Delete((string)run["workspace"]!["path"]!, recursive: true);
        var gone = await stage.Check(run);

        Assert.StartsWith("impossible: 'no-such-program-anywhere' could not run", CheckStage.Words(missing), StringComparison.Ordinal);
        Assert.Contains("agentctl project trust 'other'", (string?)untrusted["summary"], StringComparison.Ordinal);
        Assert.Equal("impossible passed", $"{untrusted["verdict"]} {trusted["verdict"]}");
        Assert.Equal(409, (int)refused.StatusCode);
        Assert.Contains("is gone", (string?)gone["summary"], StringComparison.Ordinal);
    }

    static string Branch(CheckStage stage, JsonNode check) => stage.Repository
        .Run("branch", "--list", "agent/*", "--format=%(refname:short)")
        .Split('\n').Single(name => name.StartsWith($"agent/{((string)check["run_id"]!)[..8]}", StringComparison.Ordinal))
        ["agent/".Length..];

    static IEnumerable<string?> Outcomes(JsonNode check) => check["evidence"]!.AsArray().Select(one => (string?)one!["outcome"]);
}
