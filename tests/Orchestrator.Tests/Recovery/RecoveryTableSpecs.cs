using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Recovery;

namespace Orchestrator.Tests.Recovery;

/// <summary>The policy, row by row: every end there is, in every mode, with every fact that matters.</summary>
public class RecoveryTableSpecs
{
    [Fact]
    public void Every_reason_has_one_row() => Assert.Equal(
        EndReason.All.Keys.Append(RecoveryTable.GoalNotMet).Order(), RecoveryTable.Rows.Select(row => row.Reason).Order());

    // reason | what is known | decision in mode unstarted, provider, full
    const string Table = """
        rate_limited        | free_in=60             | nothing     again+held  =
        rate_limited        | free_in=60 thread      | nothing     resume+held =
        rate_limited        | free_in=60 did         | nothing     fresh+held  =
        rate_limited        | free_in=30000          | nothing     ask         =
        rate_limited        | free_in=60 waits=6     | nothing     ask         =
        rate_limited        |                        | nothing     again+wait  =
        rate_limited        | thread waits=5         | nothing     resume+wait =
        quota_exhausted     |                        | nothing     ask         =
        quota_exhausted     | free_in=3600 thread    | nothing     resume+held =
        provider_unavailable| thread                 | nothing     resume+wait =
        provider_unavailable| did                    | nothing     fresh+wait  =
        provider_unavailable| waits=6 thread         | nothing     ask         =
        provider_unavailable| thread work=2          | nothing     resume+wait =
        no_end_event        | unstarted              | again       again       again
        no_end_event        | unstarted before=1     | again       again       again
        no_end_event        | unstarted before=2     | nothing     nothing     fresh
        no_end_event        | thread                 | nothing     nothing     resume
        no_end_event        | thread work=1          | nothing     nothing     resume
        no_end_event        | thread work=1 chain    | nothing     nothing     escalate
        no_end_event        | thread work=2 chain    | nothing     nothing     ask
        exit_nonzero        |                        | nothing     nothing     fresh
        exit_nonzero        | thread work=1 chain    | nothing     nothing     escalate
        agent_error         | thread                 | nothing     nothing     resume
        no_result           | thread                 | nothing     nothing     resume
        invalid_result      | thread work=1          | nothing     nothing     resume
        invalid_result      | thread work=2          | nothing     nothing     ask
        max_turns           | thread                 | nothing     nothing     resume
        context_exceeded    | thread                 | nothing     nothing     fresh
        context_exceeded    | thread work=1          | nothing     nothing     fresh
        context_exceeded    | thread work=1 chain    | nothing     nothing     escalate
        thread_not_found    | thread                 | nothing     nothing     fresh
        goal_not_met        | thread chain           | nothing     nothing     escalate
        goal_not_met        | thread                 | nothing     nothing     resume
        goal_not_met        |                        | nothing     nothing     fresh
        goal_not_met        | thread chain work=1    | nothing     nothing     escalate
        goal_not_met        | thread chain work=2    | nothing     nothing     ask
        goal_not_met        | thread chain most=1    | nothing     nothing     ask
        goal_not_met        | chain tokens=500 of=400| nothing     nothing     ask
        goal_not_met        | chain tokens=300 of=400| nothing     nothing     escalate
        rate_limited        | free_in=9 tokens=5 of=4| nothing     ask         ask
        goal_not_met        | chain cost=50 up_to=40 | nothing     nothing     ask
        goal_not_met        | chain cost=30 up_to=40 | nothing     nothing     escalate
        goal_not_met        | chain cost=0 up_to=40  | nothing     nothing     escalate
        goal_not_met        | unknown=9 up_to=40     | nothing     nothing     ask
        goal_not_met        | unknown=9 thread       | nothing     nothing     resume
        rate_limited        | free_in=9 cost=4 up_to=4| nothing    ask         ask
        no_end_event        | unstarted cost=5 up_to=4| again      again       again
        holder_vanished     | thread                 | nothing     nothing     resume
        holder_vanished     |                        | nothing     nothing     ask
        machine_restarted   | chain                  | nothing     nothing     ask
        idle_timeout        | asks                   | ask         ask         ask
        idle_timeout        |                        | nothing     nothing     nothing
        total_timeout       | asks                   | ask         ask         ask
        budget              | asks                   | ask         ask         ask
        auth_required       | thread chain           | nothing     nothing     ask
        agent_missing       |                        | nothing     nothing     ask
        bad_request         | thread chain           | nothing     nothing     ask
        spawn_failed        |                        | nothing     nothing     ask
        workspace_failed    |                        | nothing     nothing     ask
        interrupted         | thread                 | nothing     nothing     ask
        worker_report       | thread                 | nothing     nothing     ask
        user                | thread chain asks      | nothing     nothing     nothing
        parent_canceled     | thread chain asks      | nothing     nothing     nothing
        parked              | thread chain asks      | nothing     nothing     nothing
        of_a_later_version  | thread                 | nothing     nothing     ask
        """;

