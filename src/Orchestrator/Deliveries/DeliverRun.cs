using Orchestrator.Gates;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Deliveries;

/// <summary>
/// Wants a run's work on a branch of its repository, or in a pull request. Exactly the commit its branch is on now is delivered. Also the
/// way other parts of the daemon ask for it (<see cref="Order"/>).
/// </summary>
/// <param name="pulls">How pull requests of a project are made.</param>
sealed class DeliverRun(DeliveryStore deliveries, ProjectStore projects, Git git, Func<string?, PullRequestSettings> pulls)
{
    /// <summary>The branch of a pull request nobody named one for: the one GitHub calls the default.</summary>
    public const string DefaultBranch = "HEAD";

    static readonly string[] Strategies = ["merge", "squash", "rebase", Delivery.PullRequests];

    readonly Branches branches = new(git);

    /// <summary>
    /// POST /runs/{id}/deliver. strategy: merge (without it), squash, rebase or pull_request. into: the branch the project's folder is on,
    /// without it; of a pull request GitHub's default branch. verify false: nobody verifies it, and the record says so. update_checkout: a
    /// checkout of that branch follows it. message: first line of the commit, or the pull request's title. draft: of a pull request.
    /// </summary>
    public sealed record Request(string? Strategy, string? Into, bool? Verify, bool? UpdateCheckout, string? Message,
        string? IdempotencyKey, bool? Draft = null);

    public void Map(Routes routes) =>
        routes.Post("/runs/{id}/deliver", nameof(DeliverRun), async call =>
        {
            var request = await call.Body(DeliveryJson.Default.DeliverRunRequest);
            var id = deliveries.Store.Read(db => RunRows.Resolve(db, call.Part("id"))).Id;
            var order = await Order(id, request, call.Gone);
            return await Once.Write(deliveries.Store, call, id, request.IdempotencyKey, request with { IdempotencyKey = null },
                DeliveryJson.Default.DeliverRunRequest, transaction =>
                {
                    var delivery = deliveries.Add(transaction, order, call.Principal.Name);
                    return Reply.Created(json => json.Member("delivery", delivery, DeliveryJson.Default.Delivery));
                });
        }, doc: () => RouteDoc.Of("Wants a run's work on a branch of its repository: put together, verified, and then the branch is moved. "
                + "Or in a pull request: pushed and opened.")
            .Takes(DeliveryJson.Default.DeliverRunRequest).Creates().Refuses(FaultCode.Conflict, FaultCode.Gone)
            .Gives("delivery", DeliveryJson.Default.Delivery));

    /// <summary>False when the run left nothing that could be delivered: no branch of its own, or no commit on it.</summary>
    public async Task<bool> HasWork(string runId, CancellationToken stop)
    {
        var workspace = deliveries.Store.Read(
            db => RunRows.Get(db, runId).Workspace is { } known ? WorkspaceStore.Find(db, known.Id) : null);
        return workspace is { Kind: WorkspaceKinds.Worktree, Common: { } common, Branch: { } source }
            && (!Directory.Exists(common) || await branches.Read(common, source, stop) != workspace.Base);
    }

    /// <summary>What such a delivery is, to be given to <see cref="DeliveryStore.Add"/>. Reads refs, changes nothing.</summary>
    /// <exception cref="Fault">The run has not ended, has no branch or nothing to deliver; or the target is none.</exception>
    public async Task<DeliveryOrder> Order(string runId, Request wish, CancellationToken stop)
    {
        var (run, session, workspace) = deliveries.Store.Read(db =>
        {
            var found = RunRows.Get(db, runId);
            return (found, SessionStore.Get(db, found.SessionId), found.Workspace is { } known ? WorkspaceStore.Find(db, known.Id) : null);
        });
        var strategy = wish.Strategy ?? Strategies[0];
        if (!Strategies.Contains(strategy))
            throw Fault.Unprocessable("strategy", $"must be one of {string.Join(", ", Strategies)}.");
        Texts.Line("message", wish.Message, 500);
        if (!RunLifecycle.IsFinal(run.Status))
            throw new Fault(FaultCode.Conflict, $"Run {runId} is {RunLifecycle.Word(run.Status)}: its work is delivered when it has ended.",
                $"agentctl wait {runId}");
        if (workspace is not { Kind: WorkspaceKinds.Worktree, Common: { } common, Branch: { } source })
            throw new Fault(FaultCode.Conflict, $"Run {runId} had no worktree with a branch of its own: there is nothing to deliver.",
                workspace?.Kind == WorkspaceKinds.Shared ? $"Its changes are in {workspace.Path} already." : null);
        if (deliveries.Store.Read(db => CheckRows.AtWork(db, workspace.Id)) is { } busy)
            throw new Fault(FaultCode.Conflict, $"Run {busy} is at work in the same worktree.", $"agentctl wait {busy}");
        if (!Directory.Exists(common))
            throw new Fault(FaultCode.Gone, $"The repository {common} is gone.");
        var commit = await branches.Read(common, source, stop)
            ?? throw new Fault(FaultCode.Gone, $"The branch {source} of run {runId} is gone.");
        if (commit == workspace.Base)
            throw new Fault(FaultCode.Conflict, $"Run {runId} committed nothing: there is nothing to deliver.", $"agentctl show {runId}");
        var isPull = strategy == Delivery.PullRequests;
        var into = isPull ? IntoThere(wish.Into, source) : await Into(wish.Into, session.Project, common, source, stop);
        if (!isPull && wish.UpdateCheckout != true && await branches.CheckedOutAt(common, into, stop) is { } checkout)
            throw new Fault(FaultCode.Conflict, Branches.Hint(checkout, into));
        return new DeliveryOrder
        {
            RunId = run.Id,
            ItemId = run.ItemId,
            SessionId = run.SessionId,
            Project = session.Project,
            Common = common,
            Start = Path.GetRelativePath(workspace.Path, workspace.Start),
            SourceBranch = source,
            SourceCommit = commit,
            Into = into,
            Strategy = strategy,
            Verify = wish.Verify ?? true,
            UpdateCheckout = wish.UpdateCheckout ?? false,
            Message = wish.Message,
            Draft = isPull && (wish.Draft ?? pulls(session.Project).Draft),
        };
    }

    /// <summary>A branch at GitHub: whether it is there is found out there.</summary>
    static string IntoThere(string? wanted, string source)
    {
        if (wanted is null)
            return DefaultBranch;
        if (wanted == source)
            throw Fault.Unprocessable("into", "is the run's own branch.");
        return BranchName.IsPlain(wanted) ? wanted : throw Fault.Unprocessable("into", $"'{Texts.Short(wanted)}' is no name of a branch.");
    }

    async Task<string> Into(string? wanted, string? project, string common, string source, CancellationToken stop)
    {
        var home = project is null ? null : projects.Find(project);
        var into = wanted ?? (home is null ? null : Repository.Look(home.Path)?.Branch)
            ?? throw Fault.Unprocessable("into", "is required: the project's folder is on no branch.");
        if (into == source)
            throw Fault.Unprocessable("into", "is the run's own branch.");
        if (!BranchName.IsPlain(into) || await branches.Read(common, into, stop) is null)
            throw Fault.Unprocessable("into", $"there is no branch '{Texts.Short(into)}'.");
        return into;
    }
}
