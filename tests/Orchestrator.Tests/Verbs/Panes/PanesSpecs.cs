using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Verbs;

/// <summary><c>start --watch</c> and <c>panes</c> with a real tmux: panes show runs and never hold them.</summary>
public sealed class PanesSpecs : IAsyncLifetime
{
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        TmuxTerminal.Need();
        daemon = await TestDaemon.Start("panes: {most: 2}");
    }

    public async ValueTask DisposeAsync()
    {
        if (daemon is null) return;
        await Ctl(null, "panes", "--close");
        await daemon.DisposeAsync();
    }

    Task<(int Code, string Out, string Error)> Ctl(Dictionary<string, string>? variables, params string[] args) =>
        TypedCommand.Run(daemon, variables, args);

    async Task<(string Run, string Said)> Start(string steps, Dictionary<string, string>? variables = null, params string[] more)
    {
        var (code, output, error) = await Ctl(variables, ["start", "--profile", "fake", "--no-schema", "--watch", .. more,
            "--prompt", "work\n" + string.Join('\n', steps.Split(';').Select(step => "!" + step))]);
        Assert.True(code == 0, error);
        Assert.Matches("^[0-9a-f]{16}$", output);
        return (output, error);
    }

    async Task<JsonNode> Panes() => JsonNode.Parse((await Ctl(null, "--format", "json", "panes")).Out)!;

    async Task<List<string>> ShownRuns() => [.. (await Panes())["panes"]!.AsArray().Select(pane => (string)pane!["run_id"]!)];

    async Task<string> Tmux(params string[] args)
    {
        var socket = (string)(await Panes())["socket"]!;
        var line = $"tmux -S '{socket}' {string.Join(' ', args)}";
        var (code, said) = await ShellScript.Run(line, daemon.Root, new Dictionary<string, string>());
        Assert.True(code == 0, said);
        return said;
    }

    [Fact]
    public async Task A_watched_run_is_shown_and_what_happens_to_its_pane_does_nothing_to_it()
    {
        Assert.Empty(await ShownRuns());
        var gate = daemon.Gate();
        var first = await Start($"print hello from one;wait-file {gate}");
        Assert.DoesNotContain("No pane", first.Said, StringComparison.Ordinal);
        var second = await Start($"print hello from two;wait-file {gate}");
        Assert.Equal([first.Run, second.Run], await ShownRuns());

        // The lead is left, the runs are below each other on the right.
        var places = (await Tmux("list-panes", "-t", "=agents:", "-F", "'#{pane_left} #{pane_top} #{@agent_run}'")).Trim().Split('\n');
        Assert.Equal(3, places.Length);
        Assert.Equal("0", places[0].Split(' ')[0]);
        Assert.Equal([first.Run, second.Run], places[1..].Select(place => place.Split(' ')[2]));
        Assert.Equal(places[1].Split(' ')[0], places[2].Split(' ')[0]);
        await Shows(1, "hello from one");

        // A third one has no place while both go on.
        var third = await Start($"wait-file {gate}");
        Assert.Contains("panes_full", third.Said, StringComparison.Ordinal);
        Assert.Contains("agentctl run attach", third.Said, StringComparison.Ordinal);

        await Tmux("kill-pane", "-t", "=agents:.1");
        Assert.Equal([second.Run], await ShownRuns());
        await Tmux("kill-server");
        Assert.Empty(await ShownRuns());
        foreach (var run in new[] { first.Run, second.Run, third.Run })
            Assert.Equal("running", (string?)daemon.Look($"/runs/{run}")["run"]!["status"]);
        Kin.Open(gate);
        foreach (var run in new[] { first.Run, second.Run, third.Run })
            Assert.Equal("succeeded", (string?)(await daemon.Ended(run))["status"]);
    }

    /// <summary>Adds a setting of the panes; commands read it at each start.</summary>
    async Task Say(string setting)
    {
        var config = Path.Combine(daemon.Data, "config.yaml");
        var text = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(config, text.Replace("most: 2", "most: 2, " + setting, StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
    }

    async Task Shows(int pane, string text)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var look = 0; look < 600; look++)
        {
            if ((await Tmux("capture-pane", "-p", "-t", $"=agents:.{pane}")).Contains(text, StringComparison.Ordinal)) return;
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
        Assert.Fail($"Pane {pane} never shows '{text}'.");
    }

    [Fact]
    public async Task The_oldest_pane_whose_run_has_ended_gives_way_and_panes_close_with_their_runs()
    {
        await Say("at_end: keep");
        var gate = daemon.Gate();
        var ended = await Start("print short");
        await daemon.Ended(ended.Run);
        await Shows(1, "Enter closes this view");
        var second = await Start($"wait-file {gate}");
        var third = await Start($"wait-file {gate}");
        Assert.Equal([second.Run, third.Run], await ShownRuns());
        var (code, output, error) = await Ctl(null, "panes");
        Assert.Equal(0, code);
        Assert.Contains($"\t{second.Run}\trunning\t", output, StringComparison.Ordinal);
        Assert.Contains("agentctl panes --attach, or tmux -f", error, StringComparison.Ordinal);
        Kin.Open(gate);
        await daemon.Ended(third.Run);
    }

    [Fact]
    public async Task A_server_keeps_no_secret_of_the_shell_that_started_it()
    {
        await Start("print x", new Dictionary<string, string> { ["MY_SECRET_KEY"] = "do-not-keep", ["GITHUB_TOKEN"] = "nor-this" });
        var kept = await Tmux("show-environment", "-g");
        Assert.Contains("PATH=", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("do-not-keep", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("nor-this", kept, StringComparison.Ordinal);
        await daemon.Ended((await Start("print y")).Run);
    }

    [Fact]
    public async Task Without_tmux_or_with_a_socket_of_somebody_else_the_run_goes_on_and_says_why_nothing_is_shown()
    {
        var bare = Directory.CreateDirectory(Path.Combine(daemon.Root, "bin")).FullName;
        var missing = await Start("print one", new Dictionary<string, string> { ["PATH"] = bare });
        Assert.Contains("tmux_missing", missing.Said, StringComparison.Ordinal);
        Assert.Contains("apt-get install tmux", missing.Said, StringComparison.Ordinal);

        // What tmux says when the socket is another user's; a superuser's own tests cannot be refused for real.
        var refusing = Path.Combine(bare, "tmux");
        await File.WriteAllTextAsync(refusing, "#!/bin/sh\necho \"error connecting to /tmp/x.sock (Permission denied)\" >&2\nexit 1\n",
            TestContext.Current.CancellationToken);
        File.SetUnixFileMode(refusing, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var foreign = await Start("print two", new Dictionary<string, string> { ["PATH"] = $"{bare}:/usr/bin:/bin" });
        Assert.Contains("tmux_foreign_socket", foreign.Said, StringComparison.Ordinal);
        Assert.Contains("--data DIR", foreign.Said, StringComparison.Ordinal);

        Directory.CreateDirectory(Path.Combine(daemon.Data, "tmux.sock"));
        var unusable = await Start("print three");
        Directory.Delete(Path.Combine(daemon.Data, "tmux.sock"));
        Assert.Contains("No pane was opened (tmux_", unusable.Said, StringComparison.Ordinal);

        var token = await Start("print four", new Dictionary<string, string>
        {
            ["AGENTCTL_AUTH_TOKEN"] = await daemon.NewToken("mine", "operate"),
        });
        Assert.Contains("pane_token", token.Said, StringComparison.Ordinal);
        foreach (var run in new[] { missing.Run, foreign.Run, unusable.Run, token.Run })
            Assert.Equal("succeeded", (string?)(await daemon.Ended(run))["status"]);
    }

    [Fact]
    public async Task In_the_users_own_tmux_runs_are_shown_beside_the_pane_they_were_started_in()
    {
        await Say("where: current");
        var variables = new Dictionary<string, string> { ["AGENTD_DATA"] = daemon.Data };
        await using var own = await TmuxTerminal.Start(variables, 160, 40, "/bin/sh");
        var gate = daemon.Gate();
        await own.Type($"echo 'work\n!print beside\n!wait-file {gate}' | {TestPrograms.Agentctl} start --profile fake --no-schema --watch");
        await own.Press("Enter");
        await own.Shows("beside");
        await Eventually.True(() => daemon.List("/runs", "runs") is [{ } run] && (string?)run["status"] == "running", "it runs");
        var run = (string)daemon.List("/runs", "runs")[0]["id"]!;
        var panes = await Until(() => own.Tmux("list-panes", "-t", "t:", "-F", "#{pane_left} #{@agent_run}"), run);
        Assert.Equal(["0", run], [panes[0].Trim(), panes[1].Split(' ')[1]]);
        await own.Tmux("kill-server");
        Kin.Open(gate);
        Assert.Equal("succeeded", (string?)(await daemon.Ended(run))["status"]);
    }

    static async Task<string[]> Until(Func<Task<string>> look, string text)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < 600; i++)
        {
            var said = await look();
            if (said.Contains(text, StringComparison.Ordinal)) return said.TrimEnd('\n').Split('\n');
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
        Assert.Fail($"'{text}' does not come.");
        return [];
    }

    [Fact]
    public async Task A_wrong_wish_is_refused_by_name()
    {
        Assert.Equal(ExitCodes.Usage, (await Ctl(null, "panes", "--attach", "--close")).Code);
        var attach = await Ctl(null, "panes", "--attach");
        Assert.Equal(ExitCodes.Usage, attach.Code);
        Assert.Contains("needs a terminal", attach.Error, StringComparison.Ordinal);
    }
}
