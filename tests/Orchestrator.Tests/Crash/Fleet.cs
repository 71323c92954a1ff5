using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Store;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Crash;

/// <summary>
/// Twenty runs of an agent that prints 600 numbered lines in a few bursts and writes into a file outside that it was started; and the
/// check of what must be true of them in the end, whatever happened to the daemon.
/// </summary>
sealed class Fleet : IAsyncDisposable
{
    public const int Runs = 20;
    public const int Lines = 600;

    /// <summary>What the agent does; $1 is the file of starts, $2 a file to wait for after half of the lines, or empty.</summary>
    const string Script = """
        echo "$AGENTCTL_RUN_ID" >> "$1"
        i=0
        while [ $i -lt 600 ]; do
          i=$((i + 1))
          echo "line $i"
          case $i in 100|300|450) sleep 0.03 ;; esac
          if [ $i = 300 ] && [ -n "$2" ]; then while [ ! -e "$2" ]; do sleep 0.2; done; fi
        done
        """;

    readonly string starts;
    readonly List<string> ids = [];

    Fleet(TestDaemon daemon)
    {
        Daemon = daemon;
        starts = Path.Combine(daemon.Root, "starts");
        Gate = Path.Combine(daemon.Root, "gate");
    }

    public TestDaemon Daemon { get; }

    /// <summary>The agents go beyond half of their lines only when this file is there (when the fleet was made so).</summary>
    public string Gate { get; }

    public IReadOnlyList<string> Ids => ids;

    /// <summary>A daemon with eight slots that has accepted the twenty runs.</summary>
    public static async Task<Fleet> Launch(bool gated = false)
    {
        var fleet = new Fleet(TestDaemon.Prepare());
        var command = new JsonArray("/bin/sh", "-c", Script, "lines", fleet.starts, gated ? fleet.Gate : "");
        await File.AppendAllTextAsync(Path.Combine(fleet.Daemon.Data, "config.yaml"),
            $"\n  lines:\n    agent: command\n    command: {command.ToJsonString()}\n", TestContext.Current.CancellationToken);
        fleet.Daemon.Flags.AddRange(["--max-concurrency", "8"]);
        await fleet.Daemon.Start();
        for (var i = 0; i < Runs; i++)
        {
            var order = new JsonObject { ["prompt"] = "count", ["profile"] = "lines" };
            fleet.ids.Add((string)(await fleet.Daemon.Post("/runs", order))["run"]!["id"]!);
        }

        return fleet;
    }

    /// <summary>Waits for the end of every run, stops the daemon, and holds what is stored against what must be.</summary>
    /// <param name="lost">Runs whose holder was killed.</param>
    public async Task Check(IReadOnlyCollection<string>? lost = null)
    {
        foreach (var id in ids)
            Judge(await Daemon.Ended(id), lost?.Contains(id) == true);
        await Daemon.Stop();
        Assert.DoesNotContain(MarkedProcesses.All(), left => ids.Contains(left.RunId));
        var started = await File.ReadAllLinesAsync(starts, TestContext.Current.CancellationToken);
        Assert.Equal(ids.Order(StringComparer.Ordinal), started.Order(StringComparer.Ordinal));
        NativeSqlite.Load();
        using var db = new Connection(Path.Combine(Daemon.Data, "agent-orchestrator.db"), readOnly: true);
        Assert.Equal(db.Number("select max(seq) from events"), db.Number("select count(*) from events"));
        Assert.Equal(db.Number("select max(seq) from events"), db.Number("select value from counters where name = 'event_seq'"));
        foreach (var id in ids)
            CheckEvents(db, id, lost?.Contains(id) == true);
    }

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();

    static void Judge(JsonNode run, bool lost)
    {
        var told = run.ToJsonString();
        Assert.True((string?)run["status"] == (lost ? "lost" : "succeeded"), told);
        Assert.True((string?)run["reason"] == (lost ? "holder_vanished" : null), told);
        Assert.True((int?)run["exit_code"] == (lost ? null : 0), told);
        Assert.True((int?)run["attempt"] == 1, told);
    }

    static void CheckEvents(Connection db, string id, bool lost)
    {
        var events = db.Query("select type, data from events where run_id = @id order by seq",
            row => (Type: row.GetString(0), Data: row.GetString(1)), ("@id", id));
        var texts = events.Where(e => e.Type == "run.output").Select(e => (string?)JsonNode.Parse(e.Data)!["text"]).ToList();
        var count = lost ? texts.Count : Lines;
        Assert.Equal(Enumerable.Range(1, count).Select(n => "line " + n.ToString(CultureInfo.InvariantCulture)), texts);
        Assert.Single(events, e => Orchestrator.Runs.RunEvents.IsEnd(e.Type));
        Assert.Single(events, e => e.Type == "run.started");
        Assert.Single(events, e => e.Type == "run.queued");
        Assert.Equal(lost ? "run.lost" : "run.succeeded", events[^1].Type);
        if (!lost)
            return;
        var evidence = JsonNode.Parse(events[^1].Data)!;
        Assert.NotNull(evidence["pid"]);
        Assert.NotNull(evidence["last_event_at"]);
        Assert.StartsWith("line ", (string?)evidence["last_message"], StringComparison.Ordinal);
    }
}
