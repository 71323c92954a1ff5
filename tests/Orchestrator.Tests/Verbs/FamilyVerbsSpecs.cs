using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Verbs;

/// <summary>Requests, messages and the tools for agents, as they are typed.</summary>
public class FamilyVerbsSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    Task<(int Code, string Out, string Error)> Ctl(Dictionary<string, string>? variables, params string[] args) =>
        TypedCommand.Run(Daemon, variables, args);

    async Task<string> Ok(params string[] args)
    {
        var (code, output, error) = await Ctl(null, args);
        Assert.True(code == 0, $"agentctl {string.Join(' ', args)}: exit {code}\n{output}{error}");
        return output;
    }

    [Fact]
    public async Task Requests_are_listed_shown_and_answered_once()
    {
        var child = await Daemon.Spawn(await Daemon.IdleParent(), "ask approval_request rm?", "ask question why?");
        var id = (string)(await Daemon.Asks(child))["id"]!;
        var run = (string)child["id"]!;

        Assert.Equal(id, await Ok("--field", "requests.0.id", "request", "list", "--run-id", run));
        Assert.Equal("rm?", await Ok("--field", "request.text", "request", "show", id[..12]));
        var line = await Ok("--format", "json", "request", "show", "--request-id", id);
        Assert.DoesNotContain('\n', line);
        Assert.Equal("approved", await Ok("--field", "request.state", "approve", id, "--text", "go", "--scope", "once"));
        Assert.Equal(ExitCodes.Conflict, (await Ctl(null, "deny", id)).Code);
        Assert.Contains("approved already, by local", (await Ctl(null, "deny", id)).Error, StringComparison.Ordinal);

        var second = (string)(await Daemon.Asks(child))["id"]!;
        Assert.Equal(ExitCodes.Usage, (await Ctl(null, "request", "answer", second)).Code);
        Assert.Equal("answered", await Ok("--field", "request.state", "request", "answer", second, "--text", "so"));
        Assert.Equal("2", JsonNode.Parse(await Ok("request", "list", "--state", "all", "--run-id", run))!["requests"]!.AsArray().Count
            .ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(ExitCodes.NotFound, (await Ctl(null, "approve", "0123456789abcdef")).Code);
        Assert.Equal(ExitCodes.NotFound, (await Ctl(null, "--field", "request.nothing", "request", "show", id)).Code);
        await Daemon.Ended(run);
    }

    [Theory]
    [InlineData("approve", 0, "approved")]
    [InlineData("deny", 1, "denied")]
    public async Task An_agent_asks_and_waits_with_the_ids_of_its_environment(string decision, int code, string state)
    {
        var gate = Daemon.Gate();
        var child = await Daemon.Spawn(await Daemon.IdleParent(), "env AGENTCTL_AUTH_TOKEN", $"wait-file {gate}");
        var own = new Dictionary<string, string>
        {
            ["AGENTCTL_URL"] = Daemon.Url, ["AGENTCTL_RUN_ID"] = (string)child["id"]!,
            ["AGENTCTL_SESSION_ID"] = (string)child["session_id"]!, ["AGENTCTL_AUTH_TOKEN"] = await Daemon.TokenOf(child),
        };
        var asking = Ctl(own, "--format", "json", "tool", "session-reply-parent", "--request-kind", "permission_request", "--text",
            "may I?", "--option", "yes", "--option", "no", "--risk", "low", "--wait");
        var request = await Daemon.Asks(child);
        await Daemon.Answer(request, decision, "said");

        var (exit, output, error) = await asking;

        Assert.True(exit == code, $"{exit}: {output}{error}");
        Assert.DoesNotContain('\n', output);
        var answer = JsonNode.Parse(output)!["request"]!;
        Assert.Equal((state, "said"), ((string?)answer["state"], (string?)answer["answer"]!["text"]));
        Assert.Equal(2, answer["options"]!.AsArray().Count);
        Assert.NotNull((await Daemon.Request(request))["picked_up_at"]);

        var spawned = await Ctl(own, "--field", "run.id", "tool", "session-spawn", "--task", "x\n!exit 3", "--title", "Mine");
        Assert.Equal(0, spawned.Code);
        Assert.Equal(ExitCodes.Failed, (await Ctl(own, "-q", "tool", "session-wait", "--run-id", spawned.Out)).Code);
        var asks = await Ctl(own, "--field", "run.id", "tool", "session-spawn", "--task", "x\n!ask question which?");
        var heard = await Ctl(own, "--format", "json", "tool", "session-wait", "--run-id", asks.Out, "--timeout", "60",
            "--until-asked");
        Assert.True(heard.Code == ExitCodes.PersonMustDecide, $"{heard.Code}: {heard.Out}{heard.Error}");
        Assert.Equal("which?", (string?)JsonNode.Parse(heard.Out)!["requests"]![0]!["text"]);
        Assert.Contains("session-send", heard.Error, StringComparison.Ordinal);
        var childSession = (string)JsonNode.Parse(heard.Out)!["run"]!["session_id"]!;
        Assert.Equal(0, (await Ctl(own, "tool", "session-send", "--session-id", childSession, "--text", "that one")).Code);
        Assert.Equal(0, (await Ctl(own, "-q", "tool", "session-wait", "--run-id", asks.Out, "--timeout", "60")).Code);
        var session = (string)(await Daemon.Get($"/runs/{spawned.Out}"))["run"]!["session_id"]!;
        var sent = await Ctl(own, "--field", "message.sender", "tool", "session-send", "--session-id", session, "--text", "again");
        Assert.Equal($"run:{child["id"]}", sent.Out);
        Assert.Equal(0, (await Ctl(own, "tool", "report-outcome", "--goal-met", "true", "--summary", "ok")).Code);
        Assert.Equal(ExitCodes.NotAllowed, (await Ctl(own, "session", "create")).Code);

        own.Remove("AGENTCTL_AUTH_TOKEN");
        Assert.Equal(ExitCodes.NotAllowed, (await Ctl(own, "tool", "report-outcome", "--goal-met", "true", "--summary", "no")).Code);
        Kin.Open(gate);
        Assert.Equal("ok", (string?)(await Daemon.Ended((string)child["id"]!))["result"]!["summary"]);
    }

    [Fact]
    public async Task Waiting_messages_are_listed_changed_and_taken_back()
    {
        var gate = Daemon.Gate();
        var busy = await Daemon.Becomes((await Daemon.Post("/runs", TestDaemon.Order($"wait-file {gate}")))["run"]!, "running");
        var session = (string)busy["session_id"]!;
        string[] send = ["--field", "message.id", "message", "send", "--session-id", session, "--profile", "fake", "--text"];
        var first = await Ok([.. send, "one"]);
        var second = await Ok([.. send, "two", "--mode", "collect"]);
        Assert.Equal(ExitCodes.Usage, (await Ctl(null, [.. send, "x", "--mode", "steer"])).Code);

        var list = JsonNode.Parse(await Ok("message", "list", "--session-id", session, "--delivery", "stored"))!["messages"]!.AsArray();
        Assert.Equal([first, second], list.Select(m => (string)m!["id"]!));
        await Ok("message", "edit", first, "--text", "!print changed");
        Assert.Equal(ExitCodes.Usage, (await Ctl(null, "message", "edit", first)).Code);
        Assert.Equal(ExitCodes.Usage, (await Ctl(null, "message", "edit", first, "--mode", "steer")).Code);
        Assert.Equal("dropped", await Ok("--field", "message.delivery", "message", "remove", second));
        Assert.Equal(ExitCodes.Conflict, (await Ctl(null, "message", "edit", second, "--text", "x")).Code);
        Assert.Equal(ExitCodes.NotFound, (await Ctl(null, "message", "remove", "0123456789abcdef")).Code);
        Kin.Open(gate);
        await Eventually.True(() => Daemon.List($"/runs?session_id={session}&status=succeeded", "runs").Count == 2, "both have ended");
        Assert.Equal("changed", (string?)Daemon.List($"/runs?session_id={session}", "runs")[0]["last_message"]);
        busy = await Daemon.Becomes((await Daemon.Post($"/sessions/{session}/messages", new JsonObject
        {
            ["role"] = "user", ["text"] = $"!wait-file {Daemon.Gate()}", ["profile"] = "fake",
        }))["run"]!, "running");
        var urgent = await Ok("--field", "run.id", "message", "edit", await Ok([.. send, "!print urgent"]), "--mode", "interrupt");
        Assert.Equal("canceled", (string?)(await Daemon.Ended((string)busy["id"]!))["status"]);
        Assert.Equal("urgent", (string?)(await Daemon.Ended(urgent))["last_message"]);
        await Ok("session", "archive", session, "--reason", "done");
        Assert.Equal(ExitCodes.Conflict, (await Ctl(null, [.. send, "x"])).Code);
    }
}
