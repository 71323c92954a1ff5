namespace Orchestrator.Terminals;

/// <summary>A process that belongs to a run.</summary>
/// <param name="Identity">Which process.</param>
/// <param name="GroupId">Its process group.</param>
/// <param name="Command">Program and arguments as far as they help a person, at most 200 characters.</param>
/// <param name="IsHolder">True for the run's own holder.</param>
readonly record struct LeftProcess(ProcessIdentity Identity, int GroupId, string Command, bool IsHolder);

/// <summary>Finds and ends what a run started and did not end itself.</summary>
static class Leftovers
{
    /// <summary>Living processes that carry the run's marker or are in its control group, without this process.</summary>
    public static IReadOnlyList<LeftProcess> Find(string runId) => throw new NotImplementedException();

    /// <summary>Ends them: SIGTERM, and after half the patience SIGKILL. Returns those that are still there after all of it.</summary>
    public static Task<IReadOnlyList<LeftProcess>> Sweep(string runId, TimeSpan patience, TimeProvider clock) =>
        throw new NotImplementedException();
}
