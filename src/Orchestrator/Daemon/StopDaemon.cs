using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orchestrator.Http;

namespace Orchestrator.Daemon;

/// <summary>Tells the daemon to stop. Nothing starts any more; its runs go on, and the next daemon takes them up.</summary>
static class StopDaemon
{
    /// <summary>POST /daemon/stop. Nothing is asked for.</summary>
    public sealed record Request;

    public static void Map(Routes routes, Lifetime lifetime) =>
        routes.Post("/daemon/stop", nameof(StopDaemon), async call =>
        {
            await call.Body(DaemonJson.Default.StopRequest);
            lifetime.Drain();
            call.Context.Response.OnCompleted(() =>
            {
                lifetime.Stop(call.Principal.Name);
                return Task.CompletedTask;
            });
            return Reply.Ok(new JsonObject { ["stopping"] = true, ["pid"] = Environment.ProcessId });
        }, Scope.Admin, doc: () => RouteDoc.Of("Stops the daemon; its runs go on, and the next daemon takes them up.")
            .Gives("stopping", Shape.Flag).Gives("pid", Shape.Whole));
}

/// <summary>JSON of the daemon's own operations.</summary>
[JsonSerializable(typeof(StopDaemon.Request), TypeInfoPropertyName = "StopRequest")]
[JsonSerializable(typeof(DoctorDesk.Request), TypeInfoPropertyName = "DoctorRequest")]
sealed partial class DaemonJson : JsonSerializerContext;
