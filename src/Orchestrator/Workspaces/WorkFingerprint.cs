using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Workspaces;

/// <summary>Tells whether the work in a workspace changed between two looks, without looking into files.</summary>
sealed class WorkFingerprint(Git git)
{
    // Files beyond these count by their names alone.
    const int MostFiles = 500;

    /// <summary>
    /// Made of the commit, of what is not committed, and of those files' sizes and times. Null where there is no repository, or git cannot
    /// say: then nothing may be concluded.
    /// </summary>
    public async Task<string?> Of(Workspace workspace, CancellationToken stop)
    {
        if (workspace.Kind is not (WorkspaceKinds.Worktree or WorkspaceKinds.Shared)
            || Place.Of(workspace.Path, workspace.Kind, workspace.Common) is not { } found)
            return null;
        try
        {
            var place = found with { FiltersOff = await LocalFilters.Find(git, found.GitFolder, found.CommonFolder, stop) };
            var asked = await git.Run(Status.Ask(place), stop);
            return asked.Succeeded ? Of(asked.Stdout, Status.Read(asked.Stdout), place.Top) : null;
        }
        catch (Fault)
        {
            return null;
        }
    }

    static string Of(string status, Status read, string top)
    {
        var text = new StringBuilder(status);
        foreach (var entry in read.Entries.Take(MostFiles))
            if (new FileInfo(Path.Combine(top, entry.Path)) is { Exists: true } file)
                text.Append(CultureInfo.InvariantCulture, $"\n{file.Length} {file.LastWriteTimeUtc.Ticks}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
