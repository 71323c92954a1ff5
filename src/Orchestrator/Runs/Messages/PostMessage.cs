using Orchestrator.Http;
using Orchestrator.Routing;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>Puts a message into a session; one of role <c>user</c> queues a run, in the same transaction.</summary>
static class PostMessage
{
    /// <summary>POST /sessions/{id}/messages.</summary>
    public sealed record Request(string? Role, string? Text, string? Profile, string? Mode, string? IdempotencyKey);

    /// <param name="routes">Where it is mapped.</param>
    /// <param name="sessions">The sessions.</param>
    /// <param name="admission">Chooses the profile.</param>
    /// <param name="inbox">Takes the message.</param>
    /// <param name="checkRuns">Refuses one more run that a run's own token starts: it could go on for ever.</param>
    public static void Map(Routes routes, SessionStore sessions, Admission admission, Inbox inbox, Action<Connection, Session> checkRuns)
    {
        var runs = inbox.Runs;
        routes.Post("/sessions/{id}/messages", nameof(PostMessage), async call =>
        {
            var request = await call.Body(RunJson.Default.PostMessageRequest);
            var session = sessions.Get(call.Part("id"));
            var role = request.Role ?? throw Fault.Invalid("role", "is required: user, assistant or system.");
            if (role is not ("user" or "assistant" or "system"))
                throw Fault.Unprocessable("role", "must be user, assistant or system.");
            var text = Texts.Body("text", request.Text, SessionStore.TextLimit);
            var mode = Inbox.Mode(request.Mode);
            // A conversation goes on with the profile it had, and so with its model, until somebody names another.
            var ask = new RouteAsk
            {
                Requested = request.Profile, Kept = session.Profile ?? sessions.LastProfile(session.Id), Project = session.Project,
            };
            var profile = request.Profile is null ? admission.Choose(ask) : admission.ChooseFor(call.Principal, ask);
            return await Once.Write(runs.Store, call, session.Id, request.IdempotencyKey, request with { IdempotencyKey = null },
                RunJson.Default.PostMessageRequest, transaction =>
            {
                if (role == "user" && call.Principal.IsOfFamily)
                {
                    Admission.RefuseStopping(transaction.Db, call.Principal);
                    checkRuns(transaction.Db, session);
                }

                var (message, run) = role == "user"
                    ? inbox.Take(transaction, session.Id, new Incoming(text, "message", mode, profile, call.Principal.Name))
                    : (sessions.AddMessage(transaction, session.Id, role, text, call.Principal.Name, null), null);
                return Reply.Created(json =>
                {
                    json.Member("message", message, SessionJson.Default.Message);
                    json.Member("run", run!, RunJson.Default.Run);
                });
            });
        }, ownRun: RunAccess.SessionInReach, doc: Doc);
    }

    static RouteDoc Doc() => RouteDoc
        .Of("Puts a message into a session; one of role user queues a run, the others are only stored (run is null).")
        .Takes(RunJson.Default.PostMessageRequest, "role", "text").Creates().Refuses(FaultCode.Conflict)
        .Gives("message", SessionJson.Default.Message).GivesMaybe("run", RunJson.Default.Run);
}
