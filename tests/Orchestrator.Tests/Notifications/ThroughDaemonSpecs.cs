using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Notifications;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Notifications;

/// <summary>Notifications of a real daemon over real channels.</summary>
public class ThroughDaemonSpecs
{
    static readonly TimeSpan Patient = TimeSpan.FromSeconds(60);

    static string[] Log(TestDaemon daemon) =>
        File.Exists(Path.Combine(daemon.Data, "notify.log")) ? File.ReadAllLines(Path.Combine(daemon.Data, "notify.log")) : [];

    [Fact]
    public async Task Ends_and_questions_reach_the_log_a_command_and_an_address_once()
    {
        await using var hooks = await HookReceiver.Open();
        await using var daemon = TestDaemon.Prepare($$"""
            notifications:
              asks:
                channel: command
                on: [request.created]
                command: ["/bin/sh", "-c", "cat >> told.txt; env > env.txt"]
                env: {MINE: "1"}
              hook:
                channel: webhook
                on: [run.failed]
                url: "{{hooks.Url}}"
                secret_env: HOOK_KEY
                headers_env: {X-Key: HOOK_KEY}
            """).With("HOOK_KEY", "top-secret").With("AGENTD_AUTH_TOKEN", "never-to-be-passed-on-at-all");
        await daemon.Start();
        var good = await daemon.Run("""result {"goal_met":true,"summary":"all done"}""");
        await daemon.Ended(good);
        var bad = await daemon.Run("print half", "exit 3");
        await daemon.Ended(bad);
        var parent = await daemon.IdleParent();
        await daemon.Spawn(parent, "ask question which?");

        await Eventually.True(() => Log(daemon).Count(line => line.Contains(bad)) == 1, "the log tells", Patient);
        Assert.Contains(Log(daemon), line => line.StartsWith("✓ ") && line.Contains($"{good} run.succeeded") && line.EndsWith(" all done"));
        Assert.Contains(Log(daemon), line => line.StartsWith("✗ ") && line.Contains("goal_met=- exit=3"));

        await Eventually.True(() => !hooks.Hooks.IsEmpty, "the address hears", Patient);
        var hook = Assert.Single(hooks.Hooks);
        Assert.Equal((bad, "failed"), ((string?)hook.Json["run"]!["id"], (string?)hook.Json["run"]!["status"]));
        Assert.Equal("run.failed", (string?)hook.Json["event"]!["event_type"]);
        Assert.Equal("top-secret", hook.Headers["x-key"]);
        Assert.Equal(WebhookChannel.Signature("top-secret", hook.Headers["webhook-id"], hook.Headers["webhook-timestamp"], hook.Body),
            hook.Headers["webhook-signature"]);

        var told = Path.Combine(daemon.Data, "told.txt");
        var variables = Path.Combine(daemon.Data, "env.txt");
        await Eventually.True(() => File.Exists(variables) && File.ReadAllText(variables).Contains("MINE=1"), "the command hears", Patient);
        // The parent's session has a copy of the event, which nobody is told of: the next question is the next one that is told.
        await daemon.Spawn(parent, "ask question and then?");
        await Eventually.True(() => File.ReadAllText(told).Contains("and then?", StringComparison.Ordinal), "the command hears", Patient);
        Assert.Equal(["which?", "and then?"],
            File.ReadAllLines(told).Select(line => (string?)JsonNode.Parse(line)!["event"]!["data"]!["text"]));
        var environment = await File.ReadAllTextAsync(variables, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("top-secret", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("never-to-be-passed-on", environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_channel_is_tried_again_seen_by_everybody_and_holds_nobody_up()
    {
        await using var hooks = await HookReceiver.Open();
        hooks.Answers.Enqueue(307);
        await using var daemon = await TestDaemon.Start($$"""
            notifications:
              hook: {channel: webhook, url: "{{hooks.Url}}"}
              dead: {channel: command, command: ["/bin/sh", "-c", "exit 9"]}
            """);
        var run = await daemon.Run("print x");
        await daemon.Ended(run);

        await Eventually.True(() => daemon.Look("/notifications").ToJsonString().Contains("exit code 9"), "it is seen", Patient);
        var status = daemon.Look("/daemon/status");
        Assert.Equal("degraded", (string?)status["daemon_health"]);
        Assert.Contains(status["reasons"]!.AsArray(), reason => ((string)reason!).Contains("rule 'dead' fails", StringComparison.Ordinal));
        var (code, output, _) = await TypedCommand.Run(daemon, null, "notify", "list");
        Assert.Equal(0, code);
        Assert.Contains("dead\tcommand\tfailing\tsent 0\tthe command ended with exit code 9", output, StringComparison.Ordinal);
        Assert.Contains("log\tlog\tok\tsent 1\t", output, StringComparison.Ordinal);
        var doctor = await TypedCommand.Run(daemon, null, "doctor");
        Assert.Contains("notification rule 'dead' fails", doctor.Out, StringComparison.Ordinal);

        await Eventually.True(() => hooks.Hooks.Count == 2, "it is tried until it works", Patient);
        Assert.Single(hooks.Hooks.Select(hook => hook.Headers["webhook-id"]).Distinct());
        Assert.False(hooks.Strayed);
        await Eventually.True(() => daemon.Look("/notifications")["notifications"]!.AsArray()
            .Any(rule => (string?)rule!["rule"] == "hook" && (string?)rule["state"] == "ok" && (int)rule["sent"]! == 1), "well", Patient);
    }

    [Fact]
    public async Task What_happened_while_nobody_could_tell_is_told_after_a_crash_and_the_log_says_it_once()
    {
        await using var hooks = await HookReceiver.Open();
        await using var daemon = TestDaemon.Prepare($$"""
            notifications:
              hook: {channel: webhook, url: "{{hooks.Url}}"}
            """).With("AGENTD_CRASH_AT", Checkpoint.NotificationSent);
        await daemon.Start();
        var run = await daemon.Run("print x");
        await daemon.Died();
        daemon.Without("AGENTD_CRASH_AT");
        await daemon.Start();
        await Eventually.True(() => !hooks.Hooks.IsEmpty && Log(daemon).Length > 0
            && daemon.Look("/notifications")["notifications"]!.AsArray().All(rule => (int)rule!["sent"]! == 1), "both are told", Patient);
        Assert.Single(Log(daemon), line => line.Contains(run));
        Assert.Single(hooks.Hooks.Select(hook => hook.Headers["webhook-id"]).Distinct());
    }

    [Fact]
    public async Task A_person_can_try_every_channel()
    {
        await using var hooks = await HookReceiver.Open();
        await using var daemon = await TestDaemon.Start($$"""
            notifications:
              hook: {channel: webhook, url: "{{hooks.Url}}"}
              wrong: {channel: command, command: ["/bin/sh", "-c", "echo no >&2; exit 4"]}
              slow: {channel: command, command: ["/bin/sh", "-c", "exec tail -f /dev/null"], timeout_s: 0.3}
              gone: {channel: webhook, url_env: NOT_SET}
            """);
        var (code, output, error) = await TypedCommand.Run(daemon, null, "notify", "test");
        Assert.True(code == ExitCodes.Failed, error);
        Assert.Contains("hook\twebhook\tok\tanswered 200", output, StringComparison.Ordinal);
        Assert.Contains("wrong\tcommand\tfailed\tthe command ended with exit code 4: no", output, StringComparison.Ordinal);
        Assert.Contains("slow\tcommand\tfailed\tthe command did not end in 0.3 s and was killed", output, StringComparison.Ordinal);
        Assert.Contains("gone\twebhook\tfailed\tthe daemon's variable NOT_SET is not set", output, StringComparison.Ordinal);
        Assert.True((bool)Assert.Single(hooks.Hooks).Json["test"]!);
        Assert.StartsWith("test ", Assert.Single(Log(daemon)));
        Assert.Equal(0, (await TypedCommand.Run(daemon, null, "-q", "notify", "test", "hook")).Code);
        var unknown = await TypedCommand.Run(daemon, null, "notify", "test", "nobody");
        Assert.Equal(ExitCodes.Usage, unknown.Code);
        Assert.Contains("there are log, hook", unknown.Error, StringComparison.Ordinal);
    }
}
