using System.Collections.Concurrent;
using System.Text.Json;

namespace Orchestrator.Items;

/// <summary>What a worker has left in its folders.</summary>
enum WorkState
{
    /// <summary>Neither report is there.</summary>
    Running,
    /// <summary>A report is there and may still be being written.</summary>
    Settling,
    /// <summary>COMPLETION.md says that it is finished.</summary>
    Completed,
    /// <summary>BLOCKED.md says that it cannot go on; with both, this one counts.</summary>
    Blocked,
}

/// <summary>What was found in a worker's folders.</summary>
sealed record WorkFound(WorkState State, string? Report, IReadOnlyList<ItemArtifact> Artifacts);

/// <summary>The two folders of a prepared item: where a worker works, and where its results go.</summary>
/// <param name="dataFolder">Below it they are made, by item and lease, so a name never comes twice.</param>
/// <param name="clock">Says whether a report has settled.</param>
sealed class WorkFolders(string dataFolder, TimeProvider clock)
{
    /// <summary>A report counts when it has not changed for so long: half a file is no report.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(500);

    /// <summary>Most bytes of a report that are read, and most files that are listed.</summary>
    const int ReportBytes = 64 * 1024, MostFiles = 500;

    const string Completion = "COMPLETION.md", Blocker = "BLOCKED.md";

    /// <summary>Reports that say they were written later than now, by another clock, as they were when they were first seen so.</summary>
    readonly ConcurrentDictionary<string, (long Length, DateTime Written, long SeenAt)> early = new();

    /// <summary>The folders' paths.</summary>
    public (string Workspace, string Artifacts) Of(string itemId, string leaseId)
    {
        var folder = Path.Combine(dataFolder, "items", itemId, leaseId);
        return (Path.Combine(folder, "workspace"), Path.Combine(folder, "artifacts"));
    }

    /// <summary>Makes them and writes AGENTS.md, WORK_ITEM.json and TASK.md.</summary>
    /// <param name="project">Where the project's files are, in words; null for none.</param>
    public (string Workspace, string Artifacts) Prepare(Item item, string leaseId, string? project)
    {
        var (workspace, artifacts) = Of(item.Id, leaseId);
        Directory.CreateDirectory(workspace);
        Directory.CreateDirectory(artifacts);
        File.WriteAllText(Path.Combine(workspace, "AGENTS.md"), TaskText.Orders(workspace, artifacts));
        File.WriteAllText(Path.Combine(workspace, "WORK_ITEM.json"),
            JsonSerializer.Serialize(new QueueItem(item), QueueJson.Default.QueueItem) + "\n");
        File.WriteAllText(Path.Combine(workspace, "TASK.md"), TaskText.Task(item, workspace, artifacts, project));
        return (workspace, artifacts);
    }

    /// <summary>
    /// Writes a file of ours into a workspace, whole or not at all. What has its name there is replaced, a link not followed.
    /// </summary>
    public static void Tell(string workspace, string name, string text)
    {
        if (!Directory.Exists(workspace))
            return;
        var draft = Path.Combine(workspace, $".{name}.{Ids.New()}");
        File.WriteAllText(draft, text);
        File.Move(draft, Path.Combine(workspace, name), overwrite: true);
    }

    /// <summary>Takes back what <see cref="Prepare"/> made, when nobody got it.</summary>
    public void Discard(string itemId, string leaseId)
    {
        var folder = Path.Combine(dataFolder, "items", itemId, leaseId);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Writes what a worker would have written.</summary>
    public static void Pretend(Item item, string artifacts) => File.WriteAllText(Path.Combine(artifacts, Completion), $"""
        ## Summary

        This is a mock: nobody worked on "{item.Title}".

        ## Files

        none

        ## Verification

        none

        """);

    /// <summary>Looks what is there now.</summary>
    public WorkFound Look(string workspace, string artifacts)
    {
        var blocked = Report(workspace, Blocker) ?? Report(artifacts, Blocker);
        var done = Report(artifacts, Completion);
        var found = blocked ?? done;
        if (found is null)
            return new WorkFound(WorkState.Running, null, []);
        // The one that counts must have settled, and the other may be about to come.
        if (!new[] { blocked, done }.OfType<FileInfo>().All(HasSettled))
            return new WorkFound(WorkState.Settling, null, []);
        return Read(found) is { } text
            ? new WorkFound(blocked is null ? WorkState.Completed : WorkState.Blocked, text, List(artifacts))
            : new WorkFound(WorkState.Running, null, []);
    }

    bool HasSettled(FileInfo file)
    {
        var (length, written) = (file.Length, file.LastWriteTimeUtc);
        if (clock.GetUtcNow() - written is var age && age >= TimeSpan.Zero)
        {
            early.TryRemove(file.FullName, out _);
            return age >= Settled;
        }
        if (early.TryGetValue(file.FullName, out var before) && (before.Length, before.Written) == (length, written))
            return clock.GetElapsedTime(before.SeenAt) >= Settled;
        early[file.FullName] = (length, written, clock.GetTimestamp());
        return false;
    }

    /// <summary>A plain file that is not empty; a link could lead anywhere.</summary>
    static FileInfo? Report(string folder, string name) =>
        new FileInfo(Path.Combine(folder, name)) is { Exists: true, LinkTarget: null, Length: > 0 } file
            && !file.Attributes.HasFlag(FileAttributes.Directory) ? file : null;

    static string? Read(FileInfo file)
    {
        try
        {
            using var stream = file.OpenRead();
            var bytes = new byte[Math.Min(file.Length, ReportBytes)];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return System.Text.Encoding.UTF8.GetString(bytes, 0, read).Replace('\0', ' ').TrimEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It went away or is not ours to read: as if it were not there.
            return null;
        }
    }

    List<ItemArtifact> List(string artifacts)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        if (!Directory.Exists(artifacts))
            return [];
        return [.. new DirectoryInfo(artifacts).EnumerateFiles("*", options).Where(file => file.Name != Completion).Take(MostFiles)
            .OrderBy(file => file.FullName, StringComparer.Ordinal).Select(file => new ItemArtifact
            {
                Id = Ids.New(),
                Type = file.Extension is ".md" ? "document" : "file",
                Name = Path.GetRelativePath(artifacts, file.FullName),
                Path = file.FullName,
                Size = file.Length,
                CreatedAt = clock.GetUtcNow(),
            })];
    }
}
