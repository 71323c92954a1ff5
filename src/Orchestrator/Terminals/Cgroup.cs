namespace Orchestrator.Terminals;

/// <summary>A control group per run, where this user may make one: nothing can leave it, so nothing of a run is overlooked.</summary>
static class Cgroup
{
    /// <summary>True when a group can be made here.</summary>
    public static bool Available => throw new NotImplementedException();

    /// <summary>Where groups are made, or why none can be; for doctor.</summary>
    public static string Reason => throw new NotImplementedException();

    /// <summary>Makes the run's group. Null where there is none to be had.</summary>
    public static string? Make(string runId) => throw new NotImplementedException();

    /// <summary>Pids in the run's group and below it.</summary>
    public static IReadOnlyList<int> Members(string runId) => throw new NotImplementedException();

    /// <summary>Kills everything in it.</summary>
    public static void Kill(string runId) => throw new NotImplementedException();

    /// <summary>Removes it when it is empty; true when it is not there any more.</summary>
    public static bool Remove(string runId) => throw new NotImplementedException();
}
