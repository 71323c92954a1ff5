using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Workspaces;

/// <summary>A snapshot as its ref tells it.</summary>
/// <param name="Ref">Its name.</param>
/// <param name="RunId">The run that names it.</param>
/// <param name="Commit">What it points to.</param>
/// <param name="At">When that was made.</param>
sealed record SnapshotRef(string Ref, string RunId, string Commit, DateTimeOffset At)
{
    /// <summary>Asks for all of a repository.</summary>
    public static GitCall Ask(string commonFolder) => new()
    {
        Arguments = ["for-each-ref", "--format=%(refname) %(objectname) %(committerdate:unix)", Snapshots.Prefix],
        Folder = commonFolder,
        GitFolder = commonFolder,
        MaxOutput = 32 << 20,
    };

    // refs/agent-orchestrator/snapshots/0123456789abcdef-2 890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11 1764381234
    /// <summary>Reads the answer; lines of other shapes are left out.</summary>
    public static IReadOnlyList<SnapshotRef> Read(string text) =>
        [.. from line in text.Split('\n')
            let parts = line.Split(' ')
            where parts.Length == 3 && RefFiles.IsObjectName(parts[1])
            let name = parts[0][Snapshots.Prefix.Length..]
            where long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            select new SnapshotRef(parts[0], RunOf(name), parts[1],
                DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[2], CultureInfo.InvariantCulture)))];

    /// <summary>The run of a snapshot's short name: the id, or the id, a dash and a number.</summary>
    public static string RunOf(string name) => name.Split('-')[0];
}

/// <summary>What git and the machine say of one worktree now. Some short commands, a few at a time however many ask.</summary>
sealed class WorktreeFacts(Git git)
{
    const int MostFiles = 50;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    static readonly SemaphoreSlim Turns = new(2, 2);

    /// <summary>Members of the answer; what cannot be told is null.</summary>
    public async Task<JsonObject> Of(Workspace workspace, IReadOnlyCollection<string> runs, CancellationToken stop)
    {
        await Turns.WaitAsync(stop);
        try
        {
            var place = workspace.Common is { } known ? Place.Of(workspace.Path, WorkspaceKinds.Worktree, known) : null;
            var facts = new JsonObject { ["git"] = place is null ? null : await OfGit(place, stop) };
            facts["snapshots"] = new JsonArray([.. await OfSnapshots(workspace, runs, stop)]);
            facts["users"] = new JsonArray([.. FolderUsers.Of(workspace.Path).Select(user => (JsonNode)new JsonObject
            {
                ["pid"] = user.Pid, ["command"] = user.Command, ["how"] = user.How,
            })]);
            return facts;
        }
        finally
        {
            Turns.Release();
        }
    }

    async Task<JsonObject> OfGit(Place place, CancellationToken stop)
    {
        var info = Repository.Describe(place.Top, place.GitFolder, place.CommonFolder, bare: false);
        var facts = new JsonObject
        {
            ["branch"] = info.Branch,
            ["head"] = info.HeadCommit,
            ["detached"] = info.IsDetached,
            ["unfinished"] = place.Unfinished(),
            ["locked"] = WorktreeEntry.All(place.CommonFolder).FirstOrDefault(entry => entry.GitFolder == place.GitFolder)?.Locked,
            ["ahead"] = null,
            ["behind"] = null,
            ["dirty"] = null,
            ["files"] = new JsonArray(),
        };
        if (!Directory.Exists(place.Top))
            return facts;
        place = place with { FiltersOff = await LocalFilters.Find(git, place.GitFolder, place.CommonFolder, stop) };
        var asked = await git.Run(Status.Ask(place) with { Limit = Patience }, stop);
        if (asked.Succeeded && !asked.Truncated)
        {
            var entries = Status.Read(asked.Stdout).Entries;
            facts["dirty"] = entries.Count > 0;
            facts["files"] = new JsonArray([.. entries.Take(MostFiles).Select(entry => (JsonNode)entry.Path)]);
        }
        var main = Repository.Describe(place.CommonFolder, place.CommonFolder, place.CommonFolder, bare: false).HeadCommit;
        if (main is null || info.HeadCommit is null)
            return facts;
        // 3␉1    (of the project's checkout alone, of the worktree alone)
        var counted = await git.Run(place.Call("rev-list", "--left-right", "--count", $"{main}...{info.HeadCommit}", "--") with
        {
            Limit = Patience,
        }, stop);
        var parts = counted.Succeeded ? counted.Stdout.Split('\t', '\n') : [];
        if (parts.Length >= 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var behind)
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var ahead))
            (facts["ahead"], facts["behind"]) = (ahead, behind);
        return facts;
    }

    async Task<IEnumerable<JsonNode>> OfSnapshots(Workspace workspace, IReadOnlyCollection<string> runs, CancellationToken stop)
    {
        if (workspace.Common is not { } common || !Directory.Exists(common))
            return [];
        var asked = await git.Run(SnapshotRef.Ask(common) with { Limit = Patience }, stop);
        return SnapshotRef.Read(asked.Succeeded ? asked.Stdout : "").Where(one => runs.Contains(one.RunId)).Select(one =>
            (JsonNode)new JsonObject
            {
                ["ref"] = one.Ref, ["run_id"] = one.RunId, ["commit"] = one.Commit, ["at"] = one.At.UtcDateTime,
            });
    }
}
