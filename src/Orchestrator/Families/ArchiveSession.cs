using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Requests;
using Orchestrator.Runs;
using Orchestrator.Sessions;

namespace Orchestrator.Families;

/// <summary>
/// Closes a session: nothing starts in it any more. Open requests of its children go to a person, and the children at work are told.
/// Repeating it is no error and no event.
/// </summary>
static class ArchiveSession
{
    /// <summary>POST /sessions/{id}/archive.</summary>
    public sealed record Request(string? Reason);

    const string Gone = "Your parent session was archived. What you ask it from now on is asked of a person.";

    public static void Map(Routes routes, SessionStore sessions, RequestStore requests) =>
        routes.Post("/sessions/{id}/archive", nameof(ArchiveSession), async call =>
        {
            var request = await call.Body(FamilyJson.Default.ArchiveSessionRequest);
            Texts.Line("reason", request.Reason, 2000);
            var id = sessions.Get(call.Part("id")).Id;
            var session = await requests.Runs.Store.Write(transaction =>
            {
                var now = SessionStore.Get(transaction.Db, id);
                if (now.Status == "archived")
                    return now;
                if (now.Status != "idle")
                    throw new Fault(FaultCode.Conflict, $"Session {id} is {now.Status}.", "Wait for its run, or cancel it first.");
                SessionStore.Archive(transaction, id);
                var forwarded = requests.Forward(transaction, id, "The parent session is archived.");
                requests.Runs.Events.Append(transaction, new NewEvent(FamilyEvents.Archived, call.Principal.Name,
                    new JsonObject { ["requests_forwarded"] = forwarded, ["reason"] = request.Reason }, id));
                foreach (var child in SessionStore.ChildrenAtWork(transaction.Db, id))
                    sessions.AddMessage(transaction, child, "system", Gone, "daemon", null);
                return SessionStore.Get(transaction.Db, id);
            });
            return Reply.Ok(json => json.Member("session", session, SessionJson.Default.Session));
        }, doc: () => RouteDoc.Of("Closes an idle session: nothing starts in it any more. Repeating it is no error and no event.")
            .Takes(FamilyJson.Default.ArchiveSessionRequest).Refuses(FaultCode.Conflict)
            .Gives("session", SessionJson.Default.Session));
}
