using System.Runtime.InteropServices;

namespace Orchestrator.FakeAgent;

/// <summary>The few calls of the C library a misbehaving process needs.</summary>
static partial class Unix
{
    const int WriteOnly = 1;

    /// <summary>
    /// Points stdout at /dev/null: the reader sees the end of the stream as after close(2), and no file opened later can be
    /// given the number 1. The runtime keeps duplicates of the standard descriptors, which would hold the pipe open, so all
    /// descriptors of the same pipe are treated alike.
    /// </summary>
    public static void DetachStdout()
    {
        var pipe = Target("1");
        var nowhere = Open("/dev/null", WriteOnly);
        foreach (var path in Directory.GetFiles("/proc/self/fd"))
        {
            var descriptor = Path.GetFileName(path);
            if (Target(descriptor) != pipe) continue;
            if (Duplicate(nowhere, int.Parse(descriptor)) < 0) throw new IOException($"cannot close descriptor {descriptor}");
        }

        _ = Close(nowhere);
    }

    /// <summary>What a descriptor refers to, e.g. <c>pipe:[1234]</c>; null when it was closed meanwhile.</summary>
    static string? Target(string descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;

    /// <summary>Ignores the signal (SIG_IGN), which children inherit.</summary>
    public static void Ignore(int signal) => Handle(signal, 1);

    /// <summary>Sends this process the signal with its default effect (SIG_DFL) restored.</summary>
    public static void KillSelf(int signal)
    {
        Handle(signal, 0);
        _ = Kill(Environment.ProcessId, signal);
    }

    /// <summary>A signal's number from its name with or without SIG, or from the number itself (Linux, x86 and arm).</summary>
    public static int SignalNumber(string name) => name.Trim().ToUpperInvariant().Replace("SIG", "", StringComparison.Ordinal) switch
    {
        "HUP" => 1,
        "INT" => 2,
        "QUIT" => 3,
        "ILL" => 4,
        "ABRT" => 6,
        "KILL" => 9,
        "USR1" => 10,
        "SEGV" => 11,
        "USR2" => 12,
        "PIPE" => 13,
        "ALRM" => 14,
        "TERM" => 15,
        "STOP" => 19,
        var number => int.Parse(number),
    };

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Handle(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
