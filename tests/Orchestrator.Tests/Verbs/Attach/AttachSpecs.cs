using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Verbs;

/// <summary><c>run attach</c> in a real terminal and in a pipe, against a real daemon.</summary>
public class AttachSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    static Task<TmuxTerminal> Attach(TestDaemon daemon, params string[] more) => TmuxTerminal.Start(
        new Dictionary<string, string> { ["AGENTD_DATA"] = daemon.Data }, 90, 30, [TestPrograms.Agentctl, "run", "attach", .. more]);

    [Fact]
    public async Task A_pipe_gets_the_whole_run_line_by_line_and_the_end_decides_the_exit_code()
    {
        var good = await Daemon.Run("print \u001b[31mred\u001b[0m", "print two");
        var bad = await Daemon.Run("print one", "exit 3");
        await Daemon.Ended(bad);

        var (code, output, error) = await TypedCommand.Run(Daemon, null, "run", "attach", good);
        Assert.True(code == 0, error);
        Assert.Contains("  red\n", output, StringComparison.Ordinal);
        Assert.Contains("✓ succeeded, exit 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
        (code, output, _) = await TypedCommand.Run(Daemon, null, "run", "attach", bad[..10]);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("✗ failed, exit_nonzero, exit 3", output, StringComparison.Ordinal);
        (code, output, _) = await TypedCommand.Run(Daemon, null, "--format", "json", "run", "attach", good);
        Assert.Equal(0, code);
        Assert.Equal("run.succeeded", (string?)JsonNode.Parse(output.Split('\n')[^1])!["event_type"]);
        Assert.Equal(ExitCodes.NotFound, (await TypedCommand.Run(Daemon, null, "run", "attach", "0123456789abcdef")).Code);
        Assert.Equal(ExitCodes.Usage, (await TypedCommand.Run(Daemon, null, "run", "attach", good, "--history", "many")).Code);
    }

    [Fact]
    public async Task A_person_watches_answers_writes_and_the_end_is_seen()
    {
        var gate = Daemon.Gate();
        var child = await Daemon.Spawn(await Daemon.IdleParent(), "print hello\tthere", "ask approval_request rm?", $"wait-file {gate}");
        await using var terminal = await Attach(Daemon, (string)child["id"]!);
        var asked = await terminal.Shows("/approve, /deny or /answer TEXT");
        Assert.Contains("hello    there", asked, StringComparison.Ordinal);
        Assert.Contains("? approval ", asked, StringComparison.Ordinal);

        await terminal.Type("what is it?");
        await terminal.Press("Enter");
        Assert.Contains("> /answer what is it?", await terminal.Shows("is open. Enter now answers it"), StringComparison.Ordinal);
        await terminal.Press("C-u");
        await terminal.Type("/nonsense");
        await terminal.Press("Enter");
        await terminal.Shows("There is no /nonsense; nothing was sent.");
        await terminal.Type("/approve go on");
        await terminal.Press("Enter");
        await terminal.Shows("approved by local: go on");

        await terminal.Type("a word for the agent");
        await terminal.Press("Enter");
        await terminal.Shows("Queued: run");
        var next = Daemon.List($"/runs?session_id={child["session_id"]}", "runs")[0];
        Assert.Equal("a word for the agent", (string?)next["prompt"]);
        await terminal.Tmux("resize-window", "-t", "t", "-x", "50", "-y", "20");
        await terminal.Type("half a lin");
        await terminal.Shows("> half a lin");
        Kin.Open(gate);
        Assert.Equal(0, await terminal.Ended());
        var screen = await terminal.Screen();
        Assert.Contains("✓ succeeded, exit 0", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("half a lin", screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("C-c", ExitCodes.Interrupted)]
    [InlineData("C-d", ExitCodes.Ok)]
    [InlineData("/detach", ExitCodes.Ok)]
    public async Task Leaving_does_nothing_to_the_run(string how, int code)
    {
        var gate = Daemon.Gate();
        var run = await Daemon.Run("print here", $"wait-file {gate}");
        await using var terminal = await Attach(Daemon, run);
        await terminal.Shows("here");

        if (how.StartsWith('/'))
        {
            await terminal.Type(how);
            await terminal.Press("Enter");
        }
        else
        {
            await terminal.Press(how);
        }

        Assert.Equal(code, await terminal.Ended());
        Assert.Equal("running", (string?)Daemon.Look($"/runs/{run}")["run"]!["status"]);
        Kin.Open(gate);
        Assert.Equal("succeeded", (string?)(await Daemon.Ended(run))["status"]);
    }

    [Fact]
    public async Task Canceling_asks_first_and_a_killed_terminal_does_nothing()
    {
        var run = await Daemon.Run("print here", $"wait-file {Daemon.Gate()}");
        await using (var killed = await Attach(Daemon, run))
            await killed.Shows("here");
        await using var terminal = await Attach(Daemon, run);
        await terminal.Shows("here");
        await terminal.Type("/cancel");
        await terminal.Press("Enter");
        await terminal.Shows("y and Enter stops them");
        await terminal.Type("no");
        await terminal.Press("Enter");
        await terminal.Shows("Not stopped.");
        Assert.Equal("running", (string?)Daemon.Look($"/runs/{run}")["run"]!["status"]);
        await terminal.Type("/cancel");
        await terminal.Press("Enter");
        await terminal.Type("y");
        await terminal.Press("Enter");
        await terminal.Shows("✗ canceled");
        Assert.Equal(ExitCodes.Failed, await terminal.Ended());
    }

    [Fact]
    public async Task A_flood_comes_to_its_last_line_and_a_long_past_is_cut_with_a_word()
    {
        var run = await Daemon.Run("lines 100000");
        await using (var live = await Attach(Daemon, run, "--view"))
        {
            Assert.Equal(0, await live.Ended());
            Assert.Contains("✓ succeeded", await live.Screen(), StringComparison.Ordinal);
        }

        await using var late = await Attach(Daemon, run, "--history", "50");
        Assert.Equal(0, await late.Ended());
        var screen = await late.Screen();
        Assert.Contains("Earlier events are not shown", screen, StringComparison.Ordinal);
        Assert.InRange(screen.Split('\n').Count(line => line.TrimStart().StartsWith("line", StringComparison.Ordinal)), 30, 50);
    }

    [Fact]
    public async Task It_goes_on_over_a_restart_of_the_daemon_and_shows_every_line_once()
    {
        await using var daemon = await TestDaemon.Start();
        var gate = daemon.Gate();
        var run = await daemon.Run("print before", $"wait-file {gate}", "print after");
        // Its port is another one after the restart; its socket is the same.
        await using var terminal = await Attach(daemon, run, "--hold", "--url", $"unix:{daemon.Data}/agentd.sock");
        await terminal.Shows("before");
        await daemon.Kill();
        await terminal.Shows("The daemon does not answer");
        await daemon.Start();
        Kin.Open(gate);
        await terminal.Shows("Enter closes this view");
        var lines = (await terminal.Screen()).Split('\n').Select(line => line.Trim()).ToList();
        Assert.Single(lines, "before");
        Assert.Single(lines, "after");
        await terminal.Press("Enter");
        Assert.Equal(0, await terminal.Ended());
    }
}
