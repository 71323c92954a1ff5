using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Mcp;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Mcp;

/// <summary>What is answered before the protocol's package is loaded: as the package would, and nothing that is not plain.</summary>
public class OpeningSpecs
{
    const string Client = """{"name":"c","version":"1"}""";

    static readonly string Hello = Greeting("0", "2025-06-18", "{\"x\":{}}", Client);

    static string Greeting(string id, string version, string capabilities, string client, string more = "") =>
        $$"""{"jsonrpc":"2.0","id":{{id}},"method":"initialize","""
        + $$""" "params":{"protocolVersion":"{{version}}","capabilities":{{capabilities}},"clientInfo":{{client}}{{more}}} }""";

    static bool IsAnswered(string line) => new Opening().AnswerTo(Encoding.UTF8.GetBytes(line)) is not null;

    [Theory]
    [InlineData("0", "2025-06-18", "{}", Client, "", true)]
    [InlineData("\"a\"", "2024-11-05", "{}", """{"name":"c","title":"C","version":"1"}""", ""","_meta":{"progressToken":3}""", true)]
    // Versions that are negotiated, shapes that are refused, members nobody knows: the package's.
    [InlineData("0", "2026-07-28", "{}", Client, "", false)]
    [InlineData("0", "1999-01-01", "{}", Client, "", false)]
    [InlineData("0", "2025-06-18", "{}", """{"name":"c"}""", "", false)]
    [InlineData("0", "2025-06-18", "[]", Client, "", false)]
    [InlineData("0", "2025-06-18", "{}", Client, ""","unknown":1""", false)]
    [InlineData("0", "2025-06-18", "{}", Client, ""","_meta":{"x":3}""", false)]
    [InlineData("0.5", "2025-06-18", "{}", Client, "", false)]
    [InlineData("null", "2025-06-18", "{}", Client, "", false)]
    public void A_plain_greeting_is_answered(string id, string version, string capabilities, string client, string more, bool answered) =>
        Assert.Equal(answered, IsAnswered(Greeting(id, version, capabilities, client, more)));

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized"}""")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{bad")]
    [InlineData("")]
    public void Nothing_else_comes_first(string line) => Assert.False(IsAnswered(line));

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", "")]
    [InlineData("""{"jsonrpc":"2.0","id":"p","method":"ping"}""", """{"result":{},"id":"p","jsonrpc":"2.0"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":9007199254740993,"method":"ping","params":null}""",
        """{"result":{},"id":9007199254740993,"jsonrpc":"2.0"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"notifications/initialized"}""", null)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"notifications/initialized"}""", null)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}""", null)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.x/protocolVersion":"2026-07-28"}}}""", null)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}""", null)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_run"}}""", null)]
    public void After_the_greeting_only_plain_requests_are(string line, string? answer)
    {
        var opening = new Opening();
        Assert.NotNull(opening.AnswerTo(Encoding.UTF8.GetBytes(Hello)));
        Assert.Null(opening.AnswerTo(Encoding.UTF8.GetBytes(Hello)));
        var given = opening.AnswerTo(Encoding.UTF8.GetBytes(line));
        Assert.Equal(answer, given is null ? null : Encoding.UTF8.GetString(given).TrimEnd('\n'));
        // The package is told the handshake, and nothing that left no trace.
        Assert.Equal(answer == "" ? Hello + line : Hello, Encoding.UTF8.GetString(opening.Handshake));
        Assert.Equal(0, opening.HelloId!.Value.GetInt32());
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task The_quick_answers_are_those_of_the_package(string version)
    {
        var quick = await Opened(version, []);
        // A member that nobody knows is the package's to judge; it ignores it, and answers.
        var package = await Opened(version, new JsonObject { ["unknown"] = 1 });
        Assert.Equal(package.Greeting, quick.Greeting);
        Assert.Equal(package.Tools, quick.Tools);
    }

    static async Task<(string Greeting, string Tools)> Opened(string version, JsonObject more)
    {
        await using var server = McpProcess.Start(new Dictionary<string, string> { ["AGENTCTL_URL"] = "http://127.0.0.1:9" });
        var hello = new JsonObject
        {
            ["protocolVersion"] = version,
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "spec", ["version"] = "1" },
        };
        foreach (var (name, value) in more) hello[name] = value!.DeepClone();
        var greeting = await server.Ask("initialize", hello);
        await server.Send("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        var tools = await server.Ask("tools/list");
        // The package is told what was said, and the client hears it once.
        Assert.Contains("is required", await server.Refused("wait_runs", []), StringComparison.Ordinal);
        Assert.Equal(0, (await server.End()).Code);
        Assert.Empty(server.Foreign);
        return (greeting["result"]!.ToJsonString(), tools["result"]!.ToJsonString());
    }
}
