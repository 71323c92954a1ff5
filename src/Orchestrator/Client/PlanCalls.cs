using System.Text.Json.Nodes;
using Orchestrator.Plans;

namespace Orchestrator.Client;

/// <summary>Plans. A plan is named by its id or any unique beginning of it.</summary>
sealed class PlanCalls(Line line)
{
    public JsonNode Import(ImportPlan.Request request) => line.Post($"/plans", request, PlansJson.Default.ImportPlanRequest);

    /// <summary>Asks GitHub through the daemon, which may take a while.</summary>
    public JsonNode ImportIssues(ImportIssues.Request request) =>
        line.Post($"/plans/import-issues", request, PlansJson.Default.ImportIssuesRequest);

    public JsonNode Wish(MakeWish.Request request) => line.Post($"/plans/wish", request, PlansJson.Default.MakeWishRequest);

    public JsonNode Wishes(string? status, Page page) => line.Get($"/wishes", [("status", status), .. page.Members]);

    /// <param name="limit">Longest wait; the daemon caps it at 300 s.</param>
    public JsonNode WaitWish(string wish, TimeSpan limit) =>
        line.Hold(limit, $"/wishes/{wish}/wait", ("timeout_s", Line.Seconds(limit)));

    public JsonNode RetryWish(string wish, RetryWish.Request request) =>
        line.Post($"/wishes/{wish}/retry", request, PlansJson.Default.RetryWishRequest);

    public JsonNode List(string? status, Page page) => line.Get($"/plans", [("status", status), .. page.Members]);

    public JsonNode Show(string plan) => line.Get($"/plans/{plan}");

    public JsonNode Why(string plan) => line.Get($"/plans/{plan}/why");

    public JsonNode Graph(string plan) => line.Get($"/plans/{plan}/graph");

    public JsonNode Simulate(string plan, int? maxParallel) => line.Get($"/plans/{plan}/simulation",
        ("max_parallel", maxParallel is { } most ? FormattableString.Invariant($"{most}") : null));

    public JsonNode Start(string plan, MovePlan.Request request) => line.Post($"/plans/{plan}/start", request,
        PlansJson.Default.MovePlanRequest);

    public JsonNode Pause(string plan, MovePlan.Request request) => line.Post($"/plans/{plan}/pause", request,
        PlansJson.Default.MovePlanRequest);

    public JsonNode Resume(string plan, MovePlan.Request request) =>
        line.Post($"/plans/{plan}/resume", request, PlansJson.Default.MovePlanRequest);

    public JsonNode Cancel(string plan, MovePlan.Request request) =>
        line.Post($"/plans/{plan}/cancel", request, PlansJson.Default.MovePlanRequest);

    public JsonNode Decide(string plan, DecidePlan.Request request) =>
        line.Post($"/plans/{plan}/decide", request, PlansJson.Default.DecidePlanRequest);

    public JsonNode Assign(string plan, AssignPlan.Request request) =>
        line.Post($"/plans/{plan}/assign", request, PlansJson.Default.AssignPlanRequest);

    public JsonNode Dispatch(string plan, DispatchPlan.Request request) =>
        line.Post($"/plans/{plan}/dispatch", request, PlansJson.Default.DispatchPlanRequest);

    public JsonNode Export(string plan, ExportPlan.Request request) =>
        line.Post($"/plans/{plan}/export", request, PlansJson.Default.ExportPlanRequest);
}
