using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Store;

namespace Orchestrator.Daemon;

/// <summary>Sets one key of config.yaml in the data folder. Comments and order stay; what the file's rules refuse is not written.</summary>
static class SetConfiguration
{
    public static void Map(Routes routes, Configuration configuration, EventLog events, Database store) =>
        routes.Post("/config", nameof(SetConfiguration), async call =>
        {
            var request = await call.Body(ConfigJson.Default.SetRequest);
            var key = request.Key ?? throw Fault.Invalid("key", "is required.");
            var value = request.Value ?? throw Fault.Invalid("value", "is required.");
            Texts.Line("key", key, 1000);
            Texts.Line("value", value, 10_000);
            configuration.Set(key, value);
            // Without the value: it may be a secret.
            var data = new JsonObject { ["key"] = key, ["file"] = configuration.Path };
            await store.Write(transaction => { events.Append(transaction, new NewEvent(ConfigEvents.Set, call.Principal.Name, data)); });
            return Reply.Ok(new JsonObject { ["key"] = key, ["file"] = configuration.Path });
        }, Scope.Admin, doc: () => RouteDoc.Of("Sets one key of config.yaml in the data folder; nothing is written that would not hold.")
            .Takes(ConfigJson.Default.SetRequest, "key", "value").Refuses(FaultCode.Conflict)
            .Gives("key", Shape.Text).Gives("file", Shape.Text));
}
