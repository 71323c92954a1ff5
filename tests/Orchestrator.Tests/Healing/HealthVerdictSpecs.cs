using System.Text.Json.Nodes;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Terminals;
using Orchestrator.Tests.Runs;

namespace Orchestrator.Tests.Healing;

/// <summary>Whether a run gets on: one verdict for each kind of evidence, never for an agent's words.</summary>
public class HealthVerdictSpecs
{
    static readonly DateTimeOffset Now = AnyRun.Begun + TimeSpan.FromHours(1);
    static readonly TreeActivity Idle = new(Now - TimeSpan.FromHours(1), null, null);

    static DateTimeOffset Ago(double minutes) => Now - TimeSpan.FromMinutes(minutes);

    static OpenTool Tool(double minutesAgo, string input = """{"command":"make"}""") =>
        new("shell", input, Ago(minutesAgo), OpenCalls.LimitOf(JsonNode.Parse(input)));

    static HealthFacts Silent(double minutes, TreeActivity? tree = null) =>
        new(Now, Ago(minutes), new HealingPolicy(), TimeSpan.FromMinutes(20)) { Tree = tree ?? Idle };

    internal static readonly Dictionary<string, (HealthFacts Facts, string Verdict, string? WaitingFor, string Reason)> Table = new()
    {
        ["it just spoke"] = (Silent(0.5), "working", null, "wrote something a moment ago"),
        ["it spoke within the quiet time"] = (Silent(4.9), "working", null, "a moment ago"),
        ["its process is gone"] = (Silent(0) with { ProcessAlive = false }, "dead", null, "its process is gone"),
        ["silent, processes seem to wait"] = (Silent(6), "quiet", null, "no output for 6 min"),
        ["silent for three quarters of its idle limit"] = (Silent(15), "stalled", null, "use no CPU"),
        ["silent for long, but busy"] = (Silent(15, Idle with { BusyAt = Ago(1), Busiest = "dotnet test" }), "working", null,
            "`dotnet test` still uses CPU"),
        ["silent for long, busy program has ended"] = (Silent(15, Idle with { BusyAt = Ago(1) }), "working", null, "at work a moment ago"),
        ["silent for long, busy long ago"] = (Silent(15, Idle with { BusyAt = Ago(6) }), "stalled", null, "no output for 15 min"),
        ["silent for long, files change"] = (Silent(15) with { FilesChangedAt = Ago(2) }, "working", null, "its files changed"),
        ["silent for long, files changed long ago"] = (Silent(15) with { FilesChangedAt = Ago(7) }, "stalled", null, "use no CPU"),
        ["silent for long, its provider takes nothing"] = (Silent(15) with { ProviderHeldUntil = Now + TimeSpan.FromMinutes(3) },
            "waiting", "provider", "takes nothing until 04:07:05Z"),
        ["silent for long, its provider is free again"] = (Silent(15) with { ProviderHeldUntil = Ago(1) }, "stalled", null, "use no CPU"),
        ["silent for long, processes cannot be seen"] = (Silent(19) with { Tree = null }, "quiet", null, "cannot be seen"),
        ["silent for long, watched for a moment only"] = (Silent(15, new TreeActivity(Ago(1), null, null)), "quiet", null, "seem to wait"),
        ["in a tool, within its own limit"] = (Silent(9) with { Tool = Tool(9, """{"command":"make","timeout":600000}""") }, "waiting",
            "tool", "`make` runs for 9 min, and may for 10 min"),
        ["in a tool, past its own limit, idle"] = (Silent(16) with { Tool = Tool(16, """{"command":"make","timeout":600000}""") },
            "stalled", null, "longer than its limit of 10 min"),
        ["in a tool, past its own limit, busy"] = (Silent(16, Idle with { BusyAt = Now, Busiest = "make" }) with
        {
            Tool = Tool(16, """{"command":"make","timeout":600000}"""),
        }, "working", null, "`make` still uses CPU"),
        ["in a tool that names no limit"] = (Silent(19) with { Tool = Tool(19) }, "waiting", "tool", "may for 60 min"),
        ["in a tool that names no limit, past the profile's"] = (Silent(61) with { Tool = Tool(61) }, "stalled", null,
            "longer than its limit of 60 min"),
    };

