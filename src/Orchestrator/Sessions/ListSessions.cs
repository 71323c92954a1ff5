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
            // For a run's own token an id is not completed: candidates and "unknown" would tell what else there is.
            var parent = call.Query("parent_session_id") is { } given && !call.Principal.IsOfFamily ? sessions.Get(given).Id
                : call.Query("parent_session_id");
            var found = sessions.List(call.Number("cursor", long.MaxValue, 0, long.MaxValue), limit, parent, call.Principal.SessionId);
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("sessions", found, SessionJson.Default.IReadOnlyListSession);
                json.WriteString("next_cursor", found.Count < limit ? null : found[^1].CreatedNo.ToString(CultureInfo.InvariantCulture));
            }));
        }, ownRun: RunAccess.Filtered, doc: ListDoc);
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
            var delivery = call.Query("delivery");
            if (delivery is not null && !Delivery.All.Contains(delivery))
                throw Fault.Invalid("delivery", $"must be one of {string.Join(", ", Delivery.All)}.");
            var found = sessions.Messages(session.Id, after, limit, delivery);
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("messages", found, SessionJson.Default.IReadOnlyListMessage);
                json.WriteString("next_cursor", found.Count < limit ? null : found[^1].CreatedNo.ToString(CultureInfo.InvariantCulture));
            }));
        }, ownRun: RunAccess.SessionInReach, doc: MessagesDoc);
    }

    static RouteDoc ListDoc() => RouteDoc.Of("Sessions, newest first.")
        .Asks("parent_session_id", "Only those this session spawned.")
        .Pages().Gives("sessions", SessionJson.Default.IReadOnlyListSession).GivesNextCursor();

    static RouteDoc MessagesDoc() => RouteDoc.Of("The messages of a session, oldest first.")
        .Asks("delivery", "Only those that have come so far.", Shape.Word(Delivery.All))
        .Pages().Gives("messages", SessionJson.Default.IReadOnlyListMessage).GivesNextCursor();
}
