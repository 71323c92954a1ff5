using System.Text.Json.Nodes;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Families;

/// <summary>Finds the tool call of a run that has no result yet, among its newest events.</summary>
static class OpenCalls
{
    // A call that lies further back has long been followed by others.
    const string Newest = """
        select at, type, data from (select seq, at, type, data from events where run_id = @run order by seq desc limit 2000) newest
        where type in (@call, @result) order by seq desc
        """;

    public static LikelyIssue.OpenTool? Find(Connection db, string runId)
    {
        var closed = new HashSet<string>();
        foreach (var (at, type, data) in db.Query(Newest, row => (row.Time(0), row.GetString(1), row.GetString(2)),
            ("@run", runId), ("@call", RunEvents.ToolCall), ("@result", RunEvents.ToolResult)))
        {
            var facts = JsonNode.Parse(data)!.AsObject();
            var id = facts["id"]?.ToString() ?? "";
            if (type == RunEvents.ToolResult)
                closed.Add(id);
            else if (!closed.Contains(id))
                return new(facts["name"]?.ToString() ?? "?", facts["input"]?.ToJsonString(Json.PlainOptions) ?? "", at);
        }

        return null;
    }
}
