using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.Terminals;

/// <summary>What a new process gets. Descriptors are ours; null is /dev/null.</summary>
sealed record SpawnOrder
{
    public required string Program { get; init; }
    public required IReadOnlyList<string> Argv { get; init; }
    public required IEnumerable<KeyValuePair<string, string>> Environment { get; init; }
    public string? Folder { get; init; }
    public int? Stdin { get; init; }
    public int? Stdout { get; init; }
    public int? Stderr { get; init; }

    /// <summary>False for a program that is to keep our terminal.</summary>
    public bool OwnSession { get; init; } = true;
}

/// <summary>
/// Makes processes with posix_spawn: a session of their own, default signals (the runtime ignores SIGPIPE and children would
/// inherit that), nothing blocked, and no descriptor beyond the first three.
/// </summary>
static unsafe partial class Spawn
{
    // Larger than glibc's 336 and 80 bytes, musl's and the pointers of macOS.
    const int AttributeBytes = 512, ActionBytes = 256, SignalSetBytes = 128;
    const short SetSignalDefaults = 4, SetSignalMask = 8;
    const int ReadWrite = 2;

    static short Flags(bool ownSession) => OperatingSystem.IsMacOS()
        ? (short)(SetSignalDefaults | SetSignalMask | (ownSession ? 0x400 : 0) | 0x4000) // SETSID, CLOEXEC_DEFAULT
        : (short)(SetSignalDefaults | SetSignalMask | (ownSession ? 0x80 : 0)); // SETSID

    /// <summary>glibc 2.34 and later: closes what we ourselves inherited without the close-on-exec flag.</summary>
    static readonly delegate* unmanaged<void*, int, int> CloseFrom = FindCloseFrom();

    /// <summary>Starts it and returns its pid, which is also its group and session where it has its own.</summary>
    public static int Start(SpawnOrder order)
    {
        var attributes = stackalloc byte[AttributeBytes];
        var actions = stackalloc byte[ActionBytes];
        var signals = stackalloc byte[SignalSetBytes];
        var noSignals = stackalloc byte[SignalSetBytes];
        using var argv = new CStrings(order.Argv);
        using var environment = new CStrings([.. order.Environment.Select(pair => $"{pair.Key}={pair.Value}")]);
        Check(AttributesInit(attributes));
        Check(ActionsInit(actions));
        try
        {
            _ = SignalsAll(signals);
            _ = SignalsNone(noSignals);
            Check(AttributesSignalDefaults(attributes, signals));
            Check(AttributesSignalMask(attributes, noSignals));
            Check(AttributesFlags(attributes, Flags(order.OwnSession)));
            Connect(actions, order.Stdin, 0);
            Connect(actions, order.Stdout, 1);
            Connect(actions, order.Stderr, 2);
            if (order.Folder is not null)
                Check(ActionsFolder(actions, order.Folder));
            if (CloseFrom != null)
                Check(CloseFrom(actions, 3));
            var error = PosixSpawn(out var pid, order.Program, actions, attributes, argv.Pointers, environment.Pointers);
            if (error != 0)
                throw new SpawnFailure($"{order.Program} could not be started: {Marshal.GetPInvokeErrorMessage(error)}.");
            return pid;
        }
        finally
        {
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    static void Connect(void* actions, int? descriptor, int target) =>
        Check(descriptor is { } ours ? ActionsDuplicate(actions, ours, target) : ActionsOpen(actions, target, "/dev/null", ReadWrite, 0));

    static void Check(int error)
    {
        if (error != 0)
            throw new SpawnFailure($"No process could be prepared: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    /// <summary>Looked up, because musl and older C libraries lack it.</summary>
    static delegate* unmanaged<void*, int, int> FindCloseFrom() =>
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "posix_spawn_file_actions_addclosefrom_np", out var found)
            ? (delegate* unmanaged<void*, int, int>)found
            : null;

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PosixSpawn(out int pid, string program, void* actions, void* attributes, byte** argv, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int AttributesFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int AttributesSignalDefaults(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int AttributesSignalMask(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int ActionsInit(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int ActionsDestroy(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int ActionsDuplicate(void* actions, int ours, int target);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ActionsOpen(void* actions, int target, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ActionsFolder(void* actions, string folder);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int SignalsAll(void* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int SignalsNone(void* signals);

    /// <summary>A null-terminated array of C strings in one block.</summary>
    sealed class CStrings : IDisposable
    {
        public byte** Pointers { get; }

        public CStrings(IReadOnlyList<string> texts)
        {
            if (texts.FirstOrDefault(text => text.Contains('\0')) is { } bad)
                throw new SpawnFailure($"An argument or variable contains a null character: {bad.Replace('\0', '?')}.");
            var table = (texts.Count + 1) * sizeof(byte*);
            var bytes = texts.Sum(text => Encoding.UTF8.GetByteCount(text) + 1);
            Pointers = (byte**)NativeMemory.Alloc((nuint)(table + bytes));
            var at = (byte*)Pointers + table;
            for (var i = 0; i < texts.Count; i++)
            {
                Pointers[i] = at;
                at += Encoding.UTF8.GetBytes(texts[i], new Span<byte>(at, bytes));
                *at++ = 0;
            }
            Pointers[texts.Count] = null;
        }

        public void Dispose() => NativeMemory.Free(Pointers);
    }
}
