using Orchestrator.Tokens;

namespace Orchestrator.Daemon;

/// <summary>
/// What is looked after at the doors once a second, so that no request has to: tokens whose time is over, when tokens were used, and
/// refusals that were only counted.
/// </summary>
static class DoorRounds
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Until shutdown; then writes what would be lost.</summary>
    public static async Task Run(TokenBook book, TokenStore tokens, RefusedDoors refused, TimeProvider clock, ILogger log,
        CancellationToken shutdown)
    {
        using var ticks = new PeriodicTimer(Every, clock);
        try
        {
            while (await ticks.WaitForNextTickAsync(shutdown))
                await Turn(book, tokens, refused, log, last: false);
        }
        catch (OperationCanceledException)
        {
            await Turn(book, tokens, refused, log, last: true);
        }
    }

    static async Task Turn(TokenBook book, TokenStore tokens, RefusedDoors refused, ILogger log, bool last)
    {
        try
        {
            book.CutExpired();
            await refused.TellCounted(all: last);
            if (book.TakeUses(all: last) is { Count: > 0 } uses)
                await tokens.KeepUse(uses);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Unavailable)
        {
            // Said by daemon status; a use that could not be written is followed by another.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "The round at the doors failed and will be made again.");
        }
    }
}
