using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Tests.Agents;

/// <summary>The Agent Client Protocol as a pure function: what is heard, what is understood, what is said.</summary>
public class AcpSpecs
{
    const string Modes = """
        {"sessionId":"s1","modes":{"availableModes":[{"id":"default"},{"id":"autoEdit"},{"id":"yolo"},{"id":"plan"}],
        "currentModeId":"default"},"models":{"availableModels":[{"modelId":"small"},{"modelId":"large"}],"currentModelId":"small"}}
        """;

    const string Options = """
        [{"optionId":"a","name":"Allow","kind":"allow_once"},{"optionId":"aa","name":"Always","kind":"allow_always"},
        {"optionId":"r","name":"Reject","kind":"reject_once"}]
        """;

    [Fact]
    public void A_conversation_is_begun_in_order_and_its_tools_are_named_without_a_token()
    {
        var talk = new AcpTalker(order => order with { Tools = new ToolProgram("/opt/agentctl", ["mcp"]) });
        Assert.Equal("initialize", (string?)talk.Sent.Single()["method"]);

        talk.Reply(1, AcpTalker.Plain);
        var begun = talk.Sent[^1];
        Assert.Equal(("session/new", "/repo"), ((string?)begun["method"], (string?)begun["params"]!["cwd"]));
        var server = begun["params"]!["mcpServers"]![0]!;
        Assert.Equal(("agentctl", "/opt/agentctl"), ((string?)server["name"], (string?)server["command"]));
        Assert.All(server["env"]!.AsArray(), place => Assert.Equal($"${{{place!["name"]}}}", (string?)place["value"]));

        talk.Reply(3, Modes);
        Assert.Equal(("session/set_mode", "autoEdit"), ((string?)talk.Sent[^1]["method"], (string?)talk.Sent[^1]["params"]!["modeId"]));
        talk.Reply(4, "{}");
        Assert.Equal("do it", (string?)talk.Sent[^1]["params"]!["prompt"]![0]!["text"]);
        Assert.Equal(("s1", "small"), (talk.Now.ThreadId, talk.Now.Model));
        Assert.Equal(4, talk.Sent.Count);
    }

    [Theory]
    [InlineData("end_turn", null)]
    [InlineData("max_tokens", EndReason.ContextExceeded)]
    [InlineData("max_turn_requests", EndReason.MaxTurns)]
    [InlineData("refusal", EndReason.AgentError)]
    [InlineData("cancelled", EndReason.Interrupted)]
    [InlineData("who knows", EndReason.AgentError)]
    public void A_stop_reason_is_an_end(string stop, string? reason)
    {
        var talk = AcpTalker.AtWork();
        talk.Update("""{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"so far"}}""");
        talk.Reply(4, new JsonObject { ["stopReason"] = stop }.ToJsonString());
        Assert.Equal((reason is null, reason, true), (talk.End().Succeeded, talk.End().Reason, talk.Now.Talk!.Over));
        Assert.Equal(new Said("so far"), talk.Signals.OfType<Said>().Single());
    }

    [Theory]
    [InlineData("""{"code":-32000,"message":"Authentication required."}""", EndReason.AuthRequired)]
    [InlineData("""{"code":429,"message":"Rate limit exceeded. Try again later."}""", EndReason.RateLimited)]
    [InlineData("""{"code":400,"message":"{\"error\":{\"code\":400,\"message\":\"nope\"}}"}""", EndReason.BadRequest)]
    [InlineData("""{"code":500,"message":"backend"}""", EndReason.ProviderUnavailable)]
    [InlineData("""{"code":-32603,"message":"Internal error","data":{"details":"You exceeded your quota"}}""", EndReason.QuotaExhausted)]
    [InlineData("""{"code":-32603,"message":"Internal error: x","data":{"errorKind":"rate_limit"}}""", EndReason.RateLimited)]
    [InlineData("""{"code":-32603,"message":"Internal error: prompt is too long"}""", EndReason.ContextExceeded)]
    [InlineData("""{"code":-32603,"message":"Internal error"}""", EndReason.AgentError)]
    public void An_error_has_its_reason(string error, string reason)
    {
        var talk = AcpTalker.AtWork();
        talk.Hear($$"""{"jsonrpc":"2.0","id":4,"error":{{error}}}""");
        Assert.Equal((false, reason), (talk.End().Succeeded, talk.End().Reason));
    }

