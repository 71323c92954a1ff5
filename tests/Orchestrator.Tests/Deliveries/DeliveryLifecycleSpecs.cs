using Orchestrator.Deliveries;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Deliveries;

/// <summary>Every state meets every step: nothing leads out of an end, and a branch that is being moved is not called off.</summary>
public class DeliveryLifecycleSpecs
{
    // state: step→state …
    const string Table = """
        waiting: claim→integrating publish→publishing cancel→canceled
        integrating: integrate→verifying land→landed startover→waiting collide→conflict fail→failed cancel→canceled
        verifying: verify→landing startover→waiting fail→failed cancel→canceled
        landing: land→landed startover→waiting fail→failed
        publishing: opened→open land→landed startover→waiting fail→failed
        open: land→landed collide→conflict fail→failed cancel→canceled
        landed:
        conflict:
        failed:
        canceled:
        """;

    [Fact]
    public void The_whole_matrix_is_as_it_is_written_here()
    {
        LifecycleTable.Holds<DeliveryState, DeliveryStep>(Table, DeliveryLifecycle.Next, DeliveryLifecycle.Word);
        Assert.All(Enum.GetValues<DeliveryState>(), state => Assert.Equal(state, DeliveryLifecycle.Parse(DeliveryLifecycle.Word(state))));
    }
}
