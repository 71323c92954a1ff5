using System.Text;

namespace Orchestrator.Workspaces;

/// <summary>
/// Reads branches by git's files alone (https://git-scm.com/docs/gitrepository-layout): loose refs, then packed-refs. Costs
/// microseconds, starts nothing, so it may be used inside a request. A repository in the newer reftable format answers "unknown".
/// </summary>
static class RefFiles
{
    const int MostJumps = 5;

    // packed-refs of a monorepo with a hundred thousand refs is about 10 MB; above this git itself is asked instead.
    const long LargestPacked = 64L << 20;

    /// <summary>The commit a ref points to, or null when it does not exist (or cannot be read so).</summary>
    public static string? Read(string gitFolder, string commonFolder, string name)
    {
        for (var jumps = 0; jumps < MostJumps; jumps++)
        {
            // Everything below refs/ is shared between worktrees, but for these three private places.
            var isPrivate = !name.StartsWith("refs/", StringComparison.Ordinal)
                || name.StartsWith("refs/worktree/", StringComparison.Ordinal)
                || name.StartsWith("refs/bisect/", StringComparison.Ordinal)
                || name.StartsWith("refs/rewritten/", StringComparison.Ordinal);
            var line = FirstLine(Path.Combine(isPrivate ? gitFolder : commonFolder, name));
            if (line is null)
                return FromPacked(commonFolder, name);
            if (!line.StartsWith("ref:", StringComparison.Ordinal))
                return IsObjectName(line) ? line : null;
            name = line[4..].Trim();
            if (!IsSafe(name))
                return null;
        }
        return null;
    }

    /// <summary>True when the branch or another ref of this name exists, or a folder or file of refs stands in its way.</summary>
    public static bool Taken(string commonFolder, string name) =>
        Path.Exists(Path.Combine(commonFolder, name)) || FromPacked(commonFolder, name) is not null;

    /// <summary>True for a full SHA-1 or SHA-256 object name.</summary>
    public static bool IsObjectName(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigit);

    /// <summary>False for names that would lead out of the repository's folder: the file they come from may be an agent's.</summary>
    public static bool IsSafe(string name) =>
        name.StartsWith("refs/", StringComparison.Ordinal) && !name.Contains("..", StringComparison.Ordinal)
        && !name.Contains('\0', StringComparison.Ordinal) && name.Length < 1024;

    /// <summary>The first line of a small file without its line end; null when it cannot be read or is large.</summary>
    public static string? FirstLine(string path)
    {
        try
        {
            if (!HasContent(path, 8192))
                return null;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            Span<byte> bytes = stackalloc byte[8192];
            var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var text = Encoding.UTF8.GetString(bytes[..read]);
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            return (end < 0 ? text : text[..end]).TrimEnd('\r', ' ');
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>
    /// True for a file with 1 to <paramref name="most"/> bytes. Asked before anything is opened where an agent may write: opening a
    /// FIFO would wait for ever, and FIFOs and devices have no length.
    /// </summary>
    public static bool HasContent(string path, long most)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
            return file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true, LinkTarget: null } target
                && target.Length > 0 && target.Length <= most;
        return file.Exists && file.Length > 0 && file.Length <= most;
    }

    // # pack-refs with: peeled fully-peeled sorted
    // 890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11 refs/heads/main
    // ^1f0e... (what the annotated tag above points to)
    static string? FromPacked(string commonFolder, string name)
    {
        var packed = Path.Combine(commonFolder, "packed-refs");
        try
        {
            if (!HasContent(packed, LargestPacked))
                return null;
            foreach (var line in File.ReadLines(packed))
                if (line.Length > name.Length && line.EndsWith(name, StringComparison.Ordinal) && line[^(name.Length + 1)] == ' ')
                    return IsObjectName(line[..^(name.Length + 1)]) ? line[..^(name.Length + 1)] : null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        return null;
    }
}
