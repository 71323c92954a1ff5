namespace Orchestrator.Tests.Support;

/// <summary>Waits for what must become true, with a deadline and a message instead of a fixed pause.</summary>
static class Eventually
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    // A look often asks the daemon or reads /proc. What takes long is looked at seldom: the waited-for needs the processor more.
    static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5), Later = TimeSpan.FromMilliseconds(25),
        Seldom = TimeSpan.FromMilliseconds(100);

    /// <summary>Until the condition holds; fails with <paramref name="what"/> when it does not in time.</summary>
    public static Task True(Func<bool> condition, string what, TimeSpan? within = null) =>
        Value(() => condition() ? "yes" : null, what, within);

    /// <summary>Until there is a value; returns it.</summary>
    public static async Task<T> Value<T>(Func<T?> look, string what, TimeSpan? within = null) where T : class
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var ticks = new PeriodicTimer(Soon);
        while (true)
        {
            if (look() is { } value)
                return value;
            var waited = TimeProvider.System.GetElapsedTime(begun);
            if (waited > (within ?? Deadline))
                Assert.Fail($"Not in time: {what}");
            ticks.Period = waited < TimeSpan.FromMilliseconds(200) ? Soon : waited < TimeSpan.FromSeconds(2) ? Later : Seldom;
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Until there is a number; returns it.</summary>
    public static async Task<int> Number(Func<int?> look, string what, TimeSpan? within = null) =>
        int.Parse(await Value(() => look()?.ToString(System.Globalization.CultureInfo.InvariantCulture), what, within),
            System.Globalization.CultureInfo.InvariantCulture);
}
