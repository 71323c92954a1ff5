using Orchestrator.Requests;
using Orchestrator.Routing;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Families;

/// <summary>
/// Starts a run in a parent session whose profile says <c>on_child: run</c> when a child has asked or ended. What is to be done stands in
/// the messages themselves, so a crash in between loses and doubles nothing.
/// </summary>
sealed class WakeParents(SessionStore sessions, RunStore runs, Admission admission, ParentSettings settings,
    FamilyLimits limits, ILogger log) : IDisposable
{
    readonly Bell bell = new();

    /// <summary>Until shutdown: looks at what children said, at boot and after each run that was stirred.</summary>
    public async Task Run(TimeProvider clock, CancellationToken shutdown)
    {
        void Ring(string run) => bell.Ring();

        runs.Stirred += Ring;
        try
        {
            while (true)
            {
                await Turn();
                await bell.Wait(TimeSpan.FromSeconds(5), shutdown);
                // Children end in bunches; one look serves all of them.
                await Task.Delay(TimeSpan.FromMilliseconds(20), clock, shutdown);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
        finally
        {
            runs.Stirred -= Ring;
        }
    }

    public void Dispose() => bell.Dispose();

    async Task Turn()
    {
        try
        {
            var waking = runs.Store.Read(SessionStore.Waking);
            if (waking.Count == 0)
                return;
            // Profiles are looked up here: they are in files, for which the writing thread must not wait.
            var chosen = waking.Select(message => (message, Profile: Chosen(message))).ToList();
            await runs.Store.Write(transaction =>
            {
                foreach (var (message, profile) in chosen)
                    Wake(transaction, message, profile);
            });
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError("What children said could not be passed on and will be looked at again: {Reason}", e.Message);
        }
    }

    /// <summary>The profile of the run to start; null when what the child said is only stored.</summary>
    Func<Chosen>? Chosen(Message message)
    {
        var parent = sessions.Get(message.SessionId);
        var wanted = parent.Profile ?? sessions.LastProfile(parent.Id);
        try
        {
            return settings.WakesParent(parent, wanted)
                ? admission.Choose(new RouteAsk { Kept = wanted, Project = parent.Project })
                : null;
        }
        catch (Fault unreadable) when (unreadable.RetryAfterSeconds is null)
        {
            // A project's configuration that is wrong now: said in this parent, and no other one waits for its mending.
            return () => throw unreadable;
        }
    }

    void Wake(WriteTransaction transaction, Message message, Func<Chosen>? profile)
    {
        if (!SessionStore.TakeWaking(transaction, message.Id) || profile is null)
            return;
        var parent = SessionStore.Get(transaction.Db, message.SessionId);
        if (parent.Status == "archived")
            return;
        try
        {
            limits.CheckRuns(transaction.Db, parent);
            if (Prompt(transaction.Db, message) is not { } prompt)
                return;
            var run = admission.Queue(transaction, parent, profile, new RunWish(prompt, "send"), message.Sender);
            SessionStore.Attach(transaction, message.Id, run.Id);
        }
        catch (Fault refused)
        {
            // A family that has all the runs it may have: said in its parent, and nothing goes round for ever.
            Delivery.Refuse(transaction, runs.Events, message, refused.Message);
        }
    }

    /// <summary>
    /// What the parent's run is to do. A child's message holds its words only; who acts upon them must know whose they are. Null for a
    /// question somebody has answered meanwhile, and for a parent that somebody has stopped: there is nothing left to do.
    /// </summary>
    static string? Prompt(Connection db, Message message)
    {
        var run = RunRows.Get(db, message.Sender["run:".Length..]);
        if (IsStopped(db, run.ParentRunId, message.SessionId))
            return null;
        if (run.EndedAt == message.CreatedAt)
            return message.Text;
        var from = $"Your child session {run.SessionId} (run {run.Id})";
        // Question and message were written at one instant.
        var asked = db.Text("select id from requests where run_id = @run and created_at = @at and text = @text", ("@run", run.Id),
            ("@at", message.CreatedAt.Micros()), ("@text", message.Text));
        if (asked is null)
            return $"{from} reports:\n\n{message.Text}";
        var request = RequestRows.Get(db, asked);
        var options = request.Options.Count == 0 ? "" : $"\n\nOptions: {string.Join(", ", request.Options)}";
        return request.State != RequestState.Open ? null
            : $"{from} asks ({request.Kind}, request {request.Id}) and waits for the answer:\n\n{message.Text}{options}\n\n"
                + $"Answer it with the id of the request: agentctl approve, deny, or request answer --text \"…\" {request.Id}.";
    }

    // Not so one that was only interrupted: another run follows it.
    static bool IsStopped(Connection db, string? parentRun, string session) =>
        parentRun is not null && RunRows.Find(db, parentRun) is { Status: RunStatus.Stopping or RunStatus.Canceled }
        && db.Text("select id from runs where session_id = @session and ended_at is null and status <> 'stopping' limit 1",
            ("@session", session)) is null;
}
