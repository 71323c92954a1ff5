using System.Text.Json.Nodes;
using Orchestrator.Notifications;

namespace Orchestrator.Client;

/// <summary>Who is told of what.</summary>
sealed class NotificationCalls(Line line)
{
    public JsonNode List() => line.Get($"/notifications");

    public JsonNode Test(TestNotifications.Request request) =>
        line.Post($"/notifications/test", request, NotificationJson.Default.TestNotificationsRequest);
}
