using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Notifications;

/// <summary>GET /notifications: every rule, and how its channel is doing.</summary>
static class ListNotifications
{
    public static void Map(Routes routes, Couriers couriers) =>
        routes.Get("/notifications", nameof(ListNotifications), _ => Task.FromResult(Reply.Ok(new JsonObject
        {
            ["notifications"] = new JsonArray([.. couriers.Rules.Select(one => Describe(one.Rule, couriers.Store))]),
        })), doc: () => RouteDoc.Of("The rules of notifications, and how far each has come.")
            .Gives("notifications", Shape.List(Shape.Members(
            ("rule", Shape.Text), ("channel", Shape.Text), ("on", Shape.List(Shape.Text)), ("projects", Shape.List(Shape.Text)),
            ("profiles", Shape.List(Shape.Text)), ("state", Shape.Word("ok", "failing")), ("error", Shape.Maybe(Shape.Text)),
            ("sent", Shape.Whole), ("gave_up", Shape.Whole), ("skipped", Shape.Whole), ("last_sent_at", Shape.Maybe(Shape.Time)),
            ("retry_at", Shape.Maybe(Shape.Time)), ("cursor", Shape.Text)))));

    static JsonObject Describe(Profiles.NotificationRule rule, NotificationStore store)
    {
        var state = store.State(rule.Name);
        return new JsonObject
        {
            ["rule"] = rule.Name,
            ["channel"] = rule.Channel,
            ["on"] = Words(rule.On),
            ["projects"] = Words(rule.Projects),
            ["profiles"] = Words(rule.Profiles),
            ["state"] = state.Failures == 0 ? "ok" : "failing",
            ["error"] = state.LastError,
            ["sent"] = state.Sent,
            ["gave_up"] = state.GaveUp,
            ["skipped"] = state.Skipped,
            ["last_sent_at"] = state.LastSentAt is { } sent ? Times.From(sent).UtcDateTime : null,
            ["retry_at"] = state.RetryAt is { } retry ? Times.From(retry).UtcDateTime : null,
            ["cursor"] = state.Cursor.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    static JsonArray Words(IReadOnlyList<string> words) => new([.. words.Select(word => (JsonNode)word)]);
}
