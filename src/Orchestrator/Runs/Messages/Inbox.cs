using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Routing;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>
/// What becomes of a user's message: in an idle session a run; in a busy one what its mode says. Everything within the caller's
/// transaction.
/// </summary>
sealed class Inbox(SessionStore sessions, Admission admission, RunStore runs)
{
    /// <summary>Most messages of one session that wait for an agent.</summary>
    public const int MostWaiting = 20;

    /// <summary>After what runs: a run of its own.</summary>
    public const string Queue = "queue";

    /// <summary>Together with the last message that still waits: one run for both.</summary>
    public const string Collect = "collect";

    /// <summary>Instead of what runs, and before all that waits.</summary>
    public const string Interrupt = "interrupt";

    /// <summary>Into the turn that runs, where the agent's protocol can.</summary>
    public const string Steer = "steer";

    public RunStore Runs => runs;

    static readonly string[] Modes = [Queue, Collect, Interrupt, Steer];

    /// <summary>The mode a request names; queue when it names none.</summary>
    public static string Mode(string? given) => given is null ? Queue
        : Modes.Contains(given) ? given : throw Fault.Unprocessable("mode", $"must be one of {string.Join(", ", Modes)}.");

    /// <summary>How a message that waits already is told now, as a request names it; null when it names nothing.</summary>
    public static string? Urgent(string? given) => given is null or Steer or Interrupt ? given
        : throw Fault.Unprocessable("mode", $"must be {Steer} or {Interrupt}: the message waits already.");

    /// <summary>Takes the message and gives the run that will answer it.</summary>
    public (Message Message, Run Run) Take(WriteTransaction transaction, string sessionId, Incoming incoming)
    {
        var session = SessionStore.Get(transaction.Db, sessionId);
        var busy = AtWork(transaction.Db, sessionId);
        if (busy is not null && incoming.Mode == Steer && Steerable(transaction.Db, busy))
            return (IntoTurn(transaction, busy, incoming), busy);
        if (Waiting(transaction.Db, sessionId) >= MostWaiting)
            throw new Fault(FaultCode.Conflict, $"Session {sessionId} has {MostWaiting} messages waiting, the most there may be.",
                "Wait for one to be taken, or take one back with 'agentctl message remove'.")
            {
                Details = new Dictionary<string, object?> { ["limit"] = "waiting_messages", ["value"] = MostWaiting },
            };
        var run = incoming.Mode == Collect && LastWaiting(transaction.Db, sessionId) is { } last
            ? Join(transaction, last, incoming.Text)
            : admission.Queue(transaction, session, incoming.Profile, new RunWish(incoming.Text, incoming.Trigger), incoming.Actor);
        if (busy is not null && incoming.Mode == Interrupt)
            Replace(transaction, busy, run, incoming.Actor);
        return (sessions.AddMessage(transaction, sessionId, "user", incoming.Text, incoming.Sender ?? incoming.Actor, run.Id), run);
    }

    /// <summary>The run at work in a session: begun and not ended.</summary>
    public static Run? AtWork(Connection db, string sessionId) => db.Text(
        "select id from runs where session_id = @session and ended_at is null and status <> 'queued' order by queue_no limit 1",
        ("@session", sessionId)) is { } id ? RunRows.Get(db, id) : null;

    static long Waiting(Connection db, string sessionId) => db.Number(
        "select count(*) from messages m join runs r on r.id = m.run_id "
        + "where r.session_id = @session and r.status = 'queued' and r.ended_at is null and m.delivery = 'stored'",
        ("@session", sessionId)) ?? 0;

    // Only a run that messages made: another one's prompt is not ours to change.
    static string? LastWaiting(Connection db, string sessionId) => db.Text(
        "select id from runs where session_id = @session and ended_at is null and status = 'queued' "
        + "and trigger_kind in ('message', 'send') and retry_of is null order by queue_no desc limit 1", ("@session", sessionId));

    static Run Join(WriteTransaction transaction, string runId, string text)
    {
        var prompt = Texts.Body("text", $"{RunRows.Get(transaction.Db, runId).Prompt}\n\n{text}", SessionStore.TextLimit);
        return RunStore.Reword(transaction, runId, prompt);
    }

    void Replace(WriteTransaction transaction, Run busy, Run run, string actor)
    {
        runs.Advance(transaction, busy.Id, null, RunStep.Stop, new RunChange(actor)
        {
            StopReason = EndReason.User,
            StopActor = actor,
            Data = new JsonObject { ["note"] = $"interrupted by a message; run {run.Id} follows" },
        });
        RunStore.PutFirst(transaction, run);
    }

