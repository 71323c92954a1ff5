using System.Collections.Concurrent;

namespace Orchestrator.Gates;

/// <summary>Does the checks that are wanted, oldest first, one at a time in each folder. All decisions come from the store.</summary>
sealed class CheckWorker(CheckStore checks, Checker checker, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>Checks at the same time: their commands are builds and tests, which take a machine whole.</summary>
    public const int Most = 2;

    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<string, Task> active = new();
    readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>Runs until shutdown; commands that run then go on, and the next daemon takes them up.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        checks.Stirred += Stir;
        try
        {
            while (!shutdown.IsCancellationRequested)
            {
                Turn(shutdown);
                await wake.WaitAsync(LookEvery, shutdown);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
        finally
        {
            checks.Stirred -= Stir;
            await Task.WhenAll(active.Values);
        }
    }

    public void Dispose() => wake.Dispose();

    void Turn(CancellationToken shutdown)
    {
        try
        {
            foreach (var check in checks.Store.Read(CheckRows.Open))
            {
                if (active.Count >= Most)
                    return;
                if (!active.ContainsKey(check.Order.Path) && IsFree(check))
                    Begin(check, shutdown);
            }
        }
        catch (Fault fault)
        {
            log.LogError("No check can be begun: {Reason}", fault.Message);
        }
    }

    bool IsFree(Check check) =>
        check.Order.WorkspaceId is not { } workspace || checks.Store.Read(db => CheckRows.AtWork(db, workspace)) is null;

    void Begin(Check check, CancellationToken shutdown)
    {
        var place = check.Order.Path;
        var begun = new TaskCompletionSource();
        var task = Task.Run(async () =>
        {
            await begun.Task;
            try
            {
                await checker.Run(check, shutdown);
            }
            catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
            {
                // Left to the next daemon, on purpose.
            }
            catch (Exception e)
            {
                // It stays open in the store and is taken up again.
                log.LogError(e, "Check {Check} was left by its owner and will be taken up again.", check.Id);
                await Pause(shutdown);
            }
            finally
            {
                active.TryRemove(place, out _);
                Stir();
            }
        }, CancellationToken.None);
        active[place] = task;
        begun.SetResult();
    }

    async Task Pause(CancellationToken shutdown)
    {
        try
        {
            await Task.Delay(LookEvery, clock, shutdown);
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    void Stir()
    {
        try
        {
            wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Awake already, or nobody is there any more.
        }
    }
}
