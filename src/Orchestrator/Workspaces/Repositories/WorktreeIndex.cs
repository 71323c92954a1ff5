namespace Orchestrator.Workspaces;

/// <summary>
/// Puts a new index in place after the daemon committed, by git's own protocol: `index.lock`, made only if absent, then renamed.
/// </summary>
static class WorktreeIndex
{
    /// <summary>Age from which a lock counts as left by a killed process: the run is over, and git holds it for moments only.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(2);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Installs it. Null when done without remark, else a sentence; the commit stands either way.</summary>
    public static async Task<string?> Install(Place place, string newIndex, string runId, TimeProvider clock, CancellationToken stop)
    {
        var index = Path.Combine(place.GitFolder, "index");
        var held = index + ".lock";
        string? note = null;
        try
        {
            while (!TryInstall(newIndex, held, index))
            {
                if (clock.GetUtcNow() - File.GetLastWriteTimeUtc(held) < StaleAfter)
                {
                    await Task.Delay(Pause, clock, stop);
                    continue;
                }
                // Put aside, not deleted: should it be alive after all, its owner fails cleanly and its bytes are still there.
                var aside = $"{held}.{runId}";
                File.Move(held, aside, overwrite: true);
                note = $"A lock that a killed process left was put aside: {aside}";
            }
            return note;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"The commit is made, but the worktree's index could not be renewed ({problem.Message}); git reset in it does that.";
        }
    }

    /// <summary>False when somebody holds the lock.</summary>
    static bool TryInstall(string newIndex, string held, string index)
    {
        try
        {
            using var target = new FileStream(held, FileMode.CreateNew, FileAccess.Write);
            using var source = new FileStream(newIndex, FileMode.Open, FileAccess.Read);
            source.CopyTo(target);
        }
        catch (IOException) when (File.Exists(held))
        {
            return false;
        }
        File.Move(held, index, overwrite: true);
        return true;
    }
}
