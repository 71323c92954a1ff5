namespace Orchestrator.Terminals;

/// <summary>What is to be held.</summary>
sealed record HoldOrder
{
    /// <summary>The run; its id must also be in <see cref="Environment"/> as AGENTCTL_RUN_ID, or nothing that escapes is found.</summary>
    public required string RunId { get; init; }

    /// <summary>Grows with every attempt to start; a revoked one never starts.</summary>
    public required int Fence { get; init; }

    /// <summary>Created before, with what the agent reads on standard input.</summary>
    public required RunFolder Folder { get; init; }

    /// <summary>Program (absolute path) and arguments.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>Absolute folder the agent starts in.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>The agent's whole environment.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
}

/// <summary>The operating system refused to start a process; the message is for a person.</summary>
sealed class SpawnFailure(string message) : Exception(message);

/// <summary>Starts the shell script that holds one run.</summary>
static class Holder
{
    /// <summary>Starts a holder in a session of its own and returns at once; the agent starts a moment later.</summary>
    /// <exception cref="SpawnFailure">No process could be made.</exception>
    public static ProcessIdentity Start(HoldOrder order) => throw new NotImplementedException();

    /// <summary>Clears away a holder of ours that has ended. Never blocks; foreign pids are left alone.</summary>
    public static void Reap(int pid) => throw new NotImplementedException();
}
