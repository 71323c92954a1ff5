using Orchestrator.Requests;

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
    public void The_whole_matrix_is_as_it_is_written_here()
    {
        var expected = new Dictionary<(string, string), string>();
        foreach (var line in Table.Split('\n', StringSplitOptions.TrimEntries))
        {
            var parts = line.Split(':');
            foreach (var arrow in parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries))
                expected.Add((parts[0], arrow.Split('→')[0]), arrow.Split('→')[1]);
        }

        Assert.Equal(Table.Split('\n').Length, Enum.GetValues<RequestState>().Length);
        foreach (var state in Enum.GetValues<RequestState>())
        {
            foreach (var step in Enum.GetValues<RequestStep>())
            {
                var next = RequestLifecycle.Next(state, step) is { } found ? RequestLifecycle.Word(found) : null;
                var wanted = expected.GetValueOrDefault((RequestLifecycle.Word(state), step.ToString().ToLowerInvariant()));
                Assert.True(next == wanted, $"{state} + {step}: {next ?? "refused"} instead of {wanted ?? "refused"}");
            }
        }
    }

    [Fact]
    public void Words_and_states_belong_together()
    {
        Assert.All(Enum.GetValues<RequestState>(), state => Assert.Equal(state, RequestLifecycle.Parse(RequestLifecycle.Word(state))));
        Assert.Null(RequestLifecycle.Parse("Open"));
        Assert.Null(RequestLifecycle.Parse(""));
    }
}
