using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>The open runs are listed first and taken up later: what ended or was given back in between is left alone.</summary>
public class StaleAdoptionSpecs
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_ended_or_waits_again_is_not_adopted_any_more(bool ended)
    {
        using var temp = new TempStore();
        var runs = new RunStore(temp.Store, temp.Log);
        var id = await temp.Store.Write(transaction =>
        {
            var session = new SessionStore(temp.Store, temp.Log).Create(transaction, new NewSession(null, null, null, null, null), "test");
            var run = runs.Insert(transaction, Order(session.Id), "test");
            if (ended)
                CancelRun.Cancel(runs, transaction, run.Id, "test", null);
            return run.Id;
        });
        var before = temp.Log.Latest;
        using var bell = new ActiveRun(id);
        // Nothing it is made of is touched for such a run, so nothing is given.
        var runner = new Runner(runs, null!, null!, null!, null!, null!, null!);

        Assert.True(await runner.Adopt(id, bell, secondLook: true, TestContext.Current.CancellationToken));

        Assert.Equal(before, temp.Log.Latest);
    }

    static NewRun Order(string session) => new()
    {
        SessionId = session,
        Prompt = "work",
        Trigger = "direct",
        Profile = "fake",
        Agent = "command",
        TotalLimit = TimeSpan.FromHours(1),
        IdleLimit = TimeSpan.FromHours(1),
    };
}
