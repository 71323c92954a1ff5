using System.CommandLine;
using Orchestrator.Cli;

namespace Orchestrator.Tests.Cli;

public class CommandLineSpecs
{
    static readonly Uri Nobody = new("http://127.0.0.1:1");

    [Theory]
    [InlineData("daemn", "status")]
    [InlineData("run", "wat")]
    [InlineData("run", "get")]
    [InlineData("session")]
    [InlineData("--format", "xml", "version")]
    [InlineData("run", "get", "ab", "--run-id", "cd")]
    [InlineData("run", "wait", "ab", "--timeout", "soon")]
    [InlineData("session", "list", "--limit", "0")]
    [InlineData("start", "--prompt", "x", "--worktree", "--no-worktree")]
    [InlineData("start", "--prompt", "  ")]
    [InlineData("add-project", "x", "/no/such/folder")]
    public void A_wrong_command_line_is_refused_before_anything_is_asked(params string[] args)
    {
        var stage = new Stage();
        Assert.Equal(ExitCodes.Usage, stage.Run(Nobody, args));
        Assert.Equal("", stage.Out);
        Assert.NotEqual("", stage.Error);
    }

    [Theory]
    [InlineData("The text goes to an option: agentctl start --prompt", "start", "--profile", "codex", "do it")]
    [InlineData("The text goes to an option: agentctl resume --prompt", "resume", "0123", "go on")]
    [InlineData("--prompt", "start", "--promt", "do it")]
    public void A_text_in_the_wrong_place_is_told_its_place(string told, params string[] args)
    {
        var stage = new Stage();
        Assert.Equal(ExitCodes.Usage, stage.Run(Nobody, args));
        Assert.Contains(told, stage.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("-p\n", stage.Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Askers()
    {
        string[] onThisMachine = ["panes", "orch", "init", "open", "mcp", "daemon", "service", "doctor", "agent-loop", "acp-host"];
        var leaves = new TheoryData<string, string>();
        void Add(Command command, string path)
        {
            foreach (var child in command.Subcommands) Add(child, $"{path} {child.Name}");
            if (command.Action is not null && command.Subcommands.Count == 0)
                leaves.Add(path, string.Join(' ', command.Arguments.Where(argument => argument.Arity.MaximumNumberOfValues > 0)
                    .Select(_ => "0123456789abcdef")));
        }
        foreach (var entry in CommandTree.Commands.Where(entry => !onThisMachine.Contains(entry.Name)))
            Add(entry.Build(), entry.Name);
        return leaves;
    }

    [Theory]
    [MemberData(nameof(Askers))]
    public void A_verb_that_asks_the_daemon_reads_no_option_it_does_not_have(string path, string arguments)
    {
        var stage = new Stage();
        stage.Run(Nobody, [.. path.Split(' '), .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.DoesNotContain(CommandLine.Defect, stage.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_daemon_of_another_data_folder_is_told_as_that()
    {
        var data = Directory.CreateTempSubdirectory("cli-");
        File.WriteAllText(Path.Combine(data.FullName, "token"), "of-this-folder");
        using var daemon = new CannedDaemon(
            CannedDaemon.Json("""{"status":401,"detail":"This token is not known.","code":"unauthorized","hint":"Check it."}""", 401),
            CannedDaemon.Json("""{"status":401,"detail":"This token is not known.","code":"unauthorized","hint":"Check it."}""", 401));
        var stage = new Stage();
        Assert.Equal(ExitCodes.NotAllowed, stage.Run(daemon.Url, "--data", data.FullName, "runs"));
        Assert.Contains($"works with another data folder than {data.FullName}", stage.Error, StringComparison.Ordinal);
        // One that was named is the caller's to check.
        var named = new Stage();
        Assert.Equal(ExitCodes.NotAllowed, named.Run(daemon.Url, "--data", data.FullName, "--auth-token", "x", "runs"));
        Assert.Contains("Check it.", named.Error, StringComparison.Ordinal);
        data.Delete(recursive: true);
    }

    [Fact]
    public void A_daemon_that_does_not_answer_is_told_with_how_to_start_it()
    {
        var stage = new Stage();
        Assert.Equal(ExitCodes.Unreachable, stage.Run(Nobody, "daemon", "status"));
        Assert.Contains("agentctl daemon start", stage.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_becomes_its_message_its_hint_and_its_exit_code()
    {
        using var daemon = new CannedDaemon(CannedDaemon.Json(
            """{"detail":"There is no run 'ab'.","code":"not_found","hint":"Look at the list."}""", 404));
        var stage = new Stage();
        Assert.Equal(ExitCodes.NotFound, stage.Run(daemon.Url, "run", "get", "ab"));
        Assert.Equal("There is no run 'ab'.\nLook at the list.\n", stage.Error);
        Assert.Equal("", stage.Out);
    }

    [Fact]
    public void An_answer_is_printed_indented_compact_or_by_field()
    {
        const string body = """{"run":{"id":"ab","status":"queued","exit_code":null,"files":["a","b"]}}""";
        var answers = Enumerable.Repeat(CannedDaemon.Json(body), 5).ToArray();
        using var daemon = new CannedDaemon(answers);
        Assert.Equal("{\n  \"run\": {", Print(daemon, 0)[..12]);
        Assert.Equal(body + "\n", Print(daemon, 0, "--format", "json"));
        Assert.Equal("queued\n", Print(daemon, 0, "--field", "run.status"));
        Assert.Equal("b\n", Print(daemon, 0, "--field", "run.files.1"));
        Assert.Equal("", Print(daemon, ExitCodes.NotFound, "--field", "run.nothing"));
    }

    static string Print(CannedDaemon daemon, int expected, params string[] args)
    {
        var stage = new Stage();
        Assert.Equal(expected, stage.Run(daemon.Url, ["run", "get", "ab", .. args]));
        return stage.Out;
    }

    [Fact]
    public void A_text_that_begins_with_an_at_sign_or_a_dash_is_a_text()
    {
        var answer = CannedDaemon.Json("""{"message":{"id":"m"},"run":null}""");
        using var daemon = new CannedDaemon(answer, answer);
        Assert.Equal(0, new Stage().Run(daemon.Url, "message", "send", "--session-id", "ab", "--text", "@all look"));
        Assert.Equal(0, new Stage().Run(daemon.Url, "message", "send", "--session-id", "ab", "--text=--really"));
        Assert.Contains("\"text\":\"@all look\"", daemon.Asked[0], StringComparison.Ordinal);
        Assert.Contains("\"text\":\"--really\"", daemon.Asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_others_wrote_cannot_steer_the_terminal()
    {
        using var daemon = new CannedDaemon(CannedDaemon.Json("{\"detail\":\"bad \\u001b[2J\\u0007 text\",\"code\":\"conflict\"}", 409));
        var stage = new Stage();
        Assert.Equal(ExitCodes.Conflict, stage.Run(daemon.Url, "run", "get", "ab"));
        Assert.DoesNotContain(stage.Error, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public void An_id_cannot_leave_its_place_in_the_path()
    {
        using var daemon = new CannedDaemon(CannedDaemon.Json("{}", 404));
        new Stage().Run(daemon.Url, "run", "get", "../daemon/stop?x#y");
        Assert.StartsWith("GET /runs/..%2Fdaemon%2Fstop%3Fx%23y HTTP/1.1", daemon.Asked[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_says_what_it_does()
    {
        foreach (var entry in CommandTree.Commands)
        {
            var command = entry.Build();
            Assert.Equal(entry.Name, command.Name);
            Assert.All(Tree(command), one => Assert.EndsWith(".", one.Description, StringComparison.Ordinal));
        }
    }

    static IEnumerable<Command> Tree(Command command) => command.Subcommands.SelectMany(Tree).Append(command);

    [Fact]
    public void A_prompt_in_another_encoding_is_refused_instead_of_mangled()
    {
        var stage = new Stage { Input = [0x63, 0x61, 0x66, 0xE9] };
        Assert.Equal(ExitCodes.Usage, stage.Run(new Uri("http://127.0.0.1:1"), "start"));
        Assert.Contains("not UTF-8", stage.Error, StringComparison.Ordinal);
    }
}
