using Orchestrator.Events;
using Orchestrator.Notifications;
using Orchestrator.Profiles;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;
using System.Text.RegularExpressions;

namespace Orchestrator.Tests.Notifications;

/// <summary>Keys go only into a pane whose program waits at its prompt; a real tmux, a real shell.</summary>
public class TmuxChannelSpecs
{
    static readonly Notice Test = new()
    {
        Event = new Event { Seq = 1, At = 0, Type = "run.failed", Actor = "x", Data = "{}" },
        Data = null,
        Test = true,
    };

    static async Task<TmuxTerminal> Shell()
    {
        var variables = new Dictionary<string, string> { ["PS1"] = "READY> ", ["ENV"] = "/dev/null" };
        var terminal = await TmuxTerminal.Start(variables, 100, 20, "/bin/sh", "-i");
        await terminal.Shows("READY>");
        return terminal;
    }

    static KeysChannel Keys(TmuxTerminal terminal, params string[] programs) => new(
        new TmuxServer(terminal.Socket, null, null, "/"), new NotificationRule
        {
            Name = "wake",
            Channel = "keys",
            Target = "t:0.0",
            Programs = programs,
            Prompt = new Regex("^READY>$"),
        }, TimeProvider.System);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_are_typed_at_the_prompt_and_nowhere_else()
    {
        await using var terminal = await Shell();
        Assert.Equal("typed into t:0.0", await Keys(terminal, "sh", "dash", "bash").Send(Test, Stop));
        await terminal.Shows("READY> [AI_ORCH TEST]");

        Assert.StartsWith("not at its prompt", await Keys(terminal, "agent").Send(Test, Stop));
        await terminal.Type("half a command");
        await terminal.Shows("READY> half a command");
        Assert.StartsWith("not at its prompt", await Keys(terminal, "sh", "dash", "bash").Send(Test, Stop));
        await terminal.Press("C-u");
        await terminal.Type("exec cat");
        await terminal.Press("Enter");
        await terminal.Type("in another program");
        await terminal.Shows("\nin another program");
        Assert.StartsWith("not at its prompt", await Keys(terminal, "sh", "dash", "bash", "cat").Send(Test, Stop));
        Assert.Single(Regex.Matches(await terminal.Screen(), @"READY> \[AI_ORCH"));
        Assert.DoesNotContain("half a command[AI", await terminal.Screen(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pane_that_is_not_there_is_a_failure_and_a_status_line_without_onlookers_is_none()
    {
        await using var terminal = await Shell();
        var server = new TmuxServer(terminal.Socket, null, null, "/");
        Assert.Contains("nobody looks", await new StatusChannel(server, "t:0.0").Send(Test, Stop), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ChannelFailure>(() => new StatusChannel(server, "nowhere:9").Send(Test, Stop));
        await Assert.ThrowsAsync<ChannelFailure>(() => new StatusChannel(server with { Socket = "/nowhere/t.sock" }, "t").Send(Test, Stop));
    }

    [Fact]
    public async Task A_status_line_is_seen_by_whoever_looks_and_runs_nothing()
    {
        await using var inner = await Shell();
        // A terminal in a terminal: the outer pane is the person who looks at the inner server.
        await using var outer = await TmuxTerminal.Start(new Dictionary<string, string>(), 120, 24,
            "/bin/sh", "-c", $"unset TMUX; exec tmux -S '{inner.Socket}' attach");
        await outer.Shows("READY>");
        var trap = Path.Combine(Path.GetTempPath(), "trap-" + Ids.New());
        var notice = Test with { Data = new System.Text.Json.Nodes.JsonObject { ["text"] = $"#(touch {trap}) said" } };
        Assert.StartsWith("shown", await new StatusChannel(new TmuxServer(inner.Socket, null, null, "/"), "t:0.0").Send(notice with
        {
            Event = new Event { Seq = 1, At = 0, Type = "request.created", Actor = "x", Data = "{}" },
        }, Stop));
        await outer.Shows("test ? request.created (touch");
        Assert.False(File.Exists(trap));
    }
}
