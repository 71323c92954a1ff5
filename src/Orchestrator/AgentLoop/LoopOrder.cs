namespace Orchestrator.AgentLoop;

/// <summary>What one run of the loop is to do, from its command line and standard input.</summary>
sealed record LoopOrder
{
    /// <summary>What the person or parent wrote.</summary>
    public required string Prompt { get; init; }

    /// <summary>Absolute folder to work in.</summary>
    public required string Workspace { get; init; }

    /// <summary>Absolute folder of the conversations.</summary>
    public required string Conversations { get; init; }

    /// <summary>The conversation to go on with; null for a new one.</summary>
    public string? Resume { get; init; }

    /// <summary>False leaves only the tools that look.</summary>
    public bool CanChange { get; init; } = true;

    /// <summary>reasoning_effort as the endpoint knows it; null for its default.</summary>
    public string? Effort { get; init; }

    /// <summary>JSON Schema the answer must match; null when none is demanded.</summary>
    public string? Schema { get; init; }

    /// <summary>The same, narrowed to what strict response formats take.</summary>
    public string? ResponseFormat { get; init; }

    public LoopLimits Limits { get; init; } = new();
}

/// <summary>Where a run of the loop ends by itself.</summary>
sealed record LoopLimits
{
    /// <summary>Answers of the model.</summary>
    public int Turns { get; init; } = 100;

    /// <summary>Tokens read and written, all answers together; null for no limit.</summary>
    public long? Tokens { get; init; }

    /// <summary>Tokens the model can see at once; null when nobody says: then its own refusal is waited for.</summary>
    public long? Context { get; init; }

    /// <summary>Bytes of one answer's stream: a server that never stops is cut here.</summary>
    public long AnswerBytes { get; init; } = 16 << 20;

    /// <summary>Longest silence of the endpoint. Local models load for minutes before their first word.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>The loop cannot go on: one of the closed list's reasons, and a sentence.</summary>
sealed class LoopFailure(string reason, string message, TimeSpan? after = null) : Exception(message)
{
    /// <summary>How long the endpoint wants to be left alone; null when it does not say.</summary>
    public TimeSpan? After { get; } = after;

    /// <summary>One of <see cref="Agents.EndReason"/>.</summary>
    public string Reason { get; } = reason;
}
