using System.Globalization;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Crash;

/// <summary>
/// What holds a run is killed from outside, with the daemon alive or dead: the run is lost, once, and says what is known.
/// </summary>
public class HolderKillSpecs
{
    public static TheoryData<int> AllSeeds => Seeds.All();

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public async Task A_run_whose_holder_was_killed_is_lost_once_with_its_evidence_and_the_others_succeed(int seed)
    {
        var random = new Random(seed);
        await using var fleet = await Fleet.Launch(gated: true);
        var lost = new HashSet<string>();
        // The first eight wait at their gate, so it is certain that they have not ended when their holder is killed.
        foreach (var id in fleet.Ids.Take(8))
            await Eventually.True(() => Holder(fleet, id) is not null && HalfWay(fleet, id), $"run {id} is at its gate");
        for (var kill = 0; kill < 3; kill++)
        {
            if (random.Next(2) == 0)
                await fleet.Daemon.Kill();
            var id = fleet.Ids[random.Next(8)];
            if (lost.Add(id))
                Native.Signal(Holder(fleet, id)!.Identity, Native.SignalKill);
            await Moment.Later(TimeSpan.FromMilliseconds(random.Next(200)));
            if (!fleet.Daemon.Alive)
                await fleet.Daemon.Start();
        }

        await File.WriteAllTextAsync(fleet.Gate, "", TestContext.Current.CancellationToken);
        await fleet.Check(lost);
    }

    static HolderRecord? Holder(Fleet fleet, string id) => Folder(fleet, id).ReadHolder();

    static RunFolder Folder(Fleet fleet, string id) => new(Path.Combine(fleet.Daemon.Data, "runs", id));

    static bool HalfWay(Fleet fleet, string id) =>
        File.ReadAllText(Folder(fleet, id).StdoutPath).EndsWith(
            string.Create(CultureInfo.InvariantCulture, $"line {Fleet.Lines / 2}\n"), StringComparison.Ordinal);
}
