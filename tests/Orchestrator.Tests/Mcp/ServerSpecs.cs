using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Mcp;

/// <summary>The real <c>agentctl mcp</c> by raw lines: what it says first, and what it makes of lines nobody should send.</summary>
public class ServerSpecs
{
    /// <summary>A daemon that is not there: these calls never get so far.</summary>
    static readonly Dictionary<string, string> Nowhere = new() { ["AGENTCTL_URL"] = "http://127.0.0.1:9", ["AGENTCTL_RUN_ID"] = "0123" };

    [Fact]
    public async Task It_names_itself_teaches_its_use_and_lists_its_tools()
    {
        await using var server = McpProcess.Start(Nowhere);
        var hello = (await server.Ask("initialize", Hello("2025-11-25")))["result"]!;

        Assert.Equal(("2025-11-25", "agentctl"), ((string)hello["protocolVersion"]!, (string)hello["serverInfo"]!["name"]!));
        Assert.Contains("report_outcome", (string)hello["instructions"]!, StringComparison.Ordinal);
        await server.Send("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        var tools = (await server.Ask("tools/list"))["result"]!["tools"]!.AsArray();
        Assert.Equal(10, tools.Count);
        foreach (var tool in tools)
            foreach (var member in new[] { "inputSchema", "outputSchema", "annotations", "description", "title" })
                Assert.True(tool![member] is not null, $"{tool["name"]} has no {member}");
        Assert.Equal(0, (await server.End()).Code);
    }

    [Theory]
    [InlineData("2024-11-05", "2024-11-05")]
    [InlineData("2025-06-18", "2025-06-18")]
    [InlineData("1999-01-01", "2025-11-25")]
    public async Task Older_handshakes_are_understood_and_unknown_ones_offered_another(string asked, string given)
    {
        await using var server = McpProcess.Start(Nowhere);
        Assert.Equal(given, (string)(await server.Ask("initialize", Hello(asked)))["result"]!["protocolVersion"]!);
    }

    [Fact]
    public async Task The_era_without_a_handshake_is_served_too()
    {
        await using var server = McpProcess.Start(Nowhere);
        var meta = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = "2026-07-28",
            ["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "spec", ["version"] = "1" },
            ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
        };
        var found = (await server.Ask("server/discover", new JsonObject { ["_meta"] = meta.DeepClone() }))["result"]!;
        Assert.Contains("2026-07-28", found.ToJsonString(), StringComparison.Ordinal);

        var tools = (await server.Ask("tools/list", new JsonObject { ["_meta"] = meta.DeepClone() }))["result"]!;
        Assert.Equal(("complete", 10), ((string)tools["resultType"]!, tools["tools"]!.AsArray().Count));
        var call = new JsonObject { ["name"] = "wait_runs", ["arguments"] = new JsonObject(), ["_meta"] = meta.DeepClone() };
        var refused = (await server.Ask("tools/call", call))["result"]!;
        Assert.Equal(("complete", true), ((string)refused["resultType"]!, (bool)refused["isError"]!));
    }

    [Fact]
    public async Task Lines_nobody_should_send_are_answered_where_they_can_be_and_hurt_nobody()
    {
        await using var server = await McpProcess.Ready(Nowhere);
        foreach (var line in new[] { "{bad", "", "[]", "7", "null", "\"text\"", "{}", "\u0000", "{\"jsonrpc\":\"2.0\"}", "[{\"id\":1}]" })
            await server.Send(line);
        await server.Send("{\"jsonrpc\":\"2.0\",\"id\":\"deep\",\"method\":\"tools/call\",\"params\":"
            + new string('[', 5000) + new string(']', 5000) + "}");
        await server.Send("{\"jsonrpc\":\"2.0\",\"id\":\"big\",\"method\":\"tools/call\",\"params\":{\"name\":\"spawn_run\",\"arguments\":"
            + $"{{\"task\":\"{new string('x', 9 * 1024 * 1024)}\"}}}}}}");
        await server.Send("""{"jsonrpc":"2.0","id":"list","method":"tools/call","params":{"name":"get_run","arguments":[1]}}""");
        await server.Send("""{"jsonrpc":"2.0","id":"noname","method":"tools/call","params":{}}""");
        await server.Send("""{"jsonrpc":"2.0","id":"nothing","method":"tools/call"}""");
        await server.Send("""{"jsonrpc":"2.0","id":"nomethod","method":"no/such"}""");

        Assert.Equal(-32700, await Code(server, "deep"));
        Assert.Equal(-32700, await Code(server, "big"));
        Assert.Equal(-32602, await Code(server, "list"));
        Assert.NotNull(await Code(server, "noname"));
        Assert.Equal(-32602, await Code(server, "nothing"));
        Assert.Equal(-32601, await Code(server, "nomethod"));
        Assert.Equal(10, (await server.Ask("tools/list"))["result"]!["tools"]!.AsArray().Count);
        Assert.Empty(server.Foreign);
        var (code, errors) = await server.End();
        Assert.Equal(0, code);
        Assert.Contains("was refused: at most", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_tool_is_told_with_the_nearest_and_wrong_arguments_as_a_result()
    {
        await using var server = await McpProcess.Ready(Nowhere);
        var unknown = await server.Ask("tools/call", new JsonObject { ["name"] = "wait_run", ["arguments"] = new JsonObject() });
        Assert.Equal(-32602, (int)unknown["error"]!["code"]!);
        Assert.Contains("Did you mean 'wait_runs'?", (string)unknown["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Contains("run_ids: is required", await server.Refused("wait_runs", []), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_run_the_tools_that_need_one_say_so()
    {
        await using var server = await McpProcess.Ready(new Dictionary<string, string> { ["AGENTCTL_URL"] = "http://127.0.0.1:9" });
        foreach (var (tool, arguments) in new (string, JsonObject)[]
        {
            ("reply_parent", new() { ["kind"] = "question", ["text"] = "now?" }),
            ("report_outcome", new() { ["goal_met"] = true, ["summary"] = "done" }),
            ("get_run", []),
        })
            Assert.Contains("AGENTCTL_RUN_ID is not set", await server.Refused(tool, arguments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_the_input_ends_a_call_that_still_waits()
    {
        await using var server = await McpProcess.Ready(Nowhere);
        await server.Send("""{"jsonrpc":"2.0","id":"w","method":"tools/call","params":{"name":"get_run","arguments":{}}}""");
        Assert.Equal(0, (await server.End().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public async Task What_a_script_asks_before_it_closes_the_input_is_answered()
    {
        await using var server = McpProcess.Start(Nowhere);
        await server.Send(new JsonObject
        {
            ["jsonrpc"] = "2.0", ["id"] = "hello", ["method"] = "initialize", ["params"] = Hello("2025-11-25"),
        }.ToJsonString());
        await server.Send("""{"jsonrpc":"2.0","id":"list","method":"tools/list"}""");
        await server.Send("""{"jsonrpc":"2.0","id":"call","method":"tools/call","params":{"name":"wait_runs","arguments":{}}}""");
        Assert.Equal(0, (await server.End()).Code);
        Assert.NotNull((await server.Answer("hello"))["result"]);
        Assert.NotNull((await server.Answer("list"))["result"]);
        Assert.NotNull((await server.Answer("call"))["result"]);
    }

    [Fact]
    public async Task A_signal_ends_it_in_order()
    {
        await using var server = await McpProcess.Ready(Nowhere);
        Assert.Equal(0, await server.Signal("TERM").WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    static JsonObject Hello(string version) => new()
    {
        ["protocolVersion"] = version,
        ["capabilities"] = new JsonObject(),
        ["clientInfo"] = new JsonObject { ["name"] = "spec", ["version"] = "1" },
    };

    static async Task<int?> Code(McpProcess server, string id) => (int?)(await server.Answer(id))["error"]?["code"];
}
