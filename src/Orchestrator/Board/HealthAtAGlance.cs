using Orchestrator.Runs;

namespace Orchestrator.Board;

/// <summary>Whether a run that has not ended gets on, in a word. Pure.</summary>
static class HealthAtAGlance
{
    /// <param name="status">The run's status.</param>
    /// <param name="kept">What was found by looking at it; counts while the status is the one it was found in.</param>
    public static string Of(string status, KeptHealth? kept) => kept is not null && kept.Status == status ? kept.Health.Verdict
        : status is "queued" or "waiting" ? HealthWords.Waiting : HealthWords.Working;
}
