using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary>Runs as single lines: those of <c>runs</c>, and those of <c>tail</c>, which tell of ends.</summary>
sealed class RunLines(Invocation call)
{
    readonly Dictionary<string, JsonNode?> sessions = [];

    // 3f6c0a9be1d2c4f7	succeeded	demo	spark	true	0	-	Add the missing test
    /// <summary>Tab separated: id, status, project, profile, goal_met, exit, parent, title; of a run that has not ended, or
    /// vanished, also its health.</summary>
    /// <param name="run">The run.</param>
    /// <param name="asAgentOrc">In the words of the tmux runner: <c>running</c> or <c>finished</c>.</param>
    public string Row(JsonNode run, bool asAgentOrc)
    {
        var session = SessionOf(run);
        return string.Join('\t', run.Cell("id"), asAgentOrc ? AgentOrc.Status(run) : run.Cell("status"), session.Cell("project"),
            run.Cell("profile"), run.Cell("result.goal_met"), run.Cell("exit_code"), AgentOrc.Parent(run) ?? "-", Title(run, session))
            + (asAgentOrc || run["health"] is not { } health ? ""
                : $"\t{health.Text("verdict")}{(health.Text("waiting_for") is { } whom ? $":{whom}" : "")}");
    }

    // ✓ 3f6c0a9be1d2c4f7 succeeded demo spark goal_met=true exit=0 Added the missing test
    /// <summary>Good when it succeeded and says that its goal is met, a warning when it only succeeded, bad otherwise.</summary>
    public string End(JsonNode run)
    {
        var met = run.Cell("result.goal_met");
        var succeeded = run.Text("status") == "succeeded";
        var mark = succeeded && met == "true" ? "✓" : succeeded ? "⚠" : "✗";
        var words = run.Text("result.summary") ?? run.Text("error.message") ?? run.Text("last_message") ?? "";
        return string.Join(' ', mark, run.Cell("id"), run.Cell("status"), SessionOf(run).Cell("project"), run.Cell("profile"),
            $"goal_met={met}", $"exit={run.Cell("exit_code")}", Output.Printable(words));
    }

    /// <summary>Project and title are the session's.</summary>
    public JsonNode? SessionOf(JsonNode run)
    {
        var id = run.Text("session_id") ?? "";
        if (!sessions.TryGetValue(id, out var session) && id.Length > 0)
            sessions[id] = session = call.Api().Sessions.Show(id)["session"];
        return session;
    }

    /// <summary>The run's title, else the session's, else how the prompt begins.</summary>
    static string Title(JsonNode run, JsonNode? session)
    {
        if (run.Cell("title") is not "-" and var own) return own;
        if (session.Cell("title") is not "-" and var title) return title;
        var prompt = run.Cell("prompt");
        return prompt.Length <= 60 ? prompt : prompt[..59] + "…";
    }
}
