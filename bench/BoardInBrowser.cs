using System.Diagnostics;
using System.Text.Json.Nodes;
using Orchestrator.Items;
using Orchestrator.Store;

namespace Orchestrator.Bench;

/// <summary>
/// The board with a thousand cards: how long the daemon takes to make them, and how long a real browser takes to show them, against the
/// same shell without a board; frames and memory under a hundred events a second; and a log of 100,000 lines.
/// </summary>
static class BoardInBrowser
{
    const int Cards = 1000, LogLines = 100_000, Looks = 40;

    static readonly string[] Statuses = ["inbox", "ready", "in_flight", "review", "blocked", "failed", "planning", "ready"];

    static readonly string Config = $$"""
        profiles:
          chatty:
            agent: command
            command: ["/bin/sh", "-c", "while :; do echo a line of an agent that talks about its work; sleep 0.01; done"]
          lines:
            agent: command
            command: ["/bin/sh", "-c", "seq -f 'line %.0f of a long log' {{LogLines}}"]
          few:
            agent: command
            command: ["/bin/sh", "-c", "seq -f 'line %.0f of a short log' 10"]
        """;

    public static async Task Measure(Report report)
    {
        var data = BenchDaemon.NewFolder();
        Fill(Path.Combine(data, "agent-orchestrator.db"));
        await using var daemon = await BenchDaemon.Start(Config, data: data);
        var cards = await Times(() => daemon.Http.GetByteArrayAsync("/board/cards"));
        var items = await Times(async () =>
        {
            await daemon.Http.GetByteArrayAsync("/items?limit=500");
            return await daemon.Http.GetByteArrayAsync("/items?limit=500&cursor=500");
        });
        report.Limit("1,000 items as /items gives them, p50", Report.Percentile(items, 0.5), "ms");
        report.Figure("1,000 cards by /board/cards, p50", Report.Percentile(cards, 0.5), "ms", 30);
        report.Ratio("cards : items", Report.Percentile(cards, 0.5), Report.Percentile(items, 0.5), 2.2, below: true);
        var driver = Path.Combine(BenchDaemon.Root, "web", "node_modules", "playwright-core");
        if (!File.Exists("/usr/bin/chromium") || !Directory.Exists(driver))
        {
            report.Skipped("the board in a browser", "needs Node.js, web/node_modules (sh web/build.sh) and /usr/bin/chromium");
            return;
        }

        await InBrowser(report, daemon);
    }

    static async Task InBrowser(Report report, BenchDaemon daemon)
    {
        var load = await Browser(daemon, "load");
        report.Limit("the shell without a board, opened", (double)load["shell_ms"]!, "ms");
        report.Figure("a board with 1,000 cards, opened for the first time", (double)load["first_ms"]!, "ms", 1000);
        report.Figure("the same, opened again", (double)load["again_ms"]!, "ms", 1000);
        report.Figure("first contentful paint of it", (double)load["paint_ms"]!, "ms", 1000);
        report.Ratio("board opened again : shell", (double)load["again_ms"]!, (double)load["shell_ms"]!, 3, below: true);
        report.Ratio("scripts and styles of the board, in 150 kB of gzip", (double)load["gzip_bytes"]!, 150_000, 1, below: true);

        var talks = (string)(await daemon.Post("/items", new JsonObject { ["title"] = "It talks" }))["item"]!["id"]!;
        await daemon.Post($"/api/executor/run/{talks}", new JsonObject { ["mode"] = "automatic", ["profile"] = "chatty" });
        var frames = await Browser(daemon, "frames");
        report.Limit("longest frame of an empty page", (double)frames["blank_ms"]!, "ms");
        report.Figure("longest frame of the board at 100 events/s", (double)frames["longest_ms"]!, "ms", 100);
        report.Ratio("longest frame of the board : of an empty page, or 100 ms", (double)frames["longest_ms"]!,
            Math.Max(100, (double)frames["blank_ms"]!), 1.5, below: true);
        report.Figure("memory of the page after 2,000 more events, grown by", (double)frames["grown_mb"]!, "MB", 2);
        report.Ratio("memory after : before", (double)frames["heap_mb"]! + (double)frames["grown_mb"]!, (double)frames["heap_mb"]!, 1.2,
            below: true);
        foreach (var open in (await daemon.Get("/runs?status=queued,starting,running"))["runs"]!.AsArray())
            await daemon.Post($"/runs/{open!["id"]}/cancel", []);

        var run = (string)(await daemon.Post("/runs", new JsonObject { ["prompt"] = "x", ["profile"] = "lines" }))["run"]!["id"]!;
        await daemon.Get($"/runs/{run}/wait?timeout_s=120");
        var little = (string)(await daemon.Post("/runs", new JsonObject { ["prompt"] = "x", ["profile"] = "few" }))["run"]!["id"]!;
        await daemon.Get($"/runs/{little}/wait?timeout_s=120");
        var log = await Browser(daemon, "log", $"/app/runs/{run}?tab=terminal", $"/app/runs/{little}?tab=terminal");
        report.Limit("a log of 10 lines, opened", (double)log["short_ms"]!, "ms");
        report.Figure("a log of 100,000 lines, opened", (double)log["log_ms"]!, "ms", 500);
        report.Ratio("log of 100,000 lines : of 10", (double)log["log_ms"]!, (double)log["short_ms"]!, 1.5, below: true);
    }

