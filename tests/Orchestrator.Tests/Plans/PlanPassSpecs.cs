using Orchestrator.Items;
using Orchestrator.Plans;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>The plan's lifecycle, and what a pass over its rows decides.</summary>
public class PlanPassSpecs
{
    [Fact]
    public void The_whole_matrix_is_as_it_is_written_here() => LifecycleTable.Holds<PlanStatus, PlanAct>("""
        draft: start→running cancel→canceled
        running: pause→paused ask→needs_decision complete→completed fail→failed cancel→canceled
        paused: resume→running cancel→canceled
        needs_decision: pause→paused settle→running fail→failed cancel→canceled
        completed: reopen→draft
        failed: resume→running cancel→canceled
        canceled: reopen→draft
        """, PlanLifecycle.Next, PlanLifecycle.Word);

    // "1:open:all_done 2:waiting:person | a1=ready b1=done c2=inbox? | g2": phases, units (name, phase, status, ? optional, ! asks,
    // + merged), open decisions (a unit's name, or g and a phase).
    static PlanMoves Pass(string rows, PlanStatus status = PlanStatus.Running)
    {
        var parts = rows.Split('|').Select(part => part.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        return PlanPass.Decide(new PlanFacts(status,
            [.. parts[0].Select(phase => phase.Split(':')).Select(words => new PhaseFact(int.Parse(words[0]),
                PhaseGates.Parse(words[2].TrimEnd('*'))!.Value, words[1], words[2].EndsWith('*')))],
            [.. parts[1].Select(Unit)],
            [.. (parts.Count > 2 ? parts[2] : []).Select(asked => asked[0] == 'g' && asked.Length > 1
                ? new AskedFact("d" + asked, "gate", null, int.Parse(asked[1..])) : new AskedFact("d" + asked, "item", asked, null))]));
    }

    static UnitFact Unit(string text)
    {
        var (name, word) = (text.Split('=')[0], text.Split('=')[1]);
        var status = word.TrimEnd('?', '!', '+');
        return new UnitFact(name, name[^1] - '0', status == "lost" ? null : ItemLifecycle.Parse(status), !word.Contains('?'),
            word.Contains('!'), word.Contains('+'));
    }

    static string Told(PlanMoves moves) => string.Join(' ',
    [
        .. moves.Open.Select(no => $"open:{no}"), .. moves.Done.Select(no => $"through:{no}"), .. moves.Admit.Select(id => $"admit:{id}"),
        .. moves.LeaveOut.Select(id => $"leave:{id}"), .. moves.Cancel.Select(id => $"cancel:{id}"),
        .. moves.Ask.Select(ask => $"ask:{ask.Kind}:{ask.ItemId ?? $"{ask.Phase}"}").Order(StringComparer.Ordinal),
        .. moves.Withdraw.Select(id => $"withdraw:{id}"), .. moves.Step is { } step ? [step.ToString().ToLowerInvariant()]
            : Array.Empty<string>(),
    ]);

    [Theory]
    // the first phase opens, and its items become ready; optional ones do not
    [InlineData("1:waiting:all_done 2:waiting:all_done | a1=inbox b1=planning c1=inbox? d2=inbox", "open:1 admit:a1 admit:b1")]
    [InlineData("1:open:all_done 2:waiting:all_done | a1=ready b1=in_flight c1=inbox? d2=inbox", "")]
    [InlineData("1:open:all_done 2:waiting:all_done | a1=done b1=skipped c1=inbox? d2=inbox", "open:2 through:1 admit:d2")]
    // what was done elsewhere already
    [InlineData("1:waiting:all_done 2:waiting:all_done | a1=done d2=inbox", "open:1 open:2 through:1 admit:d2")]
    [InlineData("1:waiting:all_done | a1=done", "open:1 through:1 complete")]
    // a phase without anything that counts
    [InlineData("1:open:all_done 2:waiting:all_done | a1=inbox? d2=done", "open:2 through:1 through:2 leave:a1 complete")]
    // gates
    [InlineData("1:open:person 2:waiting:all_done | a1=done d2=inbox", "ask:gate:1 ask")]
    [InlineData("1:open:person* 2:waiting:all_done | a1=done d2=inbox", "open:2 through:1 admit:d2")]
    [InlineData("1:open:all_merged 2:waiting:all_done | a1=done b1=done+ d2=inbox", "ask:gate:1 ask")]
    [InlineData("1:open:all_merged 2:waiting:all_done | a1=done+ b1=skipped d2=inbox", "open:2 through:1 admit:d2")]
    [InlineData("1:open:all_merged* 2:waiting:all_done | a1=done d2=inbox", "open:2 through:1 admit:d2")]
    // what needs a person; the rest goes on
    [InlineData("1:open:all_done | a1=blocked! b1=inbox", "admit:b1 ask:item:a1 ask")]
    [InlineData("1:open:all_done | a1=failed! b1=canceled! c1=review! d1=lost e1=ready",
        "ask:item:a1 ask:item:b1 ask:lost:d1 ask:review:c1 ask")]
    [InlineData("1:open:all_done | a1=blocked b1=review", "")]
    // an optional item that somebody wanted and that fails holds nobody up
    [InlineData("1:open:all_done | a1=blocked!? b1=done", "through:1 complete")]
    // an item that was added to a phase that was through already
    [InlineData("1:done:all_done 2:open:all_done | a1=done b1=inbox d2=ready", "admit:b1")]
    [InlineData("1:done:person 2:open:all_done | a1=done d2=done", "through:2 complete")]
    // never "complete" without work
    [InlineData("1:open:all_done | ", "fail")]
    [InlineData("1:open:all_done | a1=lost b1=lost?", "fail")]
    public void A_running_plan(string rows, string moves) => Assert.Equal(moves, Told(Pass(rows)));

    [Theory]
    [InlineData("1:open:all_done | a1=blocked! b1=inbox | a1", "admit:b1")]
    [InlineData("1:open:all_done | a1=blocked! b1=failed! | a1", "ask:item:b1")]
    [InlineData("1:open:all_done | a1=ready b1=ready | a1", "withdraw:da1 settle")]
    [InlineData("1:open:all_done | a1=done b1=ready | a1", "withdraw:da1 settle")]
    [InlineData("1:open:all_done | a1=done b1=failed! | a1 b1", "withdraw:da1")]
    [InlineData("1:open:person 2:waiting:all_done | a1=done d2=inbox | g1", "")]
    [InlineData("1:open:person* 2:waiting:all_done | a1=done d2=inbox | g1", "open:2 through:1 admit:d2 withdraw:dg1 settle")]
    // one step at a time: it runs before it is over
    [InlineData("1:open:all_done | a1=skipped | a1", "through:1 withdraw:da1 settle")]
    public void A_plan_that_waits_for_a_person(string rows, string moves) =>
        Assert.Equal(moves, Told(Pass(rows, PlanStatus.NeedsDecision)));

    [Theory]
    [InlineData("draft", "")]
    [InlineData("paused", "")]
    [InlineData("completed", "")]
    [InlineData("failed", "")]
    [InlineData("canceled", "cancel:a1 cancel:b1 cancel:c1")]
    public void A_plan_that_does_not_go(string status, string moves) =>
        Assert.Equal(moves, Told(Pass("1:open:all_done | a1=inbox b1=in_flight c1=blocked d1=done e1=skipped f1=lost",
            EnumWords.Read<PlanStatus>(status))));

    [Theory]
    [MemberData(nameof(Drawn.Seeds), 7, 1, MemberType = typeof(Drawn))]
    public void Every_pass_leads_nearer_to_an_end_that_is_reached(int seed)
    {
        // Whatever a pass decides is done; then nothing is left to be decided, or a person is asked.
        var random = new Random(seed);
        ItemStatus[] states = Enum.GetValues<ItemStatus>();
        for (var i = 0; i < 300; i++)
        {
            var facts = new PlanFacts(PlanStatus.Running, [.. Enumerable.Range(1, 3).Select(no =>
                new PhaseFact(no, (PhaseGate)random.Next(3), no == 1 ? PhaseStates.Open : PhaseStates.Waiting, random.Next(2) == 0))],
                [.. Enumerable.Range(0, 8).Select(at => new UnitFact($"u{at}", random.Next(1, 4), states[random.Next(states.Length)],
                    random.Next(4) > 0, false, random.Next(2) == 0))], []);
            for (var turns = 0; PlanPass.Decide(facts) is { IsNothing: false } moves; turns++)
            {
                Assert.True(turns < 20, $"no end: {Told(moves)}");
                facts = After(facts, moves);
            }

            Assert.True(facts.Status != PlanStatus.Completed || facts.Units.All(unit => !unit.Wanted
                || unit.Status is ItemStatus.Done or ItemStatus.Skipped), string.Join(' ', facts.Units));
        }
    }

    static PlanFacts After(PlanFacts facts, PlanMoves moves) => new(
        moves.Step is { } step ? PlanLifecycle.Next(facts.Status, step)!.Value : facts.Status,
        [.. facts.Phases.Select(phase => phase with
        {
            State = moves.Done.Contains(phase.No) ? PhaseStates.Done : moves.Open.Contains(phase.No) ? PhaseStates.Open : phase.State,
        })],
        [.. facts.Units.Select(unit => unit with
        {
            Status = moves.LeaveOut.Contains(unit.ItemId) ? ItemStatus.Skipped : moves.Admit.Contains(unit.ItemId) ? ItemStatus.Ready
                : unit.Status,
        })],
        [.. facts.Asked.Where(asked => !moves.Withdraw.Contains(asked.Id)),
            .. moves.Ask.Select(ask => new AskedFact($"{ask.Kind}{ask.ItemId}{ask.Phase}", ask.Kind, ask.ItemId, ask.Phase))]);

    [Fact]
    public void A_pass_over_five_thousand_units_takes_milliseconds()
    {
        var facts = new PlanFacts(PlanStatus.Running, [.. Enumerable.Range(1, 50).Select(no =>
            new PhaseFact(no, PhaseGate.AllDone, no == 1 ? PhaseStates.Open : PhaseStates.Waiting, false))],
            [.. Enumerable.Range(0, 5000).Select(at => new UnitFact($"u{at}", (at % 50) + 1,
                at % 7 == 0 ? ItemStatus.Blocked : ItemStatus.Inbox, true, at % 7 == 0, false))], []);
        var best = Enumerable.Range(0, 20).Min(_ =>
        {
            var begun = TimeProvider.System.GetTimestamp();
            PlanPass.Decide(facts);
            return TimeProvider.System.GetElapsedTime(begun);
        });
        Assert.True(best < TimeSpan.FromMilliseconds(20), $"{best.TotalMilliseconds} ms");
    }
}