    [Fact]
    public void A_login_that_is_missing_is_told_with_the_ways_there_are_and_one_of_them_can_be_chosen()
    {
        const string Hello = """
            {"protocolVersion":1,"agentCapabilities":{},"authMethods":[{"id":"key","name":"Key","description":"Use a key"}]}
            """;
        var talk = new AcpTalker();
        talk.Reply(1, Hello);
        talk.Hear("""{"jsonrpc":"2.0","id":3,"error":{"code":-32000,"message":"Authentication required"}}""");
        Assert.Equal(EndReason.AuthRequired, talk.End().Reason);
        Assert.Contains("key (Use a key)", talk.End().Message, StringComparison.Ordinal);
        Assert.Contains("ACP_AUTH_METHOD", talk.End().Message, StringComparison.Ordinal);

        var chosen = new AcpTalker(order => order with
        {
            Profile = order.Profile with { Env = new Dictionary<string, string> { ["ACP_AUTH_METHOD"] = "key" } },
        });
        chosen.Reply(1, Hello);
        Assert.Equal(("authenticate", "key"), ((string?)chosen.Sent[^1]["method"], (string?)chosen.Sent[^1]["params"]!["methodId"]));
        chosen.Reply(2, "{}");
        Assert.Equal("session/new", (string?)chosen.Sent[^1]["method"]);
    }

    [Fact]
    public void An_agent_of_another_version_is_refused()
    {
        var talk = new AcpTalker();
        talk.Reply(1, """{"protocolVersion":2}""");
        Assert.Contains("version 2", talk.End().Message, StringComparison.Ordinal);
        Assert.True(talk.Now.Talk!.Over);
    }

    [Theory]
    [InlineData("""{"loadSession":true}""", "session/load")]
    [InlineData("""{"loadSession":true,"sessionCapabilities":{"resume":{}}}""", "session/resume")]
    [InlineData("{}", null)]
    public void A_conversation_is_gone_on_with_where_the_agent_can(string can, string? method)
    {
        var talk = new AcpTalker(order => order with { ThreadId = "old" });
        talk.Reply(1, $$"""{"protocolVersion":1,"agentCapabilities":{{can}}}""");
        if (method is null)
        {
            Assert.Equal(EndReason.ThreadNotFound, talk.End().Reason);
            Assert.Contains("neither session/load nor session/resume", talk.End().Message, StringComparison.Ordinal);
            return;
        }
        Assert.Equal((method, "old"), ((string?)talk.Sent[^1]["method"], (string?)talk.Sent[^1]["params"]!["sessionId"]));
        talk.Update("""{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"said before"}}""");
        talk.Reply(3, "{}");
        talk.Update("""{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"new"}}""");
        talk.Reply(4, """{"stopReason":"end_turn"}""");
        Assert.Equal(["new"], talk.Signals.OfType<Said>().Select(said => said.Text));
        Assert.Equal("old", talk.Now.ThreadId);
    }

    [Fact]
    public void A_conversation_the_agent_no_longer_has_is_told_so()
    {
        var talk = new AcpTalker(order => order with { ThreadId = "old" });
        talk.Reply(1, AcpTalker.Plain);
        talk.Hear("""{"jsonrpc":"2.0","id":3,"error":{"code":-32603,"message":"Internal error","data":{"details":"No sessions"}}}""");
        Assert.Equal(EndReason.ThreadNotFound, talk.End().Reason);
    }

    [Fact]
    public void A_model_that_is_not_offered_is_refused_with_those_that_are()
    {
        var talk = AcpTalker.WithModel("huge");
        talk.Reply(3, Modes);
        Assert.Equal(EndReason.BadRequest, talk.End().Reason);
        Assert.Contains("small, large", talk.End().Message, StringComparison.Ordinal);

        var none = AcpTalker.WithModel("huge");
        none.Reply(3, """{"sessionId":"s1"}""");
        Assert.Contains("'model: huge'", none.End().Message, StringComparison.Ordinal);

        var chosen = AcpTalker.WithModel("large");
        chosen.Reply(3, Modes);
        chosen.Reply(4, "{}");
        Assert.Equal(("session/set_model", "large"), ((string?)chosen.Sent[^1]["method"], (string?)chosen.Sent[^1]["params"]!["modelId"]));
    }

