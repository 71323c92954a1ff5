using Orchestrator.Events;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Events;

/// <summary>Pages of the log: each filter, from memory and from the store, gives the same events, and a cursor to go on from.</summary>
public class EventLogSpecs
{
    public static TheoryData<string> Filters => ["everything", "session", "run", "type", "family", "raw", "run-and-type", "nothing"];

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Any_page_size_gives_the_same_events_in_order_from_memory_and_from_the_store(string name)
    {
        using var store = new TempStore();
        for (var i = 0; i < 120; i++)
            await store.Append(i % 4 == 3 ? EventFilter.RawType : i % 3 == 0 ? "run.output" : "run.message", $"s{i % 2}", $"r{i % 5}");
        var filter = Of(name);
        var fromMemory = All(store, filter, 7);
        store.Close();
        store.Open();

        foreach (var size in new[] { 1, 2, 7, 500 })
            Assert.Equal(fromMemory, All(store, filter, size));
        Assert.Equal(fromMemory, All(store, filter, 500, characters: 1));
        Assert.Equal(fromMemory, All(store, filter, 500, characters: 40));
        Assert.Equal(name == "nothing" ? 0 : fromMemory.Count, fromMemory.Distinct().Count());
        if (name == "everything")
            Assert.Equal(90, fromMemory.Count);
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task A_history_read_from_its_end_is_the_same_history(string name)
    {
        using var store = new TempStore();
        for (var i = 0; i < 120; i++)
            await store.Append(i % 4 == 3 ? EventFilter.RawType : i % 3 == 0 ? "run.output" : "run.message", $"s{i % 2}", $"r{i % 5}");
        var expected = All(store, Of(name), 500);
        foreach (var (size, characters) in new[] { (1, long.MaxValue), (7, long.MaxValue), (500, long.MaxValue), (500, 1L), (500, 40L) })
        {
            var seen = new List<long>();
            for (var cursor = store.Log.Latest; cursor > 0;)
            {
                var page = store.Log.UpTo(cursor, Of(name), new PageSize(size, characters));
                seen.InsertRange(0, page.Events.Select(e => e.Seq));
                Assert.True(page.Scanned < cursor, "a page goes back");
                cursor = page.Scanned;
            }

            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task An_empty_page_gives_the_cursor_up_to_which_nothing_fits()
    {
        using var store = new TempStore();
        for (var i = 0; i < 30; i++)
            await store.Append();
        store.Close();
        store.Open();

        Assert.Equal(30, store.Log.After(0, new EventFilter { Types = ["absent"] }, new PageSize(10, long.MaxValue)).Scanned);
        Assert.Equal(30, store.Log.After(30, new EventFilter(), new PageSize(10, long.MaxValue)).Scanned);
    }

    static List<long> All(TempStore store, EventFilter filter, int size, long characters = long.MaxValue)
    {
        var seen = new List<long>();
        for (var cursor = 0L; cursor < store.Log.Latest;)
        {
            var page = store.Log.After(cursor, filter, new PageSize(size, characters));
            Assert.True(page.Scanned > cursor, "a page goes on");
            Assert.All(page.Events, e => Assert.True(filter.Matches(e)));
            seen.AddRange(page.Events.Select(e => e.Seq));
            cursor = page.Scanned;
        }

        return seen;
    }

    static EventFilter Of(string name) => name switch
    {
        "session" => new EventFilter { SessionId = "s1" },
        "run" => new EventFilter { RunId = "r2" },
        "type" => new EventFilter { Types = ["run.output"] },
        "family" => new EventFilter { Types = ["run.*"] },
        "raw" => new EventFilter { Types = [EventFilter.RawType, "run.output"] },
        "run-and-type" => new EventFilter { RunId = "r2", SessionId = "s0", Types = ["run.message"] },
        "nothing" => new EventFilter { Types = ["run"] },
        _ => new EventFilter(),
    };
}
