using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Stories;

/// <summary>The shell flow of the published tmux runner, as it is written there, with scripted agents under its profiles' names.</summary>
public class TmuxRunnerShellSpecs
{
    const string Half = """{"goal_met":false,"summary":"tried","followup_prompt":"look deeper","notes":""}""";
    const string Whole = """{"goal_met":true,"summary":"Fixed it."}""";

    static string Profiles => Profile("spark", $"write auth.txt half\nresult {Half}")
        + Profile("deep", $"append auth.txt whole\nresult {Whole}") + Profile("asks", "wait-file gone");

    static string Profile(string name, string script) => $$"""
          {{name}}:
            agent: command
            command: ["{{TestPrograms.FakeAgent}}", "--script-text", {{JsonValue.Create(script).ToJsonString(Json.PlainOptions)}}]

        """;

    static Dictionary<string, string> Variables(TestDaemon daemon) => new()
    {
        ["AGENTD_DATA"] = daemon.Data, ["AGENTCTL_URL"] = daemon.Url,
    };

    [Fact]
    public async Task Register_start_wait_show_and_resume()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start(Profiles);
        Directory.CreateDirectory(Path.Combine(daemon.Root, "bin"));
        File.CreateSymbolicLink(Path.Combine(daemon.Root, "bin", "agentctl"), TestPrograms.Agentctl);

        var (code, said) = await ShellScript.Run($$"""
            set -e
            alias agentctl=./bin/agentctl
            agentctl -q add-project myapp {{repository.Path}} --default-profile spark >/dev/null
            RUN_ID=$(agentctl -q start --project myapp --profile spark --title "Fix auth bug" <<'PROMPT'
            # TASK
            Fix the failing authentication test in tests/auth.test.ts

            # Output (STRICT)
            Return ONLY JSON: {goal_met, summary, followup_prompt, notes}
            PROMPT
            )
            agentctl -q wait $RUN_ID > waited.json &
            wait $!
            echo "goal $(agentctl show $RUN_ID --field goal_met) $(agentctl show $RUN_ID --field result.followup_prompt)"
            NEXT=$(agentctl -q resume --parent-run-id $RUN_ID --profile deep --title "Deeper" <<'PROMPT'
            Previous spark attempt failed. Root cause analysis needed.
            PROMPT
            )
            agentctl -q wait $RUN_ID $NEXT --all --format json > both.json
            echo "status $(agentctl show $NEXT --format agent-orc --field status)"
            agentctl show $NEXT --format agent-orc > meta.json
            echo "rows"
            agentctl list --runs --format agent-orc
            agentctl runs --limit 1
            agentctl tail
            echo "ids $RUN_ID $NEXT"
            """, daemon.Root, Variables(daemon));

