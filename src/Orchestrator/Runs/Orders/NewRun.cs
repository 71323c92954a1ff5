namespace Orchestrator.Runs;

/// <summary>What a new run is made from; already checked.</summary>
sealed record NewRun
{
    public required string SessionId { get; init; }
    public required string Prompt { get; init; }
    public required string Trigger { get; init; }
    public required string Profile { get; init; }
    public required string Agent { get; init; }
    public string? Protocol { get; init; }
    public string? Model { get; init; }

    /// <summary>Why it has this profile, in one line.</summary>
    public string? ProfileWhy { get; init; }

    /// <summary>The profile as it is now, by <see cref="Profiles.KeptProfile"/>.</summary>
    public string? ProfileSettings { get; init; }
    public string? OutputSchema { get; init; }
    public string? ParentRunId { get; init; }

    /// <summary>The work item it is an attempt at; null for none.</summary>
    public string? ItemId { get; init; }
    public string? RetryOf { get; init; }
    public int Attempt { get; init; } = 1;

    /// <summary>Whose limits it shares; null counts by its agent.</summary>
    public string? Provider { get; init; }

    /// <summary>What decides about its next attempt; null for none.</summary>
    public RetryPlan? Plan { get; init; }

    /// <summary>How it follows the one in <see cref="RetryOf"/>, one of <see cref="Runs.RetryHow"/>; null when asked for.</summary>
    public string? RetryHow { get; init; }

    /// <summary>Why it follows, for people.</summary>
    public string? Why { get; init; }

    /// <summary>It does not start earlier; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>It begins a conversation of its own.</summary>
    public bool NewThread { get; init; }
    public required TimeSpan TotalLimit { get; init; }
    public required TimeSpan IdleLimit { get; init; }
    public string? Title { get; init; }
    public RunOverrides? Overrides { get; init; }

    /// <summary>What it may use.</summary>
    public RunBudget Budget { get; init; }

    /// <summary>A run with the settings of another one for another prompt.</summary>
    public static NewRun Like(Run run, string prompt) => new()
    {
        SessionId = run.SessionId,
        Prompt = prompt,
        Trigger = "message",
        Profile = run.Profile,
        Agent = run.Agent,
        Protocol = run.Protocol,
        Model = run.Model,
        ProfileWhy = $"the run before it, {run.Id}, has it",
        ProfileSettings = run.ProfileSettings,
        OutputSchema = run.OutputSchema,
        ParentRunId = run.ParentRunId,
        Provider = run.Provider,
        Plan = run.Plan,
        TotalLimit = run.TotalLimit,
        IdleLimit = run.IdleLimit,
        Overrides = run.Overrides,
        Budget = run.Budget,
    };
}
