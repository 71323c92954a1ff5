namespace Orchestrator.Terminals;

/// <summary>What the holder wrote about itself.</summary>
/// <param name="Identity">The holder's process, also the leader of the agent's session and group.</param>
/// <param name="Fence">The fence it was started with.</param>
sealed record HolderRecord(ProcessIdentity Identity, int Fence);

/// <summary>What the holder wrote when the agent had ended.</summary>
/// <param name="Code">Exit code as the shell gives it: 128 + n for signal n.</param>
/// <param name="Problem">Why the agent could not be started; null when it was.</param>
sealed record HoldEnd(int Code, string? Problem);

/// <summary>The files of one run. Everything the daemon must know after its own death is in here.</summary>
sealed class RunFolder(string path)
{
    public string Path { get; } = path;
    public string StdinPath => System.IO.Path.Combine(Path, "stdin");
    public string StdoutPath => System.IO.Path.Combine(Path, "stdout");
    public string StderrPath => System.IO.Path.Combine(Path, "stderr");
    public string PromptPath => System.IO.Path.Combine(Path, "prompt");
    public string ExitPath => System.IO.Path.Combine(Path, "exit");
    public string PidPath => System.IO.Path.Combine(Path, "pid");

    /// <summary>Makes the folder (0700) with empty stdin, stdout and stderr (0600). Existing files are kept.</summary>
    public void Create() => throw new NotImplementedException();

    /// <summary>Writes one file of the folder, mode 0600.</summary>
    public void Write(string name, string text) => throw new NotImplementedException();

    /// <summary>The holder's record; null until it is complete.</summary>
    public HolderRecord? ReadHolder() => throw new NotImplementedException();

    /// <summary>True when a holder took this fence: a start has happened.</summary>
    public bool Claimed(int fence) => throw new NotImplementedException();

    /// <summary>True when the fence is now revoked: no holder will ever start with it. False when a holder took it first.</summary>
    public bool TryRevoke(int fence) => throw new NotImplementedException();

    /// <summary>The agent's exit code; null while there is none.</summary>
    public int? ReadExit() => ReadEnd()?.Code;

    /// <summary>How the agent ended; null while it has not.</summary>
    public HoldEnd? ReadEnd() => throw new NotImplementedException();

    /// <summary>Makes the journals, the exit code and their names durable. Empty files are skipped.</summary>
    public void Sync() => throw new NotImplementedException();
}
