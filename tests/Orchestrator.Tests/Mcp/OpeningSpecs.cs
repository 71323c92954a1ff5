using System.Text;
using System.Text.Json;
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
        Assert.Equal("0", Encoding.UTF8.GetString(opening.HelloId!));
    }

    [Fact]
    public void The_stored_answers_are_those_the_tools_give()
    {
        using var tools = new MemoryStream();
        using (var writer = new Utf8JsonWriter(tools, Json.Plain)) ToolListing.Write(writer);
        var written = $"{JsonSerializer.Serialize(Toolbox.Instructions, Json.PlainOptions)}\n{Encoding.UTF8.GetString(tools.ToArray())}\n";
        var stored = Path.Combine(TestPrograms.RepositoryRoot, "src/Orchestrator/Mcp/Openings/opening.jsonl");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(stored, written);
        Assert.Equal(written, File.ReadAllText(stored));
    }

    [Theory]
    // Whatever way it is cut into pieces; a line that is long or cut off is the package's, as is all that follows it.
    [InlineData("$H$R$L", "02", null)]
    [InlineData("$H$R$L$C$L", "02", "$H$R$C$L")]
    [InlineData("$H$R$P", "0", "$H$R$P")]
    [InlineData("", "", null)]
    [InlineData("$L$H", "", "$L$H")]
    public void Lines_are_answered_until_one_is_not_plain(string script, string answered, string? left)
    {
        string Text(string words) => words.Replace("$H", Hello + "\n", StringComparison.Ordinal)
            .Replace("$R", """{"jsonrpc":"2.0","method":"notifications/initialized"}""" + "\r\n", StringComparison.Ordinal)
            .Replace("$L", """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""" + "\n", StringComparison.Ordinal)
            .Replace("$C", """{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{}}""" + "\n", StringComparison.Ordinal)
            .Replace("$P", """{"jsonrpc":"2.0","id":2,""", StringComparison.Ordinal);
        foreach (var step in new[] { 1, 7, 100_000 })
        {
            using var output = new MemoryStream();
            using var input = new Steps(Encoding.UTF8.GetBytes(Text(script)), step);
            var opened = OpeningServer.Serve(input, output);
            var answers = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(answered, string.Concat(answers.Select(answer => JsonNode.Parse(answer)!["id"]!.ToString())));
            Assert.Equal(left is null ? null : Text(left),
                opened is null ? null : Encoding.UTF8.GetString(opened.Read) + Rest(input));
        }
    }

    [Fact]
    public void A_line_longer_than_any_opening_is_left_whole()
    {
        using var output = new MemoryStream();
        var all = Hello + "\n" + new string(' ', 100_000) + "\n";
        using var input = new Steps(Encoding.UTF8.GetBytes(all), 50_000);
        Assert.Equal(all, Encoding.UTF8.GetString(OpeningServer.Serve(input, output)!.Read) + Rest(input));
    }

    static string Rest(Stream input)
    {
        using var reader = new StreamReader(input, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>A stream that gives at most so many bytes at once.</summary>
    sealed class Steps(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(step, count));
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