    static async Task<JsonNode> Browser(BenchDaemon daemon, params string[] words)
    {
        var link = (string)(await daemon.Post("/open", []))["url"]!;
        var start = new ProcessStartInfo("node", ["bench/board.mjs", words[0], link, .. words[1..]])
        {
            WorkingDirectory = Path.Combine(BenchDaemon.Root, "web"),
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? JsonNode.Parse(line)!
            : throw new InvalidOperationException($"web/bench/board.mjs {words[0]} ended with {process.ExitCode}");
    }

    static async Task<List<double>> Times(Func<Task<byte[]>> ask)
    {
        var times = new List<double>();
        for (var i = 0; i < Looks; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await ask();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }

    // Four fifths go on, the rest are done; half of all have had a run with a diff, a cost and something to say.
    static void Fill(string path)
    {
        Database.Open(path, TimeProvider.System).Dispose();
        using var db = new Connection(path, readOnly: false);
        var now = TimeProvider.System.GetUtcNow().Micros();
        db.Script("begin immediate");
        for (var i = 0; i < Cards; i++)
        {
            var run = i % 2 == 0 ? null : $"{i + 0x10000:x16}";
            var status = i % 5 == 0 ? "done" : Statuses[i % Statuses.Length];
            if (run is not null)
                AddRun(db, run, $"{i:x16}", now);
            db.Execute("insert into items (id, number, title, description, criteria, status, priority, complexity, project, phase_no, "
                + "labels, writes, reads, criticality, artifacts, created_by, created_at, updated_at, rank, run_id, attempts) values (@id, "
                + "@no, @title, @text, '[]', @status, @priority, 'm', '', 0, '[\"web\"]', '[\"src/**\"]', '[]', 'normal', '[]', 'bench', "
                + "@at, @at2, @rank, @run, 1)",
                ("@id", $"{i:x16}"), ("@no", i + 1L), ("@title", $"Item {i}: make the part that does what part {i} is for"),
                ("@text", new string('x', 2000)), ("@status", status), ("@priority", i % 4), ("@at", now + i), ("@at2", now + i),
                ("@rank", ItemRank.Of(i % 4, 0, now + i)), ("@run", run));
            if (status == "blocked")
                db.Execute("insert into item_causes (item_id, kind, ref, text, since) values (@id, 'person', '', 'It needs a key.', @at)",
                    ("@id", $"{i:x16}"), ("@at", now));
        }

        db.Execute("update counters set value = @n where name = 'item_no'", ("@n", (long)Cards));
        db.Execute("update counters set value = @n where name = 'queue_no'", ("@n", (long)Cards * 2));
        db.Script("commit; pragma wal_checkpoint(truncate)");
    }

    static void AddRun(Connection db, string run, string item, long now)
    {
        var no = Convert.ToInt64(item, 16) + 1;
        db.Execute("insert into sessions (id, created_no, title, created_at, updated_at) values (@id, @no, 'work', @at, @at2)",
            ("@id", run), ("@no", no), ("@at", now), ("@at2", now));
        db.Execute("insert into runs (id, queue_no, session_id, item_id, status, trigger_kind, profile, agent, attempt, fence, prompt, "
            + "total_limit_us, idle_limit_us, created_at, started_at, ended_at, stdout_offset, stderr_offset, line_events, last_message, "
            + "git_diff_stat) values (@id, @no, @session, @item, 'succeeded', 'item', 'fast', 'command', 1, 1, @prompt, 1, 1, @at, @at2, "
            + "@at3, 0, 0, 0, 'It is done.', ' 3 files changed, 12 insertions(+), 4 deletions(-)')",
            ("@id", run), ("@no", no + Cards), ("@session", run), ("@item", item), ("@prompt", new string('p', 4000)), ("@at", now),
            ("@at2", now), ("@at3", now));
        db.Execute("insert into run_usage (run_id, day, session_id, project, profile, agent, model, input, cached, output, micros, "
            + "estimated, unpriced) values (@id, '2026-01-31', @session, '', 'fast', 'command', 'm', 1200, 300, 90, 12000, 0, 0)",
            ("@id", run), ("@session", run));
    }
}
