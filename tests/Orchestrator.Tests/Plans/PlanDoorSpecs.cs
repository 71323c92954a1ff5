using System.Text.Json.Nodes;
using Orchestrator.Plans;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>One daemon for the routes and commands of plans; its agent is a shell that does the first half of an item, then the second.
/// </summary>
public sealed class PlanDaemon : IAsyncLifetime
{
    // The first attempt at an item leaves a file and says how far it came; the next one finds it.
    const string Agent = """
        cat >prompt.txt
        if [ -e half ]; then
          grep -q 'Done already: 1.1. Begin with step 1.2; last time: no tools' prompt.txt || exit 9
          printf '%s\n' '{"goal_met": true, "summary": "all of it", "notes": "step 1.2: done"}'
        else
          echo half >half
          printf '%s\n' '{"goal_met": false, "summary": "half", "notes": "step 1.1: done\nstep 1.2: failed: no tools"}'
        fi
        """;

    internal TempRepository Repository { get; } = new();

    internal TestDaemon Daemon { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Daemon = TestDaemon.Prepare($$"""
              halves: {agent: command, command: {{new JsonArray("/bin/sh", "-c", Agent).ToJsonString()}} }
            projects:
              demo:
                path: {{Repository.Path}}
                verify: [["true"]]
                reviews: {low: 0, normal: 0, high: 0, person_from: never}
            routes:
              - profile: halves
            """);
        await Daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        Repository.Dispose();
    }
}