    [Theory]
    [InlineData("workspace-write", "execute", null)]
    [InlineData("read-only", "execute", "r")]
    [InlineData("read-only", "edit", "r")]
    [InlineData("read-only", "fetch", null)]
    [InlineData("full-access", "execute", "a")]
    public void What_the_sandbox_decides_is_asked_of_nobody(string sandbox, string kind, string? answer)
    {
        var talk = AcpTalker.AtWork(ConfigKeys.Sandboxes[sandbox]);
        talk.Ask("7", kind, Options);
        Assert.Equal(answer is null ? 1 : 0, talk.Signals.OfType<ApprovalAsked>().Count());
        if (answer is not null)
            Assert.Equal(answer, (string?)talk.Sent[^1]["result"]!["outcome"]!["optionId"]);
        Assert.Equal(answer is null ? 1 : 0, talk.Now.Talk!.Open.Count);
    }

    [Theory]
    [InlineData(true, false, "a")]
    [InlineData(true, true, "aa")]
    [InlineData(false, false, "r")]
    public void An_answer_is_the_option_that_says_it_and_is_given_once(bool approved, bool forRun, string option)
    {
        var talk = AcpTalker.AtWork();
        talk.Ask("\"x-1\"", "execute", Options);
        var asked = talk.Signals.OfType<ApprovalAsked>().Single();
        Assert.Contains("touch a", asked.DetailJson, StringComparison.Ordinal);
        talk.Obey(new AnswerCommand(asked.Id, approved, "words", forRun));
        Assert.Equal(("x-1", option), ((string?)talk.Sent[^1]["id"], (string?)talk.Sent[^1]["result"]!["outcome"]!["optionId"]));
        var many = talk.Sent.Count;
        talk.Obey(new AnswerCommand(asked.Id, approved, "words", forRun));
        Assert.Equal(many, talk.Sent.Count);
    }

    [Fact]
    public void A_choice_between_ways_to_go_on_is_a_question_with_options()
    {
        var talk = AcpTalker.AtWork(Sandbox.FullAccess);
        talk.Ask("7", "switch_mode", """
            [{"optionId":"1","name":"Go fast","kind":"allow_once"},{"optionId":"2","name":"Go slow","kind":"allow_once"},
            {"optionId":"3","name":"No","kind":"reject_once"}]
            """);
        var asked = talk.Signals.OfType<ApprovalAsked>().Single();
        Assert.Equal((AskKind.Question, "Go fast,Go slow,No"), (asked.Kind, string.Join(',', asked.Options)));
        talk.Obey(new AnswerCommand(asked.Id, true, "Go slow"));
        Assert.Equal("2", (string?)talk.Sent[^1]["result"]!["outcome"]!["optionId"]);
    }

    [Fact]
    public void A_message_waits_for_the_turn_and_begins_the_next_one_in_the_same_process()
    {
        var talk = AcpTalker.AtWork();
        talk.Obey(new MessageCommand("0000000000000001", "and then"));
        Assert.Equal("do it", (string?)talk.Sent[^1]["params"]!["prompt"]![0]!["text"]);
        talk.Reply(4, """{"stopReason":"end_turn"}""");
        Assert.Equal("and then", (string?)talk.Sent[^1]["params"]!["prompt"]![0]!["text"]);
        Assert.False(talk.Now.EndSeen || talk.Now.Talk!.Over);
        talk.Reply(5, """{"stopReason":"end_turn"}""");
        Assert.True(talk.Now is { EndedWell: true, Talk.Over: true });
    }

