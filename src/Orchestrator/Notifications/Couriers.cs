using Orchestrator.Events;
using Orchestrator.Profiles;
using Orchestrator.Terminals;

namespace Orchestrator.Notifications;

/// <summary>Every rule with its channel, and the couriers that go between them.</summary>
sealed class Couriers : IDisposable
{
    readonly NotificationStore store;
    readonly EventFeed feed;
    readonly TimeProvider clock;
    readonly ILogger log;

    /// <param name="rules">What config.yaml says.</param>
    /// <param name="store">Their rows.</param>
    /// <param name="feed">Wakes when something has happened.</param>
    /// <param name="place">The daemon's data folder.</param>
    /// <param name="environment">The daemon's variables.</param>
    /// <param name="clock">Measures pauses.</param>
    /// <param name="log">Hears of defects.</param>
    public Couriers(IReadOnlyList<NotificationRule> rules, NotificationStore store, EventFeed feed, string place,
        IReadOnlyDictionary<string, string> environment, TimeProvider clock, ILogger log)
    {
        (this.store, this.feed, this.clock, this.log) = (store, feed, clock, log);
        Rules = [.. rules.Select(rule => (rule, Channel(rule, place, environment, clock)))];
    }

    /// <summary>Each rule and its channel.</summary>
    public IReadOnlyList<(NotificationRule Rule, IChannel Channel)> Rules { get; }

    public NotificationStore Store => store;

    /// <summary>Until shutdown.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        try
        {
            await store.Begin([.. Rules.Select(one => one.Rule)]);
        }
        catch (Fault fault)
        {
            log.LogError("Notifications begin again at what happens from now on: {Reason}", fault.Message);
        }
        // Each from a thread of the pool: what one does before it first waits is not to hold up the next.
        await Task.WhenAll(Rules.Select(one =>
            Task.Run(() => new Courier(one.Rule, one.Channel, store, feed, clock, log).Run(shutdown), CancellationToken.None)));
    }

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
        foreach (var (_, channel) in Rules) (channel as IDisposable)?.Dispose();
    }
}
