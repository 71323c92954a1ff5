using System.Text.Json.Nodes;
using Orchestrator.Tests.Events;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>
/// A manifest of ten tasks in three phases through a real daemon, real git and the scripted agent: consent, order, a gate that a person
/// passes, a task that does not get done, a daemon that is killed in the middle, the document imported again, and all of it exported.
/// </summary>
public sealed class PlanStorySpecs : IAsyncLifetime
{
    const string Met = """!print {"goal_met": true, "summary": "met"}""";

    readonly TempRepository repository = new();
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        // The project itself starts nothing: the plan's consent is enough.
        daemon = TestDaemon.Prepare($$"""
            projects:
              demo:
                path: {{repository.Path}}
                auto_run: false
                verify: [["true"]]
                reviews: {low: 0, normal: 0, high: 0, person_from: never}
            routes:
              - profile: fake
            """);
        daemon.Flags.AddRange(["--max-concurrency", "4"]);
        await daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        repository.Dispose();
    }

    static JsonObject Task(string id, string steps, string[] files, params string[] on) => new()
    {
        ["id"] = id,
        ["title"] = $"do {id}",
        ["description"] = $"{steps}\n{Met}",
        ["files"] = new JsonArray([.. files.Select(file => (JsonNode)file)]),
        ["dependsOn"] = new JsonArray([.. on.Select(one => (JsonNode)one)]),
    };

    JsonObject Manifest() => new()
    {
        ["project"] = "demo",
        ["repo"] = "owner/demo",
        ["heartbeat"] = "15m",
        ["phases"] = new JsonArray(
            new JsonObject
            {
                ["name"] = "Ground",
                ["gate"] = "person",
                ["tasks"] = new JsonArray(
                    Task("a", "!write a.txt 1", ["a.txt"]),
                    Task("b", "!run cat a.txt\n!write b.txt 2", ["b.txt"], "a"),
                    // Nobody says that it waits for a, and both write the same file.
                    Task("c", "!run cat a.txt\n!write c.txt 3", ["a.txt", "c.txt"])),
            },
            new JsonObject
            {
                ["name"] = "Walls",
                ["tasks"] = new JsonArray(
                    Task("d", $"!wait-file {repository.At("gate")}\n!write d.txt 4", ["d.txt"]),
                    Task("e", "!exit 3", ["e.txt"]),
                    Task("f", "!run cat d.txt\n!write f.txt 6", ["f.txt"], "d", "e"),
                    Task("g", "!write g.txt 7", ["g.txt"])),
            },
            new JsonObject
            {
                ["name"] = "Roof",
                ["tasks"] = new JsonArray(
                    // Held until the document was imported again: a plan that is completed by then would ask for consent anew.
                    Task("h", $"!wait-file {repository.At("roof")}\n!run cat f.txt\n!write h.txt 8", ["h.txt"], "f"),
                    Task("i", "!write i.txt 9", ["i.txt"]),
                    new JsonObject { ["id"] = "j", ["title"] = "polish", ["optional"] = true, ["files"] = new JsonArray("j.txt") }),
            }),
    };

    Task<(int Code, string Out, string Error)> Ctl(params string[] args) => TypedCommand.Run(daemon, null, args);

    async Task<JsonNode> Plan(string id) => await daemon.Get($"/plans/{id}");

    static string StatusOf(JsonNode shown, string foreign) =>
        (string)shown["items"]!.AsArray().Single(item => (string?)item!["foreign_id"] == foreign)!["status"]!;

    async Task<JsonNode> Until(string id, Func<JsonNode, bool> holds, string what)
    {
        JsonNode? found = null;
        try
        {
            await Eventually.True(() =>
            {
                found = daemon.Look($"/plans/{id}");
                return holds(found);
            }, what, TimeSpan.FromSeconds(90));
        }
        catch (Xunit.Sdk.FailException late)
        {
            Assert.Fail($"{late.Message}\n{found}");
        }
        return found!;
    }

    [Fact]
    public async Task A_manifest_runs_to_its_end_through_consent_gates_failure_and_a_kill()
    {
        var file = repository.At("manifest.json");
        await File.WriteAllTextAsync(file, Manifest().ToJsonString(), TestContext.Current.CancellationToken);
        var (code, output, error) = await Ctl("plan", "import", file);
        Assert.True(code == 0, error);
        var imported = JsonNode.Parse(output)!;
        var id = (string)imported["plan"]!["id"]!;
        Assert.Equal(10, imported["items"]!.AsArray().Count);
        Assert.Equal("file_order", (string?)imported["findings"]!.AsArray().Single(one => (string?)one!["severity"] == "warning")!["code"]);
        await Consents(id);
        await Ground(id);
        await Walls(id);
        await Again(file, id);
        await Roof(id);
        EventKindSpecs.AreAsListed(await daemon.Events());
    }

    async Task Consents(string id)
    {
        var itemOfA = (string)(await Plan(id))["items"]![0]!["id"]!;
        var why = await daemon.Get($"/items/{itemOfA}/why");
        Assert.Contains("phase", why["causes"]!.AsArray().Select(cause => (string?)cause!["code"]));
        var (asked, _, told) = await Ctl("plan", "start", id);
        Assert.Equal(3, asked);
        Assert.Contains($"agentctl plan start {id} --yes", told, StringComparison.Ordinal);
        Assert.Contains("not known", told, StringComparison.Ordinal);
        Assert.Equal("draft", (string?)(await Plan(id))["plan"]!["status"]);
        Assert.Equal(0, (await Ctl("plan", "start", id, "--yes")).Code);
    }

    /// <summary>The first phase runs by itself, and the gate holds the second back until a person speaks.</summary>
    async Task Ground(string id)
    {
        var shown = await Until(id, plan => (string?)plan["plan"]!["status"] == "needs_decision", "the gate asks");
        Assert.Equal(["done", "done", "done"], new[] { "a", "b", "c" }.Select(one => StatusOf(shown, one)));
        Assert.Equal("inbox", StatusOf(shown, "d"));
        Assert.Equal(3, (await Ctl("plan", "why", id)).Code);
        // c was put after a: it found what a had done.
        var items = shown["items"]!.AsArray();
        var runOfC = daemon.Look($"/runs/{items.Single(item => (string?)item!["foreign_id"] == "c")!["run_id"]}")["run"]!;
        Assert.Contains("a.txt", repository.Run("ls-tree", "--name-only", (string)runOfC["workspace"]!["base"]!), StringComparison.Ordinal);
        Assert.Equal(0, (await Ctl("plan", "decide", id, "--phase", "1", "--option", "go-on")).Code);
    }

    /// <summary>e does not get done; g does all the same. Meanwhile the daemon dies.</summary>
    async Task Walls(string id)
    {
        var shown = await Until(id, plan => (string?)plan["plan"]!["status"] == "needs_decision" && StatusOf(plan, "g") == "done"
            && StatusOf(plan, "d") == "in_flight", "e asks, g is done, d works");
        Assert.Equal("ready", StatusOf(shown, "f"));
        var decision = Assert.Single(shown["plan"]!["decisions"]!.AsArray())!;
        Assert.Equal("e", (string?)decision["foreign_id"]);
        Assert.Equal("retry skip abort", string.Join(' ', decision["options"]!.AsArray()));
        // Once more: its last run goes on, does not do it either, and the question comes up anew.
        Assert.Equal(0, (await Ctl("plan", "decide", id, "--item", "e", "--option", "retry", "--note", "try hard")).Code);
        await Until(id, plan => plan["plan"]!["decisions"]!.AsArray() is [{ } one] && (string?)one["id"] != (string?)decision["id"],
            "e asks again");
        Assert.Contains(daemon.List($"/runs?item_id={decision["item_id"]}", "runs"),
            run => ((string)run["prompt"]!).Contains("try hard", StringComparison.Ordinal));
        await daemon.Kill();
        await File.WriteAllTextAsync(repository.At("gate"), "", TestContext.Current.CancellationToken);
        await daemon.Start();
        await Until(id, plan => StatusOf(plan, "d") == "done", "d is done by the run that went on");
        Assert.Single(daemon.List($"/runs?item_id={shown["items"]![3]!["id"]}", "runs"));

        Assert.Equal(0, (await Ctl("plan", "decide", id, "--item", "e", "--option", "skip", "--note", "not needed")).Code);
        await Until(id, plan => StatusOf(plan, "f") == "done", "f goes on without e");
    }

    /// <summary>The document changed: what is new is added, what was done stays done, what vanished is kept and told.</summary>
    async Task Again(string file, string id)
    {
        Assert.Equal(0, (await Ctl("plan", "pause", id)).Code);
        var manifest = Manifest();
        manifest["phases"]![2]!["tasks"]!.AsArray().Add(Task("k", "!write k.txt 10", ["k.txt"], "i"));
        manifest["phases"]![1]!["tasks"]!.AsArray().RemoveAt(3);
        manifest["phases"]![0]!["tasks"]![0]!["title"] = "do a differently";
        await File.WriteAllTextAsync(file, manifest.ToJsonString(), TestContext.Current.CancellationToken);
        var (code, output, _) = await Ctl("plan", "import", file);
        Assert.Equal(0, code);
        var again = JsonNode.Parse(output)!;
        Assert.Equal(id, (string?)again["plan"]!["id"]);
        Assert.Equal(11, again["items"]!.AsArray().Count);
        Assert.Equal("done", StatusOf(again, "a"));
        Assert.Equal("done", StatusOf(again, "g"));
        Assert.Superset(new HashSet<string> { "vanished", "kept_as_worked_on" },
            again["findings"]!.AsArray().Select(finding => (string)finding!["code"]!).ToHashSet());
        Assert.Single(daemon.List("/plans", "plans"));
        Assert.Equal(0, (await Ctl("plan", "resume", id)).Code);
        await File.WriteAllTextAsync(repository.At("roof"), "", TestContext.Current.CancellationToken);
    }

    async Task Roof(string id)
    {
        var shown = await Until(id, plan => (string?)plan["plan"]!["status"] == "completed", "the plan is completed");
        Assert.Equal("skipped", StatusOf(shown, "e"));
        Assert.Equal("skipped", StatusOf(shown, "j"));
        Assert.Equal((10, 10), ((int)shown["plan"]!["total"]!, (int)shown["plan"]!["decided"]!));
        var (_, manifest, _) = await Ctl("plan", "export", id, "--format", "manifest");
        var back = JsonNode.Parse(manifest)!;
        Assert.Equal("15m", (string?)back["heartbeat"]);
        Assert.Equal("complete", (string?)back["phases"]![0]!["tasks"]![0]!["status"]);
        Assert.Equal([], back["phases"]![0]!["tasks"]![2]!["dependsOn"]!.AsArray());
        var pulse = repository.At("PROJECT_PULSE.md");
        for (var time = 0; time < 3; time++)
            Assert.Equal(0, (await Ctl("plan", "export", id, "--format", "pulse", "--output", pulse)).Code);
        Assert.Single((await File.ReadAllTextAsync(pulse, TestContext.Current.CancellationToken)).Split("10 of 10 done")[1..]);
        var (_, summary, _) = await Ctl("plan", "export", id, "--format", "summary");
        Assert.Contains("- h.txt", summary, StringComparison.Ordinal);
        var (own, foreign) = ((string)shown["items"]![0]!["id"]!, (string)shown["items"]![0]!["foreign_id"]!);
        string[][] names = [[own], [foreign], [foreign, "--plan", id], [own, "--plan", id]];
        foreach (var name in names)
        {
            var (code, said, _) = await Ctl(["plan", "check", .. name]);
            Assert.Equal((0, $"DONE:{own}"), (code, said.Trim()));
        }

        Assert.Equal(5, (await Ctl("plan", "check", "nobody")).Code);
    }
}
