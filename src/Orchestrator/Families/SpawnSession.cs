using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Routing;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Families;

/// <summary>
/// Makes a child session with a first task. It never blocks: the child is queued, its end comes to the parent session as event and message.
/// </summary>
sealed class SpawnSession(SessionStore sessions, RunStore runs, Admission admission, FamilyLimits limits)
{
    /// <summary>POST /runs/{id}/spawn and POST /sessions/{id}/spawn.</summary>
    public sealed record Request(string? Task, string? Title, string? Profile, string? IdempotencyKey);

    /// <summary>Longest title made from a task, in characters.</summary>
    const int TitleLength = 80;

    public void Map(Routes routes)
    {
        routes.Post("/runs/{id}/spawn", nameof(SpawnSession), async call =>
        {
            var run = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id")));
            return await Spawn(call, sessions.Get(run.SessionId), run);
        }, ownRun: RunAccess.RunBelow, doc: () => Doc("Gives a task to a child session of the run's."));
        routes.Post("/sessions/{id}/spawn", "SpawnFromSession", async call =>
        {
            var parent = sessions.Get(call.Part("id"));
            return await Spawn(call, parent, null);
        }, ownRun: RunAccess.SessionInReach, doc: () => Doc("Gives a task to a child session."));
    }

    async Task<Reply> Spawn(Call call, Session parent, Run? by)
    {
        var request = await call.Body(FamilyJson.Default.SpawnSessionRequest);
        var task = Texts.Body("task", request.Task, SessionStore.TextLimit);
        Texts.Line("title", request.Title, SessionRules.TitleLimit);
        // The same key means the same child, whatever runs in the session by then.
        var target = by?.Id ?? parent.Id;
        // A session's child belongs to the run that is at work there, or else to the run that spawns it: a cancel must find it.
        by ??= runs.Store.Read(db => Inbox.AtWork(db, parent.Id) ?? (call.Principal.RunId is { } own ? RunRows.Get(db, own) : null));
        var wanted = request.Profile ?? by?.Profile ?? parent.Profile;
        var profile = admission.ChooseFor(call.Principal, new RouteAsk
        {
            Requested = request.Profile, Kept = wanted, Project = parent.Project,
        });
        return await Once.Write(runs.Store, call, target, request.IdempotencyKey, request with { IdempotencyKey = null },
            FamilyJson.Default.SpawnSessionRequest, transaction => Make(transaction, call.Principal, parent.Id, by?.Id,
                new NewSession(request.Title ?? TitleOf(task), parent.Project, wanted, parent.Workdir, null, parent.Isolation),
                task, profile));
    }

    Reply Make(WriteTransaction transaction, Principal caller, string parentId, string? runId, NewSession order, string task,
        Func<Chosen> profile)
    {
        var actor = caller.Name;
        var parent = SessionStore.Get(transaction.Db, parentId);
        Admission.RefuseStopping(transaction.Db, caller);
        if (parent.Status == "archived")
            throw new Fault(FaultCode.Conflict, $"Session {parentId} is archived.", "Spawn from another one.");
        var by = runId is null ? null : RunRows.Get(transaction.Db, runId);
        // A canceled family grows no more, or the cancel would never have an end.
        if (by is { Status: RunStatus.Stopping or RunStatus.Canceled })
            throw new Fault(FaultCode.Conflict, $"Run {runId} is {RunLifecycle.Word(by.Status)}: it gets no more children.");
        limits.CheckSpawn(transaction.Db, parent, runId);
        var child = sessions.Create(transaction, order with
        {
            ParentSessionId = parentId,
            ParentRunId = runId,
            RootSessionId = parent.RootId,
            Depth = parent.Depth + 1,
        }, actor);
        var run = admission.Queue(transaction, child, profile, new RunWish(task, "spawn"), actor);
        sessions.AddMessage(transaction, child.Id, "user", task, actor, run.Id);
        runs.Events.Append(transaction, new NewEvent(FamilyEvents.Spawned, actor, new System.Text.Json.Nodes.JsonObject
        {
            ["child_session_id"] = child.Id,
            ["run_id"] = run.Id,
            ["parent_run_id"] = runId,
            ["title"] = child.Title,
        }, parentId));
        transaction.AfterCommit(() => Checkpoint.Reach(Checkpoint.ChildSpawned));
        return Reply.Created(json =>
        {
            json.Member("session", SessionStore.Get(transaction.Db, child.Id), SessionJson.Default.Session);
            json.Member("run", run, RunJson.Default.Run);
        });
    }

    static string TitleOf(string task)
    {
        var line = task.AsSpan().Trim();
        var end = line.IndexOfAny('\n', '\r');
        line = end > 0 ? line[..end] : line;
        var text = string.Concat(line.ToString().Where(c => !char.IsControl(c)));
        if (text.Length <= TitleLength)
            return text;
        return text[..(char.IsHighSurrogate(text[TitleLength - 1]) ? TitleLength - 1 : TitleLength)] + "…";
    }

    static RouteDoc Doc(string summary) => RouteDoc.Of(summary)
        .Takes(FamilyJson.Default.SpawnSessionRequest, "task").Creates().Refuses(FaultCode.Conflict)
        .Gives("session", SessionJson.Default.Session).Gives("run", RunJson.Default.Run);
}
