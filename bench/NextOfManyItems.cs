using System.Diagnostics;
using Orchestrator.Items;
using Orchestrator.Store;

namespace Orchestrator.Bench;

/// <summary>Choosing what starts next among a hundred thousand ready items, against reading one item by its id in the same store.</summary>
static class NextOfManyItems
{
    const int Items = 100_000, Projects = 20, Looks = 200;

    public static Task Measure(Report report)
    {
        var path = Path.Combine(BenchDaemon.NewFolder(), "agent-orchestrator.db");
        Fill(path);
        using var store = Database.Open(path, TimeProvider.System);
        var rules = Enumerable.Range(0, Projects).ToDictionary(i => $"p{i}", i => new ProjectRule($"p{i}", 2, true, true));
        var now = TimeProvider.System.GetUtcNow().Micros();
        var one = Each(() => store.Read(db => ItemRows.Get(db, $"{Items / 2:x16}")));
        var next = Each(() => store.Read(db => NextItem.Choose(db, QueueView.Read(db, now, "2026-01-31", 4), rules, Purpose.AutoRun)));
        report.Figure("next of 100,000 ready items, p50", Report.Percentile(next, 0.5), "ms", 5);
        report.Figure("next of 100,000 ready items, p95", Report.Percentile(next, 0.95), "ms", 5);
        report.Ratio("one item by its id : next of 100,000", Report.Percentile(one, 0.5), Report.Percentile(next, 0.5), 0.01);
        return Task.CompletedTask;
    }

    static List<double> Each(Func<object?> look)
    {
        var times = new List<double>();
        for (var i = 0; i < Looks; i++)
        {
            var start = Stopwatch.GetTimestamp();
            if (look() is null)
                throw new InvalidOperationException("nothing was found");
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }

    static void Fill(string path)
    {
        Database.Open(path, TimeProvider.System).Dispose();
        using var db = new Connection(path, readOnly: false);
        db.Script("begin immediate");
        for (var i = 0; i < Items; i++)
            db.Execute("insert into items (id, number, title, description, criteria, status, priority, complexity, project, phase_no, "
                + "labels, writes, reads, criticality, artifacts, created_by, created_at, updated_at, rank) values (@id, @no, 'work', '', "
                + "'[]', 'ready', @priority, 'm', @project, 0, '[]', '[]', '[]', 'normal', '[]', 'bench', @at, @at2, @rank)",
                ("@id", $"{i:x16}"), ("@no", i + 1L), ("@priority", i % 4), ("@project", $"p{i % Projects}"), ("@at", (long)i),
                ("@at2", (long)i), ("@rank", ItemRank.Of(i % 4, 0, i)));
        db.Script("commit; pragma wal_checkpoint(truncate)");
    }
}
