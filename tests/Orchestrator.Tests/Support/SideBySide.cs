namespace Orchestrator.Tests.Support;

/// <summary>
/// Cases of one story, each on a daemon of its own, that wait for processes more than they compute: a few of them played at once cost
/// little more time than one. A failure names its case.
/// </summary>
static class SideBySide
{
    /// <summary>The cases in groups, each group one test.</summary>
    public static TheoryData<T[]> Groups<T>(int size, IEnumerable<T> cases) => [.. cases.Chunk(size)];

    /// <summary>Plays them; throws when all have ended and one has failed.</summary>
    public static Task Play<T>(IEnumerable<T> cases, Func<T, Task> play) => Task.WhenAll(cases.Select(async one =>
    {
        try
        {
            await play(one);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"The case {one} failed: {e.Message}", e);
        }
    }));
}
