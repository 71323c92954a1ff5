using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Deliveries;

/// <summary>Work on its way to a branch, through the front door of a real daemon and a real repository.</summary>
public class DeliveryStorySpecs
{
    [Theory]
    [InlineData("merge")]
    [InlineData("squash")]
    [InlineData("rebase")]
    public async Task Work_is_put_together_verified_and_then_the_branch_moves(string strategy)
    {
        await using var stage = await DeliveryStage.Start("test -e new.txt");
        var run = await stage.Inner.Run("write new.txt fresh");
        stage.Repository.Run("checkout", "--quiet", "trunk");
        stage.Repository.Write("other.txt", "meanwhile");
        stage.Repository.Commit("Meanwhile");
        stage.Repository.Run("checkout", "--quiet", "main");

        var landed = await stage.Deliver(run, strategy);
        var again = await stage.Deliver(run, strategy);

        Assert.Equal("landed", DeliveryStage.Words(landed));
        Assert.Equal("passed", (string?)landed["verdict"]);
        Assert.Equal(stage.Repository.Run("rev-parse", "trunk"), (string?)landed["integrated"]);
        Assert.Equal("fresh", stage.Repository.Run("show", "trunk:new.txt"));
        Assert.Equal("meanwhile", stage.Repository.Run("show", "trunk:other.txt"));
        Assert.Equal(2, stage.Subjects().Length);
        Assert.Equal(strategy switch { "merge" => "Merge agent/", "squash" => "write new.txt fresh", _ => "made" },
            stage.Subjects()[0][..(strategy == "merge" ? 12 : ^0)]);
        Assert.Equal((string?)run["id"], stage.Repository.Run("log", "-1", "--format=%(trailers:key=Agent-Run,valueonly)", "trunk").Trim());
        // Once is enough: what is there is seen, and nothing is added.
        Assert.Equal("landed", DeliveryStage.Words(again));
        Assert.Equal((string?)landed["integrated"], stage.Repository.Run("rev-parse", "trunk"));
        Assert.False(File.Exists(Path.Combine(stage.Repository.Path, "new.txt")));
        var events = (await stage.Daemon.EventsOf((string)run["id"]!)).Select(e => (string)e["event_type"]!)
            .Where(type => type.StartsWith("delivery.", StringComparison.Ordinal)).Take(5);
        Assert.Equal(["delivery.waiting", "delivery.integrating", "delivery.verifying", "delivery.landing", "delivery.landed"], events);
        await Eventually.True(() => Directory.GetDirectories(Path.Combine(stage.Daemon.Data, "deliveries")).Length == 0, "all is tidy");
        Assert.Equal("", stage.Repository.Run("status", "--porcelain"));
    }

    [Fact]
    public async Task What_passes_alone_and_fails_together_does_not_land_unless_somebody_says_so()
    {
        await using var stage = await DeliveryStage.Start("test ! -e one.txt || test ! -e two.txt || { echo together >&2; exit 3; }");
        var (one, two) = (await stage.Inner.Run("write one.txt 1"), await stage.Inner.Run("write two.txt 2"));
        var ids = new[] { await stage.Wanted(one), await stage.Wanted(two) };

        var (first, second) = (await stage.Ended(ids[0]), await stage.Ended(ids[1]));

        Assert.Equal("landed", DeliveryStage.Words(first));
        Assert.Equal("failed verify_failed", DeliveryStage.Words(second));
        var check = (await stage.Daemon.Get($"/checks/{second["check_id"]}"))["check"]!;
        Assert.Equal("together\n", (string?)check["evidence"]![0]!["tail"]);
        Assert.Equal((string?)first["integrated"], stage.Repository.Run("rev-parse", "trunk"));
        await Eventually.True(() => Directory.GetDirectories(Path.Combine(stage.Daemon.Data, "deliveries")).Length == 0, "all is tidy");
        stage.Sound();
        var forced = await stage.Deliver(two, more: new JsonObject { ["verify"] = false });
        Assert.Equal("landed skipped", $"{DeliveryStage.Words(forced)} {forced["verdict"]}");
    }

