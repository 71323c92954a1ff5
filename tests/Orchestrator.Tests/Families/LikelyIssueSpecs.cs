using Orchestrator.Agents;
using Orchestrator.Families;
using Orchestrator.Runs;
using Orchestrator.Tests.Runs;

namespace Orchestrator.Tests.Families;

/// <summary>Why is it not moving: one code for each situation, and a sentence that names the facts.</summary>
public class LikelyIssueSpecs
{
    static readonly LikelyIssue.OpenRequest ToPerson = new("77aa01bc93de4f10", "approval", "May I delete the table?", null);
    static readonly LikelyIssue.OpenChild[] Two = [new("1111111111111111", "running"), new("2222222222222222", "queued")];

    internal static readonly Dictionary<string, (LikelyIssue.Facts Facts, string Code, string Text, string? Kind)> Table = new()
    {
        ["store"] = (In("queued") with { StoreTrouble = "disk full." }, "store_not_writable", "(disk full)", "store"),
        ["store while running"] = (In("running") with { StoreTrouble = "disk full" }, "store_not_writable", "disk full", "store"),
        ["draining"] = (In("queued") with { Draining = true, WorkersAlive = false, Position = 1 }, "daemon_draining", "next one", "daemon"),
        ["no worker"] = (In("queued") with { WorkersAlive = false, Blocker = "aaaa" }, "no_worker", "restart", "daemon"),
        ["session busy"] = (In("queued") with { Blocker = "aaaa", Position = 1, Free = 4 }, "session_busy", "run aaaa", "run"),
        ["pool full"] = (In("queued") with { Position = 3, Slots = 4 }, "pool_full", "All 4 slots are taken; it is number 3", "slot"),
        ["pool nearly full"] = (In("queued") with { Position = 3, Slots = 4, Free = 2 }, "pool_full", "Only 2 of 4", "slot"),
        ["provider"] = (In("queued") with
        {
            Provider = new("claude", AnyRun.Begun + TimeSpan.FromMinutes(3), "quota_exhausted", true),
            Position = 1,
            Free = 4,
        }, "provider_cooling_down", "'claude' is left alone until 2026-01-02 03:07:05Z, in 3 minutes (quota_exhausted; the provider named",
            "provider"),
        ["waits to retry"] = (In("queued", run => run with
        {
            NotBefore = AnyRun.Begun + TimeSpan.FromSeconds(9),
            RetryOf = "aaaa",
            Attempt = 2,
        }) with
        {
            Position = 1,
            Free = 4,
        }, "waiting_to_retry", "attempt 2 of what run aaaa began, and waits until 2026-01-02 03:04:14Z", "time"),
        ["retried"] = (In("failed", run => run with { Reason = "rate_limited", NextRunId = "bbbb" }), "rate_limited",
            "Run bbbb goes on with it.", null),
        ["asked about"] = (In("failed", run => run with { Reason = "auth_required" }) with { Decision = "cccc" }, "auth_required",
            "A person is asked how to go on: 'agentctl request show cccc'", null),
        ["next"] = (In("queued") with { Position = 1, Slots = 4, Free = 1 }, "about_to_start", "next", null),
        ["starting"] = (In("starting"), "starting", "prepared", null),
        ["asks a person"] = (In("waiting") with { Request = ToPerson, Children = Two }, "waiting_for_request",
            "from a person to its request 77aa01bc93de4f10 (approval): \"May I delete the table?\".", "request"),
        ["asks its parent"] = (In("waiting") with { Request = ToPerson with { ToSessionId = "bbbb" } }, "waiting_for_request",
            "from session bbbb", "request"),
        ["one child"] = (In("waiting") with { Children = [Two[0]] }, "waiting_for_children", "its child: run 1111111111111111 (running)",
            "children"),
        ["two children"] = (In("waiting") with { Children = Two }, "waiting_for_children", "2 children: run 1111111111111111", "children"),
        ["answered"] = (In("waiting"), "about_to_go_on", "go on", null),
        ["stopping"] = (In("stopping", run => run with { StopReason = "user" }), "stopping", "(user)", null),
        ["stopping, total"] = (In("stopping", run => run with { StopReason = "total_timeout" }), "stopping", "limit of 10 minutes", null),
        ["stopping, idle"] = (In("stopping", run => run with { StopReason = "idle_timeout" }), "stopping", "limit of 2 minutes", null),
        ["gone"] = (In("running") with { ProcessAlive = false }, "process_gone", "gone", null),
        ["silent"] = (Silent(61), "stalled", "nothing for 61 seconds; its idle limit is 2 minutes", null),
        ["silent for long"] = (Silent(7 * 60, idleMinutes: 20), "stalled", "nothing for 7 minutes", null),
        ["silent in a tool"] = (Silent(7 * 60, idleMinutes: 20) with
        {
            Tool = new("shell", "{\"command\":[\"make\"]}", AnyRun.Begun - TimeSpan.FromMinutes(1)),
        }, "silent_in_tool", "7 minutes while its tool shell runs, called 8 minutes ago ({\"command\":[\"make\"]})", "tool"),
        ["quiet"] = (Silent(59), "none", "running", null),
        ["quiet, long limit"] = (Silent(5 * 60, idleMinutes: 20), "none", "running", null),
        ["running"] = (In("running"), "none", "running", null),
        ["succeeded"] = (In("succeeded"), "none", "succeeded", null),
        ["goal not met"] = (In("succeeded", run => run with { Result = new(false, null, null, null) }), "goal_not_met", "not met", null),
        ["total limit"] = (In("timed_out", run => run with { Reason = "total_timeout" }), "total_timeout", "of 10 minutes", null),
        ["idle limit"] = (In("timed_out", run => run with { Reason = "idle_timeout" }), "idle_timeout", "of 2 minutes", null),
        ["parent canceled"] = (In("canceled", run => run with { Reason = "parent_canceled" }), "parent_canceled", "parent", null),
    };

