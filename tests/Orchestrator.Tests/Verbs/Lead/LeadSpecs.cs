using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Verbs;

/// <summary><c>orch</c> without a real agent: what it refuses, what it prints, and what its token reaches.</summary>
public class LeadSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    Task<(int Code, string Out, string Error)> Ctl(Dictionary<string, string>? variables, params string[] args) =>
        TypedCommand.Run(Daemon, variables, args);

    [Fact]
    public async Task A_lead_that_cannot_be_started_is_refused_before_anything_happens()
    {
        var before = Leads().Count;
        var empty = Directory.CreateDirectory(Path.Combine(Daemon.Root, "empty")).FullName;
        Dictionary<string, string> bare = new() { ["PATH"] = empty, ["HOME"] = empty };
        var none = await Ctl(bare, "orch");
        Assert.Equal(ExitCodes.NotFound, none.Code);
        Assert.Contains("npm install -g", none.Error, StringComparison.Ordinal);
        var unknown = await Ctl(null, "orch", "--profile", "claud");
        Assert.Equal(ExitCodes.Usage, unknown.Code);
        Assert.Contains("claude", unknown.Error, StringComparison.Ordinal);
        var notLead = await Ctl(null, "orch", "--profile", "fake");
        Assert.Equal(ExitCodes.Usage, notLead.Code);
        Assert.Contains("cannot lead", notLead.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, (await Ctl(null, "orch", "/nowhere/at/all")).Code);
        Assert.Equal(ExitCodes.NotFound, (await Ctl(bare, "orch", "--profile", "claude")).Code);

        var claude = Path.Combine(empty, "claude");
        await File.WriteAllTextAsync(claude, "#!/bin/sh\nexit 7\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(claude, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var stranger = await Ctl(bare, "orch");
        Assert.Equal(ExitCodes.NotAllowed, stranger.Code);
        Assert.Contains("Nobody is logged in", stranger.Error, StringComparison.Ordinal);
        Assert.Equal(before, Leads().Count);

        // Its exit code is the agent's, and its token ends with it.
        var led = await Ctl(bare, "orch", "--no-login-check");
        Assert.Equal(7, led.Code);
        Assert.Equal(before + 1, Leads().Count);
        var session = Leads()[0];
        Assert.Contains($"This lead is session {session["id"]}", led.Error, StringComparison.Ordinal);
        var token = Daemon.List("/tokens", "tokens").Single(one => (string?)one["name"] == $"session:{session["id"]}");
        Assert.Equal("session", (string?)token["kind"]);
        Assert.NotNull(token["revoked_at"]);
        File.Delete(claude);
    }

    /// <summary>The sessions of leads, newest first.</summary>
    List<JsonNode> Leads() => [.. Daemon.List("/sessions?limit=500", "sessions")
        .Where(session => ((string?)session["title"])?.StartsWith("Lead in", StringComparison.Ordinal) == true)];

    [Theory]
    [InlineData("claude", "--append-system-prompt")]
    [InlineData("codex", "developer_instructions=")]
    public async Task The_command_is_printed_and_holds_no_token(string agent, string how)
    {
        var bin = Directory.CreateDirectory(Path.Combine(Daemon.Root, "bin-" + agent)).FullName;
        var program = Path.Combine(bin, agent);
        await File.WriteAllTextAsync(program, "#!/bin/sh\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var (code, output, error) = await Ctl(new() { ["PATH"] = bin }, "orch", "--print", "--no-login-check", "--task", "it's mine");
        Assert.True(code == 0, error);
        Assert.StartsWith(agent + " ", output, StringComparison.Ordinal);
        Assert.Contains(how, output, StringComparison.Ordinal);
        Assert.Contains("You are the lead of a team", output, StringComparison.Ordinal);
        Assert.Contains(@"'it'\''s mine'", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Daemon.Token, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_watched_lead_starts_is_shown_in_panes()
    {
        TmuxTerminal.Need();
        if (!File.Exists("/usr/bin/curl")) Assert.Skip("curl is not installed: it plays what a lead's tools do");
        var bin = Directory.CreateDirectory(Path.Combine(Daemon.Root, "bin-watched")).FullName;
        var (program, gate, leave) = (Path.Combine(bin, "claude"), Daemon.Gate(), Daemon.Gate());
        await File.WriteAllTextAsync(program, $$"""
            #!/bin/sh
            curl -s -H "Authorization: Bearer $AGENTCTL_AUTH_TOKEN" -H 'Content-Type: application/json' \
              -d '{"task":"work\n!wait-file {{gate}}","profile":"fake"}' "$AGENTCTL_URL/sessions/$AGENTCTL_SESSION_ID/spawn"
            until [ -e {{leave}} ]; do sleep 0.2; done
            """, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var leading = Ctl(new() { ["PATH"] = $"{bin}:/usr/bin:/bin" }, "orch", "--watch", "--no-login-check");

        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        var (shown, child) = ("", "");
        for (var look = 0; look < 200 && !(child.Length > 0 && shown.Contains(child, StringComparison.Ordinal)); look++)
        {
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            child = Daemon.List("/runs", "runs").Where(run => ((string)run["prompt"]!).Contains(gate, StringComparison.Ordinal))
                .Select(run => (string)run["id"]!).FirstOrDefault() ?? "";
            shown = (await Ctl(null, "-q", "panes")).Out;
        }

        Assert.Contains($"\t{child}\t", shown, StringComparison.Ordinal);
        Kin.Open(leave);
        Assert.Equal(0, (await leading).Code);
        await Ctl(null, "-q", "panes", "--close");
        Kin.Open(gate);
        Assert.Equal("succeeded", (string?)(await Daemon.Ended(child))["status"]);
    }

    [Fact]
    public async Task A_sessions_token_reaches_its_family_and_nothing_else()
    {
        var session = (string)(await Daemon.Post("/sessions", new JsonObject { ["profile"] = "fake" }))["session"]!["id"]!;
        var secret = (string)(await Daemon.Post($"/sessions/{session}/token"))["secret"]!;
        var stranger = await Daemon.Run("print x");
        await Daemon.Ended(stranger);
        var child = (await Daemon.With(secret, HttpMethod.Post, $"/sessions/{session}/spawn",
            new JsonObject { ["task"] = "work\n!ask question which?", ["profile"] = "fake" }).Fine())["run"]!;
        var request = await Daemon.Asks(child);
        var waited = await Daemon.With(secret, HttpMethod.Get, $"/runs/wait?ids={child["id"]}&timeout_s=30").Fine();
        Assert.Equal((string?)request["id"], (string?)waited["requests"]![0]!["id"]);
        await Daemon.With(secret, HttpMethod.Post, $"/requests/{request["id"]}/answer",
            new JsonObject { ["decision"] = "answer", ["text"] = "that" }).Fine();
        Assert.Equal("succeeded", (string?)(await Daemon.Ended((string)child["id"]!))["status"]);
        Assert.Single((await Daemon.With(secret, HttpMethod.Get, "/runs").Fine())["runs"]!.AsArray());

        async Task<int> Status(HttpMethod method, string path, JsonNode? body = null)
        {
            using var answer = await Daemon.With(secret, method, path, body);
            return (int)answer.StatusCode;
        }

        Assert.Equal(403, await Status(HttpMethod.Get, $"/runs/{stranger}"));
        Assert.Equal(403, await Status(HttpMethod.Get, "/events"));
        Assert.Equal(403, await Status(HttpMethod.Get, "/stream"));
        Assert.Equal(403, await Status(HttpMethod.Get, "/tokens"));
        Assert.Equal(403, await Status(HttpMethod.Post, "/runs", TestDaemon.Order("print x")));
        Assert.Equal(403, await Status(HttpMethod.Post, $"/sessions/{session}/token"));
        Assert.Equal(403, await Status(HttpMethod.Post, $"/sessions/{session}/send",
            new JsonObject { ["text"] = "x", ["from_run_id"] = stranger }));
        Assert.Equal(200, await Status(HttpMethod.Get, $"/sessions/{session}"));
        await Daemon.Post($"/tokens/session:{session}/revoke");
        Assert.Equal(401, await Status(HttpMethod.Get, $"/sessions/{session}"));
    }
}
