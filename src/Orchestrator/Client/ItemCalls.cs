using System.Text.Json.Nodes;
using Orchestrator.Items;

namespace Orchestrator.Client;

/// <summary>Work items and the queue. An item is named by its id or any unique beginning of it.</summary>
sealed class ItemCalls(Line line)
{
    /// <summary>A check waits for a report that is still being written.</summary>
    static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    public JsonNode Add(AddItem.Request request) => line.Post($"/items", request, ItemJson.Default.AddItemRequest);

    public JsonNode Edit(string item, EditItem.Request request) => line.Patch($"/items/{item}", request, ItemJson.Default.EditItemRequest);

    /// <param name="status">Statuses wanted, separated by commas; null for all.</param>
    public JsonNode List(string? status, string? project, string? parent, Page page) => line.Get($"/items",
        [("status", status), ("project", project), ("parent", parent), .. page.Members]);

    public JsonNode Show(string item) => line.Get($"/items/{item}");

    public JsonNode Stats() => line.Get($"/items/stats");

    public JsonNode Events(string item, Page page) => line.Get($"/items/{item}/events", page.Members);

    public JsonNode Why(string item) => line.Get($"/items/{item}/why");

    public JsonNode Transition(string item, TransitionItem.Request request) =>
        line.Post($"/items/{item}/transition", request, ItemJson.Default.TransitionItemRequest);

    public JsonNode Ready(string item) => line.Post($"/items/{item}/ready");

    public JsonNode MakeOutput(string item) => line.Post($"/items/{item}/output");

    public JsonNode Clear(ClearItems.Request request) => line.Post($"/items/clear", request, ItemJson.Default.ClearItemsRequest);

    public JsonNode Claim(ClaimItem.Request request) => line.Post($"/items/claim", request, HoldJson.Default.ClaimItemRequest);

    public JsonNode Heartbeat(string item, ReportWork.Request request) =>
        line.Post($"/items/{item}/heartbeat", request, HoldJson.Default.ReportWorkRequest);

    public JsonNode Complete(string item, ReportWork.Request request) =>
        line.Post($"/items/{item}/complete", request, HoldJson.Default.ReportWorkRequest);

    public JsonNode Release(string item, ReportWork.Request request) =>
        line.Post($"/items/{item}/release", request, HoldJson.Default.ReportWorkRequest);

    public JsonNode Fail(string item, ReportWork.Request request) =>
        line.Post($"/items/{item}/fail", request, HoldJson.Default.ReportWorkRequest);

    public JsonNode Check(string agentRunOrItem) => line.Hold(Settling, $"/items/check/{agentRunOrItem}");

    public JsonNode Execute(string item, RunItem.Request request) =>
        line.Post($"/api/executor/run/{item}", request, ExecutorJson.Default.RunItemRequest);

    public JsonNode ExecuteNext(RunItem.NextRequest request) =>
        line.Post($"/api/executor/next", request, ExecutorJson.Default.RunNextRequest);

    public JsonNode Executions() => line.Get($"/api/executor/status");

    public JsonNode Workers() => line.Get($"/api/agents");

    public JsonNode Pause(PauseQueue.Request request) => line.Post($"/queue/pause", request, HoldJson.Default.PauseQueueRequest);

    public JsonNode Unpause(PauseQueue.Request request) => line.Post($"/queue/unpause", request, HoldJson.Default.PauseQueueRequest);

    public JsonNode SetProject(QueueProjects.Request request) =>
        line.Post($"/queue/projects", request, HoldJson.Default.QueueProjectsRequest);

    public JsonNode Projects() => line.Get($"/queue/projects");

    public JsonNode ReadyProject(string name) => line.Post($"/queue/projects/{name}/ready");
}
