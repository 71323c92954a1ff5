using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Plans;

namespace Orchestrator.Tests.Plans;

/// <summary>A worker's turn over what is open.</summary>
public class OneByOneSpecs
{
    static readonly Trouble Trouble = new(TimeSpan.Zero, TimeProvider.System, NullLogger.Instance);

    [Fact]
    public async Task One_that_cannot_be_looked_at_holds_up_none_of_the_others()
    {
        var seen = new List<int>();
        await OneByOne.Do<int>(() => [1, 2, 3], one =>
        {
            seen.Add(one);
            return one == 2 ? throw new InvalidOperationException("broken") : Task.CompletedTask;
        }, "It failed.", Trouble, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_ends_the_turn_and_not_the_worker() =>
        await OneByOne.Do<int>(() => throw new Fault(FaultCode.Unavailable, "the disk is full"), _ => Task.CompletedTask, "It failed.",
            Trouble, TestContext.Current.CancellationToken);
}
