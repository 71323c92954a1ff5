using System.Diagnostics;
using System.Text.Json.Nodes;
using Orchestrator.Store;

namespace Orchestrator.Bench;

/// <summary>Lines of output → durable normalized events, against the same rows in a bare group-commit loop.</summary>
static class OutputIngest
{
    const int Lines = 150_000;

    static readonly string Config = $$"""
        profiles:
          lines:
            agent: command
            command: ["/bin/sh", "-c", "seq -f 'line %.0f of an agent that talks about its work and what it did' {{Lines}}"]
        """;

    public static async Task Measure(Report report)
    {
        var bare = BareLoop();
        await using var daemon = await BenchDaemon.Start(Config);
        var id = (string)(await daemon.Post("/runs", new JsonObject { ["prompt"] = "x", ["profile"] = "lines" }))["run"]!["id"]!;
        var run = (await daemon.Get($"/runs/{id}/wait?timeout_s=120"))["run"]!;
        var took = (DateTimeOffset)run["ended_at"]! - (DateTimeOffset)run["started_at"]!;
        var measured = Lines / took.TotalSeconds;
        report.Limit("the same rows in a bare group-commit loop", bare, "rows/s");
        report.Figure("output lines → durable events", measured, "lines/s", 50_000, above: true);
        report.Ratio("output ingest, daemon / bare loop", measured, bare, 0.4);
    }

    static string Data(int line) =>
        $$"""{"stream":"stdout","text":"line {{line}} of an agent that talks about its work and what it did"}""";

    static double BareLoop()
    {
        var folder = BenchDaemon.NewFolder();
        using (var store = Database.Open(Path.Combine(folder, "bare.db"), TimeProvider.System))
        {
            // The schema is there; from here on only the unavoidable: prepared inserts in transactions of 2,000.
        }

        double perSecond;
        using (var db = new Connection(Path.Combine(folder, "bare.db"), readOnly: false))
        {
            db.Script("pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000");
            var start = Stopwatch.GetTimestamp();
            for (var line = 0; line < Lines;)
            {
                db.Execute("begin immediate");
                for (var end = Math.Min(Lines, line + 2000); line < end; line++)
                {
                    db.Execute(
                        "insert into events (seq, at, type, session_id, run_id, item_id, plan_id, actor, data) "
                        + "values (@seq, @at, @type, @session, @run, null, null, @actor, @data)",
                        ("@seq", line + 1L), ("@at", 1L), ("@type", "run.output"), ("@session", "0123456789abcdef"),
                        ("@run", "0123456789abcdef"), ("@actor", "agent"), ("@data", Data(line)));
                }

                db.Execute("commit");
            }

            perSecond = Lines / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Directory.Delete(folder, recursive: true);
        return perSecond;
    }
}
