namespace Orchestrator.Profiles;

/// <summary>How work in a project is verified.</summary>
/// <param name="Commands">Programs with their arguments, run one after the other; none when there is nothing to verify with.</param>
/// <param name="Limit">Longest time for each.</param>
/// <param name="Problem">Why the commands that are there may not run, for a person; null when they may.</param>
sealed record VerifyPlan(IReadOnlyList<IReadOnlyList<string>> Commands, TimeSpan Limit, string? Problem = null)
{
    /// <summary>For each command, unless the project says otherwise.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromMinutes(10);

    /// <summary>Nothing to verify with.</summary>
    public static readonly VerifyPlan None = new([], DefaultLimit);
}
