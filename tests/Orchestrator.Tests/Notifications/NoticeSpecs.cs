using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.Notifications;
using Orchestrator.Profiles;
using Orchestrator.Runs;

namespace Orchestrator.Tests.Notifications;

/// <summary>What is said of an event, in each form.</summary>
public class NoticeSpecs
{
    static Notice Of(string type, bool? goalMet, int? exit, string? summary, string data = "{}", string? project = "demo") => new()
    {
        Event = new Event
        {
            Seq = 41,
            At = new DateTimeOffset(2026, 1, 31, 9, 30, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000,
            Type = type,
            RunId = "3f6c0a9be1d2c4f7",
            Actor = "agent",
            Data = data,
        },
        Data = JsonNode.Parse(data),
        Project = project,
        Run = new Run
        {
            Id = "3f6c0a9be1d2c4f7",
            SessionId = "0d9c3e1a7b2c485f",
            Status = RunStatus.Succeeded,
            Trigger = "direct",
            Profile = "spark",
            Agent = "command",
            Prompt = "x",
            CreatedAt = DateTimeOffset.UnixEpoch,
            ExitCode = exit,
            LastMessage = summary,
            Result = goalMet is { } met ? new RunResult(met, summary, null, null) : null,
        },
    };

    [Theory]
    [InlineData("run.succeeded", true, 0, "Added it",
        "✓ 2026-01-31T09:30:00Z 3f6c0a9be1d2c4f7 run.succeeded project=demo profile=spark goal_met=true exit=0 event=41 Added it")]
    [InlineData("run.succeeded", false, 0, "Not quite",
        "! 2026-01-31T09:30:00Z 3f6c0a9be1d2c4f7 run.succeeded project=demo profile=spark goal_met=false exit=0 event=41 Not quite")]
    [InlineData("run.succeeded", null, 0, null,
        "! 2026-01-31T09:30:00Z 3f6c0a9be1d2c4f7 run.succeeded project=demo profile=spark goal_met=- exit=0 event=41")]
    [InlineData("run.failed", null, 3, "two\nlines \u001b[31mred\u001b[0m",
        "✗ 2026-01-31T09:30:00Z 3f6c0a9be1d2c4f7 run.failed project=demo profile=spark goal_met=- exit=3 event=41 two lines red")]
    public void The_log_has_a_line(string type, bool? goalMet, int exit, string? summary, string line) =>
        Assert.Equal(line, Of(type, goalMet, exit, summary).LogLine());

    [Fact]
    public void The_status_line_holds_nothing_that_tmux_would_act_upon()
    {
        var line = Of("run.succeeded", true, 0, "#(touch /tmp/x) #[fg=red] %H done", project: "#(id)").StatusLine();
        Assert.Equal("✓ 3f6c0a9b spark in (id): run.succeeded goal_met=true exit=0 (touch /tmp/x) [fg=red] H done", line);
    }

    [Theory]
    [InlineData("run.succeeded", "{}", "[AI_ORCH DONE run_id=3f6c0a9be1d2c4f7 goal_met=true exit=0]")]
    [InlineData("request.created", """{"request_id":"9c3e1a7b2c485f0d","text":"'; rm -rf /"}""",
        "[AI_ORCH CREATED run_id=3f6c0a9be1d2c4f7 request_id=9c3e1a7b2c485f0d]")]
    [InlineData("request.created", """{"request_id":"';kill-server #"}""", "[AI_ORCH EVENT type=request.created id=3f6c0a9be1d2c4f7]")]
    public void Keys_are_ids_and_words_of_ours_only(string type, string data, string keys) =>
        Assert.Equal(keys, Of(type, true, 0, "'; rm -rf /", data).KeyText());

    [Theory]
    [InlineData("demo", "spark", true)]
    [InlineData("demo,other", "", true)]
    [InlineData("other", "", false)]
    [InlineData("", "deep", false)]
    public void A_rule_hears_of_its_projects_and_profiles(string projects, string profiles, bool fits) =>
        Assert.Equal(fits, Of("run.failed", null, 1, null).Fits(NotificationRule.Log with
        {
            Projects = projects.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Profiles = profiles.Split(',', StringSplitOptions.RemoveEmptyEntries),
        }));

    [Fact]
    public void Failures_pause_longer_each_time_and_an_event_is_given_up_after_the_sixth()
    {
        var now = DateTimeOffset.UnixEpoch;
        var state = new RuleState(40, 0, 0, 0, 0, 0, null, null, null);
        var pauses = new List<double>();
        for (var tries = 1; tries <= Courier.MostTries; tries++)
        {
            (state, var gaveUp) = Courier.Next(state, 41, "answered 500", now);
            pauses.Add(state.RetryAt!.Value / 1e6);
            Assert.Equal(tries == Courier.MostTries, gaveUp);
            Assert.Equal(gaveUp ? 41 : 40, state.Cursor);
        }
        Assert.Equal([1, 5, 30, 120, 300, 300], pauses);
        Assert.Equal((1, 0, 6, "answered 500"), (state.GaveUp, state.Tries, state.Failures, state.LastError));
        (state, _) = Courier.Next(state, 42, null, now);
        Assert.Equal((42, 1, 0, null, null), (state.Cursor, state.Sent, state.Failures, state.LastError, state.RetryAt));
    }

    [Fact]
    public async Task The_log_is_turned_over_keeps_three_and_says_nothing_twice()
    {
        var folder = Directory.CreateTempSubdirectory("notify-").FullName;
        var log = new LogChannel(folder, most: 400);
        var stop = TestContext.Current.CancellationToken;
        for (var no = 0; no < 20; no++)
        {
            var notice = Of("run.succeeded", true, 0, $"number {no} event=99");
            await log.Send(notice, stop);
            await log.Send(notice, stop);
        }
        await log.Send(Of("run.succeeded", true, 0, "x") with { Test = true }, stop);
        var files = Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order().ToList();
        Assert.Equal(["notify.log", "notify.log.1", "notify.log.2", "notify.log.3"], files);
        var lines = files.SelectMany(file => File.ReadAllLines(Path.Combine(folder, file))).Where(line => line.Contains("number 19 "));
        Assert.Single(lines);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "notify.log")));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("a: {channel: webhook}", "notifications.a.url: exactly one of url and url_env")]
    [InlineData("a: {channel: webhook, url: 'ftp://x'}", "notifications.a.url: is no http or https address")]
    [InlineData("a: {channel: command}", "notifications.a.command: is needed")]
    [InlineData("a: {channel: status}", "notifications.a.target: is needed")]
    [InlineData("a: {channel: keys, target: x, prompt: y}", "notifications.a.programs: is needed")]
    [InlineData("a: {channel: keys, target: x, programs: [y], prompt: '('}", "notifications.a.prompt: is no regular expression")]
    [InlineData("a: {channel: keys, target: x, programs: ['y}#('], prompt: y}", "'y}#(' is no program's name")]
    [InlineData("a: {on: [run.failed]}", "notifications.a.channel: is missing")]
    [InlineData("a: {channel: log}", "the rule 'log' has the channel 'log'")]
    [InlineData("a: {channel: webhok}", "did you mean 'webhook'?")]
    [InlineData("a: {channel: command, comand: [x]}", "did you mean 'command'?")]
    public void A_rule_that_cannot_work_is_refused_by_its_key(string rule, string problem)
    {
        var fault = Assert.Throws<Fault>(() => ConfigFile.Parse($"notifications:\n  {rule}", "c.yaml", ["command"]));
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
    }

    // The example of the Standard Webhooks specification, signed with its own library.
    [Fact]
    public void A_signature_is_the_one_of_the_specification() => Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookChannel.Signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
            """{"test": 2432232314}"""));
}
