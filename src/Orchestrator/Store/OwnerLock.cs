using System.Globalization;

namespace Orchestrator.Store;

/// <summary>
/// One process owns a database, or a data folder: an advisory lock on a file beside it, held for life and released by the kernel with
/// the process, however it ends. A second file holds the owner's pid so that a second daemon can name it.
/// </summary>
sealed class OwnerLock : IDisposable
{
    readonly FileStream file;

    OwnerLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock or throws <see cref="Fault"/> naming the owner.</summary>
    /// <param name="ownedPath">What is owned: <c>.lock</c> and <c>.owner</c> are added to it.</param>
    /// <param name="what">What to call it; its path when null.</param>
    public static OwnerLock Take(string ownedPath, string? what = null)
    {
        var path = ownedPath + ".lock";
        try
        {
            // FileShare.None is flock(LOCK_EX) on Unix; the descriptor is close-on-exec, so no child keeps it.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(OwnerFile(ownedPath), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new OwnerLock(file);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new Fault(FaultCode.Unavailable, $"The data folder is not writable: {e.Message}", "Choose another one with --data.");
        }
        catch (IOException e) when (IsHeld(e) && ReadOwner(ownedPath) is { } pid)
        {
            throw new Fault(FaultCode.Conflict, $"Another agentd (pid {pid}) owns {what ?? ownedPath}.",
                "Use it as it is, stop it with 'agentctl daemon stop', or start this one with another --data folder.");
        }
        catch (IOException e)
        {
            throw new Fault(FaultCode.Unavailable, $"The lock file {path} cannot be taken: {e.Message}",
                "Check the data folder and the disk.");
        }
    }

    // The runtime passes errno on: EWOULDBLOCK is 11 on Linux and 35 on macOS. Any other error (a read-only or full disk) is no owner,
    // though the file may still name the last one.
    static bool IsHeld(IOException e) => e.HResult is 11 or 35;

    /// <summary>Pid of whoever took the lock last, null when nobody did.</summary>
    static string? ReadOwner(string ownedPath)
    {
        try
        {
            var pid = File.ReadAllText(OwnerFile(ownedPath)).Trim();
            return pid.Length > 0 ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    // A file of its own: the runtime takes a shared lock for every reader, so nobody can read the locked one.
    static string OwnerFile(string ownedPath) => ownedPath + ".owner";

    public void Dispose() => file.Dispose();
}
