using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Events;
using Orchestrator.Tests.Docs;
using Orchestrator.Tests.Support;
using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.Events;

/// <summary>docs/events.md lists what is really written: every type, every member.</summary>
public partial class EventKindSpecs
{
    // Words of agents' own protocols look alike; the command line names types it can describe.
    static readonly string[] Elsewhere = ["Agents", "Cli", "Verbs"];

    static readonly Dictionary<string, EventKind> Listed = GeneratedDocs.EventKinds.ToDictionary(kind => kind.Type);

    /// <summary>What this story does not come to; each is met in a story of its own.</summary>
    static readonly string[] Seldom =
    [
        "run.timed_out", "run.lost", "run.delta", "backend.event", "request.forwarded", "notification.failed", "delivery.failed",
        "delivery.canceled", "delivery.handed", "delivery.publishing", "delivery.open", "delivery.seen", "item.output",
        "item.attempt_failed", "item.delivered", "item.claims_updated", "workspace.captured",
    ];

    [Fact]
    public void Every_type_in_the_code_is_listed()
    {
        var written =
            from file in SourceTree.Repository.ProductionCSharp
            where !Elsewhere.Contains(file.Feature)
            from token in file.Tokens
            where token.Kind == TokenKind.Text && TypeName().IsMatch(token.Value)
            select token.Value;
        Assert.Equal([], written.Distinct().Where(type => !Listed.ContainsKey(type)));
    }

    [Fact]
    public void Every_example_is_an_object() =>
        Assert.All(Listed.Values, kind => Assert.IsType<JsonObject>(JsonNode.Parse(kind.Example)));

