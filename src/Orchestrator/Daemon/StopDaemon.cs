using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orchestrator.Http;

namespace Orchestrator.Daemon;

/// <summary>Tells the daemon to stop. Its runs go on; the next daemon takes them up.</summary>
static class StopDaemon
{
    /// <summary>POST /daemon/stop. Nothing is asked for.</summary>
    public sealed record Request;

    public static void Map(Routes routes, Lifetime lifetime) =>
        routes.Post("/daemon/stop", nameof(StopDaemon), async call =>
        {
            await call.Body(DaemonJson.Default.StopRequest);
            call.Context.Response.OnCompleted(() =>
            {
                lifetime.Stop(call.Principal.Name);
                return Task.CompletedTask;
            });
            return Reply.Ok(new JsonObject { ["stopping"] = true, ["pid"] = Environment.ProcessId });
        }, Scope.Admin);
}

/// <summary>JSON of the daemon's own operations.</summary>
[JsonSerializable(typeof(StopDaemon.Request), TypeInfoPropertyName = "StopRequest")]
sealed partial class DaemonJson : JsonSerializerContext;
