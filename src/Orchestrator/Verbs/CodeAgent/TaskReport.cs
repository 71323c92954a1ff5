using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Verbs;

/// <summary>
/// The report of a call with <c>--parallel</c>, member by member as the program gives it that this command stands in for. What nobody
/// measured is null or 0: tests and coverage are never read out of an agent's words. Pure.
/// </summary>
static class TaskReport
{
    const int CoverageTarget = 90;

    // {"summary": {"total": 2, "passed": 1, "failed": 1, …}, "tasks": [{"task_id": "api", "exit_code": 0, …}], "generated_at": "…",
    //  "all_files_changed": ["src/api.py"], "failed_task_ids": ["ui"], "pending_review_task_ids": ["api"],
    //  "tasks_completed": 1, "tasks_failed": 1, "task_results": […], "reviews_completed": 1, "reviews_failed": 1, "review_results": […]}
    /// <summary>All of it.</summary>
    /// <param name="outcomes">In the order of the text.</param>
    /// <param name="full">With the agents' messages.</param>
    /// <param name="reviews">The tasks are reviews themselves, so that none waits for one.</param>
    /// <param name="now">When it is made.</param>
    public static JsonObject Of(IReadOnlyList<TaskOutcome> outcomes, bool full, bool reviews, DateTimeOffset now)
    {
        var failed = outcomes.Where(one => one.ExitCode != 0).ToList();
        var passed = outcomes.Count - failed.Count;
        var files = outcomes.SelectMany(one => one.Files).Distinct().ToList();
        return new JsonObject
        {
            ["summary"] = new JsonObject
            {
                ["total"] = outcomes.Count,
                ["passed"] = passed,
                ["failed"] = failed.Count,
                ["below_coverage"] = 0,
                ["coverage_target"] = CoverageTarget,
                ["total_tests_passed"] = 0,
                ["total_tests_failed"] = 0,
                ["total_files_changed"] = files.Count,
                ["average_coverage"] = null,
            },
            ["tasks"] = Tasks(outcomes, full),
            ["generated_at"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["all_files_changed"] = List(files),
            ["failed_task_ids"] = List(failed.Select(one => one.Id)),
            ["pending_review_task_ids"] = List(reviews ? [] : outcomes.Where(one => one.ExitCode == 0).Select(one => one.Id)),
            ["tasks_completed"] = passed,
            ["tasks_failed"] = failed.Count,
            ["task_results"] = Tasks(outcomes, full),
            ["reviews_completed"] = passed,
            ["reviews_failed"] = failed.Count,
            ["review_results"] = Tasks(outcomes, full),
        };
    }

    /// <summary>One task of it.</summary>
    public static JsonObject Task(TaskOutcome one, bool full) => new()
    {
        ["task_id"] = one.Id,
        ["exit_code"] = one.ExitCode,
        ["message"] = full ? one.Message : "",
        ["session_id"] = one.Session,
        ["error"] = one.Error,
        ["log_path"] = one.LogPath,
        ["coverage"] = null,
        ["coverage_num"] = null,
        ["coverage_target"] = CoverageTarget,
        ["files_changed"] = List(one.Files),
        ["key_output"] = one.KeyOutput,
        ["tests_passed"] = null,
        ["tests_failed"] = null,
    };

    /// <summary>The exit code of the call: the last one that is not 0.</summary>
    public static int ExitCode(IEnumerable<TaskOutcome> outcomes) => outcomes.LastOrDefault(one => one.ExitCode != 0)?.ExitCode ?? 0;

    // A node stands in one place of a document only, so each list is made anew.
    static JsonArray Tasks(IEnumerable<TaskOutcome> outcomes, bool full) => new([.. outcomes.Select(one => (JsonNode)Task(one, full))]);

    static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
