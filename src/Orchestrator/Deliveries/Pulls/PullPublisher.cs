using Orchestrator.GitHub;
using Orchestrator.Profiles;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Deliveries;

/// <summary>What pull requests are made with.</summary>
/// <param name="Settings">How those of a project are made.</param>
/// <param name="GitHub">Where GitHub is.</param>
sealed record PullNeeds(DeliveryStore Deliveries, PullCalls Calls, GitHubToken Token, Pusher Pusher, PullFactsOf Facts, Git Git,
    Func<string?, PullRequestSettings> Settings, Func<GitHubSettings> GitHub, TimeProvider Clock)
{
    public Database Store => Deliveries.Store;
}

/// <summary>It cannot be published, for a reason of <see cref="DeliveryReasons"/>.</summary>
sealed class PullProblem(string reason, string why) : Exception(why)
{
    public string Reason { get; } = reason;
}

/// <summary>
/// Brings a delivery to GitHub: its commit onto a branch there, and that branch into a pull request. Each step looks first whether it is
/// done, so that a daemon that died over it, or was told twice, makes nothing twice.
/// </summary>
sealed class PullPublisher(PullNeeds needs)
{
    /// <summary>Does it; the delivery as it is then.</summary>
    /// <exception cref="PullProblem">It does not work.</exception>
    /// <exception cref="GitHubFailure">GitHub does not want it.</exception>
    public async Task<Delivery> Publish(Delivery delivery, CancellationToken stop)
    {
        var settings = needs.Settings(delivery.Project);
        var token = await needs.Token.Get(stop);
        var (repository, address) = await Target(delivery, settings, stop);
        var branch = delivery.SourceBranch ?? throw new PullProblem(DeliveryReasons.BranchGone, "The work is on no branch.");
        var into = delivery.Into != DeliverRun.DefaultBranch ? delivery.Into
            : (await needs.Calls.Repository(repository, stop)).DefaultBranch;
        if (into == branch)
            throw new PullProblem(DeliveryReasons.GitHubRefused, $"{branch} is the branch it would go to.");
        await needs.Store.Write(transaction => PullRows.Place(transaction, delivery.Id, repository.ToString(), branch, into));
        await Push(delivery, repository, address, branch, token, stop);
        var pull = await Open(delivery, repository, branch, into, settings, stop);
        Checkpoint.Reach(Checkpoint.PullOpened);
        return await needs.Store.Write(transaction =>
        {
            PullRows.Keep(transaction, delivery.Id, pull);
            PullRows.Later(transaction, delivery.Id, needs.Clock.GetUtcNow(), trouble: null);
            return needs.Deliveries.Advance(transaction, delivery, DeliveryStep.Opened, new DeliveryChange("daemon")
            {
                Into = pull.Base, Verdict = Verdict(transaction.Db, delivery),
            }) ?? DeliveryRows.Get(transaction.Db, delivery.Id);
        });
    }

    async Task Push(Delivery delivery, RepositoryName repository, string address, string branch, string token, CancellationToken stop)
    {
        bool Ours(string commit) => needs.Store.Read(db => PullRows.IsOurs(db, repository.ToString(), branch, commit));
        var pushed = await needs.Pusher.Push(
            new PushOrder(delivery.Common, address, delivery.SourceCommit, branch, Ours, token), stop);
        if (pushed is { Done: false, Passes: true })
            throw new GitHubFailure(GitHubTrouble.Down, pushed.Why!);
        if (!pushed.Done)
            throw new PullProblem(DeliveryReasons.PushRejected, pushed.Why!);
        Checkpoint.Reach(Checkpoint.PullPushed);
        await needs.Store.Write(transaction => PullRows.IsPushed(transaction, delivery.Id, delivery.SourceCommit));
    }

