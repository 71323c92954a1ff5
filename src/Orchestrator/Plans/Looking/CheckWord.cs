using Orchestrator.Runs;

namespace Orchestrator.Plans;

/// <summary>
/// How an item is in one word: the four words of the first manifest orchestrator, and one for what has not begun. From its state, and at
/// work from what its run is seen to do; never from words on a screen. Pure.
/// </summary>
static class CheckWord
{
    public const string Done = "DONE", Error = "ERROR", Stuck = "STUCK", Running = "RUNNING", Pending = "PENDING";

    /// <param name="status">The item's status.</param>
    /// <param name="hasCauses">Something is said of what it waits for.</param>
    /// <param name="verdict">Its run's health; null when no run is at it.</param>
    /// <param name="waitingFor">What that run waits for; null for nothing.</param>
    public static string Of(string? status, bool hasCauses, string? verdict, string? waitingFor) => status switch
    {
        "done" or "skipped" => Done,
        "failed" or "canceled" => Error,
        "blocked" => Stuck,
        "review" => hasCauses ? Stuck : Running,
        // Somebody must say something, or nothing happens any more.
        "in_flight" => verdict is HealthWords.Stalled or HealthWords.Dead || waitingFor is "person" or "parent" ? Stuck : Running,
        _ => Pending,
    };
}
