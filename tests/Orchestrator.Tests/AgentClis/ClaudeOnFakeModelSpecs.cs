using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>The real Claude Code CLI runs whole turns against the scripted model: what the other tests stand on.</summary>
public sealed class ClaudeOnFakeModelSpecs
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Answers_with_text_and_reports_the_scripted_usage()
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var claude = AgentCli.Claude(model);

        var run = await Print(claude, "fake: usage input=900 cached=400 cachewrite=100 output=7; think hm; text hello there");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("hello there", (string?)Result(run)["result"]);
        Assert.Contains(Blocks(run, "assistant", "thinking"), block => (string?)block["thinking"] == "hm");
        var usage = Result(run)["usage"]!;
        Assert.Equal((400, 7), ((int)usage["input_tokens"]!, (int)usage["output_tokens"]!));
        Assert.Equal((400, 100), ((int)usage["cache_read_input_tokens"]!, (int)usage["cache_creation_input_tokens"]!));
    }

    [Fact(Timeout = 60_000)]
    public async Task Runs_shell_commands_and_changes_files()
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var claude = AgentCli.Claude(model);

        var run = await Print(claude, "fake: shell echo hi > a.txt; cat a.txt; +shell exit 3; write b.txt one\\ntwo; text done");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("hi\n", claude.Read("a.txt"));
        Assert.Equal("one\ntwo\n", claude.Read("b.txt"));
        Assert.Equal(["Bash", "Bash", "Write"], Blocks(run, "assistant", "tool_use").Select(block => (string?)block["name"]));
        Assert.Single(Blocks(run, "user", "tool_result"), block => (bool?)block["is_error"] == true);
    }

    [Fact(Timeout = 60_000)]
    public async Task Follows_a_json_schema()
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var claude = AgentCli.Claude(model);

        var scripted = await Print(claude, "fake: json {\"goal_met\":false,\"notes\":[]}", "--json-schema", Schemas.GoalMet);
        var madeUp = await Print(claude, "no script at all", "--json-schema", Schemas.GoalMet);

        Assert.Equal("""{"goal_met":false,"notes":[]}""", Result(scripted)["structured_output"]?.ToJsonString());
        Assert.Equal("""{"goal_met":true,"notes":[]}""", Result(madeUp)["structured_output"]?.ToJsonString());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("401 always", 401, "api_error")]
    [InlineData("429 always", 429, "api_error")]
    [InlineData("quota", 400, "api_error")]
    [InlineData("context", 400, "prompt_too_long")]
    public async Task Fails_with_the_status_of_the_refusal(string step, int status, string reason)
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var claude = AgentCli.Claude(model);

        var run = await Print(claude, $"fake: {step}");

        Assert.True(run.ExitCode == 1, run.ToString());
        Assert.True((bool?)Result(run)["is_error"]);
        Assert.Equal(reason, (string?)Result(run)["terminal_reason"]);
        Assert.Equal(status, (int?)Result(run)["api_error_status"]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("500")]
    [InlineData("cut half a sent")]
    [InlineData("fail overloaded")]
    public async Task Recovers_when_the_model_fails_once(string step)
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var claude = AgentCli.Claude(model);

        var run = await Print(claude, $"fake: {step}; text recovered");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("recovered", (string?)Result(run)["result"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Resumes_a_session_with_its_history()
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var claude = AgentCli.Claude(model);
        var session = Guid.NewGuid().ToString();

        await Print(claude, "fake: text one", "--session-id", session);
        var second = await Print(claude, "fake: text two", "--resume", session);

        Assert.Equal("two", (string?)Result(second)["result"]);
        Assert.Equal(session, (string?)Result(second)["session_id"]);
        var asked = (await model.Requests(Stop, bodies: true))[^1];
        Assert.Equal((session, "fake: text two"), ((string?)asked["conversation"], (string?)asked["prompt"]));
        Assert.Contains("fake: text one", asked["body"]!.ToJsonString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Plays_a_script_set_at_the_server_in_each_conversation()
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var claude = AgentCli.Claude(model);
        await model.SetSteps(Stop, "shell touch made", "text made it");

        var outcomes = await Task.WhenAll(Print(claude, "please"), Print(claude, "please"));

        Assert.All(outcomes, run => Assert.Equal("made it", (string?)Result(run)["result"]));
        Assert.Equal(4, (await model.Requests(Stop)).Count(request => (string?)request["method"] == "POST"));
    }

    static Task<CliOutcome> Print(AgentCli claude, string prompt, params string[] options) => claude.Run(
        Stop, ["-p", prompt, "--output-format", "stream-json", "--verbose", "--permission-mode", "bypassPermissions", .. options]);

    static JsonNode Result(CliOutcome run) => run.OfType("result").Single();

    static IEnumerable<JsonNode> Blocks(CliOutcome run, string type, string block) => run.OfType(type)
        .SelectMany(line => line["message"]!["content"]!.AsArray().OfType<JsonNode>()).Where(each => (string?)each["type"] == block);
}
