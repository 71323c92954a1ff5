using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Crash;

/// <summary>
/// The daemon is killed, or told to stop, five times at random moments while twenty agents print. The seed stands in each test's name.
/// </summary>
public class KillScheduleSpecs
{
    public static TheoryData<int> AllSeeds => Seeds.All();

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public Task No_run_and_no_line_is_lost_or_doubled_when_the_daemon_is_killed_or_stopped_five_times(int seed) =>
        SideBySide.Play(["KILL", "TERM"], signal => Ending(signal, seed));

    static async Task Ending(string signal, int seed)
    {
        var random = new Random(seed);
        await using var fleet = await Fleet.Launch();
        await Moment.Later(TimeSpan.FromMilliseconds(random.Next(150)));
        await fleet.Daemon.Signal(signal);
        for (var kill = 1; kill < 5; kill++)
            await fleet.Daemon.StartAndSignal(signal, TimeSpan.FromMilliseconds(random.Next(50, 600)));

        await fleet.Daemon.Start();
        await fleet.Check();
    }
}
