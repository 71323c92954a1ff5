namespace Orchestrator.Profiles;

/// <summary>
/// config.yaml: <c>healing</c> of a profile, over <c>healing</c> of the file: when a run that says nothing counts as quiet or stalled, and
/// what is done about it. By itself nothing ends a run here but its limits: <see cref="Interrupt"/> has to be said.
/// </summary>
sealed record HealingPolicy
{
    /// <summary>How often one run is asked whether it is at work, over all its silences: each costs tokens.</summary>
    public const int MostAsks = 3;

    /// <summary>How often the daemon looks at what runs do, unless <c>healing.look_s</c> says otherwise.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    static readonly TimeSpan UsualQuiet = TimeSpan.FromMinutes(5);

    /// <summary>Silence after which a run counts as quiet; null for five minutes, at most half of its idle limit.</summary>
    public TimeSpan? Quiet { get; init; }

    /// <summary>Silence after which one that does nothing counts as stalled; null for three quarters of its idle limit.</summary>
    public TimeSpan? Stalled { get; init; }

    /// <summary>From one step to the next.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a tool may take that names no limit of its own.</summary>
    public TimeSpan Tool { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A stalled agent that can hear something in mid-turn is asked first.</summary>
    public bool Ask { get; init; } = true;

    /// <summary>A run that stays stalled is stopped, with its work captured; what follows depends on the next three.</summary>
    public bool Interrupt { get; init; }

    /// <summary>How often the work is started over by the same profile after such a stop.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Then the profile it escalates to has it, where there is one.</summary>
    public bool Escalate { get; init; } = true;

    /// <summary>Then a person is asked how to go on.</summary>
    public bool Person { get; init; } = true;

    /// <summary>How long a run of that idle limit may say nothing before it counts as quiet.</summary>
    public TimeSpan QuietOf(TimeSpan idleLimit) => Quiet ?? (UsualQuiet < idleLimit / 2 ? UsualQuiet : idleLimit / 2);

    /// <summary>The same before it may count as stalled; never less than quiet.</summary>
    public TimeSpan StalledOf(TimeSpan idleLimit)
    {
        var (quiet, stalled) = (QuietOf(idleLimit), Stalled ?? idleLimit * 3 / 4);
        return stalled > quiet ? stalled : quiet;
    }

    static readonly string[] Counts = ["0", "1", "2", "3"];

    /// <summary>The group's keys; what it does not say has its default.</summary>
    public static HealingPolicy Of(ConfigGroup group)
    {
        var usual = new HealingPolicy();
        TimeSpan? Seconds(string key) => group.Number<double>(key) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        return new HealingPolicy
        {
            Quiet = Seconds("quiet_s"),
            Stalled = Seconds("stalled_s"),
            Wait = Seconds("wait_s") ?? usual.Wait,
            Tool = Seconds("tool_s") ?? usual.Tool,
            Ask = group.Number<bool>("ask") ?? usual.Ask,
            Interrupt = group.Number<bool>("interrupt") ?? usual.Interrupt,
            Restarts = group.Get<string>("restarts") is { } word ? Array.IndexOf(Counts, word) : usual.Restarts,
            Escalate = group.Number<bool>("escalate") ?? usual.Escalate,
            Person = group.Number<bool>("person") ?? usual.Person,
        };
    }

    /// <summary>The policy a run was accepted with.</summary>
    public static HealingPolicy OfKept(string? keptProfile) => KeptProfile.Read(keptProfile)?.Healing ?? new HealingPolicy();

    /// <summary>The group's key in the schema, of a profile or of the whole file.</summary>
    public static ConfigKey Key(string meaning, params IReadOnlyList<ConfigKey> more) => new("healing", ConfigKind.Group, meaning)
    {
        Members =
        [
            .. more,
            new("quiet_s", ConfigKind.Seconds, "Silence after which a run counts as quiet, in seconds; unset: 300, at most half of its "
                + "idle limit."),
            new("stalled_s", ConfigKind.Seconds, "Silence after which a run counts as stalled when its processes do nothing either; unset: "
                + "three quarters of its idle limit."),
            new("wait_s", ConfigKind.Seconds, "Time from one step of healing to the next, in seconds; unset: 120."),
            new("tool_s", ConfigKind.Seconds, "How long a tool may take that names no limit itself, in seconds; unset: 3600."),
            new("ask", ConfigKind.Flag, "Ask a stalled agent whether it is at work, where its protocol can; at most three times a run. "
                + "Unset: true."),
            new("interrupt", ConfigKind.Flag, "Stop a run that stays stalled, with its work captured, and do what the next three say. "
                + "Unset: false, and its idle limit ends it."),
            new("restarts", ConfigKind.Word, "How often the same profile starts over after such a stop; unset: 1.") { Words = Counts },
            new("escalate", ConfigKind.Flag, "Then the profile it escalates to has it, where there is one. Unset: true."),
            new("person", ConfigKind.Flag, "Then a person is asked how to go on. Unset: true."),
        ],
    };

    /// <summary>The key of the whole file that a profile has not.</summary>
    public static readonly ConfigKey LookKey = new("look_s", ConfigKind.Seconds,
        "How often the daemon looks at what runs do, in seconds; unset: 10. Counts in the data folder's config.yaml.");
}
