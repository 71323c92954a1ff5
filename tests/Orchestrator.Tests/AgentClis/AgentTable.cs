using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Terminals;
using Orchestrator.Tests.Agents;
using Orchestrator.Tests.Docs;
using Orchestrator.Tests.Support;
using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.AgentClis;

/// <summary>
/// Every agent through the same cases: the real program, behind the real daemon, against a scripted model server. What came of each case
/// is a row of docs/agents.md; the page is compared with what this run saw, and written from it with UPDATE_GENERATED=1.
/// </summary>
sealed class AgentTable(RealAgents agents)
{
    const string Page = "docs/agents.md";

    /// <summary>Events that every run has, or that tell of the daemon and not of the agent.</summary>
    static readonly HashSet<string> Common =
    [
        "run.queued", "run.started", "run.succeeded", "run.failed", "run.canceled", "run.stop_step", "run.adopted", "run.output",
        "run.stopping", "workspace.created", "message.created", "message.delivered", "message.dropped", "session.created",
    ];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Those whose programs begin at once, or those that take seconds of computing for it.</summary>
    public static TheoryData<string> Kinds(bool slow) =>
        [.. AgentKind.All.Where(kind => kind.Slow == slow).Select(kind => kind.Name)];

    /// <summary>One kind through all cases.</summary>
    public async Task Fill(string name)
    {
        var kind = AgentKind.All.Single(kind => kind.Name == name);
        var daemon = await agents.Start();
        await agents.Need(kind.Profile);
        if (kind.Sandboxed)
            agents.NeedSandbox();

        // Not in what is seen: the prompt alone has it.
        var word = "first-" + Ids.New();
        var (first, inOneGo) = await InOneGo(daemon, kind, word);
        List<string[]> rows = [.. inOneGo];
        await daemon.Relieve();
        // What waits for an answer leaves the processor to the others.
        var resumed = Resumed(daemon, first, word);
        var allowed = Asked(daemon, kind, "an approval is allowed", "approve");
        var denied = Asked(daemon, kind, "an approval is denied", "deny");
        rows.AddRange(await Task.WhenAll(resumed, allowed, denied));
        rows.AddRange(await InMidTurn(daemon, kind));

        Compare(kind, GeneratedDocs.Table(["Case", "Status", "Reason", "Events beside start and end", "Seen"], rows));
    }

    /// <summary>What needs nobody in between, all at once; the first of them is gone on with later.</summary>
    async Task<(JsonNode First, IReadOnlyList<string[]> Rows)> InOneGo(TestDaemon daemon, AgentKind kind, string word)
    {
        (string Case, string Profile, string Script, string? File)[] cases =
        [
            ("an answer in text", kind.Profile, "text hello", null),
            ("a shell command, full access", kind.Free, "shell touch made.txt; text done", "made.txt"),
            ("a file edit", kind.Profile, "write made.txt hey; text done", "made.txt"),
            ("500, then recovery", kind.Again ?? kind.Profile, $"500{kind.AtOnce}; text recovered", null),
            ("429 with a waiting time", kind.Profile, "429 always retry=1", null),
            ("the quota is used up", kind.Profile, kind.AtOnce.Length > 0 ? "quota always" + kind.AtOnce : "quota", null),
            ("the context is exceeded", kind.Profile, "context", null),
            ("a result that does not fit its schema", kind.Profile, "text {\"goal_met\":\"perhaps\",\"notes\":[]}", null),
        ];
        var queued = new List<JsonNode>();
        foreach (var (label, profile, script, _) in cases)
            queued.Add(await agents.Queue(profile, $"{(queued.Count == 0 ? word + "\n" : "")}fake: {script}",
                label.Contains("schema", StringComparison.Ordinal) ? new() { ["output_schema"] = JsonNode.Parse(Schemas.GoalMet) } : null));
        var rows = new List<string[]>();
        foreach (var ((label, _, _, file), run) in cases.Zip(queued))
        {
            var ended = await daemon.Ended((string)run["id"]!, seconds: 200);
            var seen = file is null ? Said(ended) : File.Exists(Path.Combine(agents.Folder(run), file)) ? "the file is there" : "no file";
            rows.Add(await Row(daemon, label, ended, seen));
        }

        return (await daemon.Ended((string)queued[0]["id"]!), rows);
    }

    async Task<string[]> Resumed(TestDaemon daemon, JsonNode first, string word)
    {
        var next = "second-" + Ids.New();
        var ended = await agents.Say(first, $"fake: text {next}");
        var asked = (await agents.Model.Requests(Stop, bodies: true)).Select(request => request["body"]?.ToJsonString() ?? "")
            .LastOrDefault(body => body.Contains(next, StringComparison.Ordinal)) ?? "";
        return await Row(daemon, "a second run of the session", ended,
            asked.Length == 0 ? (string?)ended["error"]?["message"] ?? "-"
            : asked.Contains(word, StringComparison.Ordinal) ? "it knows the first one" : "it has forgotten the first one");
    }

