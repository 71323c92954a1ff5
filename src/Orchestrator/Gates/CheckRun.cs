using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Gates;

/// <summary>
/// Wants a run's work to be checked by the daemon itself: by the project's verify commands, and by what the diff shows. Also the way other
/// parts of the daemon ask for it (<see cref="Order"/>).
/// </summary>
sealed class CheckRun(CheckStore checks, ProjectStore projects, Func<Project, VerifyPlan> planOf)
{
    const int MostEntries = 200;

    /// <summary>
    /// POST /runs/{id}/check. Without <c>expects_changes</c> a run that may write is expected to change something.
    /// </summary>
    public sealed record Request(bool? ExpectsChanges, IReadOnlyList<string>? Writes, bool? AllowRemovedTests,
        IReadOnlyList<string>? Criteria, string? IdempotencyKey);

    public void Map(Routes routes) =>
        routes.Post("/runs/{id}/check", nameof(CheckRun), async call =>
        {
            var request = await call.Body(CheckJson.Default.CheckRunRequest);
            Lines("writes", request.Writes, 1000);
            Lines("criteria", request.Criteria, 4000);
            var id = checks.Store.Read(db => Known(db, call.Part("id")));
            return await Once.Write(checks.Store, call, id, request.IdempotencyKey, request with { IdempotencyKey = null },
                CheckJson.Default.CheckRunRequest, transaction =>
                {
                    var check = checks.Add(transaction, Order(transaction.Db, id, request), call.Principal.Name);
                    return Reply.Created(json => json.Member("check", check, CheckJson.Default.Check));
                });
        }, ownRun: RunAccess.RunBelow, doc: () => RouteDoc.Of("Wants a run's work to be checked by the daemon itself.")
            .Takes(CheckJson.Default.CheckRunRequest).Creates().Refuses(FaultCode.Conflict, FaultCode.Gone)
            .Gives("check", CheckJson.Default.Check));

    /// <summary>What a check of that run's work is, to be given to <see cref="CheckStore.Add"/> in the same transaction.</summary>
    /// <exception cref="Fault">The run has not ended, or its workspace is gone.</exception>
    public CheckOrder Order(Connection db, string runId, Request wish)
    {
        var run = db.First(
            "select session_id, workspace_id, base, profile_settings, status, ended_at, item_id from runs where id = @id",
            row => new RunPart(row.GetString(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.GetString(4),
                row.LongOrNull(5), row.TextOrNull(6)), ("@id", runId)) ?? throw Fault.NotFound("run", runId);
        if (run.Ended is null)
            throw new Fault(FaultCode.Conflict, $"Run {runId} is {run.Status}: its work is checked when it has ended.",
                $"agentctl wait {runId}");
        var workspace = run.Workspace is { } id ? WorkspaceStore.Find(db, id) : null;
        if (workspace is null or { Status: "removed" })
            throw new Fault(FaultCode.Gone, workspace is null ? $"Run {runId} never had a workspace."
                : $"The workspace of run {runId} was removed: {workspace.Note}");
        return Order(workspace, wish) with
        {
            RunId = runId,
            ItemId = run.Item,
            SessionId = run.Session,
            // The whole branch: a later run of the session mends what an earlier one did.
            Base = workspace.Kind == WorkspaceKinds.Worktree ? workspace.Base : run.Base,
            ExpectsChanges = wish.ExpectsChanges ?? KeptProfile.Read(run.Profile) is not { Sandbox: Sandbox.ReadOnly },
        };
    }

    /// <summary>What a check of the work in a workspace is, whoever did it.</summary>
    public CheckOrder Order(Workspace workspace, Request wish) =>
        Order(workspace.Project is { } name ? projects.Find(name) : null, workspace.Kind, workspace.Path, wish) with
        {
            SessionId = workspace.SessionId,
            WorkspaceId = workspace.Id,
            Start = workspace.Start,
            Common = workspace.Common,
            Base = workspace.Base,
            Branch = workspace.Branch,
        };

    /// <summary>What a check of a project's own folder is, where all work in that; null in other projects.</summary>
    public CheckOrder? OrderShared(string projectName, Request wish) =>
        projects.Find(projectName) is { Isolation: WorkspaceKinds.Shared } project
            ? Order(project, WorkspaceKinds.Shared, project.Path, wish) : null;

    CheckOrder Order(Project? project, string kind, string path, Request wish)
    {
        var plan = project is null ? VerifyPlan.None : planOf(project);
        return new CheckOrder
        {
            Kind = kind,
            Path = path,
            Start = path,
            Commands = plan.Commands,
            Limit = plan.Limit,
            Problem = plan.Problem,
            ExpectsChanges = wish.ExpectsChanges ?? false,
            Writes = wish.Writes,
            AllowRemovedTests = wish.AllowRemovedTests ?? false,
            Criteria = wish.Criteria ?? [],
        };
    }

    /// <summary>What of a run matters here.</summary>
    sealed record RunPart(
        string Session, string? Workspace, string? Base, string? Profile, string Status, long? Ended, string? Item);

    /// <summary>The run of that id or beginning of one.</summary>
    public static string Known(Connection db, string idOrPrefix)
    {
        var id = Prefixes.Resolve(db, "runs", "run", idOrPrefix);
        return db.Text("select id from runs where id = @id", ("@id", id)) ?? throw Fault.NotFound("run", id);
    }

    static void Lines(string member, IReadOnlyList<string>? lines, int longest)
    {
        if (lines is { Count: > MostEntries })
            throw Fault.Unprocessable(member, $"must have {MostEntries} entries at most.");
        foreach (var line in lines ?? [])
            if (string.IsNullOrWhiteSpace(line) || line.Length > longest)
                throw Fault.Unprocessable(member, $"each entry must be a text of 1 to {longest} characters.");
    }
}
