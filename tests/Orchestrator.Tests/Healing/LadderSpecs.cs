using Orchestrator.Healing;
using Orchestrator.Profiles;
using Orchestrator.Recovery;
using Orchestrator.Runs;
using Orchestrator.Tests.Runs;

namespace Orchestrator.Tests.Healing;

/// <summary>What is done next about a run that does nothing: the gentlest step that was not taken, in its time, and never without end.
/// </summary>
public class LadderSpecs
{
    static readonly DateTimeOffset Now = AnyRun.Begun + TimeSpan.FromHours(1);
    static readonly HealingPolicy All = new() { Interrupt = true };

    static DateTimeOffset Ago(double minutes) => Now - TimeSpan.FromMinutes(minutes);

    static StepTaken Took(HealingStep step, double minutesAgo, bool done = true) =>
        new(step, Ago(minutesAgo), done ? Ago(minutesAgo) : null);

    static LadderFacts Facts(string verdict, HealingPolicy policy, params IReadOnlyList<StepTaken> taken) =>
        new(new RunHealth(verdict, null, Ago(10), ["no output for 20 min"]), Now, policy) { Taken = taken, CanAsk = true };

    static LadderFacts Stalled(params IReadOnlyList<StepTaken> taken) => Facts("stalled", All, taken);

    static readonly StepTaken Notice = Took(HealingStep.Notice, 9), Asked = Took(HealingStep.Ask, 3);

    internal static readonly Dictionary<string, (LadderFacts Facts, HealingStep? Step)> Table = new()
    {
        ["it works"] = (Facts("working", All), null),
        ["it waits"] = (Facts("waiting", All), null),
        ["quiet: told"] = (Facts("quiet", All), HealingStep.Notice),
        ["quiet: told once"] = (Facts("quiet", All, Notice), null),
        ["stalled: told first"] = (Stalled(), HealingStep.Notice),
        ["stalled: then asked"] = (Stalled(Notice), HealingStep.Ask),
        ["stalled: an answer has its time"] = (Stalled(Notice, Took(HealingStep.Ask, 1)), null),
        ["stalled: then stopped"] = (Stalled(Notice, Asked), HealingStep.Interrupt),
        ["stalled: stopped once"] = (Stalled(Notice, Asked, Took(HealingStep.Interrupt, 0)), null),
        ["stalled: the daemon died before it stopped it"] =
            (Stalled(Notice, Asked, Took(HealingStep.Interrupt, 0, done: false)), HealingStep.Interrupt),
        ["it came to life before it was stopped"] =
            (Facts("working", All, Notice, Asked, Took(HealingStep.Interrupt, 0, done: false)), null),
        ["it cannot be asked"] = (Stalled(Notice) with { CanAsk = false }, HealingStep.Interrupt),
        ["it is not to be asked"] = (Facts("stalled", All with { Ask = false }, Notice), HealingStep.Interrupt),
        ["it was asked often enough"] = (Stalled(Notice) with { Asked = HealingPolicy.MostAsks }, HealingStep.Interrupt),
        ["it is not to be stopped"] = (Facts("stalled", new HealingPolicy(), Notice, Asked), null),
        ["it was told of while quiet, and is stalled just now"] = (Stalled(Notice) with
        {
            CanAsk = false,
            Health = new RunHealth("stalled", null, Ago(1), ["no output"]),
        }, null),
    };

    public static TheoryData<string> Cases => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_next_step_follows_from_facts(string name) => Assert.Equal(Table[name].Step, Ladder.Next(Table[name].Facts));

    [Theory]
    [InlineData(RetryMode.Unstarted, 0, true, true, Remedy.Resume)]
    [InlineData(RetryMode.Unstarted, 0, false, true, Remedy.Fresh)]
    [InlineData(RetryMode.Full, 1, true, true, Remedy.Escalate)]
    [InlineData(RetryMode.Full, 1, true, false, Remedy.Ask)]
    [InlineData(RetryMode.Never, 0, true, true, Remedy.Ask)]
    internal void What_follows_a_stop_is_a_restart_then_somebody_better_then_a_person(RetryMode mode, int before, bool thread,
        bool escalates, Remedy remedy) => Assert.Equal(remedy, RecoveryTable.Decide(new Situation("stalled")
        {
            Mode = mode, AskOnLimit = true, StallsBefore = before, HasThread = thread, CanEscalate = escalates,
        }).Remedy);

    [Fact]
    public void What_a_profile_leaves_out_is_left_out_and_caps_of_the_chain_hold()
    {
        var now = new Situation("stalled") { Mode = RetryMode.Full, HasThread = true, CanEscalate = true };

        Assert.Equal(Remedy.Escalate, RecoveryTable.Decide(now with { Healing = new() { Restarts = 0 } }).Remedy);
        Assert.Equal(Remedy.Ask, RecoveryTable.Decide(now with { Healing = new() { Restarts = 0, Escalate = false } }).Remedy);
        Assert.Equal(Remedy.Nothing, RecoveryTable.Decide(now with
        {
            Healing = new() { Restarts = 0, Escalate = false, Person = false },
        }).Remedy);
        Assert.Equal(Remedy.Ask, RecoveryTable.Decide(now with { Tokens = 10, MostTokens = 10 }).Remedy);
    }
}