    public static TheoryData<string> Situations => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Situations))]
    public void Each_situation_has_its_code_and_names_its_facts(string situation)
    {
        var (facts, code, text, kind) = Table[situation];
        var issue = LikelyIssue.Of(facts);
        Assert.Equal((code, kind), (issue.Code, issue.Kind));
        Assert.Contains(text, issue.Text, StringComparison.Ordinal);
        Assert.EndsWith(".", issue.Text, StringComparison.Ordinal);
        Assert.Equal(kind is "run" or "request" or "children" or "tool" or "provider", issue.Ids.Count > 0);
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("canceled")]
    [InlineData("timed_out")]
    [InlineData("lost")]
    public void A_run_that_ended_badly_says_its_reason_in_its_own_words_or_in_the_lists(string status)
    {
        foreach (var reason in EndReason.All.Keys.Except(["total_timeout", "idle_timeout"]))
        {
            var bare = In(status, run => run with { Reason = reason });
            Assert.Equal((reason, EndReason.All[reason]), Said(bare));
            var told = In(status, run => run with { Reason = reason, Error = new RunError(reason, "Because of this.") });
            Assert.Equal((reason, "Because of this."), Said(told));
        }

        Assert.Equal("none", LikelyIssue.Of(In(status)).Code);
    }

    static (string, string) Said(LikelyIssue.Facts facts) => LikelyIssue.Of(facts) is var issue ? (issue.Code, issue.Text) : default;

    static LikelyIssue.Facts In(string status, Func<Run, Run>? with = null) =>
        new((with ?? (run => run))(AnyRun.In(RunLifecycle.Parse(status)!.Value)), AnyRun.Begun) { ProcessAlive = true, Slots = 4 };

    static LikelyIssue.Facts Silent(int seconds, int idleMinutes = 2) =>
        In("running", run => run with { LastEventAt = AnyRun.Begun, IdleLimit = TimeSpan.FromMinutes(idleMinutes) }) with
        {
            Now = AnyRun.Begun + TimeSpan.FromSeconds(seconds),
        };
}
