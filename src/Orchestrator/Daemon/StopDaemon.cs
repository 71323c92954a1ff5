using System.Text.Json.Nodes;
using Orchestrator.Http;

namespace Orchestrator.Daemon;

/// <summary>Tells the daemon to stop. Nothing starts any more; its runs go on, and the next daemon takes them up.</summary>
static class StopDaemon
{
    public static void Map(Routes routes, Lifetime lifetime) =>
        routes.Post("/daemon/stop", nameof(StopDaemon), call =>
        {
            lifetime.Drain();
            call.Context.Response.OnCompleted(() =>
            {
                lifetime.Stop();
                return Task.CompletedTask;
            });
            return Task.FromResult(Reply.Ok(new JsonObject { ["stopping"] = true, ["pid"] = Environment.ProcessId }));
        }, Scope.Admin, doc: () => RouteDoc.Of("Stops the daemon; its runs go on, and the next daemon takes them up.")
            .Gives("stopping", Shape.Flag).Gives("pid", Shape.Whole));
}
