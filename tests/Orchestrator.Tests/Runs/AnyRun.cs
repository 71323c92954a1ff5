using Orchestrator.Runs;

namespace Orchestrator.Tests.Runs;

/// <summary>A run of no account, for pure functions.</summary>
static class AnyRun
{
    public static readonly DateTimeOffset Begun = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static Run In(RunStatus status) => new()
    {
        Id = "0123456789abcdef",
        SessionId = "fedcba9876543210",
        Status = status,
        Trigger = "message",
        Profile = "fake",
        Agent = "command",
        Prompt = "work",
        CreatedAt = Begun,
        StartedAt = Begun,
        TotalLimit = TimeSpan.FromMinutes(10),
        IdleLimit = TimeSpan.FromMinutes(2),
    };
}