    /// <summary>
    /// Has a message told now that waits: into the turn that runs, or instead of it. It leaves the run it waits in, in the same step: no
    /// two runs ever have it. Where no turn takes it, its run is the next of the session.
    /// </summary>
    public (Message Message, Run Run) Hasten(WriteTransaction transaction, Message message, string mode, string actor)
    {
        var before = message.RunId!;
        var busy = AtWork(transaction.Db, message.SessionId);
        var isTurn = mode == Steer && busy is not null && Steerable(transaction.Db, busy);
        var run = isTurn ? busy! : Apart(transaction, message, actor);
        if (run.Id != before)
        {
            SessionStore.Attach(transaction, message.Id, run.Id);
            Follow(transaction, before, actor, $"its message is told by run {run.Id}");
        }

        if (isTurn)
            RunCommands.Add(transaction, runs, run.Id, new MessageCommand(message.Id, message.Text), messageId: message.Id);
        else if (mode == Interrupt && busy is not null)
            Replace(transaction, busy, run, actor);
        else
            RunStore.PutFirst(transaction, run);
        message = message with { RunId = run.Id };
        sessions.TellMoved(transaction, message, isTurn ? Steer : mode == Interrupt ? Interrupt : Queue, before, actor);
        return (message, RunRows.Get(transaction.Db, run.Id));
    }

    // A run of its own: the one it waits in, or a new one like that where others wait there too.
    Run Apart(WriteTransaction transaction, Message message, string actor)
    {
        var run = RunRows.Get(transaction.Db, message.RunId!);
        return SessionStore.Waiting(transaction.Db, run.Id).Count > 1
            ? runs.Insert(transaction, NewRun.Like(run, message.Text), actor) : run;
    }

    /// <summary>A queued run says what its waiting messages say; without any there is nothing to run.</summary>
    public void Follow(WriteTransaction transaction, string runId, string actor, string? note = null)
    {
        var left = SessionStore.Waiting(transaction.Db, runId);
        if (left.Count > 0)
            RunStore.Reword(transaction, runId, Texts.Body("text", string.Join("\n\n", left.Select(m => m.Text)), SessionStore.TextLimit));
        else
            runs.Advance(transaction, runId, null, RunStep.Cancel, new RunChange(actor)
            {
                Reason = EndReason.User, Data = note is null ? null : new JsonObject { ["note"] = note },
            });
    }

    /// <summary>
    /// A message meant for the turn of a run that ends without having taken it is not lost: it gets a run of its own, after that one. It
    /// was to be heard before what waits, so it is, unless somebody stopped that run for something else.
    /// </summary>
    public void QueueUnheard(WriteTransaction transaction, Run run, RunStatus end, string? reason)
    {
        var unheard = new List<Run>();
        foreach (var command in RunCommands.Waiting(transaction.Db, run.Id))
        {
            if (command is not { Command: MessageCommand message, MessageId: { } messageId })
                continue;
            RunCommands.Take(transaction, [command]);
            var next = runs.Insert(transaction, NewRun.Like(run, message.Text), "daemon");
            SessionStore.Attach(transaction, messageId, next.Id);
            unheard.Add(next);
        }

        if (run.StopReason is null)
            foreach (var next in unheard.AsEnumerable().Reverse())
                RunStore.PutFirst(transaction, next);
    }

    /// <summary>True when the message can join the turn; false when that is over, and it starts a run as any other does.</summary>
    static bool Steerable(Connection db, Run busy)
    {
        if (AgentCatalog.Find(busy.Agent, busy.Protocol) is not { CanSteer: true })
            throw Fault.Unprocessable("mode",
                $"the agent '{busy.Agent}' of run {busy.Id} cannot be steered in mid-turn; use queue, collect or interrupt.");
        if (RunCommands.Waiting(db, busy.Id).Count >= MostWaiting || RunLines.Length(db, busy.Id) > RunLines.Most)
            throw new Fault(FaultCode.Conflict, $"Run {busy.Id} has not taken the messages it was sent.", "Wait, or use mode queue.");
        // Before the first line was read nothing is known of the talk, and it has not ended either.
        return busy.Status != RunStatus.Stopping && busy.Transcript?.Talk is not ({ Over: true } or { StopAsked: true });
    }

    Message IntoTurn(WriteTransaction transaction, Run busy, Incoming incoming)
    {
        var message = sessions.AddMessage(transaction, busy.SessionId, "user", incoming.Text, incoming.Sender ?? incoming.Actor, busy.Id);
        RunCommands.Add(transaction, runs, busy.Id, new MessageCommand(message.Id, incoming.Text), messageId: message.Id);
        return message;
    }
}

/// <summary>A message on its way in; checked.</summary>
/// <param name="Text">What is said.</param>
/// <param name="Trigger">message or send.</param>
/// <param name="Mode">What to do when the session is busy.</param>
/// <param name="Profile">The profile of the run it starts.</param>
/// <param name="Actor">The caller's name.</param>
/// <param name="Sender">Who is said to have sent it; null for the caller.</param>
sealed record Incoming(string Text, string Trigger, string Mode, Func<Chosen> Profile, string Actor, string? Sender = null);