    async Task<string[]> Asked(TestDaemon daemon, AgentKind kind, string label, string decision)
    {
        if (kind.Asks is null)
            return [label, "-", "-", "-", kind.AsksNobody];
        var run = await agents.Queue(kind.Profile, "fake: " + kind.Asks);
        await daemon.Answer(await Eventually.Value(
            () => daemon.List($"/requests?state=open&run_id={run["id"]}", "requests").FirstOrDefault(), $"run {run["id"]} asks",
            TimeSpan.FromSeconds(240)), decision);
        var ended = await daemon.Ended((string)run["id"]!, seconds: 240);
        if (kind.Captures is { } folder)
            AcpCapture.Renew(agents, daemon, ended, folder, decision);
        return await Row(daemon, label, ended,
            File.Exists(Path.Combine(agents.Folder(run), "made.txt")) ? "the file is there" : "no file");
    }

    /// <summary>Three runs in the middle of a command: one is canceled, of one the agent is killed, over one the daemon is.</summary>
    async Task<IReadOnlyList<string[]>> InMidTurn(TestDaemon daemon, AgentKind kind)
    {
        // One of its commands has left the run's session: it goes too.
        var stray = kind.Sandboxed ? "" : "(setsid perl -e 'sleep 871' &); ";
        var waits = "fake: shell touch here; while [ ! -e go ]; do perl -e 'select undef,undef,undef,.05'; done; text went on";
        var runs = new List<JsonNode>();
        for (var i = 0; i < 3; i++)
            runs.Add(await agents.Queue(kind.Free, i < 2 ? waits.Replace("touch", stray + "touch", StringComparison.Ordinal) : waits));
        foreach (var run in runs)
            await RealAgents.Appears(agents.Folder(run), "here", 240);

        await daemon.Post($"/runs/{runs[0]["id"]}/cancel");
        var canceled = await daemon.Ended((string)runs[0]["id"]!, seconds: 120);
        if (kind.Captures is not null)
            Assert.Equal("ask", (string?)(await daemon.EventsOf((string)canceled["id"]!))
                .First(e => (string?)e["event_type"] == "run.stop_step")["data"]!["action"]);
        var rows = new List<string[]> { await Row(daemon, "canceled in mid-turn", canceled, "nothing is left", cutShort: true) };
        Native.Signal(ProcessIdentity.Of(RealAgents.PidOf((string)runs[1]["id"]!, kind.Program))!.Value, Native.SignalKill);
        var killed = await daemon.Ended((string)runs[1]["id"]!, seconds: 120);
        rows.Add(await Row(daemon, "the agent is killed", killed, "nothing is left", cutShort: true));

        await daemon.Kill();
        await daemon.Start();
        await File.WriteAllTextAsync(Path.Combine(agents.Folder(runs[2]), "go"), "", Stop);
        var adopted = await daemon.Ended((string)runs[2]["id"]!, seconds: 120);
        Assert.Single(await daemon.TypesOf(adopted, "run.adopted"));
        Assert.Single(await daemon.TypesOf(adopted, "run.started"));
        rows.Add(await Row(daemon, "the daemon is killed in mid-turn", adopted, Said(adopted)));
        return rows;
    }

    static async Task<string[]> Row(TestDaemon daemon, string label, JsonNode run, string seen, bool cutShort = false)
    {
        var id = (string)run["id"]!;
        Assert.Empty(TestDaemon.ProcessesOf(id));
        var types = (await daemon.EventsOf(id)).Select(e => (string)e["event_type"]!).Where(type => !Common.Contains(type));
        // How far a turn had come when it was cut is chance.
        return [label, (string)run["status"]!, (string?)run["reason"] ?? "-", cutShort ? "as far as it had come"
            : string.Join(", ", types.Distinct().Order(StringComparer.Ordinal).Select(type => $"`{type}`")), seen];
    }

    /// <summary>Counts that an agent makes of its own prompt are no matter of the case.</summary>
    static string Said(JsonNode run) =>
        (string?)run["last_message"] is { } text ? $"“{Regex.Replace(text, @"~\d+ tokens", "~N tokens")}”" : "-";

    static void Compare(AgentKind kind, string table)
    {
        var path = Path.Combine(SourceTree.RootFolder(), Page);
        var expected = GeneratedDocs.FillText(File.ReadAllText(path), Page, kind.Name, table);
        if (Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1")
            File.WriteAllText(path, expected);
        Assert.True(File.ReadAllText(path) == expected, $"{Page} says something else of {kind.Name} than this run saw:\n{table}");
    }
}
