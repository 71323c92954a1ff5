namespace Orchestrator.Tests.Support;

/// <summary>
/// The whole matrix of a lifecycle as a text: one line a state, <c>state: step→state …</c>. What it does not say is refused.
/// </summary>
static class LifecycleTable
{
    public static void Holds<TState, TStep>(string table, Func<TState, TStep, TState?> next, Func<TState, string> word)
        where TState : struct, Enum
        where TStep : struct, Enum
    {
        var expected = new Dictionary<(string, string), string>();
        var rows = table.Split('\n', StringSplitOptions.TrimEntries).Select(line => line.Split(':')).ToList();
        foreach (var row in rows)
            foreach (var arrow in row[1].Split(' ', StringSplitOptions.RemoveEmptyEntries))
                expected.Add((row[0], arrow.Split('→')[0]), arrow.Split('→')[1]);

        Assert.Equal(Enum.GetValues<TState>().Select(word), rows.Select(row => row[0]));
        foreach (var state in Enum.GetValues<TState>())
        {
            foreach (var step in Enum.GetValues<TStep>())
            {
                var found = next(state, step) is { } to ? word(to) : null;
                var key = (word(state), step.ToString().ToLowerInvariant());
                Assert.True(expected.Remove(key, out var wanted) ? found == wanted : found is null,
                    $"{key}: {found ?? "refused"} instead of {wanted ?? "refused"}");
            }
        }
        // A step the lifecycle does not have, misspelt perhaps, would hold by itself.
        Assert.Empty(expected);
    }
}
