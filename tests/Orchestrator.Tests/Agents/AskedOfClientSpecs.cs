using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Agents.Claude;
using Orchestrator.Agents.Codex;

namespace Orchestrator.Tests.Agents;

/// <summary>Every call an agent makes of its client becomes a question or an error; each answer has the shape its schema wants.</summary>
public class AskedOfClientSpecs
{
    static readonly IAgent Codex = AgentCatalog.Find("codex", "app-server")!;

    static Transcript Begun => Codex.Begin(Capture.OrderFor("codex")) with { ThreadId = "t" };

    static Reading Call(string method, string parameters) =>
        Codex.Read(Begun, new OutputLine(false, $$"""{"id":7,"method":"{{method}}","params":{{parameters}}}"""));

    static string? Sent(Reading asked, bool approved, string? words) =>
        Codex.Obey(asked.Transcript, new AnswerCommand("7", approved, words)).Send?[0];

    [Fact]
    public void A_question_of_the_agents_own_is_one_with_its_options_and_the_words_are_its_answer()
    {
        var asked = Call("item/tool/requestUserInput", """
            {"isBlocking":true,"itemId":"i","threadId":"t","turnId":"u","questions":[{"id":"colour","header":"Colour","question":"Which?",
            "options":[{"label":"Red","description":"r"},{"label":"Blue","description":"b"}]}]}
            """.ReplaceLineEndings(""));
        var ask = Assert.IsType<ApprovalAsked>(Assert.Single(asked.Signals));
        Assert.Equal((AskKind.Question, "Which?"), (ask.Kind, ask.Text));
        Assert.Equal(["Red", "Blue"], ask.Options);
        Assert.Equal("""{"id":7,"result":{"answers":{"colour":{"answers":["Blue"]}}}}""", Sent(asked, true, "Blue"));
        Assert.Equal("""{"id":7,"result":{"answers":{"colour":{"answers":["Nobody did."]}}}}""", Sent(asked, false, "Nobody did."));
        Assert.Empty(Codex.Obey(asked.Transcript, new AnswerCommand("7", true, "x")).Transcript.Talk!.Open);
    }

    [Fact]
    public void More_rights_are_granted_as_they_were_shown_and_for_the_turn_only()
    {
        const string Wanted = """{"network":{"enabled":true},"fileSystem":{"write":["/data"]}}""";
        var asked = Call("item/permissions/requestApproval", $$"""{"cwd":"/repo","reason":"to publish","permissions":{{Wanted}}}""");
        var ask = Assert.IsType<ApprovalAsked>(Assert.Single(asked.Signals));
        Assert.Equal(AskKind.Permission, ask.Kind);
        Assert.Contains("/data", ask.Text, StringComparison.Ordinal);
        Assert.Contains("to publish", ask.Text, StringComparison.Ordinal);
        Assert.Equal($$$"""{"id":7,"result":{"permissions":{{{Wanted}}},"scope":"turn"}}""", Sent(asked, true, null));
        Assert.Equal("""{"id":7,"result":{"permissions":{},"scope":"turn"}}""", Sent(asked, false, null));
    }

    [Theory]
    [InlineData("""{"stage":{"type":"string","enum":["test","live"]}}""", "live", """{"action":"accept","content":{"stage":"live"}}""")]
    [InlineData("""{"sure":{"type":"boolean"}}""", "yes", """{"action":"accept","content":{"sure":true}}""")]
    [InlineData("""{"sure":{"type":"boolean"}}""", "perhaps", """{"action":"cancel"}""")]
    [InlineData("""{"n":{"type":"integer"}}""", "12", """{"action":"accept","content":{"n":12}}""")]
    [InlineData("""{"n":{"type":"number"}}""", "NaN", """{"action":"cancel"}""")]
    [InlineData("""{"a":{"type":"string"},"b":{"type":"number"}}""", "{\"a\":\"x\",\"b\":1}",
        """{"action":"accept","content":{"a":"x","b":1}}""")]
    [InlineData("""{"a":{"type":"string"},"b":{"type":"number"}}""", "x", """{"action":"cancel"}""")]
    [InlineData("{}", null, """{"action":"accept","content":{}}""")]
    public void What_a_tool_server_asks_is_answered_in_its_schema(string properties, string? words, string result)
    {
        var asked = Call("mcpServer/elicitation/request", """
            {"serverName":"deploy","threadId":"t","mode":"form","message":"Which stage?","requestedSchema":{"type":"object","properties":
            """.ReplaceLineEndings("") + properties + "}}");
        var ask = Assert.IsType<ApprovalAsked>(Assert.Single(asked.Signals));
        Assert.Equal(properties == "{}" ? AskKind.Permission : AskKind.Question, ask.Kind);
        Assert.Contains("deploy asks: Which stage?", ask.Text, StringComparison.Ordinal);
        Assert.Equal($$"""{"id":7,"result":{{result}}}""", Sent(asked, true, words));
        Assert.Equal("""{"id":7,"result":{"action":"decline"}}""", Sent(asked, false, null));
    }

