using Orchestrator.Store;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Store;

/// <summary>
/// The machine loses power at any byte of the write-ahead log: what was acknowledged before that byte was written is there, in order,
/// and nothing else.
/// </summary>
public class TornLogSpecs
{
    // https://www.sqlite.org/fileformat2.html#walformat: a header of 32 bytes, then frames of 24 bytes and a page.
    const int Header = 32, Frame = 24 + 4096;

    [Fact]
    public async Task A_log_cut_at_any_frame_has_every_event_that_was_acknowledged_before()
    {
        using var store = new TempStore();
        var acknowledged = new List<(long Length, long Seq)> { (0, 0) };
        var begun = new FileInfo(store.Path + "-wal").Length;
        for (var i = 0; i < 25; i++)
        {
            var seq = await store.Append(text: new string('x', i * 300));
            acknowledged.Add((new FileInfo(store.Path + "-wal").Length, seq));
        }

        var copy = Path.Combine(store.Folder, "copy.db");
        var whole = await File.ReadAllBytesAsync(store.Path + "-wal", TestContext.Current.CancellationToken);
        var cuts = Enumerable.Range(0, (whole.Length - Header) / Frame + 1).Select(frame => Header + frame * Frame)
            .SelectMany(at => new[] { at, at + 7, at + 2000 }).Where(at => at >= begun && at <= whole.Length).ToList();
        Assert.True(cuts.Count > 50, $"{cuts.Count} places to cut at");
        foreach (var cut in cuts)
        {
            store.CopyTo(copy);
            await File.WriteAllBytesAsync(copy + "-wal", whole[..cut], TestContext.Current.CancellationToken);
            using var reopened = Database.Open(copy, TimeProvider.System);
            var expected = acknowledged.Last(a => a.Length <= cut).Seq;
            Assert.Equal(expected, reopened.Read(db => db.Number("select count(*) from events")));
            Assert.Equal(expected, reopened.Read(db => db.Number("select value from counters where name = 'event_seq'")));
            Assert.Equal("ok", reopened.CheckIntegrity());
        }
    }

    [Fact]
    public async Task A_copy_taken_while_it_is_written_has_what_was_acknowledged_before_and_no_hole()
    {
        using var store = new TempStore();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
                await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.Append()));
        }, TestContext.Current.CancellationToken);
        var copies = 0;
        while (!writing.IsCompleted || copies < 3)
        {
            var before = store.Feed.Latest;
            var copy = Path.Combine(store.Folder, $"copy-{copies++}.db");
            store.CopyTo(copy);
            using var reopened = Database.Open(copy, TimeProvider.System);
            var count = reopened.Read(db => db.Number("select count(*) from events"))!.Value;
            Assert.True(count >= before, $"{before} were acknowledged, {count} are there");
            Assert.Equal("ok", reopened.CheckIntegrity());
            if (copies > 20)
                await writing;
        }
    }
}
