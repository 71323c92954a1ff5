using Orchestrator.Agents;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>
/// Starts ready items of projects and plans that run by themselves, as long as there is room; woken when an item moves, and by a slow
/// clock for what only time brings. It decides nothing itself: <see cref="NextItem"/> chooses, <see cref="ItemRuns"/> starts.
/// </summary>
sealed class ItemScheduler(ItemStore items, ItemRuns runs, QueueRules rules, Func<int> slots, TimeProvider clock, ILogger log) : IDisposable
{
    static readonly TimeSpan Slowly = TimeSpan.FromSeconds(2), AfterTrouble = TimeSpan.FromSeconds(5);

    readonly Bell wake = new();

    /// <summary>Runs until the daemon drains.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        items.Stirred += wake.Ring;
        // When the daemon stops, what is queued stays queued.
        await wake.Serve(Slowly, Turn, shutdown);
        items.Stirred -= wake.Ring;
    }

    public void Dispose() => wake.Dispose();

    async Task Turn(CancellationToken shutdown)
    {
        try
        {
            // What cannot start for a reason that only files or providers know; it has its turn again next time.
            var passed = new HashSet<string>();
            while (!shutdown.IsCancellationRequested && Next(passed) is { } next)
                if (!await TryStart(next))
                    passed.Add(next.Id);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "The scheduler could not take its turn and tries again.");
            // Every moved item wakes it: trouble that lasts must not be met that often.
            await Task.Delay(AfterTrouble, clock, shutdown);
        }
    }

    Item? Next(HashSet<string> passed)
    {
        var all = rules.OfAllWithWork();
        var now = clock.GetUtcNow().Micros();
        return items.Store.Read(db =>
        {
            var view = QueueView.Read(db, now, LocalDay.Of(now, clock), slots());
            return view.PlansGo || all.Values.Any(rule => rule.AutoRun)
                ? NextItem.Choose(db, view, all, Purpose.AutoRun, null, item => !passed.Contains(item.Id)) : null;
        });
    }

    async Task<bool> TryStart(Item next)
    {
        var rule = rules.Of(next.Project);
        var chosen = runs.Choose(next);
        string provider;
        try
        {
            var profile = chosen().Profile;
            provider = AgentCatalog.Of(profile).ProviderOf(profile);
        }
        catch (Fault fault)
        {
            await items.Store.Write(transaction => items.Advance(transaction, next.Id, ItemStep.Block,
                new ItemChange("daemon", "no profile") { Causes = [new(CauseKinds.Person, fault.Message, "")] }));
            return false;
        }

        return await items.Store.Write(transaction =>
        {
            // Looked at once more where nothing can come in between.
            var item = ItemRows.Get(transaction.Db, next.Id);
            var facts = QueueView.Read(transaction.Db, transaction.Now, LocalDay.Of(transaction.Now, clock), slots())
                .Of(transaction.Db, item, rule, Purpose.AutoRun) with
            {
                ProviderFree = CoolDownRows.Of(transaction.Db, provider)?.Until,
            };
            if (Eligibility.Causes(facts).Count > 0)
                return false;
            runs.Start(transaction, item, chosen, "daemon");
            return true;
        });
    }
}
