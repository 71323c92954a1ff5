namespace Orchestrator;

/// <summary>Looks at something at once and then again and again, until the daemon stops. A look that fails costs only itself.</summary>
static class Rounds
{
    /// <param name="every">From one look to the next.</param>
    /// <param name="look">One look.</param>
    /// <param name="failed">What is told when it failed, with the reason behind it.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Where it is told.</param>
    /// <param name="shutdown">The daemon stops.</param>
    public static async Task Run(
        TimeSpan every, Func<Task> look, string failed, TimeProvider clock, ILogger log, CancellationToken shutdown)
    {
        using var ticks = new PeriodicTimer(every, clock);
        try
        {
            do
            {
                try
                {
                    await look();
                }
                catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
                {
                    // Said by daemon status; the next look tries again.
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    log.LogError(e, "{Failed}", failed);
                }
            }
            while (await ticks.WaitForNextTickAsync(shutdown));
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }
}