    [Fact]
    public async Task A_conflict_changes_nothing_and_shows_what_both_sides_wanted()
    {
        await using var stage = await DeliveryStage.Start(null);
        var (one, two) = (await stage.Inner.Run("write a.txt mine"), await stage.Inner.Run("write a.txt yours"));
        await stage.Deliver(one);
        var before = stage.Repository.Run("rev-parse", "trunk");

        var typed = await TypedCommand.Run(stage.Daemon, null, "merge", (string)two["id"]!, "--into", "trunk", "--strategy", "squash");

        Assert.Equal(1, typed.Code);
        Assert.StartsWith("conflict: a.txt: changed here and on trunk since.", typed.Out, StringComparison.Ordinal);
        Assert.Contains("both changed  a.txt", typed.Out, StringComparison.Ordinal);
        Assert.Contains($"(run {one["id"]})", typed.Out, StringComparison.Ordinal);
        Assert.Contains($"agentctl run diff {two["id"]}", typed.Out, StringComparison.Ordinal);
        Assert.Equal(before, stage.Repository.Run("rev-parse", "trunk"));
        var conflict = (await stage.Daemon.Get("/deliveries?state=conflict"))["deliveries"]!.AsArray().Single()!["conflict"]!;
        Assert.Contains("write a.txt yours", (string?)conflict["wanted"]!["prompt"], StringComparison.Ordinal);
        Assert.Contains("write a.txt mine", (string?)conflict["landed"]![0]!["prompt"], StringComparison.Ordinal);
        // Solved where the run worked, as the commands say, it lands.
        var tree = (string)two["workspace"]!["path"]!;
        Assert.Throws<InvalidOperationException>(() => stage.Repository.RunIn(tree, "merge", "trunk"));
        TempRepository.WriteIn(tree, "a.txt", "ours\n");
        stage.Repository.Commit("Both", tree);
        Assert.Equal("landed", DeliveryStage.Words(await stage.Deliver(two)));
        Assert.Equal("ours", stage.Repository.Run("show", "trunk:a.txt"));
    }

    [Fact]
    public async Task A_checkout_of_the_branch_is_touched_only_when_that_is_said_and_it_is_clean()
    {
        await using var stage = await DeliveryStage.Start(null);
        var run = await stage.Inner.Run("write new.txt fresh");
        var id = (string)run["id"]!;
        var silent = await TypedCommand.Run(stage.Daemon, null, "merge", id);
        stage.Repository.Write("a.txt", "by hand\n");
        var dirty = await TypedCommand.Run(stage.Daemon, null, "merge", id, "--update-checkout");
        stage.Repository.Run("checkout", "--quiet", "a.txt");
        stage.Repository.Write("new.txt", "in the way\n");
        var hidden = await TypedCommand.Run(stage.Daemon, null, "merge", id, "--update-checkout");
        var inTheWay = await File.ReadAllTextAsync(Path.Combine(stage.Repository.Path, "new.txt"), TestContext.Current.CancellationToken);
        File.Delete(Path.Combine(stage.Repository.Path, "new.txt"));
        var followed = await TypedCommand.Run(stage.Daemon, null, "merge", id, "--update-checkout");

        Assert.Equal(6, silent.Code);
        Assert.Contains("--update-checkout", silent.Error, StringComparison.Ordinal);
        Assert.Equal(1, dirty.Code);
        Assert.Contains("uncommitted changes (a.txt)", dirty.Out, StringComparison.Ordinal);
        Assert.Equal((1, "in the way\n"), (hidden.Code, inTheWay));
        Assert.True(followed.Code == 0, followed.Out + followed.Error);
        Assert.Contains("landed on main", followed.Out, StringComparison.Ordinal);
        Assert.Contains("there was nothing to verify it with", followed.Out, StringComparison.Ordinal);
        Assert.Equal("fresh\n", File.ReadAllText(Path.Combine(stage.Repository.Path, "new.txt")));
        Assert.Equal("", stage.Repository.Run("status", "--porcelain"));
    }

