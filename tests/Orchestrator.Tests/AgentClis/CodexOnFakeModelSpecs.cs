using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>The real Codex CLI runs whole turns against the scripted model: what the other tests stand on.</summary>
public sealed class CodexOnFakeModelSpecs
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Answers_with_text_and_reports_the_scripted_usage()
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var codex = AgentCli.Codex(model);

        var run = await Exec(codex, "fake: usage input=900 cached=400 output=7 reasoning=3; think hm; text hello there");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("hello there", LastMessage(run));
        Assert.Contains(Items(run, "reasoning"), item => (string?)item["text"] == "hm");
        var usage = run.OfType("turn.completed").Single()["usage"]!;
        Assert.Equal((900, 400), ((int)usage["input_tokens"]!, (int)usage["cached_input_tokens"]!));
        Assert.Equal((7, 3), ((int)usage["output_tokens"]!, (int)usage["reasoning_output_tokens"]!));
    }

    [Fact(Timeout = 60_000)]
    public async Task Runs_shell_commands_and_changes_files()
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var codex = AgentCli.Codex(model);

        var run = await Exec(codex, "fake: shell echo hi > a.txt; cat a.txt; +shell exit 3; write b.txt one\\ntwo; text done");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("hi\n", codex.Read("a.txt"));
        Assert.Equal("one\ntwo\n", codex.Read("b.txt"));
        Assert.Equal([0, 3], Items(run, "command_execution").Select(item => (int)item["exit_code"]!).Order());
        Assert.Equal("add", (string?)Items(run, "file_change").Single()["changes"]![0]!["kind"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Follows_an_output_schema()
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var codex = AgentCli.Codex(model);
        var schema = Path.Combine(codex.Home, "schema.json");
        await File.WriteAllTextAsync(schema, Schemas.GoalMet, Stop);

        var scripted = await Exec(codex, "fake: json {\"goal_met\":false,\"notes\":[]}", "--output-schema", schema);
        var madeUp = await Exec(codex, "no script at all", "--output-schema", schema);

        Assert.Equal("""{"goal_met":false,"notes":[]}""", LastMessage(scripted));
        Assert.Equal("""{"goal_met":true,"notes":[]}""", LastMessage(madeUp));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("401 always", "401")]
    [InlineData("429 always", "429")]
    [InlineData("quota", "Quota exceeded")]
    [InlineData("context", "ran out of room")]
    public async Task Fails_in_the_words_of_the_refusal(string step, string words)
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var codex = AgentCli.Codex(model);

        var run = await Exec(codex, $"fake: {step}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(words, (string?)run.OfType("turn.failed").Single()["error"]!["message"]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("500")]
    [InlineData("cut half a sent")]
    [InlineData("fail overloaded")]
    public async Task Recovers_when_the_model_fails_once(string step)
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var codex = AgentCli.Codex(model);

        var run = await Exec(codex, $"fake: {step}; text recovered");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal("recovered", LastMessage(run));
    }

    [Fact(Timeout = 60_000)]
    public async Task Resumes_a_thread_with_its_history()
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var codex = AgentCli.Codex(model);

        var first = await Exec(codex, "fake: text one");
        var thread = (string)first.OfType("thread.started").Single()["thread_id"]!;
        var second = await codex.Run(Stop, "exec", "resume", "--json", "--skip-git-repo-check", thread, "fake: text two");

        Assert.Equal("two", LastMessage(second));
        Assert.Equal(thread, (string?)second.OfType("thread.started").Single()["thread_id"]);
        var asked = (await model.Requests(Stop, bodies: true))[^1];
        Assert.Equal(thread, (string?)asked["conversation"]);
        Assert.Contains("fake: text one", asked["body"]!.ToJsonString());
    }

    [Fact(Timeout = 60_000)]
    public async Task Hangs_until_it_is_released()
    {
        await using var model = await FakeModelServer.Start(Stop);
        using var codex = AgentCli.Codex(model);

        var running = AgentCli.Finish(codex.Start("exec", "--json", "--skip-git-repo-check", "fake: hang gate; text late"), Stop);
        var asked = await model.WaitForRequests(1, Stop);
        Assert.False(running.IsCompleted);
        await model.Release("gate", Stop);

        Assert.Equal(["hang gate", "text late"], asked[0]["answer"]!.AsArray().Select(step => (string?)step));
        Assert.Equal("late", LastMessage(await running));
    }

    static Task<CliOutcome> Exec(AgentCli codex, string prompt, params string[] options) =>
        codex.Run(Stop, ["exec", "--json", "--yolo", .. options, prompt]);

    static IEnumerable<JsonNode> Items(CliOutcome run, string type) =>
        run.OfType("item.completed").Select(line => line["item"]!).Where(item => (string?)item["type"] == type);

    static string? LastMessage(CliOutcome run) => (string?)Items(run, "agent_message").LastOrDefault()?["text"];
}
