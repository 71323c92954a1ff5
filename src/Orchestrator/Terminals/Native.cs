using System.Runtime.InteropServices;

namespace Orchestrator.Terminals;

/// <summary>
/// The C library where .NET has no call of its own. Constants differ between Linux and macOS; the macOS ones are untested.
/// </summary>
static unsafe partial class Native
{
    public const int SignalHangUp = 1, SignalInterrupt = 2, SignalKill = 9, SignalTerminate = 15;

    /// <summary>The two that hold a process still and let it go on.</summary>
    public static readonly int SignalStop = OperatingSystem.IsMacOS() ? 17 : 19, SignalContinue = OperatingSystem.IsMacOS() ? 19 : 18;
    public const int NoHang = 1, ExecuteOk = 1, PollIn = 1, PollOut = 4;
    const int Interrupted = 4;

    /// <summary>struct pollfd of poll.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Occurred;
    }

    static int CloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    /// <summary>Ends this process now, without a word to anybody in it.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void ExitNow(int code);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitIdOnce(int kind, uint id, byte* info, int options);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadOnce(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeHandle descriptor, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeHandle descriptor, int mode, long offset, long length);

    /// <summary>fcntl is variadic: on Apple silicon variadic arguments lie on the stack, behind eight registers.</summary>
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int ControlOnApple(
        SafeHandle descriptor, int command, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, void* argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int DeviceControl(int descriptor, nuint request, void* argument);

    /// <summary>ioctl is variadic too; see <see cref="ControlOnApple"/>.</summary>
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int DeviceControlOnApple(
        int descriptor, nuint request, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, void* argument);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int TerminalGet(int descriptor, void* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int TerminalSet(int descriptor, int when, void* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    public static partial void TerminalMakeRaw(void* settings);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int PipeOnLinux(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    private static partial int PipeOnApple(int* ends);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "sysctl", SetLastError = true)]
    public static partial int SystemControl(int* name, uint length, void* old, nuint* oldLength, void* @new, nuint newLength);

    [LibraryImport("libc", EntryPoint = "sysctlbyname", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SystemControlByName(string name, void* old, nuint* oldLength, void* @new, nuint newLength);

    [LibraryImport("libproc", EntryPoint = "proc_pidinfo", SetLastError = true)]
    public static partial int ProcessInfoOnApple(int pid, int flavor, ulong argument, void* buffer, int size);

    [LibraryImport("libproc", EntryPoint = "proc_listallpids", SetLastError = true)]
    public static partial int ListPidsOnApple(int* buffer, int size);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int OpenNoticesOnLinux(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddNoticeOnLinux(int descriptor, string path, uint wanted);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int RemoveNotice(int descriptor, int watch);

    /// <summary>A descriptor for notices of the file system, Linux only; -1 where the user has none left.</summary>
    public static int OpenNotices() => OpenNoticesOnLinux(CloseOnExec);

    // IN_MODIFY | IN_MOVED_TO | IN_CREATE, IN_ONLYDIR, IN_ONESHOT
    /// <summary>Asks for one notice, when a file of the folder is made, written or renamed into it; -1 when none is to be had.</summary>
    public static int AddNotice(int descriptor, string folder) =>
        AddNoticeOnLinux(descriptor, folder, 0x2 | 0x80 | 0x100 | 0x1000000 | 0x80000000);

    /// <summary>The last error in words.</summary>
    public static string LastError => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>Opens for reading, closed on exec; -1 without an exception: most of /proc refuses, and that is no event.</summary>
    public static int OpenToRead(string path) => Open(path, CloseOnExec);

    /// <summary>Opens an existing file for writing at its end, whoever else writes to it; closed on exec. -1 on failure.</summary>
    public static int OpenToAppend(string path) => Open(path, CloseOnExec | (OperatingSystem.IsMacOS() ? 0x9 : 0x401));

    /// <summary>Reads, again when a signal interrupts.</summary>
    public static int Read(int descriptor, Span<byte> into)
    {
        fixed (byte* at = into)
        {
            nint got;
            do got = ReadOnce(descriptor, at, into.Length);
            while (got < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            return (int)got;
        }
    }

    /// <summary>A pipe that no other child inherits: by its flag, on macOS because spawning closes the rest.</summary>
    public static (int Read, int Write) Pipe()
    {
        var ends = stackalloc int[2];
        var result = OperatingSystem.IsMacOS() ? PipeOnApple(ends) : PipeOnLinux(ends, CloseOnExec);
        return result == 0 ? (ends[0], ends[1]) : throw new SpawnFailure($"No pipe could be made: {LastError}.");
    }

    /// <summary>A descriptor, readable when the process has ended; -1 where there is none (macOS, Linux before 5.3).</summary>
    public static int OpenProcess(int pid) => OperatingSystem.IsLinux() ? (int)SystemCall(434, pid, 0, 0, 0) : -1;

    /// <summary>Signals exactly this process: its pid cannot have passed to another between look and signal.</summary>
    public static void Signal(ProcessIdentity process, int signal)
    {
        var handle = OpenProcess(process.Pid);
        if (process.IsAlive)
            _ = handle >= 0 ? (int)SystemCall(424, handle, signal, 0, 0) : Kill(process.Pid, signal);
        if (handle >= 0)
            _ = Close(handle);
    }

    // siginfo_t of waitid: si_code at 8, si_status at 24; on macOS (untested) si_status at 20.
    /// <summary>
    /// Waits for the end of a child of ours and leaves it there: until it is reaped, its number and that of its group are its own.
    /// </summary>
    public static ProcessEnd WaitUnreaped(int pid)
    {
        const int byPid = 1, exited = 4, exitedByItself = 1;
        var keep = OperatingSystem.IsMacOS() ? 0x20 : 0x1000000;
        var info = stackalloc byte[256];
        while (WaitIdOnce(byPid, (uint)pid, info, exited | keep) != 0)
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw new SpawnFailure($"The end of process {pid} cannot be awaited: {LastError}.");
        var status = *(int*)(info + (OperatingSystem.IsMacOS() ? 20 : 24));
        return *(int*)(info + 8) == exitedByItself ? new(status, null) : new(null, status);
    }

    /// <summary>Waits for a child of ours and returns its exit code as a shell would report it.</summary>
    public static int WaitFor(int pid)
    {
        int status;
        while (WaitPid(pid, out status, 0) != pid)
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw new SpawnFailure($"The exit code of process {pid} is lost: {LastError}.");
        return (status & 0x7f) == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f);
    }
}
