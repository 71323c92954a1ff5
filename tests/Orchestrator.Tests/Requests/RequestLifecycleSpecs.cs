using Orchestrator.Requests;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Requests;

/// <summary>Every state meets every step: the first answer counts, and nothing leads out of an end.</summary>
public class RequestLifecycleSpecs
{
    // state: step→state …
    const string Table = """
        open: approve→approved deny→denied answer→answered expire→expired withdraw→withdrawn
        approved:
        denied:
        answered:
        expired:
        withdrawn:
        """;

    [Fact]
    public void The_whole_matrix_is_as_it_is_written_here() =>
        LifecycleTable.Holds<RequestState, RequestStep>(Table, RequestLifecycle.Next, RequestLifecycle.Word);

    [Fact]
    public void Words_and_states_belong_together()
    {
        Assert.All(Enum.GetValues<RequestState>(), state => Assert.Equal(state, RequestLifecycle.Parse(RequestLifecycle.Word(state))));
        Assert.Null(RequestLifecycle.Parse("Open"));
        Assert.Null(RequestLifecycle.Parse(""));
    }
}