    [Fact]
    public async Task What_a_daemon_writes_has_the_members_that_are_listed()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start(
            "limits: {per_day_usd: 0.6}\nprojects: {demo: {verify: [[\"true\"]], setup: [[\"true\"]]}}");
        foreach (var again in new[] { 1, 2 })
            await daemon.Post("/projects", new JsonObject { ["name"] = "demo", ["path"] = repository.Path, ["default_profile"] = "fake" });
        var order = TestDaemon.Order(
            "print x", "long 100000", "err y", "write new.txt fresh",
            """agentctl {"type":"message","text":"m"}""", """agentctl {"type":"reasoning","text":"r"}""",
            """agentctl {"type":"tool_call","id":"1","name":"shell","input":{"a":1}}""",
            """agentctl {"type":"tool_result","id":"1","exit_code":0,"output":"o"}""",
            """agentctl {"type":"file_change","changes":[{"path":"a","kind":"add"}]}""",
            """agentctl {"type":"plan","steps":[{"text":"s","done":true}]}""",
            """agentctl {"type":"usage","input_tokens":1,"output_tokens":2,"cost_usd":0.5}""",
            """agentctl {"type":"warning","text":"w"}""", """agentctl {"type":"question","text":"q","options":["a"]}""",
            """result {"goal_met":true,"summary":"s"}""");
        order["project"] = "demo";
        await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!);
        await daemon.Ended(await daemon.Run("exit 3"));
        var hanging = await daemon.Run("print ready", "hang");
        await Eventually.True(() => TestDaemon.ProcessesOf(hanging).Count > 0, "the agent runs");
        await daemon.Kill();
        await daemon.Start();
        await daemon.Post($"/runs/{hanging}/cancel", new JsonObject { ["reason"] = "enough" });
        await daemon.Ended(hanging);
        await Family(daemon);
        await Doors(daemon);
        await Refused(daemon);
        var kept = await daemon.Post("/runs", order);
        await daemon.Ended((string)kept["run"]!["id"]!);
        var place = (string)(await daemon.Get($"/runs/{kept["run"]!["id"]}"))["run"]!["workspace"]!["path"]!;
        await File.WriteAllTextAsync(Path.Combine(place, "later.txt"), "by hand", TestContext.Current.CancellationToken);
        await daemon.Post("/worktrees/cleanup");
        await daemon.Post("/worktrees/restore", new JsonObject { ["snapshot"] = (string?)kept["run"]!["id"] });
        Directory.SetLastWriteTimeUtc(Directory.CreateDirectory(Path.Combine(daemon.Data, "worktrees", "empty")).FullName,
            DateTime.UnixEpoch);
        await daemon.Post("/worktrees/repair", new JsonObject());
        await daemon.Post("/usage/raise", new JsonObject { ["usd"] = 5 });
        await Delivered(daemon, repository, (string)kept["run"]!["id"]!);
        await Configured(daemon, repository.Path);
        await QueueStory.Play(daemon);
        await daemon.Stop();
        await daemon.Start();

        var events = await daemon.Events();
        AreAsListed(events);
        // Those of reviews, of plans, of healing and of breakers are held against the list in their own stories.
        var missing = Listed.Keys.Except(events.Select(e => (string)e["event_type"]!)).Except(Seldom)
            .Where(type => !type.StartsWith("review.", StringComparison.Ordinal) && !type.StartsWith("plan.", StringComparison.Ordinal)
                && !type.StartsWith("run.heal", StringComparison.Ordinal)
                && !type.StartsWith("item.breaker", StringComparison.Ordinal) && type != "item.waits");
        Assert.Equal([], missing);
    }

    /// <summary>Every event is of a listed type and has no member that its example lacks.</summary>
    internal static void AreAsListed(IEnumerable<JsonNode> events)
    {
        foreach (var one in events)
        {
            var type = (string)one["event_type"]!;
            Assert.True(Listed.ContainsKey(type), $"{type} is not listed");
            var listed = JsonNode.Parse(Listed[type].Example)!.AsObject();
            var unknown = one["data"]!.AsObject().Select(member => member.Key).Where(name => !listed.ContainsKey(name));
            Assert.True(!unknown.Any(), $"{type} has {string.Join(", ", unknown)}, which its example lacks");
        }
    }

    /// <summary>Work that is checked and lands, and work that collides with it.</summary>
    static async Task Delivered(TestDaemon daemon, TempRepository repository, string run)
    {
        repository.Run("branch", "trunk");
        var order = TestDaemon.Order("write new.txt otherwise", """result {"goal_met":true,"summary":"s"}""");
        order["project"] = "demo";
        var other = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
        await daemon.Ended(other);
        foreach (var (work, state) in new[] { (run, "landed"), (other, "conflict") })
        {
            var wanted = await daemon.Post($"/runs/{work}/deliver", new JsonObject { ["into"] = "trunk" });
            var ended = (await daemon.Get($"/deliveries/{wanted["delivery"]!["id"]}/wait?timeout_s=60"))["delivery"]!;
            Assert.True((string?)ended["state"] == state, ended.ToJsonString());
        }
    }

    /// <summary>A key that is set, an edit that does not hold, a repository's file that is trusted and no more, a channel that is tried,
    /// the machine checked.</summary>
    static async Task Configured(TestDaemon daemon, string project)
    {
        await daemon.Post("/notifications/test");
        await daemon.Post("/doctor");
        await Eventually.True(() => daemon.List("/events?types=doctor.done", "events").Count > 0, "the machine is checked",
            TimeSpan.FromSeconds(60));
        await daemon.Post("/config", new JsonObject { ["key"] = "profiles.fake.model", ["value"] = "m2" });
        await Eventually.True(() => daemon.List("/events?types=config.changed", "events").Count > 0, "the edit is seen");
        var file = Path.Combine(daemon.Data, "config.yaml");
        var good = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, good + "\nprofils: {}\n", TestContext.Current.CancellationToken);
        await Eventually.True(() => daemon.List("/events?types=config.rejected", "events").Count > 0, "the bad edit is seen");
        await File.WriteAllTextAsync(file, good, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(project, ".agent-orchestrator.yaml"),
            "profiles: {theirs: {agent: command, command: [sh]}}", TestContext.Current.CancellationToken);
        await daemon.Post("/trust", new JsonObject { ["project"] = "demo" });
        await daemon.Post("/trust", new JsonObject { ["project"] = "demo", ["revoke"] = true });
    }

    /// <summary>A provider that wants to be left alone, and somebody who knows better.</summary>
    static async Task Refused(TestDaemon daemon)
    {
        await daemon.Ended(await daemon.Run(
            """agentctl {"type":"failure","reason":"rate_limited","text":"429","retry_after_s":600}""", "exit 1"));
        await daemon.Post("/providers/clear", new JsonObject { ["provider"] = "command.fake" });
    }

    /// <summary>A token that comes and goes, a browser that is let in, and somebody who is not.</summary>
    static async Task Doors(TestDaemon daemon)
    {
        await daemon.NewToken("ci", "read");
        await daemon.Post("/tokens/ci/revoke", new JsonObject { ["reason"] = "lost" });
        using var nobody = daemon.As(null);
        await nobody.GetAsync("/runs", TestContext.Current.CancellationToken).Refused(401, "unauthorized");
        using var opened = await nobody.GetAsync((string)(await daemon.Post("/open"))["url"]!, TestContext.Current.CancellationToken);
        Assert.Equal(303, (int)opened.StatusCode);
    }

    /// <summary>A parent and a child that asks it, reports, and ends; a message that is edited, and one that is dropped.</summary>
    static async Task Family(TestDaemon daemon)
    {
        var gate = Path.Combine(daemon.Root, "family");
        var parent = (await daemon.Post("/runs", TestDaemon.Order($"wait-file {gate}")))["run"]!;
        var spawn = new JsonObject { ["task"] = "work\n!wait-file " + gate };
        var child = (await daemon.Post($"/runs/{parent["id"]}/spawn", spawn))["run"]!;
        await Eventually.True(() => TestDaemon.ProcessesOf((string)child["id"]!).Count > 0, "the child runs");
        var status = new JsonObject { ["text"] = "half way", ["request_kind"] = "status" };
        await daemon.Post($"/runs/{child["id"]}/reply-parent", status);
        foreach (var end in new[] { "answered", "expired", "withdrawn" })
        {
            var ask = new JsonObject { ["text"] = "may I?", ["request_kind"] = "approval_request", ["on_expiry"] = "continue" };
            if (end == "expired")
                ask["expires_in_s"] = 0.01;
            var request = (await daemon.Post($"/runs/{child["id"]}/reply-parent", ask))["request"]!;
            if (end == "answered")
                await daemon.Post($"/requests/{request["id"]}/answer", new JsonObject { ["decision"] = "approve", ["text"] = "yes" });
            if (end == "expired")
                await daemon.Get($"/requests/{request["id"]}/wait");
        }

        var rule = (await daemon.Post("/request-rules", new JsonObject { ["action"] = "allow", ["command"] = "ls" }))["rule"]!;
        await daemon.Post($"/runs/{child["id"]}/reply-parent", new JsonObject
        {
            ["text"] = "may I?", ["request_kind"] = "approval_request", ["detail"] = new JsonObject { ["command"] = "ls" },
        });
        using var removed = await daemon.Send(HttpMethod.Delete, $"/request-rules/{rule["id"]}");
        Assert.True(removed.IsSuccessStatusCode);
        await daemon.Post($"/runs/{child["id"]}/outcome", new JsonObject { ["goal_met"] = true, ["summary"] = "done" });
        var said = new JsonObject { ["role"] = "user", ["text"] = "more" };
        var message = (await daemon.Post($"/sessions/{parent["session_id"]}/messages", said))["message"]!;
        using var edited = await daemon.Send(HttpMethod.Patch, $"/messages/{message["id"]}", new JsonObject { ["text"] = "!print more" });
        Assert.True(edited.IsSuccessStatusCode);
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        foreach (var run in new[] { child, parent, message })
            await daemon.Ended((string)(run["run_id"] ?? run["id"])!);
        await daemon.Post($"/sessions/{child["session_id"]}/archive");
        await Interrupted(daemon);
    }

    /// <summary>A message that waits, and is told instead of what runs.</summary>
    static async Task Interrupted(TestDaemon daemon)
    {
        var busy = (await daemon.Post("/runs", TestDaemon.Order($"wait-file {Path.Combine(daemon.Root, "never")}")))["run"]!;
        var urgent = (await daemon.Post($"/sessions/{busy["session_id"]}/messages",
            new JsonObject { ["role"] = "user", ["text"] = "!print now" }))["message"]!;
        using var moved = await daemon.Send(HttpMethod.Patch, $"/messages/{urgent["id"]}", new JsonObject { ["mode"] = "interrupt" });
        Assert.True(moved.IsSuccessStatusCode);
        await daemon.Ended((string)urgent["run_id"]!);
    }

    [GeneratedRegex(@"^(session|message|run|request|workspace|project|provider|token|door|budget|daemon|backend|item|review"
        + @"|plan|delivery|config(?!\.(yaml|worktree)$)|notification)\.[a-z_]+$")]
    private static partial Regex TypeName();
}
