using System.Text.Json.Nodes;
using Orchestrator.Runs;
using Orchestrator.Store;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Crash;

/// <summary>
/// A whole family at work: each member spawns its children, waits for them, answers what they ask, and asks its own parent once before it
/// ends. And the check of what must be true of it in the end, whatever happened to the daemon.
/// </summary>
sealed class Kinship : IAsyncDisposable
{
    readonly int depth;
    readonly int width;

    Kinship(TestDaemon daemon, int depth, int width) => (Daemon, this.depth, this.width) = (daemon, depth, width);

    public TestDaemon Daemon { get; }

    /// <summary>The run all others descend from.</summary>
    public string Root { get; private set; } = "";

    /// <summary>So many runs when the family is complete.</summary>
    public int Members => Enumerable.Range(0, depth + 1).Sum(Generation);

    /// <summary>A daemon that knows the family's profile, not started; its agents find it again on whatever port it comes back.</summary>
    public static Kinship Prepare(int depth, int width, int slots)
    {
        var daemon = TestDaemon.Prepare();
        File.AppendAllText(Path.Combine(daemon.Data, "config.yaml"),
            $"\n  kin:\n    agent: command\n    command: [\"{TestPrograms.FakeAgent}\"]\n"
            + $"    env: {{FAKE_AGENT_DATA: \"{daemon.Data}\"}}\n");
        daemon.Flags.AddRange(["--max-concurrency", $"{slots}"]);
        return new Kinship(daemon, depth, width);
    }

    /// <summary>Posts the root. The daemon may die over the answer: <see cref="Check"/> then asks again, with the same key.</summary>
    public async Task Begin()
    {
        try
        {
            Root = await Post();
        }
        catch (HttpRequestException)
        {
            await Daemon.Died();
        }
    }

    /// <summary>Events stored so far: how far the family has come, whatever the machine's speed.</summary>
    public async Task<long> Progress() => (long)(await Daemon.Get("/daemon/status"))["store"]!["events"]!;

