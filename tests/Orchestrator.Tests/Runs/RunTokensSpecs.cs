using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>A run's own token counts from its agent's first breath to its run's end.</summary>
public sealed class RunTokensSpecs : IDisposable
{
    const string Hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    readonly TempStore temp = new();
    readonly ManualClock clock = new();
    readonly RunStore runs;
    readonly RunTokens tokens;

    public RunTokensSpecs()
    {
        runs = new RunStore(temp.Store, temp.Log);
        var none = new Dictionary<string, IReadOnlyList<string>>();
        tokens = new RunTokens(runs, new DaemonFacts(temp.Folder, new Dictionary<string, string>(), none), clock);
    }

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task An_agent_that_calls_before_its_start_is_recorded_waits_for_the_record()
    {
        var run = await Claimed();
        tokens.Announce(Hash);
        var early = tokens.Find(Hash, TestContext.Current.CancellationToken);
        Assert.False(early.IsCompleted);
        await Started(run);
        tokens.Recorded(Hash);
        Assert.Equal(run, (await early)?.RunId);
        Assert.Equal(run, (await tokens.Find(Hash, TestContext.Current.CancellationToken))?.RunId);
    }

    [Fact]
    public async Task A_start_that_is_never_recorded_keeps_nobody_waiting()
    {
        Assert.Null(await tokens.Find(Hash, TestContext.Current.CancellationToken));
        Assert.Throws<IOException>(() => tokens.Started(Hash, () => throw new IOException("no process")));
        Assert.Null(await tokens.Find(Hash, TestContext.Current.CancellationToken));
        tokens.Announce(Hash);
        var early = tokens.Find(Hash, TestContext.Current.CancellationToken);
        await Eventually.True(() => clock.Waiting > 0, "the caller waits");
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await early);
    }

    [Fact]
    public async Task What_is_open_with_it_is_cut_a_moment_after_the_end()
    {
        var run = await Claimed();
        await Started(run);
        var gone = (await tokens.Find(Hash, TestContext.Current.CancellationToken))!.Gone;
        await temp.Store.Write(transaction => { runs.Stir(transaction, run); });
        await temp.Store.Write(transaction =>
        {
            runs.Advance(transaction, run, null, RunStep.Succeed, new RunChange("daemon"));
        });
        await Eventually.True(() => clock.Waiting > 0, "the cut is planned");
        Assert.False(gone.IsCancellationRequested);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(gone.IsCancellationRequested);
        Assert.Null(await tokens.Find(Hash, TestContext.Current.CancellationToken));
    }

    Task<string> Claimed() => temp.Store.Write(transaction =>
    {
        var session = new SessionStore(temp.Store, temp.Log).Create(transaction, new NewSession(null, null, null, null, null), "test");
        var run = runs.Insert(transaction, new NewRun
        {
            SessionId = session.Id,
            Prompt = "work",
            Trigger = "direct",
            Profile = "fake",
            Agent = "command",
            TotalLimit = TimeSpan.FromHours(1),
            IdleLimit = TimeSpan.FromHours(1),
        }, "test");
        runs.Advance(transaction, run.Id, null, RunStep.Claim, new RunChange("daemon"));
        return run.Id;
    });

    Task Started(string run) => temp.Store.Write(transaction =>
    {
        runs.Advance(transaction, run, null, RunStep.Start, new RunChange("daemon") { TokenHash = Hash });
    });
}
