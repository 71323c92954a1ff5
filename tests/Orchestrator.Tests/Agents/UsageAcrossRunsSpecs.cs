using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Tests.Agents;

/// <summary>
/// Two runs of one conversation, in what each agent really tells: some count per call, some per run, some the whole conversation. What the
/// second run used is what was added, and nothing is counted twice.
/// </summary>
public class UsageAcrossRunsSpecs
{
    static string Claude(int input, int cached, int output) => $$$"""
        {"type":"result","is_error":false,"result":"","usage":{"input_tokens":{{{input}}},"cache_read_input_tokens":{{{cached}}},
        "output_tokens":{{{output}}} } }
        """;

    static string Step(int input, int cached, int output) => $$$"""
        {"type":"step_finish","sessionID":"s","part":{"reason":"stop","tokens":{"input":{{{input}}},"output":{{{output}}},
        "cache":{"read":{{{cached}}} } } } }
        """;

    public static TheoryData<string, string?, string[], string[]> Agents => new()
    {
        // The running total of the thread; input holds what came from the cache.
        {
            "codex", "exec",
            ["""{"type":"thread.started","thread_id":"t"}""",
                """{"type":"turn.completed","usage":{"input_tokens":1100,"cached_input_tokens":1000,"output_tokens":10}}"""],
            ["""{"type":"thread.started","thread_id":"t"}""",
                """{"type":"turn.completed","usage":{"input_tokens":3300,"cached_input_tokens":3000,"output_tokens":30}}"""]
        },
        // Each call of the model as "last", the thread as "total"; after a resume the last turn's figures are told again.
        {
            "codex", "app-server",
            ["""{"method":"turn/started","params":{"turn":{"id":"u1"}}}""",
                """
                {"method":"thread/tokenUsage/updated","params":{"turnId":"u1","tokenUsage":{
                "total":{"inputTokens":1100,"cachedInputTokens":1000,"outputTokens":10},
                "last":{"inputTokens":1100,"cachedInputTokens":1000,"outputTokens":10}}}}
                """],
            ["""{"method":"turn/started","params":{"turn":{"id":"u2"}}}""",
                """
                {"method":"thread/tokenUsage/updated","params":{"turnId":"u1","tokenUsage":{
                "total":{"inputTokens":1100,"cachedInputTokens":1000,"outputTokens":10},
                "last":{"inputTokens":1100,"cachedInputTokens":1000,"outputTokens":10}}}}
                """,
                """
                {"method":"thread/tokenUsage/updated","params":{"turnId":"u2","tokenUsage":{
                "total":{"inputTokens":3300,"cachedInputTokens":3000,"outputTokens":30},
                "last":{"inputTokens":2200,"cachedInputTokens":2000,"outputTokens":20}}}}
                """]
        },
        // The calls of this process alone, input without the cache.
        {
            "claude", "print",
            [Claude(100, 1000, 10)], [Claude(200, 2000, 20)]
        },
        {
            "claude", "stream",
            [Claude(100, 1000, 10)], [Claude(200, 2000, 20)]
        },
    };

    public static TheoryData<string, string?, string[], string[]> OtherAgents => new()
    {
        // This process alone, input with the cache.
        {
            "gemini", null,
            ["""{"type":"result","status":"success","stats":{"total_tokens":1110,"input_tokens":1100,"output_tokens":10,"cached":1000}}"""],
            ["""{"type":"result","status":"success","stats":{"total_tokens":2220,"input_tokens":2200,"output_tokens":20,"cached":2000}}"""]
        },
        // Each call of the model.
        {
            "opencode", null,
            [Step(100, 1000, 10)], [Step(150, 500, 5), Step(50, 1500, 15)]
        },
        // Each answer of the endpoint.
        {
            "openai", null,
            ["""{"type":"usage","input_tokens":100,"cached_input_tokens":1000,"output_tokens":10}"""],
            ["""{"type":"usage","input_tokens":150,"cached_input_tokens":500,"output_tokens":5}""",
                """{"type":"usage","input_tokens":50,"cached_input_tokens":1500,"output_tokens":15}"""]
        },
        // Whatever the program says, added up.
        {
            "command", null,
            ["""{"agentctl":{"type":"usage","input_tokens":100,"cached_input_tokens":1000,"output_tokens":10}}"""],
            ["""{"agentctl":{"type":"usage","input_tokens":200,"cached_input_tokens":2000,"output_tokens":20}}"""]
        },
    };

    [Theory]
    [MemberData(nameof(Agents))]
    [MemberData(nameof(OtherAgents))]
    public void The_second_run_of_a_conversation_counts_what_was_added(string name, string? protocol, string[] first, string[] second)
    {
        var agent = AgentCatalog.Find(name, protocol)!;
        var one = Read(agent, null, first);
        Assert.Equal(new Usage(100, 1000, 10), one.Usage! with { CostUsd = null });
        var two = Read(agent, one, second);
        Assert.Equal(new Usage(200, 2000, 20), two.Usage! with { CostUsd = null });
    }

    [Theory]
    [InlineData("print")]
    [InlineData("stream")]
    public void The_cost_that_grows_over_a_conversation_counts_by_what_was_added(string protocol)
    {
        static string Cost(string total) => $$"""
            {"type":"result","is_error":false,"result":"","usage":{"input_tokens":1,"output_tokens":1},"total_cost_usd":{{total}}}
            """;
        var claude = AgentCatalog.Find("claude", protocol)!;
        var one = Read(claude, null, Cost("0.01"));
        var two = Read(claude, one, Cost("0.03"));
        // A conversation the agent counts anew.
        var three = Read(claude, two, Cost("0.005"));
        Assert.Equal([0.01m, 0.02m, 0.005m], new[] { one, two, three }.Select(run => run.Usage!.CostUsd));
    }

    [Fact]
    public void A_total_that_began_anew_counts_as_it_is()
    {
        var codex = AgentCatalog.Find("codex", "exec")!;
        static string Total(int tokens) => $$$"""{"type":"turn.completed","usage":{"input_tokens":{{{tokens}}},"output_tokens":1}}""";
        var one = Read(codex, null, Total(1000));
        Assert.Equal(200, Read(codex, one, Total(200)).Usage!.InputTokens);
    }

    static Transcript Read(IAgent agent, Transcript? before, params string[] lines)
    {
        var order = new AgentOrder
        {
            RunId = "0123456789abcdef",
            Prompt = "work",
            Workspace = "/work",
            RunFolder = "/run",
            Profile = new Profile { Name = agent.Name, Agent = agent.Name },
            ThreadId = before is null ? null : "t",
            ThreadTotal = before?.ThreadTotal,
        };
        return lines.Aggregate(agent.Begin(order), (soFar, line) =>
            agent.Read(soFar, new OutputLine(false, line.ReplaceLineEndings(""))).Transcript);
    }
}
