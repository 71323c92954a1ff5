using Orchestrator.Profiles;
using Orchestrator.Store;

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

/// <summary>A run that is held still because somebody was asked about a limit: a row, which its owner obeys.</summary>
static class RunPauses
{
    /// <summary>Its processes are to stand still from now on.</summary>
    public static void Begin(WriteTransaction transaction, RunStore runs, string runId)
    {
        transaction.Db.Execute("update runs set paused_at = @now where id = @id", ("@now", transaction.Now), ("@id", runId));
        runs.Stir(transaction, runId);
    }

    /// <summary>They go on, with what the run may use from now on.</summary>
    public static void End(WriteTransaction transaction, RunStore runs, string runId, RunBudget budget)
    {
        transaction.Db.Execute("update runs set paused_at = null, limit_turns = @turns, limit_tokens = @tokens, limit_micros = @micros "
            + "where id = @id", ("@turns", budget.Turns), ("@tokens", budget.Tokens), ("@micros", budget.Micros), ("@id", runId));
        runs.Stir(transaction, runId);
    }
}
