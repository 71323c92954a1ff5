using System.Diagnostics;
using Orchestrator.Store;

namespace Orchestrator.Bench;

/// <summary>A daemon with a million events: ready soon, small when idle, and every page near.</summary>
static class MillionEvents
{
    const int Events = 1_000_000;

    public static async Task Measure(Report report)
    {
        var data = BenchDaemon.NewFolder();
        Fill(Path.Combine(data, "agent-orchestrator.db"));
        var start = Stopwatch.GetTimestamp();
        await using var daemon = await BenchDaemon.Start("", data: data);
        await daemon.Get("/health/ready");
        report.Figure("daemon with 1,000,000 events, start → ready", Stopwatch.GetElapsedTime(start).TotalSeconds, "s", 0.6);
        var pages = new List<double>();
        foreach (var cursor in Enumerable.Range(0, 200).Select(i => (long)i * (Events - 200) / 200))
        {
            start = Stopwatch.GetTimestamp();
            await daemon.Http.GetByteArrayAsync($"/events?cursor={cursor}&limit=100");
            pages.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        report.Figure("page of 100 events anywhere, p50", Report.Percentile(pages, 0.5), "ms", 5);
        report.Figure("page of 100 events anywhere, p95", Report.Percentile(pages, 0.95), "ms", 5);
        var session = Stopwatch.GetTimestamp();
        await daemon.Http.GetByteArrayAsync($"/sessions/{7:x16}/events?cursor={Events / 2}&limit=100");
        report.Figure("page of 100 events of one session", Stopwatch.GetElapsedTime(session).TotalMilliseconds, "ms", 5);
        var rare = Stopwatch.GetTimestamp();
        await daemon.Http.GetByteArrayAsync("/events?types=run.lost,request.*&limit=100");
        report.Figure("page of rare types of the whole store", Stopwatch.GetElapsedTime(rare).TotalMilliseconds, "ms", 5);
        report.Figure("idle memory", daemon.MemoryMb(), "MB", 120);
    }

    static void Fill(string path)
    {
        Database.Open(path, TimeProvider.System).Dispose();
        using var db = new Connection(path, readOnly: false);
        db.Script("begin immediate");
        for (var session = 0; session < 100; session++)
        {
            db.Execute("insert into sessions (id, created_no, created_at, updated_at) values (@id, @no, 1, 1)",
                ("@id", $"{session:x16}"), ("@no", session + 1L));
        }

        for (var seq = 1; seq <= Events; seq++)
        {
            db.Execute(
                "insert into events (seq, at, type, session_id, run_id, item_id, plan_id, actor, data) "
                + "values (@seq, @at, 'run.output', @session, @run, null, null, 'agent', @data)",
                ("@seq", (long)seq), ("@at", 1_700_000_000_000_000L + seq), ("@session", $"{seq / 100 % 100:x16}"),
                    ("@run", $"{seq / 1000:x16}"),
                ("@data", $$"""{"stream":"stdout","text":"line {{seq}} of an agent that talks about its work and what it did"}"""));
        }

        db.Execute("update counters set value = @value where name = 'event_seq'", ("@value", (long)Events));
        db.Execute("update counters set value = 1000 where name = 'queue_no'");
        db.Script("commit; pragma wal_checkpoint(truncate)");
    }
}