    async Task<Pull> Open(Delivery delivery, RepositoryName repository, string branch, string into, PullRequestSettings settings,
        CancellationToken stop)
    {
        var facts = await needs.Facts.Of(delivery, stop);
        var body = PullText.Body(facts, settings.Body);
        if (await Found(delivery, repository, branch, into, body, stop) is { } there)
            return there;
        var title = delivery.Message ?? PullText.Title(facts, settings.Title);
        Pull made;
        try
        {
            made = await needs.Calls.Create(repository, branch, into, title, body, delivery.PullRequest!.Draft, stop);
        }
        catch (GitHubFailure failure) when (failure.Words.Contains("draft", StringComparison.Ordinal) && delivery.PullRequest!.Draft)
        {
            // Not every plan of GitHub's has drafts.
            made = await needs.Calls.Create(repository, branch, into, title, body, false, stop);
        }
        catch (GitHubFailure failure) when (failure.Words.Contains("already exists", StringComparison.Ordinal))
        {
            // Somebody opened it at this moment.
            if (await Found(delivery, repository, branch, into, body, stop) is not { } theirs)
                throw;
            made = theirs;
        }
        if (settings.Labels.Count > 0)
            await needs.Calls.Label(repository, made.Number, settings.Labels, stop);
        return made;
    }

    /// <summary>The one of that branch that is open, its text made anew; or one that has merged this very commit.</summary>
    async Task<Pull?> Found(Delivery delivery, RepositoryName repository, string branch, string into, string body, CancellationToken stop)
    {
        var all = await needs.Calls.Of(repository, branch, stop);
        if (all.FirstOrDefault(pull => pull.Open) is not { } open)
            return all.FirstOrDefault(pull => pull.Merged && pull.Base == into && pull.Head == delivery.SourceCommit);
        var text = PullText.Renewed(open.Body, body) is { } renewed && renewed != open.Body ? renewed : null;
        // Where nobody said a branch, the one that a person chose there counts.
        var other = delivery.Into != DeliverRun.DefaultBranch && open.Base != into ? into : null;
        return text is null && other is null ? open : await needs.Calls.Change(repository, open.Number, text, other, stop);
    }

    /// <summary>The repository at GitHub, and where git pushes to.</summary>
    public async Task<(RepositoryName Name, string Address)> Target(Delivery delivery, PullRequestSettings settings, CancellationToken stop)
    {
        var url = needs.GitHub().Url;
        var named = settings.Repository is { } text ? RepositoryName.Parse(text) : null;
        // The user's own word: a folder, or a mirror.
        var said = settings.Remote.Contains('/', StringComparison.Ordinal) || settings.Remote.Contains(':', StringComparison.Ordinal);
        var remote = said ? settings.Remote : named is not null ? null : await Remote(delivery.Common, settings.Remote, stop);
        var name = named ?? (remote is null ? null : RepositoryName.Of(remote, url))
            ?? throw new PullProblem(DeliveryReasons.NoRemote, remote is null
                ? $"The repository {delivery.Common} has no remote '{settings.Remote}'. Add one (git remote add), or set the project's "
                    + "github.repository to owner/name."
                : $"The remote '{Texts.Short(Bare(remote))}' names no repository of {url}. Set the project's github.repository to "
                    + "owner/name, or github.url to that server.");
        return (name, said && Path.IsPathRooted(remote) ? remote : $"{url}/{name}.git");
    }

    /// <summary>An address without what may be a secret in it.</summary>
    static string Bare(string address) => Uri.TryCreate(address, UriKind.Absolute, out var parsed) && parsed.UserInfo.Length > 0
        ? address.Replace(parsed.UserInfo + "@", "", StringComparison.Ordinal) : address;

    async Task<string?> Remote(string common, string name, CancellationToken stop)
    {
        if (!name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            throw new PullProblem(DeliveryReasons.NoRemote, $"'{Texts.Short(name)}' is no name of a remote.");
        var asked = await needs.Git.Run(Integrator.InRepository(common, "config", "--get", $"remote.{name}.url"), stop);
        return asked.Succeeded && asked.Stdout.Trim() is { Length: > 0 } address ? address : null;
    }

    static string Verdict(Connection db, Delivery delivery) => db.Text("select verdict from checks where run_id = @run and "
        + "delivery_id is null and checked_commit = @commit and ended_at is not null order by created_no desc limit 1",
        ("@run", delivery.RunId), ("@commit", delivery.SourceCommit)) ?? "unverified";
}
