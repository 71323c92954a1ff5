using Orchestrator.Http;
using Orchestrator.Sessions;

namespace Orchestrator.Runs;

/// <summary>Puts a message into a session; one of role <c>user</c> queues a run, in the same transaction.</summary>
static class PostMessage
{
    /// <summary>POST /sessions/{id}/messages.</summary>
    public sealed record Request(string? Role, string? Text, string? Profile, string? IdempotencyKey);

    public static void Map(Routes routes, SessionStore sessions, Admission admission, RunStore runs) =>
        routes.Post("/sessions/{id}/messages", nameof(PostMessage), async call =>
        {
            var request = await call.Body(RunJson.Default.PostMessageRequest);
            var session = sessions.Get(call.Part("id"));
            var role = request.Role ?? throw Fault.Invalid("role", "is required: user, assistant or system.");
            if (role is not ("user" or "assistant" or "system"))
                throw Fault.Unprocessable("role", "must be user, assistant or system.");
            var text = Texts.Body("text", request.Text, SessionStore.TextLimit);
            var profile = admission.Choose(session.Project, session.Profile, request.Profile);
            return await Once.Write(runs.Store, call, session.Id, request.IdempotencyKey, request with { IdempotencyKey = null },
                RunJson.Default.PostMessageRequest, transaction =>
            {
                var current = SessionStore.Get(transaction.Db, session.Id);
                var run = role == "user"
                    ? admission.Queue(transaction, current, profile, new RunWish(text, "message"), call.Principal.Name)
                    : null;
                var message = sessions.AddMessage(transaction, session.Id, role, text, call.Principal.Name, run?.Id);
                return Reply.Created(json =>
                {
                    json.Member("message", message, SessionJson.Default.Message);
                    json.Member("run", run!, RunJson.Default.Run);
                });
            });
        }, doc: () => RouteDoc.Of("Puts a message into a session; one of role user queues a run, the others are only stored (run is null).")
            .Takes(RunJson.Default.PostMessageRequest, "role", "text").Creates()
            .Gives("message", SessionJson.Default.Message).GivesMaybe("run", RunJson.Default.Run));
}
