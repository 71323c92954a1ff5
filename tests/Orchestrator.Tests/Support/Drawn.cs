namespace Orchestrator.Tests.Support;

/// <summary>Tests by texts that a random number generator makes: some seeds are always the same, one is another each time, and a failure
/// names seed, round and text, so that it can be had again.</summary>
static class Drawn
{
    /// <summary>Seeds from the first on, and one nobody chose.</summary>
    public static TheoryData<int> Seeds(int first, int count) =>
        [.. Enumerable.Range(first, count), Random.Shared.Next(1000, int.MaxValue)];

    /// <summary>Makes a text and looks whether it holds, again and again.</summary>
    public static void Rounds(int seed, int rounds, Func<Random, string> make, Action<string, Random> holds)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var text = make(random);
            try
            {
                holds(text, random);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException(
                    $"seed {seed}, round {round}:\n{text.Replace("\0", "␀", StringComparison.Ordinal)}\n{e.Message}", e);
            }
        }
    }
}
