using System.Text.Json.Nodes;
using Orchestrator.Deliveries;

namespace Orchestrator.Client;

/// <summary>Work on its way to a branch.</summary>
sealed class DeliveryCalls(Line line)
{
    public JsonNode Deliver(string run, DeliverRun.Request request) =>
        line.Post($"/runs/{run}/deliver", request, DeliveryJson.Default.DeliverRunRequest);

    /// <param name="state">States wanted, separated by commas; null for all.</param>
    public JsonNode List(string? state, string? run, string? project, Page page) => line.Get($"/deliveries",
        [("state", state), ("run_id", run), ("project", project), .. page.Members]);

    public JsonNode Show(string delivery) => line.Get($"/deliveries/{delivery}");

    /// <param name="limit">Longest wait; the daemon caps it at 300 s.</param>
    public JsonNode Wait(string delivery, TimeSpan limit) =>
        line.Hold(limit, $"/deliveries/{delivery}/wait", ("timeout_s", Line.Seconds(limit)));

    public JsonNode Cancel(string delivery, ListDeliveries.CancelRequest request) =>
        line.Post($"/deliveries/{delivery}/cancel", request, DeliveryJson.Default.CancelRequest);
}