        Assert.True(code == 0, said);
        var ids = said[said.LastIndexOf("ids ", StringComparison.Ordinal)..].Trim().Split(' ');
        var (first, next) = (ids[1], ids[2]);
        Assert.Contains("goal false look deeper\n", said, StringComparison.Ordinal);
        Assert.Contains("status finished\n", said, StringComparison.Ordinal);
        Assert.Contains($"rows\n{next}\tfinished\tmyapp\tdeep\ttrue\t0\t{first}\tDeeper\n"
            + $"{first}\tfinished\tmyapp\tspark\tfalse\t0\t-\tFix auth bug\n"
            + $"{next}\tsucceeded\tmyapp\tdeep\ttrue\t0\t{first}\tDeeper\n", said, StringComparison.Ordinal);
        Assert.Contains($"⚠ {first} succeeded myapp spark goal_met=false exit=0 tried\n"
            + $"✓ {next} succeeded myapp deep goal_met=true exit=0 Fixed it.",
            said, StringComparison.Ordinal);
        JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(daemon.Root, file)))!;
        Assert.Equal(first, (string?)Read("waited.json")["run_id"]);
        Assert.Equal([first, next], Read("both.json")["ended"]!.AsArray().Select(id => (string?)id));
        var meta = Read("meta.json");
        Assert.Equal(("resume", first, repository.Path, "Deeper"), ((string?)meta["mode"], (string?)meta["parent_run_id"],
            (string?)meta["original_project_dir"], (string?)meta["title"]));
        Assert.Equal("half\nwhole\n", await File.ReadAllTextAsync(Path.Combine((string)meta["worktree_path"]!, "auth.txt"),
            TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Templates_schemas_and_several_waits_through_the_front_door()
    {
        await using var daemon = await TestDaemon.Start(Profiles);
        Task<(int Code, string Out, string Error)> Ctl(params string[] args) => TypedCommand.Run(daemon, null, args);

        // A wrong template, schema or sandbox: exit 2, and nothing was started.
        foreach (var (words, args) in new (string, string[])[]
        {
            ("there is no name 'tsk'; did you mean 'task'", ["--template", "spark", "--var", "tsk=x"]),
            ("line 16: {{acceptance}} has no value", ["--template", "spark", "--var", "task=x"]),
            ("There is no template 'sparc'; did you mean 'spark'", ["--template", "sparc"]),
            ("output_schema", ["--prompt", "x", "--output-schema", Schema(daemon, "none.json", """{"type":"banana"}""")]),
            ("no JSON", ["--prompt", "x", "--output-schema", Schema(daemon, "text.json", "goal_met, summary")]),
            ("is not given to a single run", ["--prompt", "x", "--sandbox", "danger-full-access"]),
        })
        {
            var (code, printed, error) = await Ctl(["start", .. args]);
            Assert.Equal((2, ""), (code, printed));
            Assert.Contains(words == "output_schema" ? "$.type: must be one of" : words, error, StringComparison.Ordinal);
        }
        Assert.Empty(daemon.List("/runs", "runs"));

        // A template chooses the profile of its name; its prompt is what the run got.
        var (_, made, _) = await Ctl("start", "-q", "--template", "spark", "--var", "task=Fix @home", "--var", "acceptance=It runs",
            "--model", "m1");
        var run = await daemon.Ended(made);
        Assert.Equal(("spark", "m1", "m1"), ((string?)run["profile"], (string?)run["model"], (string?)run["overrides"]!["model"]));
        Assert.StartsWith("# Task\n\nFix @home\n\n# Limits\n", (string?)run["prompt"], StringComparison.Ordinal);

        // A result that does not fit the schema: the run failed with that reason, and what came is kept.
        var strict = Schema(daemon, "strict.json", """{"type":"object","properties":{"files":{"type":"array"}},"required":["files"]}""");
        var wrong = await Ctl("start", "--prompt", "x", "--profile", "deep", "--output-schema", strict, "--wait", "-q");
        Assert.Equal(1, wrong.Code);
        var failed = await daemon.Ended(wrong.Out);
        Assert.Equal(("failed", "invalid_result", "Fixed it."), ((string?)failed["status"], (string?)failed["reason"],
            (string?)failed["result"]!["summary"]));
        Assert.Contains("$: 'files' is missing", (string?)failed["error"]!["message"], StringComparison.Ordinal);

        // Any of several, while another goes on.
        var child = (await daemon.Post($"/runs/{made}/spawn", new JsonObject { ["task"] = "x", ["profile"] = "asks" }))["run"]!;
        var slow = (string)child["id"]!;
        var any = await Ctl("wait", slow, made, "--any", "--format", "json");
        Assert.Equal((0, made), (any.Code, (string?)JsonNode.Parse(any.Out)!["ended"]![0]));
        var all = await Ctl("wait", slow, made, "--timeout", "0.2", "-q", "--field", "timed_out");
        Assert.Equal((8, "true"), (all.Code, all.Out));
        await daemon.Becomes(child, "running");
        await daemon.Ask(child, "Which port?");
        var asked = await Ctl("wait", slow, "--until-asked", "-q", "--field", "requests.0.text");
        Assert.Equal((3, "Which port?"), (asked.Code, asked.Out));
        Assert.Equal(2, (await Ctl("wait")).Code);
        Assert.Equal(5, (await Ctl("wait", made, "ffffffffffffffff")).Code);
    }

    static string Schema(TestDaemon daemon, string name, string text)
    {
        var path = Path.Combine(daemon.Root, name);
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public async Task Init_makes_what_is_missing_keeps_what_is_there_and_prints_where_it_is()
    {
        await using var daemon = new OwnDaemon();
        var project = Directory.CreateDirectory(Path.Combine(daemon.Folder, "project")).FullName;
        await File.WriteAllTextAsync(Path.Combine(daemon.Data, "config.yaml"), "limits: {max_concurrency: 2}\n",
            TestContext.Current.CancellationToken);
        string[] paths = [daemon.Data, Path.Combine(daemon.Data, "config.yaml"), Path.Combine(daemon.Data, "templates")];

        Assert.Equal(string.Join('\n', paths), await daemon.Ok("init"));
        var template = Path.Combine(paths[2], "spark.md");
        await File.WriteAllTextAsync(template, "Mine: {{task}}", TestContext.Current.CancellationToken);
        var both = string.Join('\n', [.. paths, Path.Combine(project, "AGENTS.md"), Path.Combine(project, ".agent-orchestrator.yaml")]);
        Assert.Equal(both, await daemon.Ok("init", "project"));

        Assert.Equal("limits: {max_concurrency: 2}\n", await File.ReadAllTextAsync(paths[1], TestContext.Current.CancellationToken));
        Assert.Equal($"deep\tbuilt in\ttask context? acceptance\nreview\tbuilt in\ttask context? acceptance\nspark\t{template}\ttask",
            await daemon.Ok("template", "list"));
        Assert.Equal("Mine: {{task}}", await daemon.Ok("template", "show", "spark", "-q"));
        Assert.Contains("## Tests", await File.ReadAllTextAsync(Path.Combine(project, "AGENTS.md"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        // What was made is taken by the daemon.
        await File.WriteAllTextAsync(paths[1], "", TestContext.Current.CancellationToken);
        File.Delete(paths[1]);
        await daemon.Ok("init");
        await daemon.Ok("daemon", "start", "--port", "0");
        await daemon.Ok("add-project", "made", project);
    }
}
