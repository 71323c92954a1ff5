using Orchestrator.Events;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Store;

/// <summary>One thread writes, many operations share a commit, and each fails for itself.</summary>
public class WriterSpecs
{
    [Fact]
    public async Task An_operation_that_fails_costs_the_others_of_its_batch_nothing_and_leaves_no_gap()
    {
        using var store = new TempStore();
        using var begun = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var commits = 0;
        store.Store.Committed += () => commits++;
        // While the first one holds the writer's thread the others queue up: they become one batch.
        var first = store.Store.Write(_ =>
        {
            begun.Set();
            return gate.Wait(TimeSpan.FromSeconds(20));
        });
        Assert.True(begun.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        var all = Enumerable.Range(0, 100).Select(n => store.Store.Write(transaction =>
        {
            var made = store.Log.Append(transaction, new NewEvent("test.event", "test"));
            return n % 3 == 1 ? throw new Fault(FaultCode.Conflict, "on purpose") : made.Seq;
        })).ToList();
        gate.Set();
        await first;

        var kept = new List<long>();
        for (var n = 0; n < 100; n++)
        {
            if (n % 3 == 1)
                Assert.Equal(FaultCode.Conflict, (await Assert.ThrowsAsync<Fault>(() => all[n])).Code);
            else
                kept.Add(await all[n]);
        }

        Assert.Equal(Enumerable.Range(1, 67).Select(n => (long)n), kept);
        Assert.Equal(2, commits);
        Assert.Equal(67, store.Feed.Latest);
        Assert.Equal(67, store.Store.Read(db => db.Number("select count(*) from events")));
        Assert.Equal(67, store.Store.Read(db => db.Number("select value from counters where name = 'event_seq'")));
    }

    [Fact]
    public async Task A_statement_that_is_refused_undoes_its_own_operation_only()
    {
        using var store = new TempStore();
        using var gate = new ManualResetEventSlim();
        var first = store.Store.Write(_ => gate.Wait(TimeSpan.FromSeconds(20)));
        var before = store.Append();
        var refused = store.Store.Write(transaction =>
        {
            store.Log.Append(transaction, new NewEvent("test.event", "test"));
            transaction.Db.Execute("insert into counters (name, value) values ('event_seq', 1)");
        });
        var after = store.Append();
        gate.Set();
        await first;

        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => refused);
        Assert.Equal(1, await before);
        Assert.Equal(2, await after);
        Assert.Null(store.Store.Trouble);
    }

    [Fact]
    public async Task What_an_operation_planned_for_after_its_commit_happens_once_and_only_when_it_was_kept()
    {
        using var store = new TempStore();
        var happened = new List<string>();
        await store.Store.Write(transaction => transaction.AfterCommit(() => happened.Add("kept")));
        var undone = store.Store.Write(transaction =>
        {
            transaction.AfterCommit(() => happened.Add("undone"));
            throw new Fault(FaultCode.Conflict, "on purpose");
        });
        await Assert.ThrowsAsync<Fault>(() => undone);
        await store.Append();

        Assert.Equal(["kept"], happened);
    }

    [Fact]
    public async Task More_than_one_batch_of_writers_at_once_are_all_answered_in_order()
    {
        using var store = new TempStore();
        using var gate = new ManualResetEventSlim();
        var first = store.Store.Write(_ => gate.Wait(TimeSpan.FromSeconds(20)));
        var all = Enumerable.Range(0, 3000).Select(_ => store.Append()).ToList();
        gate.Set();
        await first;

        Assert.Equal(Enumerable.Range(1, 3000).Select(n => (long)n), await Task.WhenAll(all));
    }

    [Fact]
    public async Task Whoever_writes_after_the_end_is_refused_and_whoever_wrote_before_is_answered()
    {
        using var store = new TempStore();
        var before = Enumerable.Range(0, 200).Select(_ => store.Append()).ToList();
        var closed = store.Store;
        store.Close();

        Assert.Equal(200, (await Task.WhenAll(before)).Max());
        Assert.Equal(FaultCode.Unavailable, (await Assert.ThrowsAsync<Fault>(() => closed.Write(_ => 1))).Code);
    }
}
