using System.Globalization;
using Orchestrator.Terminals;

namespace Orchestrator.Workspaces;

/// <summary>A process that is inside a folder.</summary>
/// <param name="Command">Program and arguments, at most 120 characters.</param>
/// <param name="How">works in it, or has a file of it open.</param>
sealed record FolderUser(int Pid, string Command, string How);

/// <summary>Who is in a folder: a terminal somebody left open there, an editor, a server. Seen on Linux only, and only one's own processes.
/// </summary>
static class FolderUsers
{
    public const string WorksInIt = "works in it";
    public const string HasOpen = "has a file of it open";

    /// <summary>At most that many of them.</summary>
    public static IReadOnlyList<FolderUser> Of(string path, int most = 10)
    {
        if (!Directory.Exists("/proc/self"))
            return [];
        var (top, found) = (RealPath.Of(path), new List<FolderUser>());
        foreach (var entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                || pid == Environment.ProcessId)
                continue;
            var how = Leads(Path.Combine(entry, "cwd"), top) ? WorksInIt : HasOneOpen(Path.Combine(entry, "fd"), top) ? HasOpen : null;
            if (how is null)
                continue;
            var command = string.Join(' ', ProcessTable.CommandOf(pid));
            found.Add(new FolderUser(pid, command.Length > 120 ? command[..119] + "…" : command, how));
            if (found.Count == most)
                break;
        }
        return found;
    }

    static bool HasOneOpen(string descriptors, string top)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(descriptors).Any(one => Leads(one, top));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static bool Leads(string link, string top)
    {
        try
        {
            var target = new FileInfo(link).LinkTarget;
            return target is not null && (target == top || target.StartsWith(top + "/", StringComparison.Ordinal));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Ended meanwhile, or another user's: not one of ours.
            return false;
        }
    }
}
