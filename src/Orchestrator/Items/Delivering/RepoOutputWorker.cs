using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Deliveries;
using Orchestrator.GitHub;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>
/// Makes repositories that items are to come out as: the repository, its template, and what the work came to as its first commit. The
/// name is stored before it is asked for, and a first commit is the same each time, so nothing is made twice.
/// </summary>
sealed class RepoOutputWorker(RepoOutputs outputs, PullDesk github, Git git, Func<GitHubSettings> settings, string dataFolder,
    TimeProvider clock, ILogger log) : IDisposable
{
    const int MostFailures = 12;
    const string Branch = "main";

    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1), FirstPause = TimeSpan.FromSeconds(5),
        LongestPause = TimeSpan.FromMinutes(10);

    readonly WorkInHand hands = new(TimeSpan.FromSeconds(10), clock, log);
    readonly StarterTemplates templates = new(Path.Combine(dataFolder, "repository-templates"));
    readonly FirstCommit commits = new(git);

    Database Store => outputs.Items.Store;

    /// <summary>Runs until shutdown; what is under way then is taken up by the next daemon.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        outputs.Stirred += hands.Wake.Ring;
        await hands.Run(LookEvery, Look, "No repository can be begun", shutdown);
        outputs.Stirred -= hands.Wake.Ring;
    }

    public void Dispose() => hands.Dispose();

    void Look(CancellationToken shutdown)
    {
        var now = clock.GetUtcNow().Micros();
        foreach (var output in Store.Read(db => RepoOutput.Due(db, now)))
            if (!hands.Has(output.ItemId))
                hands.Begin(output.ItemId, $"The repository of item {output.ItemId}", () => Work(output, shutdown), shutdown);
    }

    async Task Work(RepoOutput output, CancellationToken stop)
    {
        var item = Store.Read(db => ItemRows.Get(db, output.ItemId));
        var folder = Path.Combine(dataFolder, "pushes", $"output-{item.Id}");
        try
        {
            if (RepoWish.Of(item) is { } wish)
                await Make(output, item, wish, folder, stop);
        }
        catch (GitHubFailure failure) when (failure.Passes && output.Failures < MostFailures)
        {
            var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(output.Failures, 10)));
            await Store.Write(transaction => RepoOutputs.Later(transaction, output, failure.RetryAt ?? clock.GetUtcNow() + pause));
        }
        catch (GitHubFailure failure)
        {
            await Store.Write(transaction => outputs.Fail(transaction, output, failure.Whole));
        }
        catch (Exception e) when (e is Fault or IOException or UnauthorizedAccessException)
        {
            await Store.Write(transaction => outputs.Fail(transaction, output, e.Message));
        }
        finally
        {
            Clear(folder);
        }
    }

    static void Clear(string folder)
    {
        foreach (var left in (string[])[folder, folder + ".git"])
            if (Directory.Exists(left))
                Directory.Delete(left, recursive: true);
    }

    async Task Make(RepoOutput output, Item item, RepoWish wish, string folder, CancellationToken stop)
    {
        var name = wish.Name ?? BranchName.Slug(item.Title);
        if (!PullRequestSettings.IsName(name) || name is "." or "..")
            throw Fault.Unprocessable("output.name", $"'{Texts.Short(name)}' is no name of a repository: letters, digits, '.', '-', '_'.");
        // Whatever can be wrong here is found before anything is made there.
        var (commit, common) = await Commit(item, wish, name, folder, stop);
        var token = await github.Token.Get(stop);
        var owner = github.Token.Organization ?? (await github.Calls.Self(stop)).Login;
        var wanted = RepositoryName.Parse($"{owner}/{name}")
            ?? throw Fault.Unprocessable("github.organization", "is no name of an account.");
        // GitHub may need a moment until git finds what it has made.
        var isNew = output.Made is null;
        var made = output.Made is { } earlier ? await There(RepositoryName.Parse(earlier)!, stop) : null;
        if (made is null)
        {
            if (output.Made is null)
            {
                if (await There(wanted, stop) is { } theirs)
                    throw new Fault(FaultCode.Conflict, $"There is a repository {theirs.Name} already, and it is not of this item. "
                        + "Give the output another name, or remove that one.");
                output = await Store.Write(transaction => RepoOutputs.Named(transaction, output, wanted));
            }
            made = await github.Calls.Make(github.Token.Organization, name, wish.Private, Line(wish.Description), stop);
            Checkpoint.Reach(Checkpoint.OutputMade);
        }
        var pushed = await github.Pusher.Push(new PushOrder(common, $"{settings().Url}/{made.Name}.git", commit, Branch, _ => false, token),
            stop);
        if (!pushed.Done && (pushed.Passes || (isNew && pushed.Why!.Contains("not found", StringComparison.OrdinalIgnoreCase))))
            throw new GitHubFailure(GitHubTrouble.Down, pushed.Why!);
        if (!pushed.Done)
            throw new Fault(FaultCode.Conflict, pushed.Why!);
        Checkpoint.Reach(Checkpoint.OutputPushed);
        await Store.Write(transaction => outputs.Done(transaction, output, Told(made, commit, wish)));
    }

    async Task<GitHubRepository?> There(RepositoryName name, CancellationToken stop)
    {
        try
        {
            return await github.Calls.Repository(name, stop);
        }
        catch (GitHubFailure failure) when (failure.Trouble == GitHubTrouble.NotFound)
        {
            return null;
        }
    }

    static JsonObject Told(GitHubRepository made, string commit, RepoWish wish) => new()
    {
        ["provider"] = "github",
        ["owner"] = made.Name.Owner,
        ["name"] = made.Name.Name,
        ["url"] = made.Url,
        ["clone_url"] = made.CloneUrl,
        ["private"] = made.Private,
        ["branch"] = Branch,
        ["commit"] = commit,
        ["template"] = wish.Template,
    };

    async Task<(string Commit, string Common)> Commit(Item item, RepoWish wish, string name, string folder, CancellationToken stop)
    {
        // What a daemon that died over it left.
        Clear(folder);
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (wish.Template is { } template)
            templates.Write(template, name, folder);
        Gather(item, folder);
        if (!Directory.EnumerateFiles(folder).Any(file => Path.GetFileName(file).StartsWith("README", StringComparison.OrdinalIgnoreCase)))
            await File.WriteAllTextAsync(Path.Combine(folder, "README.md"), $"# {name}\n\n{wish.Description}\n", stop);
        return await commits.Make(folder, $"{Line(item.Title)}\n", item.CreatedAt, stop);
    }

    /// <summary>What the work came to: a worker's artifacts; of a run the files it changed, or its folder.</summary>
    void Gather(Item item, string folder)
    {
        var (lease, run) = Store.Read(db => (Lease.LastOf(db, item.Id), item.RunId is { } id ? RunRows.Find(db, id) : null));
        if (lease?.Artifacts is { } artifacts && Directory.Exists(artifacts) && (run is null || lease.Fence == item.Fence))
            FirstCommit.Copy(artifacts, folder, "COMPLETION.md");
        else if (run?.Workspace is { Path: { } place, Kind: var kind } && Directory.Exists(place))
        {
            if (kind == WorkspaceKinds.Folder)
                FirstCommit.Copy(place, folder);
            else
                foreach (var name in Changed(run))
                    if (new FileInfo(Path.Combine(place, name)) is { Exists: true, LinkTarget: null } file)
                        FirstCommit.One(file.FullName, folder, name);
        }
    }

    static IEnumerable<string> Changed(Run run) => run.FilesChanged.EnumerateArray()
        .Select(file => file.TryGetProperty("path", out var path) && path.ValueKind == JsonValueKind.String ? path.GetString()! : "")
        .Where(name => name.Length > 0 && !Path.IsPathRooted(name) && !name.Split('/').Contains(".."));

    static string Line(string text)
    {
        var line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return line.Length <= 300 ? line : line[..300] + "…";
    }
}
