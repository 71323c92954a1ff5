using System.Text.Json.Nodes;
using Orchestrator.AgentLoop.Tools;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.AgentLoop;

/// <summary>The tools on real files and real commands.</summary>
public sealed class ToolBoxSpecs : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("agent-tools-").FullName;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_read_by_ranges_and_says_where_it_goes_on()
    {
        await File.WriteAllLinesAsync(At("a"), Enumerable.Range(1, 50).Select(n => $"line {n}"), Stop);
        Assert.Equal("line 3\nline 4\n[lines 3 to 4 of 50]\n", (await Call("read_file", """{"path":"a","offset":3,"limit":"2"}""")).Output);
        Assert.EndsWith("line 50\n", (await Call("read_file", """{"path":"a"}""")).Output, StringComparison.Ordinal);
        Assert.Contains("no line 51", (await Call("read_file", """{"path":"a","offset":51}""")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Huge_binary_and_odd_files_are_refused_or_cut()
    {
        await File.WriteAllBytesAsync(At("binary"), [1, 0, 2], Stop);
        await using (var huge = File.Create(At("huge")))
            huge.SetLength(WorkspaceFile.Largest + 1);
        await File.WriteAllTextAsync(At("line"), new string('x', 1_000_000), Stop);
        await File.WriteAllTextAsync(At("many"), string.Concat(Enumerable.Repeat("0123456789\n", 100_000)), Stop);
        await Shell("mkfifo pipe");

        Assert.Contains("binary", (await Call("read_file", """{"path":"binary"}""")).Output, StringComparison.Ordinal);
        Assert.Contains("bytes", (await Call("read_file", """{"path":"huge"}""")).Output, StringComparison.Ordinal);
        Assert.True((await Call("read_file", """{"path":"line"}""")).Output.Length < ToolOutcome.Longest);
        Assert.True((await Call("read_file", """{"path":"many"}""")).Output.Length < ToolOutcome.Longest);
        Assert.Contains("empty", (await Call("read_file", """{"path":"pipe"}""")).Output, StringComparison.Ordinal);
        Assert.True((await Call("read_file", """{"path":"."}""")).Failed);
        Assert.True((await Call("write_file", """{"path":"pipe","content":"now a file"}""")).Change is { Kind: "update" });
        Assert.Equal("now a file", await File.ReadAllTextAsync(At("pipe"), Stop));
    }

    [Fact]
    public async Task An_edit_takes_one_exact_piece_and_keeps_the_mode()
    {
        await File.WriteAllTextAsync(At("a.sh"), "one two two\n", Stop);
        File.SetUnixFileMode(At("a.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Contains("more than once", (await Edit("two", "x")).Output, StringComparison.Ordinal);
        Assert.Contains("not in the file", (await Edit("three", "x")).Output, StringComparison.Ordinal);
        Assert.Contains("the same", (await Edit("one", "one")).Output, StringComparison.Ordinal);

        var done = await Edit("one two", "uno");

        Assert.Equal(("update", At("a.sh")), (done.Change?.Kind, done.Change?.Path));
        Assert.Equal("uno two\n", await File.ReadAllTextAsync(At("a.sh"), Stop));
        Assert.True(File.GetUnixFileMode(At("a.sh")).HasFlag(UnixFileMode.UserExecute));
        Assert.Single(Directory.GetFiles(root));
    }

    [Fact]
    public async Task Files_are_listed_and_searched_without_what_git_ignores()
    {
        Directory.CreateDirectory(At("src/deep"));
        (string Name, string Text)[] files =
            [("src/a.cs", "class A;"), ("src/deep/b.cs", "x\nclass B;"), ("c.log", "class C"), (".gitignore", "*.log")];
        foreach (var (name, text) in files)
            await File.WriteAllTextAsync(At(name), text, Stop);
        File.CreateSymbolicLink(At("src/link"), "/etc");
        Assert.Contains("c.log", (await Call("list_files", "{}")).Output, StringComparison.Ordinal);
        await Shell("git init -q");

        Assert.Equal(".gitignore\nsrc/a.cs\nsrc/deep/b.cs", (await Call("list_files", "{}")).Output);
        Assert.Equal("src/deep/b.cs", (await Call("list_files", """{"path":"src","glob":"deep/*.cs"}""")).Output);
        Assert.Equal("src/deep/b.cs:2: class B;\n", (await Call("search", """{"pattern":"class B"}""")).Output);
        Assert.Equal("src/a.cs:1: class A;\nsrc/deep/b.cs:2: class B;\n",
            (await Call("search", """{"pattern":"^class [AB]","regex":true,"glob":"*.cs"}""")).Output);
        Assert.Equal("(no matches)", (await Call("search", """{"pattern":"nothing like it"}""")).Output);
        Assert.Contains("wrong", (await Call("search", """{"pattern":"(","regex":true}""")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_regular_expression_made_to_take_for_ever_does_not()
    {
        await File.WriteAllTextAsync(At("a"), new string('a', 4000) + "!", Stop);
        Assert.Equal("(no matches)", (await Call("search", """{"pattern":"(a+)+$","regex":true}""")).Output);
        Assert.Contains("too long", (await Call("search", """{"pattern":"(a+)+\\1$","regex":true}""")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_tells_its_code_both_streams_and_ends_at_its_limit()
    {
        var failed = await Call("run", """{"command":"echo out; echo err >&2; exit 3"}""");
        Assert.Equal((3, "out\nerr\n", true), (failed.ExitCode, failed.Output, failed.Failed));
        Assert.StartsWith("exit code 3\n", failed.ForModel, StringComparison.Ordinal);
        Assert.Equal("a b\n", (await Call("run", """{"argv":["echo","a b"]}""")).Output);
        var late = await Call("run", """{"command":"sleep 60","timeout_s":1}""");
        Assert.Contains("killed after 1 s", late.Output, StringComparison.Ordinal);
        Assert.True((await Call("run", """{"command":"yes | head -c 3000000"}""")).Output.Length < ToolOutcome.Longest + 100);
        Assert.Contains("not installed", (await Call("run", """{"argv":["no-such-program"]}""")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no_such_tool", "{}")]
    [InlineData("read_file", "{}")]
    [InlineData("read_file", """{"path":["a"]}""")]
    [InlineData("read_file", """{"path":"a","offset":"many"}""")]
    [InlineData("run", """{"argv":[]}""")]
    public async Task A_call_that_makes_no_sense_is_told_and_counted(string tool, string arguments)
    {
        var outcome = await Call(tool, arguments);
        Assert.True(outcome.Failed);
        Assert.False(outcome.Understood);
    }

    [Theory]
    [InlineData("write_file", """{"path":"a","content":"x"}""")]
    [InlineData("edit_file", """{"path":"a","old_text":"x","new_text":"y"}""")]
    [InlineData("run", """{"command":"touch a"}""")]
    public async Task Who_may_only_look_changes_nothing(string tool, string arguments)
    {
        var box = Box(canChange: false);
        Assert.True((await box.Call(tool, ToolArguments.Parse(arguments)!, Stop)).Failed);
        Assert.Empty(Directory.GetFiles(root));
        Assert.DoesNotContain(tool, box.Definitions.Select(each => (string?)each!["function"]!["name"]));
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("""
        "{\"a\":1}"
        """, """{"a":1}""")]
    [InlineData("[1]", null)]
    [InlineData("{\"a", null)]
    [InlineData("7", null)]
    public void Arguments_are_read_forgivingly(string text, string? expected) => Assert.Equal(expected, ToolArguments.Parse(text)?.Json);

    [Theory]
    [InlineData("*.cs", "src/a.cs", true)]
    [InlineData("src/**/*.cs", "src/a.cs", true)]
    [InlineData("src/**/*.cs", "src/x/y/a.cs", true)]
    [InlineData("src/**", "src/x/a.txt", true)]
    [InlineData("src/*.cs", "lib/a.cs", false)]
    [InlineData("a.cs", "src/a.cs", true)]
    public void Patterns_name_files(string glob, string path, bool matches) => Assert.Equal(matches, FileWalk.Matches(glob, path));

    Task<ToolOutcome> Edit(string old, string with) => Call("edit_file",
        new JsonObject { ["path"] = "a.sh", ["old_text"] = old, ["new_text"] = with }.ToJsonString());

    Task<ToolOutcome> Shell(string command) => Call("run", new JsonObject { ["command"] = command }.ToJsonString());

    Task<ToolOutcome> Call(string tool, string arguments) => Box(true).Call(tool, ToolArguments.Parse(arguments)!, Stop);

    ToolBox Box(bool canChange)
    {
        var environment = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! };
        return new(new ToolPlace(new WorkspacePaths(root), environment, TimeProvider.System), canChange);
    }

    string At(string path) => Path.Combine(root, path);

    public void Dispose() => Directory.Delete(root, recursive: true);
}
