using System.Globalization;
using System.Text;

namespace Orchestrator.Terminals;

/// <summary>What the holder wrote about itself.</summary>
/// <param name="Identity">The holder's process, also the leader of the agent's session and group.</param>
/// <param name="Fence">The fence it was started with.</param>
sealed record HolderRecord(ProcessIdentity Identity, int Fence);

/// <summary>What the holder wrote when the agent had ended.</summary>
/// <param name="Code">Exit code as the shell gives it: 128 + n for signal n, 126 or 127 when the program could not be executed.</param>
/// <param name="Problem">Why the agent could not be started; null when it was.</param>
sealed record HoldEnd(int Code, string? Problem);

/// <summary>The files of one run. Everything the daemon must know after its own death is in here.</summary>
sealed class RunFolder(string path)
{
    const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;

    public string Path { get; } = path;
    public string StdinPath => In("stdin");
    public string StdoutPath => In("stdout");
    public string StderrPath => In("stderr");
    public string PromptPath => In("prompt");
    public string ExitPath => In("exit");
    public string PidPath => In("pid");

    /// <summary>All that is to reach a two-way agent's standard input, in order; only ever appended to.</summary>
    public string InputPath => In("stdin.in");

    /// <summary>True when the agent is spoken with while it runs (<see cref="MakeTwoWay"/>).</summary>
    public bool TwoWay => File.Exists(InputPath);

    /// <summary>Makes the folder (0700) with empty stdin, stdout and stderr (0600). Existing files are kept.</summary>
    public void Create()
    {
        Directory.CreateDirectory(Path, OwnFolder);
        // Whatever an earlier try of this start left: opening a pipe would wait for its reader.
        if (TwoWay)
        {
            File.Delete(StdinPath);
            File.Delete(InputPath);
            File.Delete(In("keeper"));
        }

        foreach (var file in new[] { StdinPath, StdoutPath, StderrPath })
            Open(file, FileMode.OpenOrCreate).Dispose();
        // Room for the exit code, taken now: a disk the agent filled does not lose it.
        Write("exit", new string(' ', 100));
    }

    /// <summary>Makes standard input a pipe that a keeper holds open, fed from an empty <see cref="InputPath"/>.</summary>
    public void MakeTwoWay()
    {
        File.Delete(StdinPath);
        Open(InputPath, FileMode.Create).Dispose();
        if (Native.MakePipe(StdinPath, (uint)OwnFile) != 0)
            throw new IOException($"The pipe {StdinPath} could not be made: {Native.LastError}.");
    }

    /// <summary>
    /// Appends what of <paramref name="bytes"/> is missing: they begin at <paramref name="start"/> of the whole input. What a daemon that
    /// died was writing is thus completed, and nothing is written twice: the file's length is the acknowledgement.
    /// </summary>
    public void Feed(long start, ReadOnlySpan<byte> bytes)
    {
        using var file = Open(InputPath, FileMode.Append);
        var there = file.Length - start;
        if (there < 0)
            throw new IOException($"{InputPath} is shorter than what was written to it.");
        if (there < bytes.Length)
            file.Write(bytes[(int)there..]);
    }

    /// <summary>Bytes fed so far; 0 when the agent removed the file.</summary>
    public long Fed => new FileInfo(InputPath) is { Exists: true } file ? file.Length : 0;

    /// <summary>
    /// Ends the agent's standard input by ending its keeper. True when that is done, false while the keeper has not begun: try again.
    /// </summary>
    public bool EndInput()
    {
        if (ReadRecord(In("keeper")) is not { } keeper)
            return false;
        if (keeper.Identity.IsAlive)
            Native.Signal(keeper.Identity, Native.SignalTerminate);
        return true;
    }

    /// <summary>The text of one file of the folder; null when it is not there.</summary>
    public string? Read(string name) => ReadText(In(name));

