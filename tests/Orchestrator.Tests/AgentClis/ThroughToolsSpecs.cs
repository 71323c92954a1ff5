using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>
/// The real agent CLIs in their default sandboxes call the daemon's tools: they spawn, wait, ask and report without any setting of the
/// user's and without the network.
/// </summary>
public sealed class ThroughToolsSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    const string Work = "fake: tool mcp__agentctl__spawn_run {\"task\":\"work\\n!print made it\",\"profile\":\"fake\"}; "
        + "tool mcp__agentctl__wait_runs {\"run_ids\":[\"{{run_id}}\"]}; "
        + "tool mcp__agentctl__reply_parent {\"kind\":\"question\",\"text\":\"keep it?\",\"options\":[\"yes\",\"no\"]}; "
        + "tool mcp__agentctl__report_outcome {\"goal_met\":true,\"summary\":\"made and kept\"}; text finished";

    [Theory(Timeout = 240_000)]
    [InlineData("codex")]
    [InlineData("claude")]
    public async Task An_agent_spawns_a_child_waits_for_it_asks_its_parent_and_reports(string profile)
    {
        var daemon = await agents.Start();
        agents.NeedSandbox();
        var settings = Settings();
        var seat = await AgentSeat.Take(daemon);

        var spawned = await daemon.Post($"/runs/{seat.RunId}/spawn", new JsonObject { ["task"] = Work, ["profile"] = profile });
        var id = (string)spawned["run"]!["id"]!;
        var asked = await Question(daemon, id);
        var waits = (await daemon.Get($"/runs/{id}"))["run"]!;
        Assert.Equal(("waiting", "keep it?"), ((string)waits["status"]!, (string)asked["text"]!));
        await daemon.Post($"/requests/{asked["id"]}/answer", new JsonObject { ["decision"] = "answer", ["option"] = "yes" });
        var run = await daemon.Ended(id, seconds: 120);

        RealAgents.Is("succeeded", run);
        Assert.Equal(("finished", true, "made and kept"),
            ((string)run["last_message"]!, (bool)run["result"]!["goal_met"]!, (string)run["result"]!["summary"]!));
        var child = (await daemon.Get($"/runs?parent_run_id={id}"))["runs"]!.AsArray().Single()!;
        Assert.Equal(("succeeded", "made it"), ((string)child["status"]!, (string)child["last_message"]!));
        var answered = (await daemon.Get($"/requests/{asked["id"]}"))["request"]!;
        Assert.Equal(("answered", "yes"), ((string)answered["state"]!, (string)answered["answer"]!["option"]!));
        var events = await daemon.EventsOf(id);
        foreach (var type in new[] { "request.created", "request.answered", "run.waiting", "run.resumed", "run.outcome", "run.tool_call" })
            Assert.True(events.Any(e => (string?)e["event_type"] == type), $"no {type}");
        Assert.Equal(settings, Settings());
        Assert.Empty(TestDaemon.ProcessesOf(id));
        seat.Leave();
        await daemon.Ended(seat.RunId);
    }

    [Theory(Timeout = 240_000)]
    [InlineData("codex", "agentctl")]
    [InlineData("same-name", "agentctl")]
    [InlineData("remote-name", "agentctl_run")]
    [InlineData("claude", "agentctl")]
    [InlineData("same-name-claude", "agentctl")]
    public async Task The_tools_are_there_also_beside_a_server_of_the_users_of_that_name_and_when_resumed(string profile, string name)
    {
        await agents.Start();
        var first = await agents.Run(profile, $"fake: tool mcp__{name}__get_run {{}}; text one");
        RealAgents.Is("succeeded", first);
        await Got(first);
        var second = await agents.Say(first, $"fake: tool mcp__{name}__get_run {{}}; text two", profile);
        RealAgents.Is("succeeded", second);
        await Got(second);
    }

    [Fact(Timeout = 120_000)]
    public async Task Servers_and_permissions_of_the_profile_stand_beside_ours()
    {
        await agents.Start();
        var run = await agents.Run("more-tools", "fake: tool mcp__agentctl__get_run {}; tool mcp__second__list_requests {}; "
            + "tool mcp__second__get_run {}; shell echo hi; text done");
        RealAgents.Is("succeeded", run);
        var results = await Results(run);
        Assert.Contains((string)run["id"]!, results[0], StringComparison.Ordinal);
        Assert.Contains("requests", results[1], StringComparison.Ordinal);
        Assert.Contains("haven't granted", results[2], StringComparison.Ordinal);
        Assert.Contains("hi", results[3], StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_command_in_the_sandbox_names_the_tool_at_once()
    {
        await agents.Start();
        agents.NeedSandbox();
        var call = $"{TestPrograms.Agentctl} tool session-spawn --task x > out.txt 2>&1; echo $? >> out.txt";
        var run = await agents.Run("codex", $"fake: shell {call}; text done");

        RealAgents.Is("succeeded", run);
        var said = await File.ReadAllLinesAsync(Path.Combine(agents.Folder(run), "out.txt"), TestContext.Current.CancellationToken);
        Assert.Contains("has no way to the daemon", said[0], StringComparison.Ordinal);
        Assert.Equal(["Call the tool spawn_run of the MCP server agentctl instead: it works inside the sandbox.", "4"], said[1..]);
    }

    async Task Got(JsonNode run)
    {
        var results = await Results(run);
        var daemon = await agents.Start();
        Assert.True(results.Count == 1 && results[0].Contains((string)run["id"]!, StringComparison.Ordinal),
            string.Join('\n', (await daemon.EventsOf((string)run["id"]!)).Select(e => e.ToJsonString(Json.PlainOptions)))
            + (await daemon.Get($"/runs/{run["id"]}/diagnose")).ToJsonString(Json.PlainOptions));
    }

    async Task<List<string>> Results(JsonNode run)
    {
        var daemon = await agents.Start();
        return [.. (await daemon.EventsOf((string)run["id"]!)).Where(e => (string?)e["event_type"] == "run.tool_result")
            .Select(e => e["data"]!.ToJsonString(Json.PlainOptions))];
    }

    static async Task<JsonNode> Question(TestDaemon daemon, string run)
    {
        JsonNode? found = null;
        while (found is null)
        {
            // Each look is held by the daemon until the run ends or asks.
            var seen = await daemon.Get($"/runs/wait?ids={run}&timeout_s=60");
            Assert.True(seen["ended"]!.AsArray().Count == 0, seen.ToJsonString());
            found = seen["requests"]!.AsArray().SingleOrDefault();
            Assert.True(found is not null || !(bool)seen["timed_out"]!, seen.ToJsonString());
        }
        return found;
    }

    List<string> Settings() =>
    [
        .. new[] { Path.Combine(agents.CodexHome, "config.toml"), Path.Combine(agents.CodexHome, "lean.config.toml"),
            Path.Combine(agents.ClaudeHome, "settings.json") }.Select(File.ReadAllText),
        .. Directory.GetFiles(agents.CodexHome, "*.toml").Order(),
    ];
}
