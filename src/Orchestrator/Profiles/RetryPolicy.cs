namespace Orchestrator.Profiles;

/// <summary>How much is done by itself after a run that did not do its work; each includes the one before.</summary>
enum RetryMode
{
    /// <summary>never: nothing.</summary>
    Never,
    /// <summary>unstarted: the default: what is known to have ended before anything had happened; it repeats nothing.</summary>
    Unstarted,
    /// <summary>provider: also what the provider is to blame for, after a wait: its limits and its failures.</summary>
    Provider,
    /// <summary>full: also the work itself: the same thread, a new one, the profile it escalates to, then a person.</summary>
    Full,
}

/// <summary>config.yaml: <c>retry</c> of a profile, over <c>retry</c> of the file.</summary>
sealed record RetryPolicy
{
    public RetryMode Mode { get; init; } = RetryMode.Unstarted;

    /// <summary>Attempts at the work in all, the first one included; waits for a provider do not count.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>Longest a run waits for its provider; what would wait longer is a person's to decide.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Tokens of all attempts together after which nothing more starts by itself; null for no limit.</summary>
    public long? Tokens { get; init; }

    /// <summary>The same in US dollars, estimates included; null for the profile's limit of one run, where it has one.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>True when a person is asked how to go on after a limit stopped a run.</summary>
    public bool AskOnLimit { get; init; } = true;

    /// <summary>Words of config.yaml, of <c>start --retry</c> and of the member <c>retry</c>.</summary>
    public static readonly IReadOnlyDictionary<string, RetryMode> Modes = new Dictionary<string, RetryMode>
    {
        ["never"] = RetryMode.Never,
        ["unstarted"] = RetryMode.Unstarted,
        ["provider"] = RetryMode.Provider,
        ["full"] = RetryMode.Full,
    };

    public const string Ask = "ask";

    public const string Stop = "stop";

    /// <summary>The group's keys; what it does not say has its default.</summary>
    public static RetryPolicy Of(ConfigGroup group)
    {
        var usual = new RetryPolicy();
        return new RetryPolicy
        {
            Mode = group.Get<string>("mode") is { } word ? Modes[word] : usual.Mode,
            Attempts = (int?)group.Number<long>("attempts") ?? usual.Attempts,
            LongestWait = group.Number<double>("max_wait_s") is { } seconds ? TimeSpan.FromSeconds(seconds) : usual.LongestWait,
            Tokens = group.Number<long>("max_tokens"),
            CostUsd = group.Number<decimal>("max_cost_usd"),
            AskOnLimit = group.Get<string>("on_limit") is { } asked ? asked == Ask : usual.AskOnLimit,
        };
    }

    /// <summary>The group's key in the schema.</summary>
    public static ConfigKey Key(string meaning) => new("retry", ConfigKind.Group, meaning)
    {
        Members =
        [
            new("mode", ConfigKind.Word, "never; unstarted (the default): only what ended before anything had happened; provider: also "
                + "what the provider is to blame for; full: also the work itself. docs/failures.md has the table.")
            {
                Words = [.. Modes.Keys],
            },
            new("attempts", ConfigKind.Count, "Attempts at the work in all; unset: 3. Waits for a provider do not count."),
            new("max_wait_s", ConfigKind.Seconds, "Longest wait for a provider, in seconds; unset: 21600. Beyond it a person is asked."),
            new("max_tokens", ConfigKind.Count, "Tokens of all attempts together after which nothing more starts by itself."),
            new("max_cost_usd", ConfigKind.Dollars, "Cost of all attempts together in US dollars, estimates included, after which nothing "
                + "more starts by itself; unset: limits.cost_usd of the profile, where it has one."),
            new("on_limit", ConfigKind.Word, "What follows when a time limit stopped a run, its work captured: ask a person how to go on "
                + "(the default), or nothing.") { Words = [Ask, Stop] },
        ],
    };
}
