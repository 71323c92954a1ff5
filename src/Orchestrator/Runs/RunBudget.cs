using Orchestrator.Profiles;

namespace Orchestrator.Runs;

/// <summary>What one run may use; null for no limit.</summary>
/// <param name="Turns">Steps of the agent: a message or a tool call each.</param>
/// <param name="Tokens">Tokens of every kind together, cached ones included.</param>
/// <param name="Micros">Cost in millionths of a US dollar.</param>
readonly record struct RunBudget(long? Turns, long? Tokens, long? Micros)
{
    /// <summary>As the profile says it.</summary>
    public static RunBudget Of(Profile profile) => new(profile.TurnLimit, profile.TokenLimit,
        profile.CostLimit is { } dollars ? (long)decimal.Round(dollars * 1_000_000) : null);
}
