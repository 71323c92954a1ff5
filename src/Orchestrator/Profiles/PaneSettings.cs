namespace Orchestrator.Profiles;

/// <summary>Where runs that are watched are shown: the group <c>panes</c> of config.yaml.</summary>
sealed record PaneSettings
{
    /// <summary>True to use the user's own tmux server instead of one of our own.</summary>
    public bool InUsersServer { get; init; }

    /// <summary>The tmux session; null for the default of its place.</summary>
    public string? Session { get; init; }

    /// <summary>True for a tmux session for each project.</summary>
    public bool PerProject { get; init; }

    /// <summary>Most panes with runs at a time.</summary>
    public int Most { get; init; } = 6;

    /// <summary>True when a pane stays after its run's end until Enter.</summary>
    public bool Keep { get; init; }

    /// <summary>Its keys.</summary>
    public static readonly ConfigKey Keys = new("panes", ConfigKind.Group, "Where --watch shows runs: panes of tmux.")
    {
        Members =
        [
            new("where", ConfigKind.Word, "own: a tmux server of its own in the data folder. current: the one you work in; unset: own.")
            {
                Words = ["own", "current"],
            },
            new("session", ConfigKind.Text, "Name of the tmux session; unset: agents, or with where: current the one you are in."),
            new("per", ConfigKind.Word, "One tmux session for everything, or one for each project; unset: daemon.")
            {
                Words = ["daemon", "project"],
            },
            new("most", ConfigKind.Count, "Panes at the same time; then the oldest whose run has ended gives way. Unset: 6."),
            new("at_end", ConfigKind.Word, "What a pane does when its run has ended; unset: close.") { Words = ["close", "keep"] },
        ],
    };

    /// <summary>What a file says.</summary>
    public static PaneSettings Of(ConfigGroup? group) => new()
    {
        InUsersServer = group?.Get<string>("where") == "current",
        Session = group?.Get<string>("session"),
        PerProject = group?.Get<string>("per") == "project",
        Most = (int?)group?.Number<long>("most") ?? 6,
        Keep = group?.Get<string>("at_end") == "keep",
    };
}
