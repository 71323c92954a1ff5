namespace Orchestrator.Tests.Support;

/// <summary>
/// A random moment to do harm at. Never to wait for something: that is <see cref="Eventually"/>'s.
/// </summary>
static class Moment
{
    public static async Task Later(TimeSpan after)
    {
        if (after <= TimeSpan.Zero)
            return;
        using var timer = new PeriodicTimer(after);
        await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }
}