    [Theory]
    [InlineData("currentTime/read", "{}")]
    [InlineData("item/tool/call", """{"tool":"x"}""")]
    [InlineData("applyPatchApproval", "{}")]
    [InlineData("something/new", "null")]
    [InlineData("item/tool/requestUserInput", """{"questions":[]}""")]
    [InlineData("mcpServer/elicitation/request", """{"mode":"openai/userVerification","challenge":"x"}""")]
    public void A_call_nobody_knows_gets_an_error_is_kept_and_counted(string method, string parameters)
    {
        var told = Call(method, parameters);
        Assert.Equal(["""{"id":7,"error":{"code":-32601,"message":"not supported"}}"""], told.Send);
        Assert.Equal("call_not_supported", Assert.Single(told.Signals.OfType<Warned>()).Code);
        Assert.Single(told.Signals.OfType<Raw>());
        Assert.Equal((1, 0), (told.Transcript.UnknownLines, told.Transcript.Talk!.Open.Count));
    }

    [Theory]
    [InlineData("""{"command":"/bin/bash -lc 'git status'","cwd":"/repo"}""", "git status", false)]
    [InlineData("""{"command":"/bin/bash -lc \"echo it's\""}""", "echo it's", false)]
    [InlineData("""{"command":"zsh -c ls"}""", "ls", false)]
    [InlineData("""{"command":"bash -lc 'a' b"}""", "bash -lc 'a' b", false)]
    [InlineData("""{"command":"bash -lc $(x)"}""", "bash -lc $(x)", false)]
    [InlineData("""{"command":"bash -lc 'bash -c x'"}""", "bash -c x", false)]
    [InlineData("""{"command":"ls","networkApprovalContext":{"host":"example.org","protocol":"https"}}""", "ls", true)]
    [InlineData("""{"command":"ls","kind":"writeStdin"}""", "ls", true)]
    [InlineData("""{"command":"ls","additionalPermissions":{"network":{"enabled":true}}}""", "ls", true)]
    [InlineData("""{"cwd":"/repo"}""", "?", true)]
    public void A_command_is_shown_as_the_model_wrote_it_and_what_is_asked_beside_it_is_marked(
        string parameters, string shown, bool partial)
    {
        var ask = Assert.IsType<ApprovalAsked>(Assert.Single(Call("item/commandExecution/requestApproval", parameters).Signals));
        var detail = JsonNode.Parse(ask.DetailJson)!;
        Assert.Equal((shown, partial), ((string?)detail["command"], (bool?)detail["partial"] ?? false));
    }

    [Fact]
    public void What_is_cut_is_marked_so_that_no_rule_allows_the_rest_of_it()
    {
        var ask = Assert.IsType<ApprovalAsked>(Assert.Single(Call("item/commandExecution/requestApproval",
            new JsonObject { ["command"] = "ls " + new string('a', 20_000) }.ToJsonString()).Signals));
        Assert.True((bool)JsonNode.Parse(ask.DetailJson)!["partial"]!);
        Assert.True((bool)Claude("Bash", new JsonObject { ["command"] = "ls " + new string('a', 20_000) })["partial"]!);
        Assert.Null(Claude("Bash", new JsonObject { ["command"] = "ls", ["timeout"] = 5 })["partial"]);
        Assert.True((bool)Claude("Bash", new JsonObject { ["command"] = "ls", ["elsewhere"] = true })["partial"]!);
        // A command of another tool is not a command of the shell.
        var other = Claude("mcp__deploy__run", new JsonObject { ["command"] = "ls", ["file_path"] = "/a" });
        Assert.Equal((null, null), ((string?)other["command"], (string?)other["path"]));
        Assert.Contains("ls", (string?)other["input"], StringComparison.Ordinal);
    }

    static JsonNode Claude(string tool, JsonObject input)
    {
        var agent = AgentCatalog.Find("claude", "stream")!;
        var line = new JsonObject
        {
            ["type"] = "control_request",
            ["request_id"] = "r",
            ["request"] = new JsonObject { ["subtype"] = "can_use_tool", ["tool_name"] = tool, ["input"] = input },
        };
        var reading = agent.Read(agent.Begin(Capture.OrderFor("claude")), new OutputLine(false, line.ToJsonString()));
        return JsonNode.Parse(reading.Signals.OfType<ApprovalAsked>().Single().DetailJson)!;
    }

    [Theory]
    [InlineData("""[{"type":"addRules","rules":[{"toolName":"Bash","ruleContent":"npm test:*"}],"behavior":"allow"}]""",
        "yes, and in this run also: Bash(npm test:*)")]
    [InlineData("""[{"type":"addRules","rules":[{"toolName":"Bash"}],"behavior":"allow"}]""", null)]
    [InlineData("""[{"type":"addRules","rules":[{"toolName":"Bash","ruleContent":"x"}],"behavior":"deny"}]""", null)]
    [InlineData("""[{"type":"setMode","mode":"acceptEdits","destination":"session"}]""", null)]
    [InlineData("""[{"type":"addDirectories","directories":["/"],"destination":"session"}]""", null)]
    [InlineData("[]", null)]
    [InlineData(null, null)]
    public void What_an_agent_offers_to_remember_is_an_option_only_when_its_words_say_all_of_it(string? suggestions, string? option) =>
        Assert.Equal(option, ClaudeOffers.Of(suggestions));
}
