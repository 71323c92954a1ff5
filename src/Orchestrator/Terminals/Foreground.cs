using System.Runtime.InteropServices;

namespace Orchestrator.Terminals;

/// <summary>
/// Gives our terminal to another program until it ends: it stays in our session and group, so keys and window sizes reach it as if the
/// shell had started it.
/// </summary>
static class Foreground
{
    /// <summary>Runs it to its end and returns its exit code as a shell reports it.</summary>
    /// <param name="argv">Program (absolute, or looked up on the PATH of <paramref name="environment"/>) and arguments.</param>
    /// <param name="folder">Absolute folder it runs in.</param>
    /// <param name="environment">Its whole environment.</param>
    /// <exception cref="SpawnFailure">Program or folder missing, or no process could be made.</exception>
    public static int Run(IReadOnlyList<string> argv, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var program = Executable.Find(argv[0], environment.GetValueOrDefault("PATH"), folder, out var problem)
            ?? throw new SpawnFailure(problem);
        var pid = 0;
        // Ctrl-C and Ctrl-\ go to the whole group: they are the program's affair, and we only wait. The others reach us alone.
        void Leave(PosixSignalContext signal) => signal.Cancel = true;
        void Pass(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (Volatile.Read(ref pid) is > 0 and var child)
                _ = Native.Kill(child, signal.Signal == PosixSignal.SIGHUP ? Native.SignalHangUp : Native.SignalTerminate);
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Leave);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Leave);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Pass);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Pass);
        Volatile.Write(ref pid, Spawn.Start(new SpawnOrder
        {
            Program = program,
            Argv = argv,
            Environment = environment,
            Folder = folder,
            Stdin = 0,
            Stdout = 1,
            Stderr = 2,
            InOurGroup = true,
        }));
        return Native.WaitFor(pid);
    }
}
