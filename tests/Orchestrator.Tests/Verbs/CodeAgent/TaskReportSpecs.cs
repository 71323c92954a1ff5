using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Verbs;

namespace Orchestrator.Tests.Verbs;

/// <summary>Exit codes and the report.</summary>
public class TaskReportSpecs
{
    static readonly TaskOrder Task = new() { Id = "a", Prompt = "x", Folder = "/", Block = 1 };

    static TaskOutcome Of(string run, int? cut = null) => TaskOutcome.OfRun(Task, JsonNode.Parse(run)!, cut, "");

    [Theory]
    [InlineData("""{"status":"succeeded","exit_code":0}""", null, 0, "")]
    [InlineData("""{"status":"succeeded"}""", 124, 0, "")]
    [InlineData("""{"status":"failed","reason":"exit_nonzero","exit_code":3,"error":{"message":"exit 3"}}""", null, 3, "exit 3")]
    [InlineData("""{"status":"failed","reason":"exit_nonzero","exit_code":3,"error":{"message":"exit 3"}}""", 124, 3, "exit 3")]
    [InlineData("""{"status":"failed","reason":"agent_error","exit_code":0}""", null, 1, "agent_error")]
    [InlineData("""{"status":"failed","reason":"exit_nonzero","exit_code":124,"error":{"message":"own"}}""", null, 124, "own")]
    [InlineData("""{"status":"failed","reason":"agent_missing","exit_code":null,"error":{"message":"no such"}}""", null, 127, "no such")]
    [InlineData("""{"status":"lost","reason":"holder_vanished"}""", null, 1, "holder_vanished")]
    [InlineData("""{"status":"timed_out","reason":"idle_timeout"}""", null, 124, "timeout: idle_timeout")]
    [InlineData("""{"status":"canceled","reason":"user"}""", 124, 124, "timeout")]
    [InlineData("""{"status":"canceled","reason":"user"}""", 130, 130, "interrupted")]
    [InlineData("""{"status":"canceled","reason":"user"}""", null, 130, "interrupted")]
    [InlineData("""{"status":"stopping"}""", 124, 124, "timeout: the run has not ended yet")]
    [InlineData("{}", 130, 130, "interrupted: the run has not ended yet")]
    public void A_run_s_end_becomes_the_exit_code_of_the_other_program(string run, int? cut, int code, string error)
    {
        var outcome = Of(run, cut);
        Assert.Equal((code, error), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void Files_come_from_the_diff_and_the_key_output_is_one_short_harmless_line()
    {
        var outcome = Of("""
            {"status":"succeeded","session_id":"s","last_message":"\n\u001b[31mDone.\u001b[0m\nAll 12 tests passed, coverage 84%",
             "files_changed":[{"path":"src/a.py","status":"added"},{"path":"b"}]}
            """);
        Assert.Equal(["src/a.py", "b"], outcome.Files);
        Assert.Equal("Done.", outcome.KeyOutput);
        Assert.Equal(151, Of($$"""{"status":"succeeded","last_message":"{{new string('x', 500)}}"}""").KeyOutput.Length);
        Assert.Equal("short", Of("""{"status":"succeeded","last_message":"{}","result":{"summary":"short"}}""").KeyOutput);
    }

    static readonly TaskOutcome[] Three =
    [
        new() { Id = "api", ExitCode = 0, Message = "All 12 tests passed", Session = "s1", Files = ["a", "b"], KeyOutput = "All 12" },
        new() { Id = "ui", ExitCode = 124, Error = "timeout", Session = "s2", Files = ["b"] },
        TaskOutcome.Skipped(new TaskOrder { Id = "more", Prompt = "x", Folder = "/" }, ["ui"]),
    ];

    static readonly DateTimeOffset Noon = new(2026, 1, 20, 11, 0, 0, TimeSpan.FromHours(1));

    [Fact]
    public void The_report_has_the_members_of_the_other_program_and_no_invented_number()
    {
        var report = TaskReport.Of(Three, full: false, reviews: false, Noon);
        Assert.Equal("""
            {"total":3,"passed":1,"failed":2,"below_coverage":0,"coverage_target":90,"total_tests_passed":0,"total_tests_failed":0,
            "total_files_changed":2,"average_coverage":null}
            """.ReplaceLineEndings(""), report["summary"]!.ToJsonString());
        Assert.Equal("""
            {"task_id":"api","exit_code":0,"message":"","session_id":"s1","error":"","log_path":"","coverage":null,"coverage_num":null,
            "coverage_target":90,"files_changed":["a","b"],"key_output":"All 12","tests_passed":null,"tests_failed":null}
            """.ReplaceLineEndings(""), report["tasks"]![0]!.ToJsonString());
        Assert.Equal("2026-01-20T10:00:00Z", report.Text("generated_at"));
        Assert.Equal("""["a","b"] ["ui","more"] ["api"]""",
            $"{report["all_files_changed"]!.ToJsonString()} {report["failed_task_ids"]!.ToJsonString()} "
            + report["pending_review_task_ids"]!.ToJsonString());
        Assert.Equal("1 2 1 2", string.Join(' ', new[] { "tasks_completed", "tasks_failed", "reviews_completed", "reviews_failed" }
            .Select(name => report[name])));
        Assert.Equal(report["tasks"]!.ToJsonString(), report["task_results"]!.ToJsonString());
        Assert.Equal(report["tasks"]!.ToJsonString(), report["review_results"]!.ToJsonString());
        Assert.Equal("skipped due to failed dependencies: ui", report.Text("tasks.2.error"));
    }

    [Fact]
    public void Messages_come_on_request_and_reviews_wait_for_no_review()
    {
        var report = TaskReport.Of(Three, full: true, reviews: true, Noon);
        Assert.Equal("All 12 tests passed", report.Text("tasks.0.message"));
        Assert.Empty(report.Entries("pending_review_task_ids"));
    }

    [Fact]
    public void The_call_ends_with_the_last_code_that_is_not_0()
    {
        Assert.Equal(1, TaskReport.ExitCode(Three));
        Assert.Equal(124, TaskReport.ExitCode(Three[..2]));
        Assert.Equal(0, TaskReport.ExitCode(Three[..1]));
    }

    [Fact]
    public void Rights_are_told_as_the_profile_has_them()
    {
        var configuration = JsonNode.Parse("""
            {"profiles":[{"name":"p","sandbox":"workspace-write","approval":"ask","protection":"enforced"}]}
            """);
        var said = CallRemarks.Rights("--skip-permissions", ["p", "p", "q"], configuration);
        Assert.StartsWith("--skip-permissions gives no rights here; what holds is the profile: "
            + "'p' (sandbox workspace-write, approval ask, protection enforced), q. ", said, StringComparison.Ordinal);
        Assert.Equal(["--window-for: a task shares nobody's window; a pane is only a view here."],
            CallRemarks.Of(name => name == "--window-for"));
        Assert.True(CallRemarks.IsYes(" TRUE "));
        Assert.False(CallRemarks.IsYes("0") || CallRemarks.IsYes(null));
    }
}
