using Orchestrator.Items;
using Orchestrator.Plans;

namespace Orchestrator.Tests.Plans.Consulting;

/// <summary>Which units become ready, and where that is a real choice.</summary>
public class PlanChoiceSpecs
{
    /// <summary>Units in words: a is to come, a! is at work, a+ is done, a~ waits for another.</summary>
    static PlanFacts Facts(string units, int slots, ConsultFacts? consults = null, Admitting how = Admitting.Chosen) => new(
        PlanStatus.Running, [new PhaseFact(1, PhaseGate.AllDone, PhaseStates.Open, false)],
        [.. units.Split(' ').Select(word => new UnitFact(word[..1], 1, word[^1] switch
        {
            '!' => ItemStatus.InFlight, '+' => ItemStatus.Done, _ => ItemStatus.Inbox,
        }, true, false, true, Waits: word[^1] == '~'))], [])
    {
        Admitting = how, Slots = slots, Consults = consults ?? ConsultFacts.None,
    };

    static string Of(PlanFacts facts)
    {
        var moves = PlanPass.Decide(facts);
        return $"{string.Join(' ', moves.Admit)}|{string.Join(' ', moves.Choose)}|{moves.Free}";
    }

    static ConsultFacts Said(string? order, bool asked = false) => new(order?.Split(' '), asked, new HashSet<string>());

    [Fact]
    public void Nobody_is_asked_where_all_may_start() => Assert.Equal("a b||0", Of(Facts("a b c~", 2)));

    [Fact]
    public void One_is_asked_where_fewer_may_start() => Assert.Equal("|a b c|2", Of(Facts("a b c", 2)));

    [Fact]
    public void Who_is_at_work_has_a_slot()
    {
        Assert.Equal("|b c|1", Of(Facts("a! b c", 2)));
        Assert.Equal("||0", Of(Facts("a! b c", 1)));
    }

    [Fact]
    public void While_one_is_asked_nothing_starts() => Assert.Equal("||2", Of(Facts("a b c", 2, Said(null, asked: true))));

    [Fact]
    public void An_order_holds_until_a_unit_comes_up_that_it_does_not_name()
    {
        Assert.Equal("c a||0", Of(Facts("a b c", 2, Said("c a b"))));
        Assert.Equal("b||0", Of(Facts("a! b c+", 2, Said("c a b"))));
        Assert.Equal("|a b d|2", Of(Facts("a b c+ d", 2, Said("c a b"))));
    }

    [Fact]
    public void Without_a_controller_all_become_ready_and_by_hand_none()
    {
        Assert.Equal("a b c||0", Of(Facts("a b c~", 1, how: Admitting.All)));
        Assert.Equal("||0", Of(Facts("a b c", 9, how: Admitting.ByHand)));
        Assert.Equal(["a", "b"], PlanChoice.Ready(Facts("a b c~ d+ e!", 1, how: Admitting.ByHand)));
    }

    [Fact]
    public void About_a_unit_that_failed_one_is_asked_once()
    {
        var facts = Facts("a", 1) with
        {
            Asked = [new AskedFact("d1", "item", "x", null), new AskedFact("d2", "review", "y", null),
                new AskedFact("d3", "gate", null, 1)],
        };
        Assert.Equal(["x"], PlanChoice.Doubtful(facts));
        Assert.Empty(PlanChoice.Doubtful(facts with { Consults = new ConsultFacts(null, false, new HashSet<string> { "x" }) }));
        Assert.Empty(PlanChoice.Doubtful(facts with { Admitting = Admitting.All }));
    }
}
