using Orchestrator.Events;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Events;

/// <summary>The newest events are in memory, bounded; older ones in the store; a reader does not notice where one ends.</summary>
public class EventFeedSpecs
{
    static readonly EventFilter Everything = new();

    [Fact]
    public void Memory_is_bounded_by_number_and_an_older_cursor_is_told_to_read_the_store()
    {
        var feed = new EventFeed();
        for (var seq = 1; seq <= EventFeed.Kept * 2; seq++)
            feed.Add(Made(seq, "{}"));

        Assert.Null(feed.TryRead(EventFeed.Kept - 1, Everything, Of(1)));
        var oldest = feed.TryRead(EventFeed.Kept, Everything, Of(10))!;
        Assert.Equal(Enumerable.Range(EventFeed.Kept + 1, 10).Select(n => (long)n), oldest.Events.Select(e => e.Seq));
        Assert.Equal(EventFeed.Kept + 10, oldest.Scanned);
    }

    [Fact]
    public void Memory_is_bounded_by_bytes_and_keeps_the_newest_event_however_large()
    {
        var feed = new EventFeed();
        for (var seq = 1; seq <= 100; seq++)
            feed.Add(Made(seq, new string('x', 1 << 20)));
        feed.Add(Made(101, new string('x', EventFeed.KeptBytes)));

        Assert.Null(feed.TryRead(99, Everything, Of(1)));
        Assert.Equal(101, Assert.Single(feed.TryRead(100, Everything, Of(10))!.Events).Seq);
        feed.Add(Made(102, "{}"));
        Assert.Equal(102, Assert.Single(feed.TryRead(101, Everything, Of(10))!.Events).Seq);
    }

    [Fact]
    public async Task A_reader_meets_every_event_once_across_the_seam_of_memory_and_store()
    {
        using var store = new TempStore();
        var total = EventFeed.Kept + 1500;
        foreach (var part in Enumerable.Range(0, total).Chunk(1000))
            await Task.WhenAll(part.Select(_ => store.Append()));
        Assert.Null(store.Feed.TryRead(0, Everything, Of(1)));

        var seen = new List<long>();
        for (var cursor = 0L; cursor < total;)
        {
            var page = store.Log.After(cursor, Everything, Of(700));
            seen.AddRange(page.Events.Select(e => e.Seq));
            cursor = page.Scanned;
        }

        Assert.Equal(Enumerable.Range(1, total).Select(n => (long)n), seen);
    }

    [Fact]
    public async Task Whoever_waits_is_woken_by_the_next_event_and_by_no_earlier_one()
    {
        using var store = new TempStore();
        await store.Append();
        var waiting = store.Feed.WaitBeyond(1, TimeSpan.FromSeconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        await store.Append();
        await waiting;

        Assert.Equal(2, store.Feed.Latest);
        await store.Feed.WaitBeyond(1, TimeSpan.FromSeconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    static PageSize Of(int events) => new(events, long.MaxValue);

    static Event Made(long seq, string data) => new() { Seq = seq, At = 0, Type = "test.event", Actor = "test", Data = data };
}
