using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Terminals;

/// <summary>A part of a journal that is gone; offsets behind it stay as they were.</summary>
/// <param name="Start">First byte that is gone.</param>
/// <param name="End">First byte that is kept again.</param>
readonly record struct CutRange(long Start, long End)
{
    public long Length => End - Start;

    /// <summary>The one range that holds both; null when there is neither.</summary>
    public static CutRange? Around(CutRange? one, CutRange? other) =>
        one is { } a && other is { } b ? new(Math.Min(a.Start, b.Start), Math.Max(a.End, b.End)) : one ?? other;
}

/// <summary>
/// Gives the middle of an overgrown journal back to the disk while its agent writes on: a hole, so that every offset stays.
/// </summary>
static class JournalCut
{
    /// <summary>Holes are whole blocks; no usual file system has larger ones.</summary>
    const long Block = 4096;

    /// <summary>Smaller gains wait for the next call.</summary>
    const long WorthCutting = 256 << 10;

    /// <summary>
    /// Cuts all but the head and the tail. Returns what is cut now: <paramref name="already"/> unless more was worth cutting.
    /// </summary>
    /// <exception cref="IOException">The file system cannot make holes.</exception>
    public static CutRange? Enforce(string path, long keepHead, long keepTail, CutRange? already)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var start = already?.Start ?? (keepHead + Block - 1) / Block * Block;
        var from = already?.End ?? start;
        var end = (RandomAccess.GetLength(file) - keepTail) / Block * Block;
        if (end - from < WorthCutting)
            return already;
        if (!Punch(file, from, end - from))
            throw new IOException($"The middle of {path} could not be cut out: {Native.LastError}.");
        return new(start, end);
    }

    /// <summary>The cut an earlier daemon made; null when there is none. Agents append, so a hole is always ours.</summary>
    public static CutRange? Find(SafeFileHandle file)
    {
        var (data, hole) = OperatingSystem.IsMacOS() ? (4, 3) : (3, 4);
        var length = RandomAccess.GetLength(file);
        var start = length == 0 ? 0 : Native.Seek(file, 0, hole);
        if (start < 0 || start >= length)
            return null;
        var end = Native.Seek(file, start, data);
        return new(start, end < 0 ? length : end);
    }

    static unsafe bool Punch(SafeFileHandle file, long offset, long length)
    {
        const int keepSize = 1, punchHole = 2, applePunchHole = 99;
        if (!OperatingSystem.IsMacOS())
            return Native.Allocate(file, keepSize | punchHole, offset, length) == 0;
        // Untested: struct fpunchhole.
        var hole = new AppleHole { Offset = offset, Length = length };
        return Native.ControlOnApple(file, applePunchHole, 0, 0, 0, 0, 0, 0, &hole) == 0;
    }

    /// <summary>struct fpunchhole of fcntl.h; bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct AppleHole
    {
        public uint Flags;
        public uint Reserved;
        public long Offset;
        public long Length;
    }
}
