using Orchestrator.Deliveries;

namespace Orchestrator.Tests.Deliveries;

/// <summary>Every state meets every step: nothing leads out of an end, and a branch that is being moved is not called off.</summary>
public class DeliveryLifecycleSpecs
{
    // state: step→state …
    const string Table = """
        waiting: claim→integrating cancel→canceled
        integrating: integrate→verifying land→landed startover→waiting collide→conflict fail→failed cancel→canceled
        verifying: verify→landing startover→waiting fail→failed cancel→canceled
        landing: land→landed startover→waiting fail→failed
        landed:
        conflict:
        failed:
        canceled:
        """;

    [Fact]
    public void The_whole_matrix_is_as_it_is_written_here()
    {
        var rows = from state in Enum.GetValues<DeliveryState>()
                   let moves = from step in Enum.GetValues<DeliveryStep>()
                               let next = DeliveryLifecycle.Next(state, step)
                               where next is not null
                               select $" {step.ToString().ToLowerInvariant()}→{DeliveryLifecycle.Word(next.Value)}"
                   select $"{DeliveryLifecycle.Word(state)}:{string.Concat(moves)}";

        Assert.Equal(Table.Split('\n').Select(line => line.Trim()), rows);
        Assert.All(Enum.GetValues<DeliveryState>(), state => Assert.Equal(state, DeliveryLifecycle.Parse(DeliveryLifecycle.Word(state))));
    }
}
