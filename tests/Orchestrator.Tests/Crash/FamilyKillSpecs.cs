using System.Text.Json.Nodes;
using Orchestrator.Store;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Crash;

/// <summary>
/// A tree of three generations with five children each, 156 runs, while the daemon is killed: every end reaches its parent once, every
/// answer its asker once, and nothing waits for ever. The seed stands in each test's name.
/// </summary>
public class FamilyKillSpecs
{
    const int Depth = 3, Width = 5, Kills = 5;

    // Fewer events than such a family writes, so that every kill meets it at work.
    const int Busy = 2200;

    static readonly bool Soak = Environment.GetEnvironmentVariable("SOAK") == "1";

    /// <summary>Signal, seed and slots: with four of them, a full pool of waiting parents must not starve their children.</summary>
    public static TheoryData<string, int, int> Schedules
    {
        get
        {
            var all = new TheoryData<string, int, int>();
            for (var round = 1; round <= (Soak ? 20 : 1); round++)
            {
                all.Add("KILL", round, 16);
                all.Add("KILL", Random.Shared.Next(1000, int.MaxValue), 4);
                if (Soak)
                    all.Add("TERM", round, 16);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public async Task Every_end_and_every_answer_arrives_once_when_the_daemon_is_killed_five_times(string signal, int seed, int slots)
    {
        var random = new Random(seed);
        await using var family = Kinship.Prepare(Depth, Width, slots);
        await family.Daemon.Start();
        await family.Begin();
        var inBoot = random.Next(1, Kills);
        var moments = Enumerable.Range(0, Kills).Select(_ => random.Next(Busy)).Order().ToList();
        for (var kill = 0; kill < Kills; kill++)
        {
            if (kill == inBoot)
            {
                await family.Daemon.StartAndSignal(signal, TimeSpan.FromMilliseconds(random.Next(50, 800)));
                continue;
            }

            if (!family.Daemon.Alive)
                await family.Daemon.Start();
            await Reach(family, moments[kill]);
            await Moment.Later(TimeSpan.FromMilliseconds(random.Next(100)));
            await family.Daemon.Signal(signal);
        }

        await family.Daemon.Start();
        Assert.True(await family.Check() > Busy, "the family was complete before the last kill");
    }

    [Fact]
    public async Task Canceling_the_root_in_mid_flight_leaves_no_process_and_no_open_run_also_when_the_daemon_dies_over_it()
    {
        await using var family = Kinship.Prepare(Depth, Width, 16);
        await family.Daemon.Start();
        await family.Begin();
        await Reach(family, Busy / 2);

        await family.Daemon.Post($"/runs/{family.Root}/cancel");
        await Moment.Later(TimeSpan.FromMilliseconds(Random.Shared.Next(300)));
        await family.Daemon.Kill();
        await family.Daemon.Start();

        var root = await family.Daemon.Ended(family.Root);
        Assert.Equal(("canceled", "user"), ((string?)root["status"], (string?)root["reason"]));
        var open = (await family.Daemon.Get("/runs?limit=500&status=queued,starting,running,waiting,stopping"))["runs"]!.AsArray();
        foreach (var run in open)
            await family.Daemon.Ended((string)run!["id"]!);
        await family.Daemon.Stop();
        NativeSqlite.Load();
        using var db = new Connection(Path.Combine(family.Daemon.Data, "agent-orchestrator.db"), readOnly: true);
        Kinship.NothingIsOpen(db);
        Assert.InRange(db.Number("select count(*) from runs where status = 'canceled' and reason = 'parent_canceled'") ?? 0, 5, 155);
        Assert.Equal(0, db.Number("select count(*) from runs where status not in ('succeeded', 'canceled')"));
    }

    static async Task Reach(Kinship family, long events)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (await family.Progress() < events)
        {
            if (TimeProvider.System.GetElapsedTime(deadline) > TimeSpan.FromMinutes(2))
                Assert.Fail($"The family stands still before event {events}: {await Stuck(family)}");
            await Moment.Later(TimeSpan.FromMilliseconds(30));
        }
    }

    static async Task<string> Stuck(Kinship family)
    {
        var open = (await family.Daemon.Get("/runs?limit=500&status=starting,running,waiting,stopping"))["runs"]!.AsArray();
        return string.Join('\n', open.Select(run => new JsonObject
        {
            ["id"] = (string?)run!["id"],
            ["status"] = (string?)run["status"],
            ["last"] = (string?)run["last_message"],
        }.ToJsonString())) + family.Daemon.Said;
    }
}
