using System.Text.Json.Nodes;

namespace Orchestrator.Mcp;

/// <summary><c>wait_runs</c>: until any or all of several runs have ended, or one of them asks something; never longer than 45 s.</summary>
static class WaitRuns
{
    /// <summary>Most runs of one call.</summary>
    const int MostRuns = 100;

    public static AgentTool Tool { get; } = new()
    {
        Name = "wait_runs",
        Title = "Wait for other agents",
        Description = """
            Waits until any or all of these runs have ended, at most 45 seconds. It costs nothing while it waits, so wait instead of
            asking again and again. With timed_out true simply call it again with the same run_ids: agents often need many minutes.
            Requests under requests are questions of these runs to you; they end the wait early, because the asker stands still:
            answer each with answer_request, then wait again. With mode any leave out the runs under ended in your next call.
            A run that succeeded with result.goal_met false has not done its task.
            """,
        ReadOnly = true,
        Idempotent = true,
        Input = Shape.Arguments(
            new("run_ids", Shape.List("Ids of the runs.", Shape.Text("Id of a run."), MostRuns, 1), true),
            new("mode", Shape.Word("any: until the first has ended. all (the default): until every one has.", "any", "all")),
            new("timeout_seconds", Shape.Number("Longest wait in seconds; default and most 45.", 0, ToolCall.LongestWait))),
        Output = Shape.Object(
            new("runs", Shape.List("Every run asked about, as it is now.", Members.Run), true),
            new("ended", Shape.List("Ids of those that have ended.", Shape.Text("Id of a run.")), true),
            new("requests", Shape.List("Open questions of these runs to you.", Members.Request), true),
            new("timed_out", Shape.Flag("True: the time was up first. Call again."), true),
            new("cursor", Shape.OrNull(Shape.Text("Place in the order of events at this answer.")))),
        Body = Wait,
    };

    static JsonObject Wait(ToolCall call)
    {
        var ids = call.Texts("run_ids").Distinct().ToList();
        var limit = call.Seconds("timeout_seconds") ?? TimeSpan.FromSeconds(ToolCall.LongestWait);
        using var progress = new Ticker(call, limit, () => Words(call, ids));
        var answer = call.Daemon.Hold((daemon, left) => daemon.Runs.WaitForSeveral(ids, call.Text("mode"), left, null), limit);
        return new JsonObject
        {
            ["runs"] = new JsonArray(
                [.. (answer["runs"] as JsonArray ?? []).Select(run => (JsonNode)Members.RunOf(run, Members.BriefMessage))]),
            ["ended"] = new JsonArray([.. (answer["ended"] as JsonArray ?? []).Select(Id)]),
            ["requests"] = Members.Requests(answer),
            ["timed_out"] = answer["timed_out"]?.DeepClone() ?? false,
            ["cursor"] = answer["cursor"]?.DeepClone(),
        };
    }

    static JsonNode? Id(JsonNode? ended) => (ended as JsonObject)?["id"]?.DeepClone() ?? ended?.DeepClone();

    /// <summary>Statuses of the first few, for whoever watches the agent: "2 of 3 wait: 1a2b3c4d running, 5e6f7a8b queued".</summary>
    static string Words(ToolCall call, List<string> ids)
    {
        const int shown = 5;
        var statuses = ids.Take(shown).Select(id =>
        {
            var run = call.Daemon.Ask(daemon => daemon.Runs.Show(id))["run"];
            return $"{id[..Math.Min(8, id.Length)]} {run?["status"]}";
        });
        return $"waiting for {ids.Count} run{(ids.Count == 1 ? "" : "s")}: {string.Join(", ", statuses)}{(ids.Count > shown ? ", …" : "")}";
    }
}
