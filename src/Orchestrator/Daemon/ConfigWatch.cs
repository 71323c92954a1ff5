using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Daemon;

/// <summary>Event types of configuration files.</summary>
static class ConfigEvents
{
    public const string Changed = "config.changed";
    public const string Rejected = "config.rejected";
    public const string Set = "config.set";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Changed, "A configuration file says something else, and that holds for what is accepted from now on.",
            """{"file":"/data/config.yaml","keys":["profiles.spark.effort"]}"""),
        new(Rejected, "A configuration file says something that cannot hold; what held before still does.",
            """{"file":"/data/config.yaml","problem":"/data/config.yaml:3: profils: there is no such key; did you mean 'profiles'?"}"""),
        new(Set, "Somebody set a key of the user's file.", """{"key":"profiles.spark.effort","file":"/data/config.yaml"}"""),
    ];
}

/// <summary>Looks at the configuration files in the background, and tells what happened to them.</summary>
/// <remarks>
/// By asking for their times, not by a watcher: it also works over links and network folders, and costs a question a second and file.
/// </remarks>
static class ConfigWatch
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Until shutdown. <paramref name="follow"/> makes hold what nobody asks for each time, with the event that tells of it.
    /// </summary>
    public static Task Run(Configuration configuration, Database store, EventLog events, Action<WriteTransaction> follow,
        TimeProvider clock, ILogger log, CancellationToken shutdown) =>
        Rounds.Run(Every, () => Look(configuration, store, events, follow, log),
            "The look at the configuration failed and will be tried again.", clock, log, shutdown);

    static async Task Look(Configuration configuration, Database store, EventLog events, Action<WriteTransaction> follow, ILogger log)
    {
        configuration.See();
        while (configuration.TryNews(out var news))
        {
            if (news!.Type == ConfigEvents.Rejected)
                log.LogWarning("An edit does not hold, and what held before still does: {Problem}", (string?)news.Data["problem"]);
            await store.Write(transaction =>
            {
                events.Append(transaction, new NewEvent(news.Type, "daemon", news.Data));
                if (news.Type == ConfigEvents.Changed)
                    follow(transaction);
            });
            configuration.Told();
        }
    }
}