    [Fact]
    public async Task A_branch_that_moves_while_it_is_verified_is_not_overrun_and_the_next_ones_wait()
    {
        await using var stage = await DeliveryStage.Start(
            "while [ ! -e \"$(git rev-parse --git-common-dir)/../go\" ]; do sleep 0.05; done");
        var (one, two) = (await stage.Inner.Run("write one.txt 1"), await stage.Inner.Run("write two.txt 2"));
        var ids = new[] { await stage.Wanted(one), await stage.Wanted(two) };
        await Eventually.True(() => File.Exists(Path.Combine(stage.Daemon.Root, "verified")), "the first is verified");
        var waiting = (await stage.Daemon.Get($"/deliveries/{ids[1]}"))["delivery"]!;
        var tree = stage.Repository.Run("rev-parse", "trunk^{tree}");
        var mine = stage.Repository.Run("commit-tree", "-p", "trunk", "-m", "Mine", tree);
        stage.Repository.Run("update-ref", "refs/heads/trunk", mine);
        File.WriteAllText(Path.Combine(stage.Repository.Path, "go"), "");

        var (first, second) = (await stage.Ended(ids[0]), await stage.Ended(ids[1]));
        File.Delete(Path.Combine(stage.Repository.Path, "go"));

        Assert.Equal("waiting", (string?)waiting["state"]);
        Assert.Equal("landed 2", $"{DeliveryStage.Words(first)} {first["attempts"]}");
        Assert.Equal("landed 1", $"{DeliveryStage.Words(second)} {second["attempts"]}");
        Assert.Equal(mine, stage.Repository.Run("rev-parse", "trunk~2"));
        Assert.Equal((string?)first["integrated"], stage.Repository.Run("rev-parse", "trunk~1"));
        Assert.Equal((string?)first["integrated"], (string?)second["expected"]);
    }

    [Fact]
    public async Task What_is_called_off_ends_at_once_and_what_cannot_be_delivered_is_refused()
    {
        await using var stage = await DeliveryStage.Start("sleep 300 & sleep 300");
        var run = await stage.Inner.Run("write new.txt fresh");
        var idle = await stage.Inner.Run("print nothing");
        var before = stage.Repository.Run("rev-parse", "trunk");
        var id = await stage.Wanted(run);
        await Eventually.True(() => File.Exists(Path.Combine(stage.Daemon.Root, "verified")), "it is verified");
        await stage.Daemon.Post($"/deliveries/{id}/cancel");
        var ended = await stage.Ended(id);
        using var nothing = await stage.Daemon.Send(HttpMethod.Post, $"/runs/{idle["id"]}/deliver",
            new JsonObject { ["into"] = "trunk" });
        using var nowhere = await stage.Daemon.Send(HttpMethod.Post, $"/runs/{run["id"]}/deliver",
            new JsonObject { ["into"] = "no-such" });
        using var oddly = await stage.Daemon.Send(HttpMethod.Post, $"/runs/{run["id"]}/deliver",
            new JsonObject { ["strategy"] = "octopus" });

        Assert.Equal("canceled canceled", DeliveryStage.Words(ended));
        Assert.Equal(before, stage.Repository.Run("rev-parse", "trunk"));
        await Eventually.True(() => Directory.GetDirectories(Path.Combine(stage.Daemon.Data, "deliveries")).Length == 0, "all is tidy");
        Assert.Empty(TestDaemon.ProcessesOf((string)ended["check_id"]!));
        Assert.Equal([409, 422, 422], [(int)nothing.StatusCode, (int)nowhere.StatusCode, (int)oddly.StatusCode]);
    }
}
