using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.AcpHost;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.AcpHost;

/// <summary>An agent's calls for files and terminals, on real files and real commands.</summary>
public sealed class CallServerSpecs : IAsyncDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("acp-calls-").FullName;
    readonly List<JsonNode> told = [];
    readonly System.Threading.Channels.Channel<JsonNode> answers = System.Threading.Channels.Channel.CreateUnbounded<JsonNode>();
    readonly CallServer server;

    public CallServerSpecs()
    {
        Directory.CreateDirectory(At("work/sub"));
        File.WriteAllText(At("secret"), "s");
        File.WriteAllText(At("work/a.txt"), "one\ntwo\nthree\n");
        File.CreateSymbolicLink(At("work/out"), root);
        File.CreateSymbolicLink(At("work/within"), At("work/sub"));
        server = Server(true);
    }

    CallServer Server(bool mayChange) => new(
        new CallPlace(new WorkspacePaths(At("work")), new Dictionary<string, string>
        {
            ["PATH"] = "/usr/bin:/bin", ["AGENTCTL_RUN_ID"] = "mine",
        }, TimeProvider.System)
        { MayChange = mayChange },
        line => answers.Writer.TryWrite(JsonNode.Parse(line)!), line => told.Add(JsonNode.Parse(line)!));

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/hostname")]
    [InlineData("out/secret")]
    [InlineData("within/../../secret")]
    public async Task What_is_outside_is_neither_read_nor_written(string path)
    {
        var full = Path.IsPathRooted(path) ? path : At("work/" + path);
        foreach (var (method, call) in new[]
        {
            ("fs/read_text_file", new JsonObject { ["path"] = full }),
            ("fs/write_text_file", new JsonObject { ["path"] = full, ["content"] = "x" }),
        })
        {
            var error = (await Ask(server, method, call))["error"]!;
            Assert.Equal(-32602, (int?)error["code"]);
            Assert.Contains("outside the workspace", (string?)error["message"], StringComparison.Ordinal);
        }
        Assert.Equal("s", await File.ReadAllTextAsync(At("secret"), TestContext.Current.CancellationToken));
        Assert.Equal(2, told.Count(line => (string?)line["method"] == "_agentctl/refused"));
    }

    [Theory]
    [InlineData(null, null, "one\ntwo\nthree\n")]
    [InlineData(2, null, "two\nthree\n")]
    [InlineData(2, 1, "two\n")]
    [InlineData(9, 5, "")]
    public async Task A_file_is_read_whole_or_in_part(int? line, int? limit, string text)
    {
        var answer = await Ask(server, "fs/read_text_file", new JsonObject
        {
            ["path"] = At("work/a.txt"), ["line"] = line, ["limit"] = limit,
        });
        Assert.Equal(text, (string?)answer["result"]!["content"]);
    }

    [Fact]
    public async Task A_file_is_written_and_a_missing_one_is_told_by_its_code()
    {
        var path = At("work/within/new/b.txt");
        Assert.Equal(-32002, (int?)(await Ask(server, "fs/read_text_file", new JsonObject { ["path"] = path }))["error"]!["code"]);
        var written = await Ask(server, "fs/write_text_file", new JsonObject { ["path"] = path, ["content"] = "hey" });
        Assert.True(written.AsObject().ContainsKey("result"));
        Assert.Equal("hey", await File.ReadAllTextAsync(At("work/sub/new/b.txt"), TestContext.Current.CancellationToken));
        var git = await Ask(server, "fs/write_text_file", new JsonObject { ["path"] = At("work/.git/hooks/x"), ["content"] = "x" });
        Assert.NotNull(git["error"]);
    }

    [Fact]
    public async Task A_read_only_run_writes_nothing_and_runs_nothing()
    {
        await using var careful = Server(false);
        var write = await Ask(careful, "fs/write_text_file", new JsonObject { ["path"] = At("work/b"), ["content"] = "x" });
        var run = await Ask(careful, "terminal/create", new JsonObject { ["command"] = "touch b" });
        Assert.All(new[] { write, run }, answer =>
            Assert.Contains("read-only", (string?)answer["error"]!["message"], StringComparison.Ordinal));
        Assert.False(File.Exists(At("work/b")));
    }

    [Fact]
    public async Task A_command_runs_in_the_workspace_and_tells_its_output_and_end()
    {
        var id = await Create(new JsonObject
        {
            ["command"] = "pwd; echo $X $AGENTCTL_RUN_ID; exit 3",
            ["env"] = new JsonArray(new JsonObject { ["name"] = "X", ["value"] = "x" },
                new JsonObject { ["name"] = "AGENTCTL_RUN_ID", ["value"] = "other" }),
        });
        Assert.Equal(3, (int?)(await Ask(server, "terminal/wait_for_exit", id))["result"]!["exitCode"]);
        var output = (await Ask(server, "terminal/output", id))["result"]!;
        Assert.Equal((At("work") + "\nx mine\n", 3), ((string?)output["output"], (int?)output["exitStatus"]!["exitCode"]));
        Assert.True((await Ask(server, "terminal/release", id)).AsObject().ContainsKey("result"));
        Assert.NotNull((await Ask(server, "terminal/output", id))["error"]);
    }

    [Fact]
    public async Task A_command_is_killed_with_all_it_started_and_its_output_is_bounded()
    {
        var id = await Create(new JsonObject
        {
            ["command"] = "sh", ["args"] = new JsonArray("-c", "sleep 661 & printf 'aaaaéé'; echo $! > pid; wait"), ["outputByteLimit"] = 3,
        });
        await Support.Eventually.True(() => File.Exists(At("work/pid")), "the command has begun", TimeSpan.FromSeconds(30));
        await Ask(server, "terminal/kill", id);
        Assert.Equal("SIGKILL", (string?)(await Ask(server, "terminal/wait_for_exit", id))["result"]!["signal"]);
        var output = (await Ask(server, "terminal/output", id))["result"]!;
        Assert.Equal(("é", true), ((string?)output["output"], (bool?)output["truncated"]));
        var pid = (await File.ReadAllTextAsync(At("work/pid"), TestContext.Current.CancellationToken)).Trim();
        await Support.Eventually.True(() => Stat(pid) is 'Z', "its child is gone", TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("terminal/output", """{"terminalId":"t9"}""")]
    [InlineData("terminal/create", """{"command":""}""")]
    [InlineData("terminal/create", """{"command":"ls","cwd":"/"}""")]
    [InlineData("terminal/create", """{"command":"nothing-of-that-name","args":["x"]}""")]
    [InlineData("terminal/create", """{"command":"ls","args":[1]}""")]
    [InlineData("fs/read_text_file", """{"path":7}""")]
    [InlineData("fs/read_text_file", "[]")]
    [InlineData("fs/delete_file", "{}")]
    public async Task A_call_that_makes_no_sense_is_answered_with_an_error(string method, string call) =>
        Assert.NotNull((await Ask(server, method, JsonNode.Parse(call)!))["error"]!["message"]);

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":3,"method":"fs/x","params":{"method":"no"}}""", "fs/x", "3")]
    [InlineData("""{"params":{"id":1},"method":"a","id":"b-1"}""", "a", "\"b-1\"")]
    [InlineData("""{"id":3,"method":"fs/x","params":{"content":"cut o""", "fs/x", "3")]
    [InlineData("""{"id":3,"result":{}}""", null, "3")]
    [InlineData("""[1]""", null, null)]
    [InlineData("""nothing""", null, null)]
    public void The_outside_of_a_line_is_read_without_its_inside(string line, string? method, string? id) =>
        Assert.Equal(new Envelope(method, id), Envelope.Of(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void A_line_that_is_too_long_comes_in_pieces()
    {
        var lines = new BoundedLines(new MemoryStream(Encoding.UTF8.GetBytes($"short\n{new string('x', 300_000)}\nlast")), most: 100_000);
        var parts = new List<LinePart>();
        var bytes = 0;
        while (lines.Next() is { } piece)
        {
            parts.Add(piece.Part);
            bytes += piece.Bytes.Length;
        }
        Assert.Equal((LinePart.Whole, LinePart.Beginning, LinePart.Whole), (parts[0], parts[1], parts[^1]));
        Assert.Single(parts, LinePart.End);
        Assert.Equal(6 + 300_001 + 4, bytes);
    }

    async Task<JsonNode> Create(JsonObject call) =>
        new JsonObject { ["terminalId"] = (string?)(await Ask(server, "terminal/create", call))["result"]!["terminalId"] };

    async Task<JsonNode> Ask(CallServer of, string method, JsonNode call)
    {
        var line = new JsonObject { ["id"] = 1, ["method"] = method, ["params"] = call.DeepClone() }.ToJsonString();
        of.Serve(method, "1", Encoding.UTF8.GetBytes(line));
        return await answers.Reader.ReadAsync(TestContext.Current.CancellationToken);
    }

    static char Stat(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Trim()[0];
        }
        catch (IOException)
        {
            return 'Z';
        }
    }

    string At(string path) => Path.Combine(root, path);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }
}
