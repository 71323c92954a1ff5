using System.Text.Json.Nodes;
using Orchestrator.Reviews;

namespace Orchestrator.Client;

/// <summary>Reviews of work, by the id of an item or a run, and what they left for later.</summary>
sealed class ReviewCalls(Line line)
{
    public JsonNode Show(string work) => line.Get($"/reviews/{work}");

    public JsonNode Comment(string work, CommentReview.Request request) =>
        line.Post($"/reviews/{work}/comments", request, DecisionJson.Default.CommentReviewRequest);

    public JsonNode Decide(string work, DecideReview.Request request) =>
        line.Post($"/reviews/{work}/decision", request, DecisionJson.Default.DecideReviewRequest);

    public JsonNode Debt(string? project, Page page) => line.Get($"/debt", [("project", project), .. page.Members]);

    public JsonNode Close(string finding, CloseFinding.Request request) =>
        line.Post($"/findings/{finding}/close", request, DecisionJson.Default.CloseFindingRequest);
}