/// <summary>Plans over HTTP and by command: what is refused, what is repeated, units with steps, and the daemon's death between passes.
/// </summary>
public class PlanDoorSpecs(PlanDaemon shared) : IClassFixture<PlanDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    Task<(int Code, string Out, string Error)> Ctl(params string[] args) => TypedCommand.Run(Daemon, null, args);

    static JsonObject Body(string text, string source) => new() { ["text"] = text, ["source"] = source };

    async Task<string> Import(string text, string source) =>
        (string)(await Daemon.Post("/plans", Body(text, source)))["plan"]!["id"]!;

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("""{"files": {}}""", 400)]
    [InlineData("""{"files": {"a": null}}""", 422)]
    [InlineData("""{"files": []}""", 400)]
    [InlineData("""{"files": {"a\u0001": "x"}}""", 422)]
    [InlineData("""{"text": "x", "files": {"a": "x"}}""", 422)]
    [InlineData("""{"text": 7}""", 400)]
    [InlineData("""{"text": "x", "format": "poem"}""", 422)]
    [InlineData("""{"text": "x", "project": "nobody"}""", 422)]
    [InlineData("""{"text": "x", "project": "nobody\n"}""", 422)]
    [InlineData("""{"text": ""}""", 422)]
    [InlineData("""{"text": "[[[[[[[[[[[["}""", 422)]
    [InlineData("""{"text": "{\"phases\": [{\"tasks\": [{\"id\": \"a\", \"dependsOn\": [\"a\"]}]}]}"}""", 422)]
    [InlineData("""{"text": "{\"phases\": [{\"tasks\": [{\"id\": \"\\ud800\"}]}]}"}""", 422)]
    public async Task What_cannot_be_imported_is_refused(string body, int status)
    {
        using var answer = await Daemon.Send(HttpMethod.Post, "/plans", JsonNode.Parse(body));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
    }

    [Fact]
    public async Task A_refusal_names_everything_that_is_wrong()
    {
        using var answer = await Daemon.Send(HttpMethod.Post, "/plans", Body(Documents.Tasks("""{"id": "a", "dependsOn": ["x"]}""",
            """{"id": "b", "dependsOn": ["y"]}"""), "bad"));
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(["unknown_dependency", "unknown_dependency"], problem["findings"]!.AsArray().Select(one => (string?)one!["code"]));
        Assert.Contains("And 1 more", (string?)problem["detail"], StringComparison.Ordinal);
        var file = Path.Combine(Daemon.Root, "bad.json");
        await File.WriteAllTextAsync(file, Documents.Tasks("""{"id": "a", "dependsOn": ["x"]}"""), TestContext.Current.CancellationToken);
        var (code, output, error) = await Ctl("plan", "import", file);
        Assert.Equal(1, code);
        var printed = JsonNode.Parse(output)!;
        Assert.Equal("null [] unknown_dependency", $"{printed["plan"]?.ToJsonString() ?? "null"} {printed["items"]!.ToJsonString()} "
            + $"{printed["findings"]![0]!["code"]}");
        Assert.Contains("a depends on x", error, StringComparison.Ordinal);
        Assert.Equal(5, (await Ctl("plan", "import", file + ".not")).Code);
        Assert.Equal(5, (await Ctl("plan", "show", "ffffffffffffffff")).Code);
    }

    [Fact]
    public async Task Nothing_is_stored_by_a_dry_run_and_a_repeat_makes_nothing_twice()
    {
        var body = Body(Documents.Manifest, "dry");
        body["dry_run"] = true;
        var dry = await Daemon.Post("/plans", body);
        Assert.Null(dry["plan"]);
        Assert.Equal(8, dry["items"]!.AsArray().Count);
        Assert.DoesNotContain(Daemon.List("/plans", "plans"), plan =>
            ((string)plan["source_key"]!).EndsWith("dry", StringComparison.Ordinal));
        var once = Body(Documents.Manifest, "once");
        once["idempotency_key"] = "k-1";
        var first = await Daemon.Post("/plans", once.DeepClone());
        Assert.Equal(first.ToJsonString(), (await Daemon.Post("/plans", once.DeepClone())).ToJsonString());
        Assert.Equal("no_project", (string?)first["findings"]!.AsArray()[^1]!["code"]);
        Assert.Null(first["updates"]);
    }

    [Fact]
    public async Task An_import_says_which_plan_it_changes_before_and_after()
    {
        var id = await Import(Documents.Tasks("""{"id": "a"}"""), "again");
        var body = Body(Documents.Tasks("""{"id": "a"}, {"id": "b"}"""), "again");
        body["dry_run"] = true;
        var dry = await Daemon.Post("/plans", body.DeepClone());
        Assert.Equal((id, 2), ((string?)dry["updates"], dry["items"]!.AsArray().Count));
        Assert.Single((await Daemon.Get($"/plans/{id}"))["items"]!.AsArray());
        body["dry_run"] = false;
        var done = await Daemon.Post("/plans", body);
        Assert.Equal((id, id), ((string?)done["updates"], (string?)done["plan"]!["id"]));
    }

    [Fact]
    public async Task What_a_plan_cannot_do_is_a_conflict_that_says_what_it_can()
    {
        var id = await Import(Documents.Tasks("""{"id": "a"}"""), "moves");
        async Task Refused(string path, JsonObject? body, int status, string words)
        {
            using var answer = await Daemon.Send(HttpMethod.Post, $"/plans/{id}/{path}", body);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True((int)answer.StatusCode == status && text.Contains(words, StringComparison.Ordinal), text);
        }

        await Refused("pause", null, 409, "\"allowed\":[\"running\",\"canceled\"]");
        await Refused("resume", null, 409, "draft");
        await Refused("decide", new JsonObject { ["option"] = "skip" }, 409, "no decision");
        await Refused("decide", [], 400, "option");
        await Refused("decide", new JsonObject { ["option"] = "explode" }, 422, "option");
        await Refused("decide", new JsonObject { ["option"] = "skip", ["item"] = "zz" }, 422, "zz");
        await Refused("decide", new JsonObject { ["option"] = "go-on", ["phase"] = 9 }, 409, "phase 9");
        await Refused("export", new JsonObject { ["format"] = "tar" }, 422, "manifest");
        await Refused("export", [], 400, "format");
        await Refused("export", new JsonObject { ["format"] = "pulse", ["current"] = "# else" }, 422, "Semantic Anchors");
        using var bad = await Daemon.Send(HttpMethod.Get, $"/plans/{id}/simulation?max_parallel=0");
        Assert.Equal(400, (int)bad.StatusCode);
        var raw = await Daemon.Get($"/plans/{id}/export?format=manifest");
        Assert.Equal("a", (string?)raw["phases"]![0]!["tasks"]![0]!["id"]);
        Assert.Equal("canceled", (string?)(await Daemon.Post($"/plans/{id}/cancel"))["plan"]!["status"]);
        Assert.Equal("canceled", (string?)(await Daemon.Post($"/plans/{id}/cancel"))["plan"]!["status"]);
        await Refused("start", null, 409, "canceled");
    }

    [Fact]
    public async Task Steps_go_to_one_agent_and_the_next_attempt_begins_at_the_one_that_failed()
    {
        var manifest = Documents.Tasks("""
            {"id": "1", "title": "both halves", "files": ["half", "prompt.txt"],
             "steps": [{"id": "1.1", "title": "first half"}, {"id": "1.2", "title": "second half", "details": "mind the gap"}]}
            """);
        var file = Path.Combine(Daemon.Root, "steps.json");
        await File.WriteAllTextAsync(file, manifest, TestContext.Current.CancellationToken);
        var (_, output, _) = await Ctl("plan", "import", file, "--project", "demo");
        var id = (string)JsonNode.Parse(output)!["plan"]!["id"]!;
        Assert.Equal(0, (await Ctl("plan", "start", id, "--yes")).Code);
        await Until(id, "completed");
        Assert.Equal("1.1 done  1.2 done ", Steps(id));
        var item = Daemon.Look($"/plans/{id}")["items"]![0]!;
        var runs = Daemon.List($"/runs?item_id={item["id"]}", "runs").ToList();
        Assert.Equal(2, runs.Count);
        Assert.Single(runs.Select(run => (string?)run["workspace"]!["path"]).Distinct());
        Assert.All(runs, run => Assert.Contains("- 1.2 second half\n  mind the gap", (string?)run["prompt"], StringComparison.Ordinal));
        Assert.Equal(["1.1 done ", "1.2 failed no tools", "1.2 done "], (await Daemon.Events())
            .Where(e => (string?)e["event_type"] == "plan.step" && (string?)e["item_id"] == (string?)item["id"])
            .Select(e => $"{e["data"]!["step"]} {e["data"]!["state"]} {e["data"]!["note"]}"));
    }

    string Steps(string id) => string.Join(' ', Daemon.Look($"/plans/{id}")["items"]![0]!["steps"]!.AsArray()
        .Select(step => $"{step!["id"]} {step["state"]} {step["note"]}"));

    async Task Until(string id, string status) => await Eventually.True(
        () => (string?)Daemon.Look($"/plans/{id}")["plan"]!["status"] == status, $"the plan is {status}", TimeSpan.FromSeconds(60));

    [Fact]
    public async Task A_plan_goes_on_from_the_place_where_the_daemon_died_between_passes()
    {
        await using var other = TestDaemon.Prepare("reviews: {normal: 0}\nroutes:\n  - profile: fake");
        other.With("AGENTD_CRASH_AT", Checkpoint.PlanMoved);
        await other.Start();
        var id = (string)(await other.Post("/plans", Body("""
            {"phases": [{"tasks": [{"id": "a", "status": "complete"}]}, {"gate": "person", "tasks": [{"id": "b", "status": "merged"}]},
              {"tasks": [{"id": "c", "status": "complete"}]}]}
            """, "crash")))["plan"]!["id"]!;
        await other.Post($"/plans/{id}/start");
        // Each life does one pass and dies; the gate asks once.
        for (var lives = 0; lives < 6; lives++)
        {
            await other.Died();
            await other.StartOrDie();
            if (other.Alive && (string?)other.Look($"/plans/{id}")["plan"]!["status"] == "needs_decision")
                break;
        }

        other.Without("AGENTD_CRASH_AT");
        if (other.Alive)
            await other.Kill();
        await other.Start();
        Assert.Single(other.Look($"/plans/{id}")["decisions"]!.AsArray());
        await other.Post($"/plans/{id}/decide", new JsonObject { ["option"] = "go-on" });
        await Eventually.True(() => (string?)other.Look($"/plans/{id}")["plan"]!["status"] == "completed", "it is completed");
        var events = (await other.Events()).Where(e => ((string)e["event_type"]!).StartsWith("plan.phase_done", StringComparison.Ordinal));
        Assert.Equal([1, 2, 3], events.Select(e => (int)e["data"]!["phase"]!));
    }

    [Fact]
    public void Documents_of_other_programs_import_when_they_are_at_hand()
    {
        // Ours has the same trap: two of one phase write one file, and neither waits.
        Assert.Equal("t4", Assert.Single(Documents.Plan(Documents.Manifest).Item("t7").After).ForeignId);
        var folder = Path.Combine(TestPrograms.RepositoryRoot, "..", "shared", "samples");
        if (!Directory.Exists(folder))
            return;
        Imported Of(string name) => Documents.Read(File.ReadAllText(Path.Combine(folder, name)));
        var manifest = Of("manifest-security-framework.json");
        Assert.Equal("t4", Assert.Single(manifest.Plan!.Item("t7").After).ForeignId);
        Assert.Equal("warning:file_order", manifest.Codes());
        Assert.Equal(8, manifest.Plan!.Items.Count);
        Assert.NotNull(Of("manifest-full-fields.json").Plan);
        Assert.Equal("warning:unknown_status info:model_kept error:duplicate_id error:later_phase error:unknown_dependency error:cycle",
            Of("synthetic-manifest-conflicts.json").Codes());
        foreach (var name in (string[])["generated-AGENT_STATE.json", "generated-AGENT_STATE-stuck.json", "generated-TASKS_PARSED.json"])
            Assert.Equal(["1", "2"], Of(name).Plan!.Items.Select(item => item.ForeignId));
        Assert.Equal(3, Of("synthetic-wrapper-parallel.txt").Plan!.Items.Count);
        var bad = File.ReadAllText(Path.Combine(folder, "synthetic-wrapper-parallel-bad.txt")).Split("===== ")[1..];
        Assert.All(bad, text => Assert.Null(Documents.Read(text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..],
            SourceKinds.Wrapper).Plan));
    }
}
