using System.Collections.Concurrent;
using System.IO.Pipelines;
using Orchestrator.Events;
using Orchestrator.Store;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Events;

/// <summary>What a watcher is sent and when, by a clock of our own.</summary>
public sealed class EventTailSpecs : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("events-").FullName;
    readonly ManualClock clock = new();
    readonly EventFeed feed = new();
    readonly Database store;
    readonly EventLog log;

    public EventTailSpecs()
    {
        store = Database.Open(Path.Combine(folder, "store.db"), TimeProvider.System);
        store.Committed += feed.Wake;
        feed.StartAt(0);
        log = new EventLog(store, feed);
    }

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_quiet_watcher_hears_a_beat_every_fifteen_seconds_also_in_a_busy_store()
    {
        var watcher = new Recording();
        using var stop = new CancellationTokenSource();
        var serving = new EventTail(log, feed, clock).Serve(watcher, new EventFilter { SessionId = "mine" }, 0, stop.Token);

        await Passes(TimeSpan.FromSeconds(14));
        await Append("others");
        await Commit();
        Assert.Empty(watcher.Heard);
        await PassesUntil(() => watcher.Heard.Count > 0, "the first beat");
        await Passes(TimeSpan.FromSeconds(15));
        await Eventually.True(() => watcher.Heard.SequenceEqual(["beat", "beat"]), "the second beat");
        await Append("mine");
        await Eventually.True(() => watcher.Heard is [.., "2"], "the event itself");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
    }

    [Fact]
    public async Task A_watcher_that_takes_nothing_is_let_go_after_a_while()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1024, resumeWriterThreshold: 512));
        for (var i = 0; i < 10; i++)
            await Append("mine", $$"""{"text":"{{new string('x', 1000)}}"}""");
        var serving = new EventTail(log, feed, clock).Serve(new SseWatcher(pipe.Writer, clock), new EventFilter(), 0,
            TestContext.Current.CancellationToken);

        await Passes(EventTail.Patience - TimeSpan.FromSeconds(1));
        Assert.False(serving.IsCompleted);
        await Passes(TimeSpan.FromSeconds(2));
        await serving.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Commits_without_events_do_not_lengthen_a_wait()
    {
        var waiting = feed.WaitBeyond(0, TimeSpan.FromSeconds(10), clock, TestContext.Current.CancellationToken);
        await Passes(TimeSpan.FromSeconds(9));
        await Commit();
        await PassesUntil(() => waiting.IsCompleted, "the end of the wait");
        await waiting;
    }

    [Fact]
    public async Task A_page_ends_early_when_its_texts_are_long_and_leads_on()
    {
        for (var i = 0; i < 10; i++)
            await Append("mine", $$"""{"text":"{{new string('x', 1000)}}"}""");
        foreach (var fromMemory in new[] { true, false })
        {
            if (!fromMemory)
                feed.StartAt(10);
            var (seen, cursor) = (new List<long>(), 0L);
            while (cursor < 10)
            {
                var page = log.After(cursor, new EventFilter(), new PageSize(500, 2500));
                Assert.InRange(page.Events.Count, 1, 3);
                seen.AddRange(page.Events.Select(e => e.Seq));
                cursor = page.Scanned;
            }

            Assert.Equal(Enumerable.Range(1, 10).Select(n => (long)n), seen);
        }
    }

    [Fact]
    public async Task Raw_events_come_only_when_asked_for_and_families_by_their_prefix()
    {
        foreach (var type in new[] { "run.output", EventFilter.RawType, "runner.x", "run.succeeded", "message.created" })
            await store.Write(transaction => { log.Append(transaction, new NewEvent(type, "test", "{}", "s", "r")); });
        foreach (var fromMemory in new[] { true, false })
        {
            if (!fromMemory)
                feed.StartAt(5);
            EventFilter[] filters = [new(), new() { SessionId = "s" }, new() { RunId = "r", SessionId = "s" }];
            foreach (var of in filters)
            {
                Assert.Equal([1, 3, 4, 5], Seqs(of));
                Assert.Equal([2], Seqs(of with { Types = [EventFilter.RawType] }));
                Assert.Equal([1, 4], Seqs(of with { Types = ["run.*"] }));
                Assert.Equal([2, 4, 5], Seqs(of with { Types = ["message.created", "backend.event", "run.succeeded"] }));
            }

            Assert.Empty(Seqs(new EventFilter { RunId = "r", SessionId = "other" }));
        }

        long[] Seqs(EventFilter filter)
        {
            var page = log.After(0, filter, new PageSize(100, long.MaxValue));
            Assert.Equal(5, page.Scanned);
            return [.. page.Events.Select(e => e.Seq)];
        }
    }

    // The clock moves when the watcher waits for it: otherwise it would begin its wait in the new time.
    async Task Passes(TimeSpan time)
    {
        await Eventually.True(() => clock.Waiting > 0, "the watcher waits");
        clock.Advance(time);
    }

    // A wait that was interrupted may begin again just while the clock moves, and then ends a little later; never as late as a whole one.
    async Task PassesUntil(Func<bool> done, string what)
    {
        for (var step = 0; step < 8 && !done(); step++)
        {
            await Eventually.True(() => done() || clock.Waiting > 0, what);
            clock.Advance(TimeSpan.FromSeconds(0.5));
        }

        await Eventually.True(done, what);
    }

    Task Append(string session, string data = "{}") => store.Write(transaction =>
    {
        log.Append(transaction, new NewEvent("message.created", "test", data, session));
    });

    Task Commit() => store.Write(_ => { });

    /// <summary>Keeps what it is sent.</summary>
    sealed class Recording : IWatcher
    {
        readonly ConcurrentQueue<string> heard = new();

        public IReadOnlyList<string> Heard => [.. heard];

        public Task Send(IReadOnlyList<Event> events, CancellationToken stop)
        {
            foreach (var one in events)
                heard.Enqueue(one.Seq.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return Task.CompletedTask;
        }

        public Task Beat(CancellationToken stop)
        {
            heard.Enqueue("beat");
            return Task.CompletedTask;
        }

        public Task Reset(string data, long cursor, CancellationToken stop) => Task.CompletedTask;

        public Task Close(Farewell? why) => Task.CompletedTask;
    }
}
