using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Cli;

namespace Orchestrator.Verbs;

/// <summary>A run in the words of the tmux runner: its <c>meta.json</c> and its line of <c>list</c>. Pure.</summary>
static class AgentOrc
{
    /// <summary>The word after <c>--format</c>.</summary>
    public const string Format = "agent-orc";

    /// <summary>running or finished: it knows no others.</summary>
    public static string Status(JsonNode run) => ExitCodes.OfRun(run.Text("status")) is null ? "running" : "finished";

    /// <summary>The run this one goes on with, which it calls the parent; else the run that spawned it.</summary>
    public static string? Parent(JsonNode run) => run.Text("retry_of") ?? run.Text("parent_run_id");

    // {"run_id": "20261120-111002-7u7lsa", "title": "t1", "project": "p", "project_dir": "~/projects/p", "profile": "spark",
    //  "created_at": "2026-11-20T11:10:02+00:00", "status": "finished", "mode": "exec", "parent_run_id": null, "thread_id": null,
    //  "exit_code": 0, "ended_at": "…", "goal_met": true, "summary": "ok", "last_message": {…}, "git_diff_stat": ""}
    /// <summary>The whole record.</summary>
    /// <param name="run">As the daemon shows it.</param>
    /// <param name="session">Its session.</param>
    /// <param name="project">Its project; null when it has none.</param>
    public static JsonObject Meta(JsonNode run, JsonNode? session, JsonNode? project)
    {
        var worktree = run.Text("workspace.kind") == "worktree";
        var home = project.Text("path") ?? session.Text("workdir");
        var meta = new JsonObject
        {
            ["run_id"] = run.Text("id"),
            ["title"] = run.Text("title") ?? session.Text("title") ?? "",
            ["project"] = session.Text("project") ?? (home is null ? "" : Path.GetFileName(home)),
            ["project_dir"] = worktree ? run.Text("workspace.path") : home ?? run.Text("workspace.path"),
            ["profile"] = run.Text("profile"),
            ["created_at"] = Time(run.Text("created_at")),
            ["status"] = Status(run),
            ["mode"] = run.Text("retry_of") is null ? "exec" : "resume",
            ["parent_run_id"] = Parent(run),
            ["thread_id"] = session.Text($"threads.{run.Text("agent")}"),
            ["exit_code"] = run["exit_code"]?.DeepClone(),
            ["ended_at"] = Time(run.Text("ended_at")),
            ["goal_met"] = (run["result"] as JsonObject)?["goal_met"]?.DeepClone(),
            ["summary"] = (run["result"] as JsonObject)?["summary"]?.DeepClone(),
        };
        if (Status(run) == "finished") Finish(meta, run);
        Worktree(meta, run, worktree, home);
        return meta;
    }

    /// <summary>What it writes at the end only: the answer as an object, or as text when it was none.</summary>
    static void Finish(JsonObject meta, JsonNode run)
    {
        if (run["result"] is JsonObject result)
            meta["last_message"] = result.Text("json") is { } whole && Parsed(whole) is { } all ? all : new JsonObject
            {
                ["goal_met"] = result["goal_met"]?.DeepClone(),
                ["summary"] = result["summary"]?.DeepClone(),
                ["followup_prompt"] = result["followup_prompt"]?.DeepClone() ?? "",
                ["notes"] = result["notes"]?.DeepClone() ?? "",
            };
        else if (run.Text("last_message") is { } text)
            meta["last_message_raw"] = text;
        meta["git_diff_stat"] = run.Text("git_diff_stat") ?? "";
    }

    /// <summary>Later versions of it know worktrees; the base is the commit the run began with, good wherever git takes a branch.</summary>
    static void Worktree(JsonObject meta, JsonNode run, bool worktree, string? home)
    {
        meta["worktree_enabled"] = worktree;
        if (!worktree) return;
        meta["worktree_path"] = run.Text("workspace.path");
        meta["worktree_branch"] = run.Text("workspace.branch");
        meta["worktree_base_branch"] = run.Text("workspace.base");
        meta["original_project_dir"] = home;
        meta["worktree_cleaned"] = run.Text("workspace.path") is { } path && !Directory.Exists(path);
    }

    static JsonObject? Parsed(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    // "2026-11-20T11:10:02.123456Z" becomes "2026-11-20T11:10:02+00:00"
    static string? Time(string? utc) =>
        DateTimeOffset.TryParse(utc, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)
            : null;
}