    [Fact]
    public void A_stop_cancels_the_turn_and_answers_what_is_open()
    {
        var talk = AcpTalker.AtWork();
        talk.Ask("7", "execute", Options);
        talk.Obey(new StopCommand());
        Assert.Equal("session/cancel", (string?)talk.Sent[^2]["method"]);
        Assert.Equal("cancelled", (string?)talk.Sent[^1]["result"]!["outcome"]!["outcome"]);
        Assert.Single(talk.Signals.OfType<ApprovalDropped>());
        talk.Reply(4, """{"stopReason":"cancelled"}""");
        Assert.Equal((EndReason.Interrupted, true), (talk.End().Reason, talk.Now.Talk!.Over));
    }

    [Fact]
    public void A_tool_call_in_pieces_is_told_when_it_begins_and_when_it_has_ended()
    {
        var talk = AcpTalker.AtWork();
        talk.Update("""{"sessionUpdate":"tool_call","toolCallId":"c","title":"write","kind":"edit","status":"pending","rawInput":{}}""");
        Assert.Empty(talk.Signals.OfType<ToolCalled>());
        talk.Update("""
            {"sessionUpdate":"tool_call_update","toolCallId":"c","rawInput":{"filePath":"/repo/a"},
            "content":[{"type":"diff","path":"/repo/a","oldText":null,"newText":"x\n"}]}
            """);
        talk.Update("""{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"completed","rawOutput":"done"}""");
        Assert.Equal(new ToolCalled("c", "write", """{"filePath":"/repo/a"}"""), talk.Signals.OfType<ToolCalled>().Single());
        Assert.Equal(new ToolReturned("c", null, "done"), talk.Signals.OfType<ToolReturned>().Single());
        Assert.Equal([new FileChange("/repo/a", "add")], talk.Signals.OfType<FilesChanged>().Single().Changes);
        Assert.Empty(talk.Now.Talk!.Plan!.UnderWay);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // A quick command has ended before its call is told.
    public void What_a_terminal_printed_is_the_output_of_the_call_that_shows_it(bool quick)
    {
        var talk = AcpTalker.AtWork();
        var ended = Orchestrator.Agents.Acp.AcpLines.SaysEnded("t1", 3, "no such folder");
        talk.Hear(Orchestrator.Agents.Acp.AcpLines.SaysEnded("t0", 1, "another's"));
        if (quick) talk.Hear(ended);
        talk.Update("""
            {"sessionUpdate":"tool_call","toolCallId":"c","title":"ls","kind":"execute","status":"in_progress",
            "content":[{"type":"terminal","terminalId":"t1"}]}
            """);
        if (!quick) talk.Hear(ended);
        talk.Update("""{"sessionUpdate":"tool_call_update","toolCallId":"c","status":"completed"}""");
        Assert.Equal(new ToolCalled("c", "shell", """{"command":"ls"}"""), talk.Signals.OfType<ToolCalled>().Single());
        Assert.Equal(new ToolReturned("c", 3, "no such folder", true), talk.Signals.OfType<ToolReturned>().Single());
    }

    [Fact]
    public void Messages_are_joined_until_another_begins_and_thoughts_stay_thoughts()
    {
        var talk = AcpTalker.AtWork();
        foreach (var (kind, id, text) in new[]
        {
            ("thought", "m0", "hm"), ("message", "m1", "one "), ("message", "m1", "two"), ("message", "m2", "three"),
        })
            talk.Update($$$"""
                {"sessionUpdate":"agent_{{{kind}}}_chunk","messageId":"{{{id}}}","content":{"type":"text","text":"{{{text}}}"}}
                """);
        const string Spent = """{"inputTokens":200,"cachedReadTokens":800,"outputTokens":6,"totalTokens":1010}""";
        talk.Reply(4, $$"""{"stopReason":"end_turn","usage":{{Spent}}}""");
        Assert.Equal(["hm"], talk.Signals.OfType<Reasoned>().Select(thought => thought.Text));
        Assert.Equal(["one two", "three"], talk.Signals.OfType<Said>().Select(said => said.Text));
        Assert.Equal(new Usage(200, 800, 10), talk.Now.Usage);
    }

    [Fact]
    public void What_is_unknown_is_counted_and_a_call_that_is_not_served_is_answered()
    {
        var talk = AcpTalker.AtWork();
        talk.Update("""{"sessionUpdate":"of_tomorrow"}""");
        talk.Hear("""{"jsonrpc":"2.0","method":"_mine/news"}""");
        Assert.Equal(2, talk.Now.UnknownLines);
        talk.Hear("""{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{}}""");
        Assert.Equal(-32601, (int?)talk.Sent[^1]["error"]!["code"]);
        talk.Hear("not json");
        Assert.Equal(1, talk.Now.UnreadableLines);
    }

    [Fact]
    public void A_provider_that_failed_behind_a_good_end_is_a_failure()
    {
        var talk = AcpTalker.AtWork();
        talk.Update("""{"sessionUpdate":"session_info_update","_meta":{"codex":{"threadStatus":{"type":"systemError"}}}}""");
        talk.Update("""{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"unexpected status 429 Too Many"}}""");
        talk.Reply(4, """{"stopReason":"end_turn"}""");
        Assert.Equal(EndReason.RateLimited, talk.End().Reason);
    }

    [Fact]
    public void Our_variables_are_put_in_where_they_are_named_and_nowhere_else()
    {
        var talk = new AcpTalker(order => order with
        {
            Tools = new ToolProgram("/opt/agentctl", ["mcp"]),
            Prompt = "say ${AGENTCTL_AUTH_TOKEN} \"mcpServers\"",
        });
        talk.Reply(1, AcpTalker.Plain);
        var filled = Orchestrator.Agents.Acp.AcpLines.FillIn(talk.Lines[^1], name => name == "DOTNET_ROOT" ? null : "value of " + name);
        Assert.Contains("value of AGENTCTL_AUTH_TOKEN", filled, StringComparison.Ordinal);
        Assert.DoesNotContain("DOTNET_ROOT", filled, StringComparison.Ordinal);
        talk.Reply(3, """{"sessionId":"s1"}""");
        Assert.Equal(talk.Lines[^1], Orchestrator.Agents.Acp.AcpLines.FillIn(talk.Lines[^1], _ => "secret"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_lines_never_throw(int seed)
    {
        var random = new Random(seed);
        string[] lines =
        [
            $$"""{"jsonrpc":"2.0","id":1,"result":{{AcpTalker.Plain}}}""",
            $$"""{"jsonrpc":"2.0","id":3,"result":{{Flat(Modes)}}}""",
            """{"jsonrpc":"2.0","id":4,"result":{"stopReason":"end_turn","usage":{"inputTokens":1,"totalTokens":2},"_meta":{"quota":1}}}""",
            """{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"plan","entries":[{"content":"a"}]}}}""",
            """{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"usage_update","cost":{"amount":1e9}}}}""",
            """{"jsonrpc":"2.0","method":"_agentctl/terminal_ended","params":{"terminal":"t1","exit_code":1e3,"output":"x"}}""",
            $$$"""{"jsonrpc":"2.0","id":"a","method":"session/request_permission","params":{"options":{{{Flat(Options)}}},"""
                + """ "toolCall":{"toolCallId":"c","kind":"edit","content":[{"type":"diff","path":"/a","newText":"x"}],"rawInput":{}}}}""",
            """{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"tool_call_update","toolCallId":"c","""
                + """ "status":"completed","rawOutput":{"metadata":{"exit":1,"filepath":"/a"}},"locations":[{"path":"/a"}]}}}""",
        ];
        for (var round = 0; round < 1500; round++)
        {
            var text = lines[random.Next(lines.Length)];
            var at = random.Next(text.Length);
            var damaged = text[..at] + "\"{}[]:,0\\ud800"[random.Next(14)] + text[Math.Min(text.Length, at + random.Next(3))..];
            var talk = random.Next(2) == 0 ? new AcpTalker() : AcpTalker.AtWork();
            talk.Hear(text);
            talk.Hear(damaged);
            foreach (var ask in talk.Now.Talk!.Open)
                talk.Obey(new AnswerCommand(ask.Id, random.Next(2) == 0, "x", ForRun: true));
            talk.Obey(new StopCommand());
            Assert.NotNull(talk.End());
        }
    }

    static string Flat(string json) => json.ReplaceLineEndings(" ");
}