    public static TheoryData<string> Cases => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_verdict_follows_from_evidence(string name)
    {
        var (facts, verdict, waitingFor, reason) = Table[name];

        var found = HealthVerdict.Of(facts);

        Assert.Equal((verdict, waitingFor), (found.Verdict, found.WaitingFor));
        Assert.Contains(reason, string.Join("; ", found.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_verdict_is_in_the_table() => Assert.Equal(HealthWords.All.Order(), Table.Values.Select(row => row.Verdict)
        .Append(RunHealth.Of(AnyRun.In(RunStatus.Queued), null, null, null)!.Verdict).Distinct().Order());

    /// <summary>A real agent thinks for minutes without a word; a default that calls that stalled before its idle limit would stop it.
    /// </summary>
    [Fact]
    public void By_default_nothing_is_stopped_and_silence_up_to_a_quarter_of_an_hour_is_not_even_asked_about()
    {
        var usual = new HealingPolicy();

        Assert.False(usual.Interrupt);
        Assert.Equal(TimeSpan.FromMinutes(15), usual.StalledOf(new RunLimits().Idle));
        Assert.Equal(TimeSpan.FromMinutes(5), usual.QuietOf(new RunLimits().Idle));
        Assert.Equal(TimeSpan.FromSeconds(3), usual.QuietOf(TimeSpan.FromSeconds(6)));
        Assert.True(new HealingPolicy { Quiet = TimeSpan.FromHours(1), Stalled = TimeSpan.FromMinutes(1) }
            .StalledOf(TimeSpan.FromMinutes(20)) >= TimeSpan.FromHours(1), "stalled is never less than quiet");
    }

    [Theory]
    [InlineData("""{"command":"make","timeout":120000}""", 120)]
    [InlineData("""{"command":"make","timeout":90}""", 90)]
    [InlineData("""{"command":["make"],"timeout_ms":10000}""", 10)]
    [InlineData("""{"cmd":"make","timeout_s":"45"}""", 45)]
    [InlineData("""{"command":"make","timeout":-1}""", null)]
    [InlineData("""{"command":"make","timeout":1e300}""", null)]
    [InlineData("""{"command":"make","timeout":"soon"}""", null)]
    [InlineData("""{"command":"make"}""", null)]
    [InlineData("""["make"]""", null)]
    public void A_call_says_its_own_limit_in_several_ways(string input, int? seconds) =>
        Assert.Equal(seconds, (int?)OpenCalls.LimitOf(JsonNode.Parse(input))?.TotalSeconds);

    [Theory]
    [InlineData(RunStatus.Queued, null, null, "waiting", "slot")]
    [InlineData(RunStatus.Queued, null, "provider", "waiting", "provider")]
    [InlineData(RunStatus.Queued, null, "session", "waiting", "session")]
    [InlineData(RunStatus.Starting, null, null, "working", null)]
    [InlineData(RunStatus.Running, null, null, "working", null)]
    [InlineData(RunStatus.Waiting, "person", null, "waiting", "person")]
    [InlineData(RunStatus.Waiting, "parent", null, "waiting", "parent")]
    [InlineData(RunStatus.Stopping, null, null, "working", null)]
    [InlineData(RunStatus.Failed, null, null, null, null)]
    internal void What_the_row_says_needs_no_evidence(RunStatus status, string? asked, string? holds, string? verdict, string? waitingFor)
    {
        // A verdict found while it ran counts no longer once its status is another one.
        var old = new KeptHealth("none", new RunHealth("stalled", null, Now, ["old"]));

        var found = RunHealth.Of(AnyRun.In(status), old, asked, holds);

        Assert.Equal((verdict, waitingFor), (found?.Verdict, found?.WaitingFor));
    }

    [Fact]
    public void What_was_found_while_it_ran_is_kept_as_it_was()
    {
        var kept = new KeptHealth("running", new RunHealth("waiting", "tool", Now, ["no output for 6 min", "its tool runs"]));

        var read = KeptHealth.Read(kept.Write());

        Assert.Equal(kept.Write(), read!.Write());
        Assert.Equal("tool", RunHealth.Of(AnyRun.In(RunStatus.Running), read, null, null)!.WaitingFor);
        Assert.Equal("child", RunHealth.Of(AnyRun.In(RunStatus.Waiting) with { WaitingFor = "children" }, read, null, null)!.WaitingFor);
    }

    static UsedBy Used(int pid, double cpuSeconds, long bytes, long start = 1) =>
        new(new ProcessIdentity(pid, start, "boot"), TimeSpan.FromSeconds(cpuSeconds), bytes);

    public static TheoryData<string, bool> Changes => new()
    {
        { "nothing", false }, { "a timer now and then", false }, { "a keep-alive", false }, { "computes", true }, { "moves files", true },
        { "started something", true }, { "something ended", false }, { "a pid came again", true },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Work_is_told_from_waiting_by_what_processes_use(string what, bool busy)
    {
        UsedBy[] before = [Used(1, 10, 1000), Used(2, 5, 0)];
        UsedBy[] after = what switch
        {
            "a timer now and then" => [Used(1, 10.1, 1000), Used(2, 5, 0)],
            "a keep-alive" => [Used(1, 10, 51_000), Used(2, 5, 0)],
            "computes" => [Used(1, 10, 1000), Used(2, 8, 0)],
            "moves files" => [Used(1, 10, 9_000_000), Used(2, 5, 0)],
            "started something" => [.. before, Used(3, 0, 0)],
            "something ended" => [before[0]],
            "a pid came again" => [before[0], Used(2, 0, 0, start: 9)],
            _ => before,
        };

        var change = UsageChange.Between(before, after, TimeSpan.FromSeconds(10));

        Assert.Equal(busy, change.Busy);
        Assert.Equal(what == "computes" ? 2 : null, what == "computes" ? change.Busiest?.Pid : null);
    }

    [Fact]
    public void A_line_of_the_kernel_gives_parent_and_time_whatever_the_name()
    {
        var line = "4711 (a name) with ) in it) S 17 4711 4711 0 -1 4194560 310 0 0 0 12 3 40 8 20 0 1 0 881234 2560000 99"u8;

        Assert.Equal(new ProcessUsage.StatLine(17, 63, 881234), ProcessUsage.Parse(line));
        Assert.Null(ProcessUsage.Parse("4711 (x) Z 17 4711"u8));
        Assert.Null(ProcessUsage.Parse("nothing"u8));
    }
}
