using Orchestrator.Store;
using Orchestrator.Terminals;
using Orchestrator.Tests.Items;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Crash;

/// <summary>
/// Five items on their way from a worktree over check, review and delivery to their branch, while the daemon is killed three times at
/// random moments: the branch never holds unverified or doubled work, nothing is lost, and no item is stuck.
/// </summary>
public class ChainKillSpecs
{
    public static TheoryData<int[]> AllSeeds => Seeds.InThrees();

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public Task Work_is_on_its_branch_once_and_verified_when_the_daemon_is_killed_three_times(int[] seeds) =>
        SideBySide.Play(seeds, Play);

    static async Task Play(int seed)
    {
        var random = new Random(seed);
        await using var stage = LandingStage.Prepare(
            "git rev-parse HEAD >>\"$(git rev-parse --git-common-dir)/verified\"; ! grep -q '<<<' shared.txt");
        await stage.Daemon.Start();
        var solve = "then: sed -i '/^[<=>]/d' shared.txt";
        // Two that meet in one file, one that is reviewed, one that builds on two others, one beside them.
        var one = await stage.Add("one", 0, [], "do: echo one >>shared.txt", solve);
        var two = await stage.Add("two", 0, [], "do: echo two >>shared.txt", "do: sleep 0.2", solve);
        var three = await stage.Add("three", 1, [], "do: echo three >three.txt");
        var four = await stage.Add("four", 0, [one, three], "do: cat three.txt >four.txt; grep one shared.txt >>four.txt");
        var five = await stage.Add("five", 0, [], "do: echo five >five.txt");
        string[] all = [one, two, three, four, five];
        foreach (var id in all)
            await stage.Daemon.Post($"/items/{id}/ready");
        await Moment.Later(TimeSpan.FromMilliseconds(random.Next(1200)));
        await stage.Daemon.Signal("KILL");
        for (var kill = 1; kill < 3; kill++)
            await stage.Daemon.StartAndSignal("KILL", TimeSpan.FromMilliseconds(random.Next(300, 2500)));
        await stage.Daemon.Start();

        foreach (var id in all)
            await stage.Until(id, "done");

        Assert.Equal(["first", "one", "two"], stage.Trunk("shared.txt").Split('\n').Order(StringComparer.Ordinal));
        Assert.Equal("three\none", stage.Trunk("four.txt"));
        Assert.Equal("five", stage.Trunk("five.txt"));
        var landed = stage.Repository.Run("log", "--first-parent", "--format=%H", "main..trunk").Split('\n');
        Assert.Equal(all.Length, landed.Length);
        var verified = await File.ReadAllLinesAsync(Path.Combine(stage.Repository.Path, ".git", "verified"),
            TestContext.Current.CancellationToken);
        Assert.All(landed, commit => Assert.Contains(commit, verified));
        Assert.All(all, id => Assert.Equal("landed", stage.Deliveries(id)[^1]));
        Assert.Single(stage.Daemon.List("/runs", "runs"), run => (string?)run["trigger"] == "review"
            && (string?)run["status"] == "succeeded");
        await stage.Daemon.Stop();
        NativeSqlite.Load();
        using var db = new Connection(Path.Combine(stage.Daemon.Data, "agent-orchestrator.db"), readOnly: true);
        Assert.Equal(db.Number("select max(seq) from events"), db.Number("select count(*) from events"));
        Assert.Equal(0, db.Number("select count(*) from item_landings"));
        var runs = db.Query("select id from runs", row => row.GetString(0));
        Assert.DoesNotContain(MarkedProcesses.All(), left => runs.Contains(left.RunId));
    }
}
