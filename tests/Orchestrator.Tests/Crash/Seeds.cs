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
        var random = Enumerable.Range(0, RandomSeeds * factor).Select(_ => Random.Shared.Next(1000, int.MaxValue));
        return [.. Enumerable.Range(1, FixedSeeds * factor), .. random];
    }
}
