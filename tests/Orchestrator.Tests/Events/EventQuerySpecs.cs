using Orchestrator.Events;
using Orchestrator.Store;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Events;

/// <summary>Every filter reads one index in the order of events, so that a rare type among a million costs no scan.</summary>
public sealed class EventQuerySpecs : IDisposable
{
    readonly TempStore temp = new();

    public void Dispose() => temp.Dispose();

    [Theory]
    [InlineData("", "", "", "run.lost", "events_type")]
    [InlineData("", "", "", "run.lost,request.created", "events_type")]
    [InlineData("", "", "", "run.*", "events_type")]
    [InlineData("s", "", "", "", "events_session")]
    [InlineData("s", "", "", "run.lost", "events_session")]
    [InlineData("", "r", "", "run.*,message.created", "events_run")]
    [InlineData("s", "r", "i", "run.lost", "events_run")]
    [InlineData("s", "", "i", "", "events_item")]
    public async Task A_filter_is_answered_by_its_index_without_sorting(string session, string run, string item, string types, string index)
    {
        foreach (var type in new[] { "run.lost", "run.output", "request.created" })
            await temp.Append(type, "s", "r");
        var filter = new EventFilter
        {
            SessionId = session.Length > 0 ? session : null,
            RunId = run.Length > 0 ? run : null,
            ItemId = item.Length > 0 ? item : null,
            Types = types.Split(',', StringSplitOptions.RemoveEmptyEntries),
        };

        var plan = Plan(filter, newestFirst: false);
        // From the end it is the same steps the other way round.
        Assert.Equal(plan, Plan(filter, newestFirst: true));

        Assert.All(plan, step => Assert.DoesNotContain("TEMP B-TREE", step, StringComparison.Ordinal));
        var reads = plan.Where(step => step.Contains("SEARCH", StringComparison.Ordinal)
            || step.Contains("SCAN events", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(reads);
        var column = index == "events_type" ? "type" : index[7..] + "_id";
        Assert.All(reads, step => Assert.Contains($"USING INDEX {index} ({column}=? AND seq>?", step, StringComparison.Ordinal));
    }

    [Fact]
    public void The_types_of_a_family_are_found_by_steps_in_the_index()
    {
        var plan = temp.Store.Read(db => db.Query("explain query plan " + EventQuery.TypesOfFamily, row => row.GetString(3),
            ("@from", "run."), ("@to", "run/")));
        Assert.All(plan.Where(step => step.Contains("events", StringComparison.Ordinal)),
            step => Assert.Contains("USING COVERING INDEX events_type (type>? AND type<?)", step, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_are_the_same_by_any_way_and_go_on_where_the_last_ended()
    {
        string[] types = ["run.output", "run.lost", "runner.x", "message.created", "request.created", EventFilter.RawType];
        for (var i = 0; i < 60; i++)
            await temp.Append(types[i * 7 % types.Length], i % 2 == 0 ? "a" : "b", i % 3 == 0 ? "r" : null);
        EventFilter[] filters =
        [
            new() { Types = ["run.*"] }, new() { Types = ["run.*", "request.created"] }, new() { Types = ["run.*", "run.lost"] },
            new() { Types = ["nothing.like.it"] }, new() { Types = ["nothing.*"] }, new() { Types = ["backend.event", "message.created"] },
            new() { SessionId = "a", Types = ["run.*"] }, new() { SessionId = "b", RunId = "r" }, new() { RunId = "r" }, new(),
        ];
        foreach (var filter in filters)
        {
            var fromMemory = Pages(filter, 100).ToList();
            temp.Feed.StartAt(60);
            Assert.Equal(fromMemory, Pages(filter, 100));
            Assert.Equal(fromMemory, Pages(filter, 3));
            temp.Close();
            temp.Open();
        }

        IEnumerable<long> Pages(EventFilter filter, int size)
        {
            for (var cursor = 0L; cursor < 60;)
            {
                var page = temp.Log.After(cursor, filter, new PageSize(size, long.MaxValue));
                foreach (var one in page.Events)
                    yield return one.Seq;
                Assert.True(page.Scanned > cursor);
                cursor = page.Scanned;
            }
        }
    }

    List<string> Plan(EventFilter filter, bool newestFirst)
    {
        var (sql, values) = EventQuery.Of(filter, _ => ["run.lost", "run.output"], newestFirst);
        return temp.Store.Read(db => db.Query("explain query plan " + sql, row => row.GetString(3),
            [("@after", 0L), ("@to", 100L), ("@limit", 100), .. values]));
    }
}
