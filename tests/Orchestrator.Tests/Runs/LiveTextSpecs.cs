using Orchestrator.Agents;
using Orchestrator.Runs;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>Pieces of a text are joined without losing or moving any.</summary>
public class LiveTextSpecs
{
    [Fact]
    public void Whatever_comes_in_goes_out_in_order_and_what_belongs_together_is_one()
    {
        var random = new Random(5);
        var live = new LiveText();
        var (into, outOf) = (new List<Delta>(), new List<Delta>());
        for (var round = 0; round < 5000; round++)
        {
            var piece = new Delta(random.Next(20) == 0 ? Delta.Output : Delta.Message, random.Next(10) == 0 ? "b" : "a",
                string.Concat(Enumerable.Repeat("x😀é", random.Next(0, random.Next(100) == 0 ? 9000 : 4))));
            into.Add(piece);
            outOf.AddRange(live.Add(piece));
            if (random.Next(30) == 0)
                outOf.AddRange(live.End());
        }

        outOf.AddRange(live.End());
        Assert.True(live.IsEmpty);
        Assert.Empty(live.End());
        Assert.Equal(Joined(into), Joined(outOf));
        Assert.True(outOf.Count < into.Count / 2);
        Assert.All(outOf, piece =>
        {
            Assert.InRange(piece.Text.Length, 1, 16 * 1024);
            Assert.False(char.IsHighSurrogate(piece.Text[^1]));
        });
    }

    [Fact]
    public void It_waits_a_tenth_of_a_second_at_most_and_not_at_all_beside_something_else()
    {
        var clock = new ManualClock();
        var wait = new LiveWait(clock);
        Assert.True(wait.Holds(true));
        clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.True(wait.Holds(true));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(wait.Holds(true));
        Assert.True(wait.Holds(true));
        Assert.False(wait.Holds(false));
        clock.Advance(TimeSpan.FromMilliseconds(60));
        Assert.True(wait.Holds(true));
    }

    static string Joined(IEnumerable<Delta> pieces)
    {
        var all = new System.Text.StringBuilder();
        string? before = null;
        foreach (var piece in pieces.Where(piece => piece.Text.Length > 0))
        {
            var now = $"{piece.Of} {piece.Id}";
            all.Append(now == before ? "" : $"[{now}]").Append(piece.Text);
            before = now;
        }
        return all.ToString();
    }
}