    public static TheoryData<string> Cases => [.. Table.Split('\n')];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_table_decides(string line)
    {
        var parts = line.Split('|', StringSplitOptions.TrimEntries);
        var expected = parts[2].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var facts = parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('='))
            .ToDictionary(word => word[0], word => word.Length > 1 ? long.Parse(word[1]) : 1);
        var modes = new[] { RetryMode.Unstarted, RetryMode.Provider, RetryMode.Full };
        for (var i = 0; i < modes.Length; i++)
        {
            var decision = RecoveryTable.Decide(Of(parts[0], facts) with { Mode = modes[i] });
            Assert.Equal((modes[i], expected[i] == "=" ? expected[i - 1] : expected[i]), (modes[i], Word(decision)));
            Assert.Equal(decision.Remedy == Remedy.Nothing, decision.Why.Length == 0);
        }
    }

    [Fact]
    public void Whoever_wants_nothing_gets_nothing_and_is_still_asked_at_a_limit_where_that_is_set()
    {
        foreach (var row in RecoveryTable.Rows)
        {
            var now = new Situation(row.Reason) { Mode = RetryMode.Never, Unstarted = true, HasThread = true, CanEscalate = true };
            Assert.Equal(Remedy.Nothing, RecoveryTable.Decide(now).Remedy);
            var asked = RecoveryTable.Decide(now with { AskOnLimit = true });
            Assert.Equal(row.Blame is Blame.Limit or Blame.Stall ? Remedy.Ask : Remedy.Nothing, asked.Remedy);
        }
    }

    [Fact]
    public void Nothing_repeats_without_limit()
    {
        // A run that ends so for ever, in the mode that does most.
        foreach (var row in RecoveryTable.Rows)
        {
            var now = new Situation(row.Reason) { Mode = RetryMode.Full, HasThread = true, CanEscalate = true };
            var attempts = 0;
            while (RecoveryTable.Decide(now) is { Remedy: not (Remedy.Nothing or Remedy.Ask) })
            {
                Assert.True(++attempts < 20, row.Reason);
                now = row.Blame == Blame.Stall ? now with { StallsBefore = now.StallsBefore + 1 }
                    : row.Blame == Blame.Provider ? now with { WaitsBefore = now.WaitsBefore + 1 }
                    : now with { WorkBefore = now.WorkBefore + 1 };
            }
        }
    }

    [Fact]
    public void A_wait_grows_to_five_minutes_and_differs_from_run_to_run_but_not_from_look_to_look()
    {
        TimeSpan[] most = [.. new[] { 10, 20, 40, 80, 160, 300, 300 }.Select(seconds => TimeSpan.FromSeconds(seconds))];
        for (var nth = 1; nth <= most.Length; nth++)
        {
            var waits = Enumerable.Range(0, 50).Select(run => BackOff.Wait(nth, $"run {run}")).ToList();
            Assert.All(waits, wait => Assert.InRange(wait, most[nth - 1] / 2, most[nth - 1]));
            Assert.True(waits.Distinct().Count() > 40);
            Assert.Equal(waits[7], BackOff.Wait(nth, "run 7"));
        }

        Assert.InRange(BackOff.Wait(int.MaxValue, ""), TimeSpan.FromSeconds(150), TimeSpan.FromMinutes(5));
    }

    static Situation Of(string reason, Dictionary<string, long> facts) => new(reason)
    {
        Unstarted = facts.ContainsKey("unstarted"),
        UnstartedBefore = (int)facts.GetValueOrDefault("before"),
        WaitsBefore = (int)facts.GetValueOrDefault("waits"),
        WorkBefore = (int)facts.GetValueOrDefault("work"),
        MostAttempts = (int)facts.GetValueOrDefault("most", 3),
        HasThread = facts.ContainsKey("thread"),
        DidSomething = facts.ContainsKey("did"),
        CanEscalate = facts.ContainsKey("chain"),
        AskOnLimit = facts.ContainsKey("asks"),
        Tokens = facts.GetValueOrDefault("tokens"),
        MostTokens = facts.TryGetValue("of", out var most) ? most : null,
        Micros = facts.GetValueOrDefault("cost"),
        MostMicros = facts.TryGetValue("up_to", out var dearest) ? dearest : null,
        Unpriced = facts.GetValueOrDefault("unknown"),
        ProviderFreeIn = facts.TryGetValue("free_in", out var seconds) ? TimeSpan.FromSeconds(seconds) : null,
        Seed = "a run",
    };

    static string Word(Decision decision) => decision.Remedy.ToString().ToLowerInvariant()
        + (decision.HeldByProvider ? "+held" : decision.Wait > TimeSpan.Zero ? "+wait" : "");
}
