using Orchestrator.Reviews;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Reviews;

/// <summary>Every state of rounds, reviews and findings meets every step.</summary>
public class ReviewLifecycleSpecs
{
    [Fact]
    public void Nothing_leads_out_of_a_round_that_is_decided() => LifecycleTable.Holds<RoundState, RoundStep>("""
        reviewing: ask→waiting pass→passed fix→fixing reject→rejected drop→dropped
        waiting: pass→passed fix→fixing reject→rejected drop→dropped
        passed:
        fixing:
        rejected:
        dropped:
        """, RoundLifecycle.Next, RoundLifecycle.Word);

    [Fact]
    public void A_reviewer_is_begun_once_and_answers_once() => LifecycleTable.Holds<ReviewState, ReviewStep>("""
        wanted: begin→running giveup→unusable drop→dropped
        running: repeat→running give→given giveup→unusable drop→dropped
        given:
        unusable:
        dropped:
        """, ReviewLifecycle.Next, ReviewLifecycle.Word);

    [Fact]
    public void What_was_sent_is_not_debt_and_debt_can_still_be_sent() => LifecycleTable.Holds<FindingState, FindingStep>("""
        draft: send→sent defer→deferred close→closed
        open: send→sent defer→deferred merge→merged close→closed
        sent:
        deferred: send→sent close→closed
        merged:
        closed:
        """, FindingLifecycle.Next, FindingLifecycle.Word);

    [Fact]
    public void Every_word_is_read_back()
    {
        Assert.All(Enum.GetValues<RoundState>(), state => Assert.Equal(state, EnumWords.Read<RoundState>(RoundLifecycle.Word(state))));
        Assert.All(Enum.GetValues<ReviewState>(), state => Assert.Equal(state, EnumWords.Read<ReviewState>(ReviewLifecycle.Word(state))));
        Assert.All(Enum.GetValues<FindingState>(),
            state => Assert.Equal(state, EnumWords.Read<FindingState>(FindingLifecycle.Word(state))));
    }
}
