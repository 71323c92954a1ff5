using System.Collections.Concurrent;

namespace Orchestrator;

/// <summary>
/// What a worker of the daemon is busy with, one piece in each place. What fails stays open in the store and is taken up again, after a
/// pause, so that trouble that lasts is not met as fast as the machine can.
/// </summary>
/// <param name="pause">From a failure to the next try in its place.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">Where failures are told.</param>
sealed class WorkInHand(TimeSpan pause, TimeProvider clock, ILogger log) : IDisposable
{
    readonly ConcurrentDictionary<string, Task> active = new();

    /// <summary>Rings when a place is free again, and whenever somebody says that there is something to do.</summary>
    public Bell Wake { get; } = new();

    public int Count => active.Count;

    public bool Has(string place) => active.ContainsKey(place);

    /// <summary>Everything in hand.</summary>
    Task All => Task.WhenAll(active.Values);

    /// <summary>
    /// Looks for work now, whenever the bell rings, and at the latest after a while, until shutdown; what is in hand then is waited for. A
    /// look that fails costs only itself.
    /// </summary>
    /// <param name="every">From one look to the next when nobody rings.</param>
    /// <param name="look">Begins what is to be done and not in hand.</param>
    /// <param name="failed">What is told when a look failed.</param>
    /// <param name="shutdown">The daemon stops; what is under way goes on with the next one.</param>
    public async Task Run(TimeSpan every, Action<CancellationToken> look, string failed, CancellationToken shutdown)
    {
        try
        {
            while (!shutdown.IsCancellationRequested)
            {
                try
                {
                    look(shutdown);
                }
                catch (Fault fault)
                {
                    // A store that cannot be read now is read at the next look.
                    log.LogError("{Failed}: {Reason}", failed, fault.Message);
                }
                await Wake.Wait(every, shutdown);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
        finally
        {
            await All;
        }
    }

    /// <summary>Begins work in a place that is free. Called by one thread only.</summary>
    /// <param name="place">Where.</param>
    /// <param name="what">Its name, for the log.</param>
    /// <param name="work">Throws when <paramref name="shutdown"/> lets go of it: the next daemon goes on.</param>
    /// <param name="shutdown">The daemon stops.</param>
    public void Begin(string place, string what, Func<Task> work, CancellationToken shutdown)
    {
        // Not before it is in the table, from which it takes itself.
        var begun = new TaskCompletionSource();
        active[place] = Task.Run(async () =>
        {
            await begun.Task;
            try
            {
                await work();
            }
            catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
            {
                // Left to the next daemon, on purpose.
            }
            catch (Exception e)
            {
                log.LogError(e, "{What} was left by its owner and will be taken up again.", what);
                await Task.Delay(pause, clock, shutdown).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            finally
            {
                active.TryRemove(place, out _);
                Wake.Ring();
            }
        }, CancellationToken.None);
        begun.SetResult();
    }

    public void Dispose() => Wake.Dispose();
}
