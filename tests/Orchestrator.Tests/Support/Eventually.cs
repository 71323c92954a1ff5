namespace Orchestrator.Tests.Support;

/// <summary>Waits for what must become true, with a deadline and a message instead of a fixed pause.</summary>
static class Eventually
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Until the condition holds; fails with <paramref name="what"/> when it does not in time.</summary>
    public static Task True(Func<bool> condition, string what, TimeSpan? within = null) =>
        Value(() => condition() ? "yes" : null, what, within);

    /// <summary>Until there is a value; returns it.</summary>
    public static async Task<T> Value<T>(Func<T?> look, string what, TimeSpan? within = null) where T : class
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            if (look() is { } value)
                return value;
            if (TimeProvider.System.GetElapsedTime(begun) > (within ?? Deadline))
                Assert.Fail($"Not in time: {what}");
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Until there is a number; returns it.</summary>
    public static async Task<int> Number(Func<int?> look, string what, TimeSpan? within = null) =>
        int.Parse(await Value(() => look()?.ToString(System.Globalization.CultureInfo.InvariantCulture), what, within),
            System.Globalization.CultureInfo.InvariantCulture);
}
