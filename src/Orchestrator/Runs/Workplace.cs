using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Terminals;
using Orchestrator.Workspaces;

namespace Orchestrator.Runs;

/// <summary>Gives a run the folder it works in: the session's own, made on its first run and used again by the later ones.</summary>
/// <param name="settings">How worktrees of a project are made, as it holds now.</param>
/// <param name="commands">Runs the project's setup.</param>
/// <param name="git">For the files a worktree gets from the checkout, and for what it starts from.</param>
/// <param name="originsOf">Whose results a run builds on.</param>
sealed class Workplace(Database store, ProjectStore projects, WorkspaceStore workspaces, Worktrees worktrees,
    Func<Project, WorktreeSettings> settings, WorkspaceCommands commands, Git git, string dataFolder,
    Func<Connection, Run, IReadOnlyList<Origin>> originsOf)
{
    /// <summary>
    /// The workspace, ready to work in and set up as its project wants it; or not set up, when the run is to stop. Throws
    /// <see cref="Fault"/> with what a person can do about it.
    /// </summary>
    public async Task<Workspace> Prepare(Run run, Session session, CancellationToken shutdown)
    {
        var workspace = await Place(run, session, shutdown);
        if (workspace is { Kind: WorkspaceKinds.Worktree, SetUp: false, Project: not null })
            await SetUp(run, workspace, shutdown);
        return workspace;
    }

    async Task SetUp(Run run, Workspace workspace, CancellationToken shutdown)
    {
        if (projects.Find(workspace.Project!) is not { } project || settings(project) is not { Setup.Count: > 0 } wanted)
            return;
        if (wanted.Untrusted is { } untrusted)
            throw untrusted;
        var end = await commands.Run(
            new CommandBatch(workspace, "setup", run.Id, run.Id, project.Path, wanted.Setup, wanted.Limit), shutdown);
        if (end.Failure is { } failure)
            throw new Fault(FaultCode.Unprocessable, failure);
        if (!end.Stopped)
            await store.Write(transaction => WorkspaceStore.IsSetUp(transaction, workspace.Id));
    }

    async Task<Workspace> Place(Run run, Session session, CancellationToken shutdown)
    {
        // A clean-up of this worktree that has begun comes to its end first.
        using var alone = store.Read(db => WorkspaceStore.OfSession(db, session.Id)) is { Kind: WorkspaceKinds.Worktree } standing
            ? await Git.Alone(standing.Path, shutdown) : null;
        if (store.Read(db => WorkspaceStore.OfSession(db, session.Id)) is { Status: not "creating" } known && Directory.Exists(known.Path))
        {
            var head = known.Kind == "own" ? null : await worktrees.HeadOf(known.Path, shutdown);
            await store.Write(transaction =>
            {
                WorkspaceStore.Set(transaction, known, "in_use");
                WorkspaceStore.Use(transaction, known, run.Id, head);
            });
            return known with { Base = head };
        }

        return await Make(run, session, shutdown);
    }

    async Task<Workspace> Make(Run run, Session session, CancellationToken shutdown)
    {
        if (session.Workdir is { } folder)
            return await AsItIs(run, session, session.Project, folder, shutdown);
        if (session.Project is null)
            return await OfItsOwn(run, session);
        var project = projects.Find(session.Project)
            ?? throw new Fault(FaultCode.Unprocessable, $"The project '{session.Project}' is gone.", "agentctl add-project <name> <path>");
        if (!Directory.Exists(project.Path))
            throw new Fault(FaultCode.Unprocessable, $"The project's folder {project.Path} is gone.",
                "agentctl add-project with the new path");
        if ((session.Isolation ?? project.Isolation) != "worktree" || !project.Repository)
            return await AsItIs(run, session, project.Name, project.Path, shutdown);
        return await Worktree(run, session, project, shutdown);
    }

    async Task<Workspace> Worktree(Run run, Session session, Project project, CancellationToken shutdown)
    {
        // A row left in "creating" by a crash is taken up again: same folder, same branch.
        var begun = store.Read(db => WorkspaceStore.OfSession(db, session.Id)) is { Status: "creating", Kind: "worktree" } row ? row : null;
        var wanted = settings(project);
        var plan = begun ?? Plan(session, project.Name, "worktree", Path.Combine(dataFolder, "worktrees", session.Id),
            BranchName.For(run.Id, session.Title ?? "", wanted.Branch, Path.GetFileName(project.Name)));
        if (begun is null)
            plan = await store.Write(transaction => WorkspaceStore.Plan(transaction, plan with
            {
                Ports = PortRanges.Take(transaction.Db, wanted.Ports),
            }, run.Id));
        Checkpoint.Reach(Checkpoint.WorkspacePlanned);
        var start = Left(session) is { } left ? new Start(left, []) : await StartOf(run, project, shutdown);
        if (start.Conflict is { } conflict)
            throw new StartRefused(EndReason.ResultsConflict, conflict);
        var made = await worktrees.Create(new WorkspaceOrder
        {
            RunId = run.Id,
            SessionId = session.Id,
            Title = session.Title ?? "",
            ProjectPath = project.Path,
            Folder = plan.Path,
            Branch = plan.Branch!,
            BaseCommit = start.Commit,
        }, shutdown);
        var notes = made.CommonFolder is { } common && made.Kind == WorkspaceKinds.Worktree
            ? await new IncludedFiles(git).Copy(project.Path, made.Path, common, shutdown) : [];
        Checkpoint.Reach(Checkpoint.WorkspaceMade);
        var whole = plan with
        {
            Path = made.Path,
            Start = made.StartFolder,
            Common = made.CommonFolder,
            Branch = made.Branch,
            Base = made.BaseCommit,
            Kind = made.Kind,
        };
        return await store.Write(transaction =>
        {
            foreach (var note in made.Notes)
                workspaces.Warn(transaction, whole, run.Id, RunEvents.Warning, RunEvents.WarningData("workspace", note));
            foreach (var note in notes)
                workspaces.Warn(transaction, whole, run.Id, RunEvents.Warning, RunEvents.WarningData("worktree_include", note));
            return workspaces.Made(transaction, whole, run.Id, start.From);
        });
    }

    async Task<Start> StartOf(Run run, Project project, CancellationToken shutdown)
    {
        var origins = store.Read(db => originsOf(db, run));
        return origins.Count > 0 && Repository.Look(project.Path) is { } repository
            && await worktrees.HeadOf(project.Path, shutdown) is { } current
            ? await new StartPoint(git).Find(repository.CommonFolder, current, origins, run.Id, shutdown) : new Start(null, []);
    }

    // Where the session's removed worktree ended: its next run goes on from there, not from the project's head.
    string? Left(Session session) =>
        store.Read(db => WorkspaceStore.LastRemoved(db, session.Id)) is { Common: { } common, Branch: { } branch }
            ? RefFiles.Read(common, common, "refs/heads/" + branch)
            : null;

    async Task<Workspace> AsItIs(Run run, Session session, string? project, string folder, CancellationToken shutdown)
    {
        var found = await worktrees.Use(folder, shutdown);
        var plan = Plan(session, project, found.Kind, found.Path, found.Branch) with
        {
            Base = found.BaseCommit,
            Start = found.StartFolder,
            Common = found.CommonFolder,
        };
        return await RecordAtOnce(run, plan);
    }

    Task<Workspace> OfItsOwn(Run run, Session session)
    {
        var plan = Plan(session, null, "own", Path.Combine(dataFolder, "workspaces", session.Id), null);
        Directory.CreateDirectory(plan.Path);
        return RecordAtOnce(run, plan);
    }

    // Nothing is made that a crash could leave behind unknown: the folder was there, or is the session's own by its name.
    Task<Workspace> RecordAtOnce(Run run, Workspace plan) => store.Write(transaction =>
        workspaces.Made(transaction, WorkspaceStore.Plan(transaction, plan, run.Id), run.Id));

    static Workspace Plan(Session session, string? project, string kind, string path, string? branch) =>
        new(Ids.New(), session.Id, project, kind, path, branch, null, "creating", null);
}