    /// <summary>Writes one file of the folder, mode 0600.</summary>
    public void Write(string name, string text)
    {
        if (name != System.IO.Path.GetFileName(name) || name is "" or "." or "..")
            throw new ArgumentException($"'{name}' is no file name.", nameof(name));
        using var file = Open(In(name), FileMode.Create);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    // 4711 1 37a02b7f-c5c9-4545-8ee5-46e53d99bcbf 4711 (sh) S 4700 4711 4711 0 -1 ...   (Linux: the line of /proc/pid/stat)
    // 4711 1 37A02B7F-C5C9-4545-8EE5-46E53D99BCBF Fri Nov 20 12:42:59 2026              (macOS: ps -o lstart=, in UTC)
    /// <summary>The holder's record; null until it is complete.</summary>
    public HolderRecord? ReadHolder() => ReadRecord(PidPath);

    static HolderRecord? ReadRecord(string file)
    {
        if (ReadText(file) is not { } text || !text.EndsWith('\n'))
            return null;
        var parts = text.TrimEnd('\n').Split(' ', 4);
        if (parts.Length < 4 || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out var pid)
            || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out var fence))
            return null;
        return StartTime(parts[3]) is { } start ? new(new(pid, start, parts[2]), fence) : null;
    }

    static long? StartTime(string text)
    {
        if (ProcStat.Parse(Encoding.UTF8.GetBytes(text)) is { } stat)
            return stat.StartTime;
        const DateTimeStyles universal = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;
        return DateTimeOffset.TryParseExact(text.Trim(), "ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, universal, out var time)
            ? time.ToUnixTimeSeconds()
            : null;
    }

    /// <summary>True when a holder took this fence: a start has happened.</summary>
    public bool Claimed(int fence) => ReadText(FencePath(fence)) is "";

    /// <summary>True when the fence is now revoked: no holder will ever start with it. False when a holder took it first.</summary>
    public bool TryRevoke(int fence)
    {
        // Linked into place, so that the file never exists without saying who made it.
        Write("fence.tmp", "revoked\n");
        return Native.Link(In("fence.tmp"), FencePath(fence)) == 0 || ReadText(FencePath(fence)) switch
        {
            null => throw new IOException($"The fence {FencePath(fence)} could not be revoked: {Native.LastError}."),
            var text => text.Length > 0,
        };
    }

    /// <summary>The agent's exit code; null while there is none.</summary>
    public int? ReadExit() => ReadEnd()?.Code;

    // 0\n  or  125 The working folder is gone or may not be entered.\n   then blanks up to 100 bytes
    /// <summary>How the agent ended; null while it has not.</summary>
    public HoldEnd? ReadEnd()
    {
        if (ReadText(ExitPath) is not { } text || text.IndexOf('\n') is not (> 0 and var end))
            return null;
        var parts = text[..end].Split(' ', 2);
        return int.TryParse(parts[0], CultureInfo.InvariantCulture, out var code) ? new(code, parts.ElementAtOrDefault(1)) : null;
    }

    /// <summary>
    /// Makes the journals, the exit code and their names durable, all at once: the disk has one wait for them then. Empty files are
    /// skipped.
    /// </summary>
    public Task Sync() => Task.WhenAll(new[] { StdoutPath, StderrPath, ExitPath, Path }
        .Where(path => path == Path || new FileInfo(path) is { Exists: true, Length: > 0 })
        .Select(path => Task.Run(() => SyncOne(path))));

    static void SyncOne(string path)
    {
        var descriptor = Native.OpenToRead(path);
        if (descriptor < 0)
            throw new IOException($"{path} could not be opened: {Native.LastError}.");
        var failed = Native.Sync(descriptor) != 0 ? Native.LastError : null;
        _ = Native.Close(descriptor);
        if (failed is not null)
            throw new IOException($"{path} could not be made durable: {failed}.");
    }

    string In(string name) => System.IO.Path.Combine(Path, name);

    string FencePath(int fence) => In($"fence-{fence}");

    static FileStream Open(string file, FileMode mode)
    {
        // A link that somebody planted must not lead our writing to another file.
        if (new FileInfo(file).LinkTarget is not null)
            File.Delete(file);
        return new(file, new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            UnixCreateMode = OwnFile,
            BufferSize = 0,
        });
    }

    static string? ReadText(string file)
    {
        // Asked many times a second while a run lasts: no exception for what is simply not there yet.
        var there = new FileInfo(file);
        if (!there.Exists)
            return null;
        try
        {
            // A pipe that somebody planted has no length either; opening it would wait for ever.
            return there.Length == 0 ? "" : File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
