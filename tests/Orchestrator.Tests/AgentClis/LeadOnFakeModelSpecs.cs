using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>
/// The real Claude Code and the real Codex in a real terminal, started by <c>orch</c>: they have our prompt and our tools, hand out work,
/// and tell what came of it.
/// </summary>
public sealed class LeadOnFakeModelSpecs
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    const string Work = "fake: tool mcp__agentctl__spawn_run {\"task\":\"work\\n!print made it\",\"profile\":\"fake\"}; "
        + "tool mcp__agentctl__wait_runs {\"run_ids\":[\"{{run_id}}\"]}; text the run has {{status}} now";

    [Theory(Timeout = 420_000)]
    [InlineData("claude", "/exit")]
    [InlineData("codex", "/quit")]
    public async Task A_lead_hands_out_work_hears_of_its_end_and_changes_no_settings(string agent, string leave)
    {
        TmuxTerminal.Need();
        await using var model = await FakeModelServer.Start(Stop);
        using var cli = agent == "claude" ? AgentCli.Claude(model) : AgentCli.Codex(model);
        await using var daemon = await TestDaemon.Start($$"""
              leader: {agent: {{agent}}, command: ["{{cli.Program}}"]}
            """);
        var settings = await Known(agent, cli);
        var variables = new Dictionary<string, string>(cli.Environment) { ["AGENTD_DATA"] = daemon.Data };
        await using var terminal = await TmuxTerminal.Start(variables,
            120, 40, TestPrograms.Agentctl, "orch", cli.Workspace, "--profile", "leader", "--task", Work);

        var screen = await Finished(terminal);

        Assert.Contains("agentctl", screen, StringComparison.Ordinal);
        var lead = daemon.List("/sessions", "sessions")
            .Single(session => ((string)session["title"]!).StartsWith("Lead in ", StringComparison.Ordinal));
        var child = daemon.List($"/sessions?parent_session_id={lead["id"]}", "sessions").Single();
        var run = daemon.List($"/runs?session_id={child["id"]}", "runs").Single();
        Assert.Equal(("succeeded", "made it"), ((string)run["status"]!, (string)run["last_message"]!));
        Assert.Contains("You are the lead of a team of coding agents",
            string.Concat((await model.Requests(Stop, bodies: true)).Select(request => request.ToJsonString())),
            StringComparison.Ordinal);
        // A command line can be read by everybody here: it holds no token.
        Assert.DoesNotContain("AGENTCTL_AUTH_TOKEN=", screen, StringComparison.Ordinal);

        await terminal.Type(leave);
        await terminal.Shows(leave);
        await terminal.Press("Enter");
        Assert.Equal(0, await terminal.Ended());
        var token = daemon.List("/tokens", "tokens").Single(one => (string?)one["name"] == $"session:{lead["id"]}");
        Assert.NotNull(token["revoked_at"]);
        if (settings is not null)
            Assert.DoesNotContain("agentctl", await File.ReadAllTextAsync(settings, Stop), StringComparison.Ordinal);
    }

    /// <summary>Answers what the program asks at its first start, until the work is done.</summary>
    static async Task<string> Finished(TmuxTerminal terminal)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        var chosen = false;
        for (var look = 0; look < 500; look++)
        {
            var screen = await terminal.Screen();
            if (screen.Contains("the run has succeeded now", StringComparison.Ordinal)) return screen;
            if (!chosen && screen.Contains("Use existing model", StringComparison.Ordinal))
            {
                chosen = true;
                await terminal.Press("2");
                await terminal.Press("Enter");
            }
            await ticks.WaitForNextTickAsync(Stop);
        }
        Assert.Fail($"It does not come to its end:\n{await terminal.Screen()}");
        return "";
    }

    /// <summary>What a person has answered long ago: the first questions of a new home. The settings file, to see that it stays.</summary>
    static async Task<string?> Known(string agent, AgentCli cli)
    {
        if (agent == "claude")
        {
            await File.WriteAllTextAsync(Path.Combine(cli.Home, ".claude.json"), new JsonObject
            {
                ["hasCompletedOnboarding"] = true,
                ["theme"] = "dark",
                ["customApiKeyResponses"] = new JsonObject { ["approved"] = new JsonArray("fake-key"), ["rejected"] = new JsonArray() },
                ["projects"] = new JsonObject
                {
                    [cli.Workspace] = new JsonObject { ["hasTrustDialogAccepted"] = true, ["hasCompletedProjectOnboarding"] = true },
                },
            }.ToJsonString(), Stop);
            return null;
        }
        var settings = Path.Combine(cli.Home, "config.toml");
        await File.AppendAllTextAsync(settings, $"\n[projects.\"{cli.Workspace}\"]\ntrust_level = \"trusted\"\n", Stop);
        return settings;
    }
}
