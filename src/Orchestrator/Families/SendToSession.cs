using Orchestrator.Http;
using Orchestrator.Requests;
using Orchestrator.Routing;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Families;

/// <summary>
/// A message from another session, a tool or a person. A session whose run waits on its own question gets it as the answer, and nothing is
/// started; any other gets a run, as by a message.
/// </summary>
sealed class SendToSession(SessionStore sessions, Admission admission, Inbox inbox, RequestStore requests, FamilyLimits limits)
{
    /// <summary>POST /sessions/{id}/send.</summary>
    public sealed record Request(string? Text, string? FromRunId, string? Profile, string? Mode, string? IdempotencyKey);

    readonly RunStore runs = requests.Runs;

    public void Map(Routes routes) =>
        routes.Post("/sessions/{id}/send", nameof(SendToSession), async call =>
        {
            var request = await call.Body(FamilyJson.Default.SendToSessionRequest);
            var session = sessions.Get(call.Part("id"));
            var text = Texts.Body("text", request.Text, SessionStore.TextLimit);
            var sender = Sender(call.Principal, request.FromRunId);
            var own = session.Profile ?? sessions.LastProfile(session.Id);
            // What the session has is what a person or its spawning gave it; another profile must be the caller's to give.
            var ask = new RouteAsk { Requested = request.Profile, Kept = own, Project = session.Project };
            var profile = request.Profile is null ? admission.Choose(ask) : admission.ChooseFor(call.Principal, ask);
            var incoming = new Incoming(text, "send", Inbox.Mode(request.Mode), profile, call.Principal.Name, sender);
            return await Once.Write(runs.Store, call, session.Id, request.IdempotencyKey, request with { IdempotencyKey = null },
                FamilyJson.Default.SendToSessionRequest, transaction =>
            {
                var (message, run) = Asking(transaction.Db, session.Id) is { } open
                    ? Answer(transaction, call.Principal, open, incoming)
                    : Deliver(transaction, call.Principal, session.Id, incoming);
                return Reply.Created(json =>
                {
                    json.Member("message", message, SessionJson.Default.Message);
                    json.Member("run", run, RunJson.Default.Run);
                });
            });
        }, ownRun: RunAccess.SessionInReach, doc: Doc);

    /// <summary>
    /// The session's oldest open question; null when there is none. A run that is being stopped hears no answer any more.
    /// </summary>
    static RunRequest? Asking(Connection db, string sessionId) => db.Text(
        "select q.id from requests q join runs r on r.id = q.run_id where q.session_id = @session and q.state = 'open' "
        + "and r.status <> 'stopping' order by q.created_no limit 1", ("@session", sessionId)) is { } id ? RequestRows.Get(db, id) : null;

    (Message, Run) Answer(WriteTransaction transaction, Principal by, RunRequest open, Incoming incoming)
    {
        if (!by.IsOfFamily && !by.May(Scope.Approve))
            throw new Fault(FaultCode.Forbidden, $"This would answer request {open.Id}, and this token lacks the scope 'approve'.");
        if (by.SessionId == open.SessionId)
            throw new Fault(FaultCode.Forbidden, $"Request {open.Id} is this run's own question: somebody else answers it.");
        var sender = incoming.Sender ?? incoming.Actor;
        var message = sessions.AddMessage(transaction, open.SessionId, "user", incoming.Text, sender, open.RunId);
        requests.Close(transaction, open.Id, RequestStep.Answer, sender,
            new RequestAnswer("answer", incoming.Text, null, "once"), message.Id);
        return (message, RunRows.Get(transaction.Db, open.RunId));
    }

    (Message, Run) Deliver(WriteTransaction transaction, Principal by, string sessionId, Incoming incoming)
    {
        Admission.RefuseStopping(transaction.Db, by);
        if (by.IsOfFamily)
            limits.CheckRuns(transaction.Db, SessionStore.Get(transaction.Db, sessionId));
        return inbox.Take(transaction, sessionId, incoming);
    }

    /// <summary>A run speaks for itself only; whoever holds another token may say for which run it speaks.</summary>
    string? Sender(Principal by, string? fromRun)
    {
        if (fromRun is null)
            return null;
        // Not looked up for a run: the answer must not tell what else there is.
        if (by.RunId is { } own)
            return own.StartsWith(fromRun, StringComparison.Ordinal) ? "run:" + own
                : throw new Fault(FaultCode.Forbidden, "from_run_id: a run's own token sends for its own run only.");
        if (by.IsOfFamily)
            throw new Fault(FaultCode.Forbidden, "from_run_id: a session's token is no run and speaks for none.");
        return "run:" + runs.Store.Read(db => RunRows.Resolve(db, fromRun)).Id;
    }

    static RouteDoc Doc() => RouteDoc
        .Of("A message from another session, a tool or a person: the answer, when its run waits on a question.")
        .Takes(FamilyJson.Default.SendToSessionRequest, "text").Creates().Refuses(FaultCode.Conflict)
        .Gives("message", SessionJson.Default.Message).Gives("run", RunJson.Default.Run);
}
