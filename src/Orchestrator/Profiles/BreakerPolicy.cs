namespace Orchestrator.Profiles;

/// <summary>config.yaml: <c>breakers</c>: how often something may repeat at one item before nothing more of it starts by itself.</summary>
sealed record BreakerPolicy
{
    /// <summary>Runs in a row that ended for the same reason.</summary>
    public int EqualCauses { get; init; } = 3;

    /// <summary>Runs in a row that ended well and changed nothing.</summary>
    public int NoProgress { get; init; } = 2;

    /// <summary>Runs of one item on one day.</summary>
    public int RunsPerDay { get; init; } = 20;

    /// <summary>The group's keys; what it does not say has its default.</summary>
    public static BreakerPolicy Of(ConfigGroup? group)
    {
        var usual = new BreakerPolicy();
        return group is null ? usual : new BreakerPolicy
        {
            EqualCauses = (int?)group.Number<long>("equal_causes") ?? usual.EqualCauses,
            NoProgress = (int?)group.Number<long>("no_progress") ?? usual.NoProgress,
            RunsPerDay = (int?)group.Number<long>("runs_per_day") ?? usual.RunsPerDay,
        };
    }

    /// <summary>The group's key in the schema.</summary>
    public static readonly ConfigKey Key = new("breakers", ConfigKind.Group,
        "How often something may repeat at one item before nothing more of it starts by itself; a person's move begins anew. For the data "
        + "folder's config.yaml.")
    {
        Members =
        [
            new("equal_causes", ConfigKind.Count, "Runs in a row that ended for the same reason; unset: 3."),
            new("no_progress", ConfigKind.Count, "Runs in a row that ended well and changed nothing; unset: 2."),
            new("runs_per_day", ConfigKind.Count, "Runs of one item on one day; unset: 20."),
        ],
    };
}
