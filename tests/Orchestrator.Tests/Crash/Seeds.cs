namespace Orchestrator.Tests.Crash;

/// <summary>
/// Seeds of the kill schedules: fixed ones, the same everywhere, and random ones, which stand in the names of the tests so that a failure
/// can be had again. SOAK=1 (./run soak) runs many more.
/// </summary>
static class Seeds
{
    const int FixedSeeds = 6, RandomSeeds = 4, SoakFactor = 30;

    /// <summary>True in ./run soak.</summary>
    public static bool Soak => Environment.GetEnvironmentVariable("SOAK") == "1";

    public static TheoryData<int> All()
    {
        var factor = Soak ? SoakFactor : 1;
        return [.. Some(FixedSeeds * factor, RandomSeeds * factor)];
    }

    /// <summary>
    /// Three times as many, in threes that go <see cref="Support.SideBySide"/>.
    /// </summary>
    public static TheoryData<int[]> InThrees()
    {
        var factor = Soak ? SoakFactor / 3 : 1;
        return [.. Some(FixedSeeds * 3 * factor, RandomSeeds * 3 * factor).Chunk(3)];
    }

    static IEnumerable<int> Some(int known, int random) => [.. Enumerable.Range(1, known),
        .. Enumerable.Range(0, random).Select(_ => Random.Shared.Next(1000, int.MaxValue))];
}
