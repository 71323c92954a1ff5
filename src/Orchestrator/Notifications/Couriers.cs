using Orchestrator.Events;
using Orchestrator.Profiles;
using Orchestrator.Store;
using Orchestrator.Terminals;

namespace Orchestrator.Notifications;

/// <summary>Every rule with its channel, and the couriers that go between them.</summary>
sealed class Couriers : IDisposable
{
    readonly NotificationStore store;
    readonly EventFeed feed;
    readonly TimeProvider clock;
    readonly ILogger log;
    readonly string place;
    readonly IReadOnlyDictionary<string, string> environment;
    readonly SemaphoreSlim changed = new(0);
    readonly List<IChannel> retired = [];

    /// <param name="rules">What config.yaml says; <see cref="Follow"/> with what it says later.</param>
    /// <param name="store">Their rows.</param>
    /// <param name="feed">Wakes when something has happened.</param>
    /// <param name="place">The daemon's data folder.</param>
    /// <param name="environment">The daemon's variables.</param>
    /// <param name="clock">Measures pauses.</param>
    /// <param name="log">Hears of defects.</param>
    public Couriers(IReadOnlyList<NotificationRule> rules, NotificationStore store, EventFeed feed, string place,
        IReadOnlyDictionary<string, string> environment, TimeProvider clock, ILogger log)
    {
        (this.store, this.feed, this.clock, this.log, this.place, this.environment) = (store, feed, clock, log, place, environment);
        Rules = [.. rules.Select(rule => (rule, Channel(rule, place, environment, clock)))];
    }

    /// <summary>Each rule and its channel, as they hold now.</summary>
    public IReadOnlyList<(NotificationRule Rule, IChannel Channel)> Rules { get; private set; }

    public NotificationStore Store => store;

    /// <summary>The rules are these from that transaction on. Those that say what they said go on undisturbed.</summary>
    public void Follow(WriteTransaction transaction, IReadOnlyList<NotificationRule> rules)
    {
        var before = Rules;
        var now = new List<(NotificationRule Rule, IChannel Channel)>();
        foreach (var rule in rules)
            now.Add(before.Any(one => one.Rule.Says == rule.Says) ? before.First(one => one.Rule.Says == rule.Says)
                : (rule, Channel(rule, place, environment, clock)));
        var fresh = now.Except(before).Select(one => one.Rule.Name).ToList();
        store.Begin(transaction, rules, [.. before.Select(one => one.Rule.Name).Intersect(fresh)]);
        transaction.AfterCommit(() =>
        {
            // What is retired may still be asked by somebody who tries it.
            retired.AddRange(before.Except(now).Select(one => one.Channel));
            Rules = now;
            changed.Release();
        });
    }

    /// <summary>Until shutdown.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        var working = new Dictionary<(NotificationRule Rule, IChannel Channel), Work>();
        try
        {
            await store.Store.Write(transaction => store.Begin(transaction, [.. Rules.Select(one => one.Rule)], []));
        }
        catch (Fault fault)
        {
            log.LogError("Notifications begin again at what happens from now on: {Reason}", fault.Message);
        }

        try
        {
            while (true)
            {
                await Arrange(working, shutdown);
                await changed.WaitAsync(shutdown);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }

        await Task.WhenAll(working.Values.Select(one => one.Courier));
    }

    /// <summary>Ends the couriers of rules that are gone or say something else, and starts those that are missing.</summary>
    async Task Arrange(Dictionary<(NotificationRule Rule, IChannel Channel), Work> working, CancellationToken shutdown)
    {
        var wanted = Rules;
        var gone = working.Keys.Except(wanted).ToList();
        foreach (var one in gone)
            await working[one].Gone.CancelAsync();
        foreach (var one in gone)
        {
            // Before another one reads where it is.
            await working[one].Courier;
            working[one].Gone.Dispose();
            working.Remove(one);
        }

        foreach (var one in wanted.Where(one => !working.ContainsKey(one)))
        {
            var end = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
            // Each from a thread of the pool: what one does before it first waits is not to hold up the next.
            working[one] = new(end, Task.Run(() => new Courier(one.Rule, one.Channel, store, feed, clock, log).Run(end.Token, shutdown),
                CancellationToken.None));
        }
    }

    /// <summary>A courier at work, and what ends it.</summary>
    sealed record Work(CancellationTokenSource Gone, Task Courier);

    /// <summary>Rules whose last delivery failed, each in a sentence.</summary>
    public IReadOnlyList<string> Troubles() =>
    [
        .. from one in Rules
           let state = store.State(one.Rule.Name)
           where state.Failures > 0
           select $"The notification rule '{one.Rule.Name}' fails: {state.LastError}.",
    ];

    static IChannel Channel(NotificationRule rule, string place, IReadOnlyDictionary<string, string> environment, TimeProvider clock)
    {
        var tmux = new TmuxServer(rule.Socket is null ? null : Path.GetFullPath(rule.Socket, place), null, null, place);
        return rule.Channel switch
        {
            "log" => new LogChannel(place),
            "status" => new StatusChannel(tmux, rule.Target),
            "keys" => new KeysChannel(tmux, rule, clock),
            "command" => new CommandChannel(rule, place, environment),
            _ => new WebhookChannel(rule, environment.GetValueOrDefault, clock),
        };
    }

    public void Dispose()
    {
        foreach (var channel in Rules.Select(one => one.Channel).Concat(retired)) (channel as IDisposable)?.Dispose();
        changed.Dispose();
    }
}