    /// <summary>Waits for the end of the root, stops the daemon, and holds what is stored against what must be; how many events.</summary>
    public async Task<int> Check()
    {
        if (Root.Length == 0)
            Root = await Post();
        var root = await Daemon.Ended(Root, 300);
        Assert.True((string?)root["status"] == "succeeded", root.ToJsonString());
        await Daemon.Stop();
        NativeSqlite.Load();
        using var db = new Connection(Path.Combine(Daemon.Data, "agent-orchestrator.db"), readOnly: true);
        NothingIsOpen(db);
        var runs = db.Query("select id, session_id, coalesce(parent_run_id, ''), status, attempt, coalesce(error_message, '') from runs",
            row => new Member(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), row.GetString(5)));
        Assert.All(runs, run => Assert.True(run is { Status: "succeeded", Attempt: 1 }, run.ToString()));
        Assert.Equal(Enumerable.Range(0, depth + 1).Select(Generation),
            db.Query("select count(*) from sessions group by depth order by depth", row => row.GetInt32(0)));
        Assert.Equal(Members, runs.Count);
        var events = db.Query("select seq, type, coalesce(run_id, ''), coalesce(session_id, ''), data from events order by seq",
            row => new Told(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), JsonNode.Parse(row.GetString(4))!));
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Seq));
        var ofRun = events.ToLookup(e => e.RunId);
        foreach (var run in runs)
            OneLife(run, [.. ofRun[run.Id]], run.Parent.Length > 0);
        foreach (var run in runs.Where(run => run.Parent.Length > 0))
            Reported(db, run, runs.Single(other => other.Id == run.Parent), events);
        return events.Count;
    }

    /// <summary>No run, no request and no process of the family is open any more.</summary>
    public static void NothingIsOpen(Connection db)
    {
        Assert.Equal(0, db.Number("select count(*) from runs where ended_at is null"));
        Assert.Equal(0, db.Number("select count(*) from requests where state = 'open'"));
        var ids = db.Query("select id from runs", row => row.GetString(0)).ToHashSet();
        Assert.DoesNotContain(MarkedProcesses.All(), left => ids.Contains(left.RunId));
    }

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();

    async Task<string> Post()
    {
        var order = TestDaemon.Order($"family {depth} {width}");
        order["profile"] = "kin";
        order["idempotency_key"] = "the family";
        return (string)(await Daemon.Post("/runs", order))["run"]!["id"]!;
    }

    int Generation(int level) => (int)Math.Pow(width, level);

    // Started once, ended once as its last word, each answer printed once.
    void OneLife(Member run, IReadOnlyList<Told> events, bool asks)
    {
        var types = string.Join(' ', events.Select(e => e.Type));
        Assert.True(events.Count(e => e.Type == "run.queued") == 1, types);
        Assert.True(events.Count(e => e.Type == "run.started") == 1, types);
        Assert.True(events.Count(e => RunEvents.IsEnd(e.Type)) == 1 && events[^1].Type == "run.succeeded", types);
        // Whoever rested went on again.
        Assert.True(events.Count(e => e.Type == "run.waiting") >= events.Count(e => e.Type == "run.resumed"), types);
        var lines = events.Where(e => e.Type == "run.output").Select(e => (string)e.Data["text"]!).ToList();
        Assert.Equal(asks ? 1 : 0, lines.Count(line => line.StartsWith("answered yes to may child ", StringComparison.Ordinal)));
        var ended = lines.Where(line => line.StartsWith("child ", StringComparison.Ordinal)).ToList();
        Assert.True(ended.Count is 0 || ended.Count == width, string.Join('\n', lines));
        Assert.All(ended, line => Assert.EndsWith(" succeeded", line, StringComparison.Ordinal));
        Assert.Equal(ended.Count + (asks ? 1 : 0), lines.Count);
        Assert.True(run.Parent.Length > 0 || ended.Count == width);
    }

    // One question, one answer, one end, each told to the parent once.
    static void Reported(Connection db, Member child, Member parent, IReadOnlyList<Told> events)
    {
        var request = db.Query("select id, state, answered_by, picked_up_at is not null, to_session_id from requests where run_id = @run",
            row => (Id: row.GetString(0), Answer: (row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetString(4))),
            ("@run", child.Id)).Single();
        Assert.Equal(("answered", "run:" + parent.Id, true, parent.Session), request.Answer);
        foreach (var session in new[] { child.Session, parent.Session })
        {
            var about = events.Where(e => e.Session == session && (string?)e.Data["request_id"] == request.Id
                && e.Type.StartsWith("request.", StringComparison.Ordinal));
            Assert.Equal(["request.created", "request.answered"], about.Select(e => e.Type));
        }

        var spawned = events.Where(e => e.Type == "session.spawned" && (string?)e.Data["run_id"] == child.Id);
        Assert.Equal(parent.Session, Assert.Single(spawned).Session);
        var finished = events.Where(e => e.Type == "session.child_finished" && (string?)e.Data["run_id"] == child.Id);
        var end = Assert.Single(finished);
        Assert.Equal((parent.Session, "succeeded"), (end.Session, (string?)end.Data["status"]));
        var said = db.Query("select id from messages where session_id = @session and sender = @sender order by created_no",
            row => row.GetString(0), ("@session", parent.Session), ("@sender", "run:" + child.Id));
        // Its question and its end.
        Assert.Equal(2, said.Count);
        Assert.Equal((string?)end.Data["message_id"], said[^1]);
    }

    /// <summary>One run as its row says.</summary>
    sealed record Member(string Id, string Session, string Parent, string Status, int Attempt, string Error);

    /// <summary>One event as stored.</summary>
    sealed record Told(long Seq, string Type, string RunId, string Session, JsonNode Data);
}
