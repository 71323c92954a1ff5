using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Notifications;

/// <summary>POST /notifications/test: sends a notice through one rule's channel, or through each, now; says what became of it.</summary>
static class TestNotifications
{
    /// <summary>POST /notifications/test. Without a rule: all of them.</summary>
    public sealed record Request(string? Rule);

    public static void Map(Routes routes, Couriers couriers, TimeProvider clock) =>
        routes.Post("/notifications/test", nameof(TestNotifications), async call =>
        {
            var request = await call.Body(NotificationJson.Default.TestNotificationsRequest);
            var rules = couriers.Rules.Where(one => request.Rule is null || one.Rule.Name == request.Rule).ToList();
            if (rules.Count == 0)
                throw Fault.Unprocessable("rule", $"there is no rule '{Texts.Short(request.Rule!)}'; there are "
                    + $"{string.Join(", ", couriers.Rules.Select(one => one.Rule.Name))}.");
            var notice = new Notice
            {
                Event = new Event
                {
                    Seq = couriers.Store.Events.Latest,
                    At = clock.GetUtcNow().Micros(),
                    Type = NotificationEvents.Tested,
                    Actor = call.Principal.Name,
                    Data = """{"text":"This is a test."}""",
                },
                Data = new JsonObject { ["text"] = "This is a test." },
                Test = true,
            };
            var gone = call.Context.RequestAborted;
            var results = new JsonArray([.. await Task.WhenAll(rules.Select(one => Try(one.Rule, one.Channel, notice, gone)))]);
            await couriers.Store.Store.Write(transaction =>
            {
                couriers.Store.Events.Append(transaction, new NewEvent(NotificationEvents.Tested, call.Principal.Name, new JsonObject
                {
                    ["results"] = new JsonArray([.. results.Select(result => (JsonNode)new JsonObject
                    {
                        ["rule"] = result!["rule"]!.DeepClone(),
                        ["ok"] = result["ok"]!.DeepClone(),
                    })]),
                }));
            });
            return Reply.Ok(new JsonObject { ["results"] = results });
        }, doc: () => RouteDoc.Of("Tries the channel of one rule, or of each, with a notice that says it is a test.")
            .Takes(NotificationJson.Default.TestNotificationsRequest)
            .Gives("results", Shape.List(Shape.Members(
                ("rule", Shape.Text), ("channel", Shape.Text), ("ok", Shape.Flag), ("detail", Shape.Text)))));

    static async Task<JsonObject> Try(Profiles.NotificationRule rule, IChannel channel, Notice notice, CancellationToken stop)
    {
        var (ok, detail) = (true, "");
        try
        {
            detail = await channel.Send(notice, stop);
        }
        catch (ChannelFailure failure)
        {
            (ok, detail) = (false, failure.Message);
        }
        return new JsonObject { ["rule"] = rule.Name, ["channel"] = rule.Channel, ["ok"] = ok, ["detail"] = detail };
    }
}

/// <summary>JSON of the operations.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TestNotifications.Request), TypeInfoPropertyName = "TestNotificationsRequest")]
sealed partial class NotificationJson : JsonSerializerContext;
