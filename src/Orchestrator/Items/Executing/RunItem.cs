using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Http;
using Orchestrator.Routing;
using Orchestrator.Runs;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>Work that was begun, as who asked for it gets it.</summary>
/// <param name="AgentId">Whom <c>check</c> is asked about: a lease, or a run.</param>
/// <param name="WorkspaceDir">Where it is worked; null for a run whose folder is not made yet.</param>
/// <param name="ArtifactsDir">Where results go; null for a run, whose results are in its workspace.</param>
/// <param name="Label">A name for the worker's process.</param>
/// <param name="Setup">
/// How far the project's setup is in the worktree; null where there is no worktree. It runs after the answer, so it is running at first.
/// </param>
sealed record Execution(string AgentId, string ItemId, string Title,
    [property: Words("external", "mock", "automatic", "claim")] string Mode, string? WorkspaceDir, string? ArtifactsDir, string Label,
    string? RunId, DateTimeOffset StartedAt, [property: Words(SetUpWork.Running, SetUpWork.Over)] string? Setup = null);

/// <summary>
/// Begins work on an item that somebody names, or on the next few: external prepares folders and leaves the work to the caller, mock
/// pretends it, automatic starts a run.
/// </summary>
sealed class RunItem(Leases leases, ItemRuns runs, WorkFolders folders, LeaseWorktrees places, SetUpWork setUps, QueueRules rules,
    QueueNeeds needs)
{
    readonly ProjectStore projects = needs.Projects;
    readonly Func<int> slots = needs.Slots;
    readonly TimeProvider clock = needs.Clock;
    readonly string dataFolder = needs.DataFolder;
    readonly ConcurrentDictionary<string, SemaphoreSlim> turns = new();

    public const string External = "external", Mock = "mock", Automatic = "automatic";

    const int MostAtOnce = 100;

    /// <summary>POST /api/executor/run/{id}; mock is an older word for a mode.</summary>
    public sealed record Request(string? Mode, bool? Mock, string? Profile, string? IdempotencyKey,
        [property: JsonPropertyName("idempotency_key")] string? IdempotencyKeyToo = null);

    /// <summary>POST /api/executor/next.</summary>
    public sealed record NextRequest(int? Count, string? Project, string? Mode, string? IdempotencyKey,
        [property: JsonPropertyName("idempotency_key")] string? IdempotencyKeyToo = null);

    ItemStore Items => leases.Items;

    public void Map(Routes routes)
    {
        routes.Post("/api/executor/run/{id}", nameof(RunItem), Named,
            doc: () => RouteDoc.Of("Begins work on one item: prepares folders for a worker (external), pretends it (mock), or starts a run "
                + "(automatic).").Takes(ExecutorJson.Default.RunItemRequest).Refuses(FaultCode.Conflict)
                .Gives("agentId", Shape.Text).Gives("workspaceDir", Shape.Maybe(Shape.Text)).Gives("artifactsDir", Shape.Maybe(Shape.Text))
                .Gives("mode", Shape.Word(External, Mock, Automatic)).Gives("label", Shape.Text)
                .Gives("setup", Shape.Maybe(Shape.Word(SetUpWork.Running, SetUpWork.Over)))
                .GivesMaybe("run", RunJson.Default.Run).Gives("item", QueueJson.Default.QueueItem));
        routes.Post("/api/executor/next", "RunNext", Next,
            doc: () => RouteDoc.Of("Starts the next items, as runs unless another mode is said: ready ones first, then those that only "
                + "wait to be readied.").Takes(ExecutorJson.Default.RunNextRequest)
                .Gives("started", ExecutorJson.Default.IReadOnlyListExecution).Gives("message", Shape.Maybe(Shape.Text)));
        routes.Get("/api/executor/status", "ExecutorStatus", _ => Task.FromResult(Status()),
            doc: () => RouteDoc.Of("What is being worked on.").Gives("mode", Shape.Text).Gives("maxConcurrent", Shape.Whole)
                .Gives("running", Shape.Whole).Gives("pending", Shape.Whole)
                .Gives("executions", ExecutorJson.Default.IReadOnlyListExecution));
    }

    async Task<Reply> Named(Call call)
    {
        var request = await call.Body(ExecutorJson.Default.RunItemRequest);
        var item = Items.Store.Read(db => ItemRows.Resolve(db, call.Part("id")));
        var mode = Intake.Word("mode", request.Mode ?? (request.Mock == true ? Mock : null), [External, Mock, Automatic])
            ?? (rules.Of(item.Project).AutoRun ? Automatic : External);
        return await InTurn(item.Project, mode, () => Named(call, request, mode, item.Id));
    }

    async Task<Reply> Named(Call call, Request request, string mode, string id)
    {
        var begin = await Prepared(id, mode, call.Principal.Name, Purpose.Named, request.Profile);
        try
        {
            var reply = await Once.Write(Items.Store, call, id, request.IdempotencyKey ?? request.IdempotencyKeyToo,
                request with { IdempotencyKey = null, IdempotencyKeyToo = null }, ExecutorJson.Default.RunItemRequest,
                transaction => Answer(begin.Do(transaction)));
            // A repeat got the first answer, and what was prepared for it is nobody's.
            if (reply.Headers.Count > 0)
                await begin.Undo();
            return reply;
        }
        catch (Fault)
        {
            await begin.Undo();
            throw;
        }
    }

    /// <summary>
    /// Worktrees of a project are made for one caller at a time: who waited finds that somebody has the item, and nothing is made in vain.
    /// </summary>
    async Task<T> InTurn<T>(string? project, string mode, Func<Task<T>> work)
    {
        if (project is null || mode != External)
            return await work();
        var turn = turns.GetOrAdd(project, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync();
        try
        {
            return await work();
        }
        finally
        {
            turn.Release();
        }
    }

    static Reply Answer((Item Item, Execution Execution, Run? Run) begun) => Reply.Ok(json =>
    {
        json.WriteString("agentId", begun.Execution.AgentId);
        json.WriteString("workspaceDir", begun.Execution.WorkspaceDir);
        json.WriteString("artifactsDir", begun.Execution.ArtifactsDir);
        json.WriteString("mode", begun.Execution.Mode);
        json.WriteString("label", begun.Execution.Label);
        json.WriteString("setup", begun.Execution.Setup);
        json.WritePropertyName("run");
        if (begun.Run is null)
            json.WriteNullValue();
        else
            JsonSerializer.Serialize(json, begun.Run, RunJson.Default.Run);
        json.Member("item", new QueueItem(begun.Item), QueueJson.Default.QueueItem);
    });

    /// <summary>Work that is about to begin: what reads and writes files is done, what is left is one transaction.</summary>
    sealed record Beginning(Func<WriteTransaction, (Item Item, Execution Execution, Run? Run)> Do, Func<Task> Undo);

    async Task<Beginning> Prepared(string id, string mode, string actor, Purpose purpose, string? profile)
    {
        var item = Items.Store.Read(db => ItemRows.Get(db, id));
        var rule = rules.Of(item.Project);
        Item Checked(WriteTransaction transaction)
        {
            var now = ItemRows.Get(transaction.Db, item.Id);
            var view = QueueView.Read(transaction.Db, transaction.Now, LocalDay.Of(transaction.Now, clock), slots());
            Refuse(now, Eligibility.Causes(view.Of(transaction.Db, now, rule, purpose)));
            return now;
        }

        if (mode == Automatic)
        {
            var (chosen, place) = (runs.Choose(item, profile), PlaceOf(item, rule));
            return new Beginning(transaction =>
            {
                Checked(transaction);
                Leases.Readied(transaction, Items, item.Id, actor);
                var (moved, run) = runs.Start(transaction, ItemRows.Get(transaction.Db, item.Id), chosen, actor);
                return (moved, OfRun(moved, run, place), run);
            }, () => Task.CompletedTask);
        }

        var lease = Ids.New();
        var (workspace, artifacts) = folders.Of(item.Id, lease);
        Workspace? worktree = null;
        // Refused before anything is made, for the usual case; what comes in between is refused all the same.
        if (item.State is ItemStatus.Inbox or ItemStatus.Planning or ItemStatus.Ready)
        {
            Refuse(item, Items.Store.Read(db => Causes(db, item, rule, purpose)));
            worktree = mode == External ? await places.Make(item, lease, workspace, actor) : null;
            folders.Prepare(item, lease, Whereabouts(item, worktree));
        }
        if (mode == Mock && Directory.Exists(artifacts))
            WorkFolders.Pretend(item, artifacts);
        return new Beginning(transaction =>
        {
            Checked(transaction);
            var (taken, held) = leases.Take(transaction, item.Id, new LeaseOrder(lease, null, mode, null, workspace, artifacts), actor);
            if (mode == Mock)
                taken = Pretended(transaction, taken, held, actor);
            transaction.AfterCommit(setUps.Wake);
            return (taken, OfLease(taken, held, SetUpWork.Of(transaction.Db, held)), null);
        }, async () =>
        {
            if (worktree is not null)
                await places.Discard(worktree, actor);
            if (worktree is null || !Directory.Exists(worktree.Path))
                folders.Discard(item.Id, lease);
        });
    }

    IReadOnlyList<WhyNot> Causes(Connection db, Item item, ProjectRule rule, Purpose purpose)
    {
        var now = clock.GetUtcNow().Micros();
        return Eligibility.Causes(QueueView.Read(db, now, LocalDay.Of(now, clock), slots()).Of(db, item, rule, purpose));
    }

    string? Whereabouts(Item item, Workspace? place) => place is not null ? TaskText.InWorktree(place)
        : item.Project is { } project && projects.Find(project)?.Path is { } folder ? $"its files are in {folder}" : null;

    Item Pretended(WriteTransaction transaction, Item item, Lease lease, string actor)
    {
        Leases.End(transaction, lease.Id, "completed", "mock");
        return Items.Move(transaction, item.Id, ItemStep.Finish, new ItemChange(actor, "mock") { Unchecked = true, Report = "mock" });
    }

    static void Refuse(Item item, IReadOnlyList<WhyNot> causes)
    {
        // Where it stands is told with what is allowed from there.
        if (causes.FirstOrDefault(cause => cause.Code is not "status") is { } cause && item.State is ItemStatus.Inbox or ItemStatus.Planning
            or ItemStatus.Ready)
            throw new Fault(FaultCode.Conflict, $"Item {item.Id} cannot start: {cause.Text}", $"agentctl why {item.Id}")
            {
                Details = new Dictionary<string, object?> { ["causes"] = causes.Select(one => one.Code).ToList() },
            };
    }

    async Task<Reply> Next(Call call)
    {
        var request = await call.Body(ExecutorJson.Default.RunNextRequest);
        var count = request.Count ?? 1;
        if (count is < 1 or > MostAtOnce)
            throw Fault.Unprocessable("count", $"must be a whole number from 1 to {MostAtOnce}.");
        var mode = Intake.Word("mode", request.Mode, [External, Mock, Automatic]) ?? Automatic;
        var project = request.Project is null ? null : projects.Require(request.Project).Name;
        return await Once.Steps(Items.Store, call, request.IdempotencyKey ?? request.IdempotencyKeyToo,
            request with { IdempotencyKey = null, IdempotencyKeyToo = null }, ExecutorJson.Default.RunNextRequest,
            keep => Begin(count, mode, project, call.Principal.Name, keep));
    }

    async Task<Reply> Begin(int count, string mode, string? project, string actor, Action<WriteTransaction, Reply> keep)
    {
        var started = new List<Execution>();
        var passed = new HashSet<string>();
        string? message = null;
        while (started.Count < count && Candidate(project, passed) is { } next)
        {
            passed.Add(next.Id);
            message = await InTurn(next.Project, mode, () => Next(next.Id, mode, actor, started, keep)) ?? message;
        }

        return Begun(started, message ?? (started.Count == 0 ? "No item is ready." : null));
    }

    /// <summary>Begins one and adds it; null, or why it does not begin.</summary>
    async Task<string?> Next(string id, string mode, string actor, List<Execution> started, Action<WriteTransaction, Reply> keep)
    {
        Beginning? begin = null;
        try
        {
            begin = await Prepared(id, mode, actor, Purpose.Next, null);
            started.Add(await Items.Store.Write(transaction =>
            {
                var execution = begin.Do(transaction).Execution;
                keep(transaction, Begun([.. started, execution], null));
                return execution;
            }));
            return null;
        }
        catch (Fault fault) when (fault.Code is FaultCode.Conflict or FaultCode.Unprocessable)
        {
            if (begin is not null)
                await begin.Undo();
            return fault.Message;
        }
    }

    static Reply Begun(IReadOnlyList<Execution> started, string? message) => Reply.Ok(json =>
    {
        json.Member("started", started, ExecutorJson.Default.IReadOnlyListExecution);
        json.WriteString("message", message);
    });

    /// <summary>Ready ones in their order; when there are none left, those in inbox and planning, which starting readies.</summary>
    Item? Candidate(string? project, HashSet<string> passed)
    {
        var all = rules.OfAllWithWork();
        var now = clock.GetUtcNow().Micros();
        return Items.Store.Read(db =>
        {
            var view = QueueView.Read(db, now, LocalDay.Of(now, clock), slots());
            bool Wanted(Item item) => !passed.Contains(item.Id);
            return NextItem.Choose(db, view, all, Purpose.Next, project, Wanted)
                ?? ItemRows.NextUnready(db, project, passed.Count + 1).FirstOrDefault(Wanted);
        });
    }

    Reply Status()
    {
        var (ready, held, byRun) = Items.Store.Read(db => (ItemRows.Counts(db).GetValueOrDefault("ready"),
            Lease.Open(db).Select(lease => OfLease(ItemRows.Get(db, lease.ItemId), lease, SetUpWork.Of(db, lease))).ToList(),
            ItemRows.InFlight(db).Where(item => item.LeaseId is null && item.RunId is not null)
                .Select(item => (Item: item, Run: RunRows.Get(db, item.RunId!))).ToList()));
        var executions = held.Concat(byRun.Select(one =>
            OfRun(one.Item, one.Run, PlaceOf(one.Item, rules.Of(one.Item.Project))))).ToList();
        return Reply.Ok(json =>
        {
            json.WriteString("mode", External);
            json.WriteNumber("maxConcurrent", slots());
            json.WriteNumber("running", executions.Count);
            json.WriteNumber("pending", ready);
            json.Member("executions", executions, ExecutorJson.Default.IReadOnlyListExecution);
        });
    }

    static Execution OfLease(Item item, Lease lease, string? setup) => new(
        lease.AgentId, item.Id, item.Title, lease.Mode, lease.Workspace, lease.Artifacts,
        $"worker-{lease.AgentId[..Math.Min(8, lease.AgentId.Length)]}", null, lease.TakenAt, setup);

    static Execution OfRun(Item item, Run run, Func<string, string?> place) => new(run.Id, item.Id, item.Title, Automatic,
        run.Workspace?.Path ?? place(run.SessionId), null, $"worker-{run.Id[..8]}", run.Id, run.CreatedAt);

    /// <summary>A run's folder is made when it starts; where it will be is known by its session.</summary>
    Func<string, string?> PlaceOf(Item item, ProjectRule rule)
    {
        if (item.Project is null)
            return session => Path.Combine(dataFolder, "workspaces", session);
        if (rule.OwnPlaces)
            return session => Path.Combine(dataFolder, "worktrees", session);
        var folder = projects.Find(item.Project)?.Path;
        return _ => folder;
    }
}
