using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Verbs;

/// <summary>The command against a real daemon, real processes and real git.</summary>
public class CodeAgentVerbSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    (int Code, string Out, string Error) Ctl(string folder, string? input, string[] args, params (string, string)[] variables)
    {
        var stage = new Stage
        {
            Folder = folder,
            Input = Encoding.UTF8.GetBytes(input ?? ""),
            Variables = variables.Append(("AGENTCTL_AUTH_TOKEN", Daemon.Token)).Append(("AGENTD_DATA", Daemon.Data))
                .ToDictionary(one => one.Item1, one => one.Item2),
        };
        return (stage.Run(new Uri(Daemon.Url), ["wrapper", .. args]), stage.Out, stage.Error);
    }

    async Task<int> Runs() => (await Daemon.Get("/runs?limit=500"))["runs"]!.AsArray().Count;

    [Fact]
    public async Task A_single_call_prints_message_dashes_and_session_and_resume_goes_on_there()
    {
        using var repository = new TempRepository();
        var (code, output, error) = Ctl(repository.Root, null,
            ["work\n!write new.txt hello\n!print it is done", "repo", "--backend", "fake"]);
        Assert.True(code == 0, error);
        Assert.Matches("^it is done\n\n---\nSESSION_ID: [0-9a-f]{16}\n$", output);
        Assert.Equal("hello\n",
            await File.ReadAllTextAsync(Path.Combine(repository.Path, "new.txt"), TestContext.Current.CancellationToken));

        var session = output.Trim()[^16..];
        (code, output, error) = Ctl("/", "work\n!cwd\n!print again", ["resume", session, "-"]);
        Assert.True(code == 0, error);
        Assert.EndsWith($"again\n\n---\nSESSION_ID: {session}\n", output, StringComparison.Ordinal);
        var runs = (await Daemon.Get($"/runs?session_id={session}"))["runs"]!.AsArray();
        Assert.Equal(2, runs.Count);
        Assert.All(runs, run => Assert.Equal(repository.Path, (string)run!["workspace"]!["path"]!));
    }

    [Fact]
    public void An_agent_s_own_exit_code_is_the_call_s_and_the_session_is_there_to_go_on_with()
    {
        var (code, output, error) = Ctl(Path.GetTempPath(), null, ["!print so far\n!exit 3", "--backend", "fake", "--skip-permissions"]);
        Assert.Equal(3, code);
        Assert.Contains("SESSION_ID: ", output, StringComparison.Ordinal);
        Assert.Contains("--skip-permissions gives no rights here; what holds is the profile: 'fake'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parallel_tasks_run_by_layers_and_the_report_says_what_really_became_of_them()
    {
        using var repository = new TempRepository();
        var (code, output, error) = Ctl(repository.Path, """
            ---TASK---
            id: last
            dependencies: api, ui
            ---CONTENT---
            !print never
            ---TASK---
            id: after
            dependencies: api
            ---CONTENT---
            !run cat made.txt
            ---TASK---
            id: api
            workdir: .
            backend: fake
            ---CONTENT---
            !write made.txt by api
            !print All 99 tests passed
            ---TASK---
            id: ui
            ---CONTENT---
            !exit 4

            """, ["--parallel", "--backend", "fake", "--full-output"], ("CODEAGENT_MAX_PARALLEL_WORKERS", "1"));
        Assert.True(code == 4, error);
        var report = JsonNode.Parse(output)!;
        var tasks = report.Entries("tasks").ToDictionary(task => task.Text("task_id")!);
        Assert.Equal(["last", "after", "api", "ui"], tasks.Keys);
        Assert.Equal("skipped due to failed dependencies: ui", tasks["last"].Text("error"));
        Assert.Contains("by api", tasks["after"].Text("message"), StringComparison.Ordinal);
        Assert.Equal("""["made.txt"]""", tasks["api"]["files_changed"]!.ToJsonString());
        Assert.Null(tasks["api"]["tests_passed"]);
        Assert.Equal("""{"total":4,"passed":2,"failed":2""", report["summary"]!.ToJsonString()[..32]);
        Assert.True(File.Exists(tasks["ui"].Text("log_path")));
        var run = (await Daemon.Get($"/runs?session_id={tasks["ui"].Text("session_id")}"))["runs"]![0]!;
        Assert.Equal(("failed", 4), ((string)run["status"]!, (int)run["exit_code"]!));
    }

    [Fact]
    public async Task A_task_that_takes_too_long_is_canceled_and_the_others_are_not()
    {
        var (code, output, error) = Ctl(Path.GetTempPath(), """
            ---TASK---
            id: slow
            ---CONTENT---
            !hang
            ---TASK---
            id: quick
            ---CONTENT---
            !print quick
            """, ["--parallel", "--backend", "fake"], ("CODEX_TIMEOUT", "2"));
        Assert.True(code == 124, error);
        var tasks = JsonNode.Parse(output)!.Entries("tasks").ToList();
        Assert.Equal([("124", "timeout"), ("0", "")], tasks.Select(task => (task.Cell("exit_code"), task.Text("error")!)));
        var run = (await Daemon.Get($"/runs?session_id={tasks[0].Text("session_id")}"))["runs"]![0]!;
        Assert.Equal("canceled", (string)run["status"]!);
    }

    [Fact]
    public async Task An_interrupt_cancels_the_runs()
    {
        await using var command = CtlProcess.Start(Daemon, "wrapper", "!hang", "--backend", "fake");
        // "The task: run 3f6c0a9be1d2c4f7, session …"
        var run = (await command.Remark()).Split(' ')[3].TrimEnd(',');
        var (code, output) = await command.Signal("INT");
        Assert.Equal(130, code);
        Assert.StartsWith("\n---\nSESSION_ID: ", output, StringComparison.Ordinal);
        Assert.Equal("canceled", (string)(await Daemon.Ended(run))["status"]!);
    }

    [Fact]
    public async Task What_cannot_be_done_is_named_with_its_block_and_nothing_is_started()
    {
        var before = await Runs();
        var (code, output, error) = Ctl(Path.GetTempPath(), """
            ---TASK---
            id: a
            ---CONTENT---
            !print a
            ---TASK---
            id: b
            backend: fakee
            workdir: /nowhere/at/all
            session_id: 01234567-89ab-cdef-0123-456789abcdef
            ---CONTENT---
            !print b
            """, ["--parallel", "--backend", "fake"]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("Block 2 (id b): backend: ", error, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'fake'?", error, StringComparison.Ordinal);
        Assert.Contains("Block 2 (id b): session_id: nobody knows '01234567-89ab-cdef-0123-456789abcdef'", error, StringComparison.Ordinal);
        Assert.Contains("Nothing was started.", error, StringComparison.Ordinal);
        Assert.Equal(1, Ctl(Path.GetTempPath(), "", ["--parallel"]).Code);
        Assert.Equal(1, Ctl(Path.GetTempPath(), null, ["a", "b", "c"]).Code);
        Assert.Equal(1, Ctl(Path.GetTempPath(), null, ["--paralel"]).Code);
        Assert.Equal(1, Ctl(Path.GetTempPath(), null, ["a"], ("AGENTCTL_RUN_ID", "x")).Code);
        Assert.Equal(before, await Runs());
    }

    [Fact]
    public void Version_and_cleanup_ask_no_daemon()
    {
        var stage = new Stage();
        Assert.Equal(0, stage.Run(new Uri("http://127.0.0.1:9"), "wrapper", "--version"));
        Assert.StartsWith("agentctl wrapper ", stage.Out, StringComparison.Ordinal);
        Assert.Equal(0, stage.Run(new Uri("http://127.0.0.1:9"), "wrapper", "--cleanup"));
        Assert.Contains("--cleanup: ", stage.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_daemon_that_is_not_there_is_exit_7()
    {
        var stage = new Stage();
        Assert.Equal(ExitCodes.Unreachable, stage.Run(new Uri("http://127.0.0.1:9"), "wrapper", "do it"));
        Assert.Contains("agentctl daemon start", stage.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_daemon_that_goes_away_is_waited_for_and_asked_again_with_the_same_key()
    {
        const string Run = """{"id":"3f6c0a9be1d2c4f7","session_id":"1a7b2c485f0d9c3e","status":"STATUS","last_message":"here"}""";
        var started = CannedDaemon.Json($$"""{"run":{{Run.Replace("STATUS", "queued")}}}""", 201);
        using var daemon = new CannedDaemon(
            CannedDaemon.Json("""{"profiles":[]}"""), CannedDaemon.Json("""{"profile":"fake"}"""), "", started, "",
            CannedDaemon.Json($$"""{"runs":[{{Run.Replace("STATUS", "succeeded")}}],"requests":[]}"""));
        var stage = new Stage();
        Assert.Equal(0, stage.Run(daemon.Url, "wrapper", "do it"));
        Assert.Equal("here\n\n---\nSESSION_ID: 1a7b2c485f0d9c3e\n", stage.Out);
        Assert.Equal(6, daemon.Asked.Count);
        Assert.Equal(daemon.Asked[2], daemon.Asked[3]);
        Assert.Contains("\"idempotency_key\":\"wrapper-", daemon.Asked[3], StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_is_found_by_its_agent_s_own_id_and_a_question_is_told_once()
    {
        const string Run = """{"id":"3f6c0a9be1d2c4f7","session_id":"1a7b2c485f0d9c3e","status":"STATUS","last_message":"here"}""";
        var asks = CannedDaemon.Json($$$"""
            {"runs":[{{{Run.Replace("STATUS", "waiting")}}}],
             "requests":[{"id":"9c3e1a7b2c485f0d","run_id":"3f6c0a9be1d2c4f7","text":"May I?"}]}
            """);
        var waits = CannedDaemon.Json($$"""{"runs":[{{Run.Replace("STATUS", "waiting")}}],"requests":[]}""");
        using var daemon = new CannedDaemon(
            CannedDaemon.Json("""{"profiles":[]}"""), CannedDaemon.Json("""{"profile":"fake"}"""),
            CannedDaemon.Json("""{"code":"not_found","detail":"There is no session."}""", 404),
            CannedDaemon.Json("""{"sessions":[{"id":"1a7b2c485f0d9c3e","threads":{"some":"0199-ab"}}],"next_cursor":null}"""),
            CannedDaemon.Json($$"""{"runs":[{{Run.Replace("STATUS", "succeeded")}}]}"""),
            CannedDaemon.Json($$"""{"run":{{Run.Replace("STATUS", "queued")}}}""", 201), asks, waits, asks,
            CannedDaemon.Json($$"""{"runs":[{{Run.Replace("STATUS", "succeeded")}}],"requests":[]}"""));
        var stage = new Stage();
        Assert.Equal(0, stage.Run(daemon.Url, "wrapper", "resume", "0199-ab", "go on"));
        Assert.StartsWith("POST /runs/3f6c0a9be1d2c4f7/resume", daemon.Asked[5], StringComparison.Ordinal);
        Assert.Contains("requests=true", daemon.Asked[6], StringComparison.Ordinal);
        Assert.Contains("requests=false", daemon.Asked[7], StringComparison.Ordinal);
        Assert.Equal(2, stage.Error.Split("May I?").Length);
    }
}
