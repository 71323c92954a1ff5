using System.Globalization;
using Orchestrator.Http;

namespace Orchestrator.Sessions;

/// <summary>Sessions, newest first, and one of them.</summary>
static class ListSessions
{
    public static void Map(Routes routes, SessionStore sessions)
    {
        routes.Get("/sessions", nameof(ListSessions), call =>
        {
            var limit = call.Limit();
            var found = sessions.List(call.Number("cursor", long.MaxValue, 0, long.MaxValue), limit);
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("sessions", found, SessionJson.Default.IReadOnlyListSession);
                json.WriteString("next_cursor", found.Count < limit ? null : found[^1].CreatedNo.ToString(CultureInfo.InvariantCulture));
            }));
        }, doc: ListDoc);
        routes.Get("/sessions/{id}", "ShowSession", call =>
        {
            var session = sessions.Get(call.Part("id"));
            return Task.FromResult(Reply.Ok(json => json.Member("session", session, SessionJson.Default.Session)));
        }, ownRun: RunAccess.SessionInReach,
            doc: () => RouteDoc.Of("One session.").Gives("session", SessionJson.Default.Session));
        routes.Get("/sessions/{id}/messages", "ListMessages", call =>
        {
            var limit = call.Limit();
            var session = sessions.Get(call.Part("id"));
            var after = call.Number("cursor", 0, 0, long.MaxValue);
            var found = sessions.Messages(session.Id, after, limit);
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("messages", found, SessionJson.Default.IReadOnlyListMessage);
                json.WriteString("next_cursor", found.Count < limit ? null : found[^1].CreatedNo.ToString(CultureInfo.InvariantCulture));
            }));
        }, ownRun: RunAccess.SessionInReach, doc: MessagesDoc);
    }

    static RouteDoc ListDoc() => RouteDoc.Of("Sessions, newest first.")
        .Pages().Gives("sessions", SessionJson.Default.IReadOnlyListSession).GivesNextCursor();

    static RouteDoc MessagesDoc() => RouteDoc.Of("The messages of a session, oldest first.")
        .Pages().Gives("messages", SessionJson.Default.IReadOnlyListMessage).GivesNextCursor();
}
