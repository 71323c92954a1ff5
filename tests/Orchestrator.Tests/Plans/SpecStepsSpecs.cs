using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>The steps of a spec one by one, as scripts call them: assign, dispatch, review, consolidate, with real git and
/// reviewers.</summary>
public sealed class SpecStepsSpecs : IAsyncLifetime
{
    const string Tasks = "# Implementation Plan: Shop\n\n- [ ] 1. Make the cart\n  - _Writes: cart.txt_\n- [ ] 2. Make the list\n"
        + "  - _Writes: list.txt_\n- [ ] 3. Put both on a page\n  - _Depends: 1, 2_\n  - _Writes: page.txt_\n";

    const string Worker = """
        prompt=$(cat)
        case $prompt in
          *"Loses the last line"*) echo mended >>cart.txt ;;
          *"Make the cart"*) echo cart >cart.txt ;;
          *"Make the list"*) echo list >list.txt ;;
          *) cat cart.txt list.txt >page.txt ;;
        esac
        echo '{"goal_met": true, "summary": "met"}'
        """;

    // The cart is not good before it was mended; of the list something is left for later.
    const string Reviewer = """
        prompt=$(cat)
        GRAVE='{"severity": "high", "title": "Loses the last line", "detail": "d"}'
        case $prompt in
          *"Make the cart"*) grep -q mended cart.txt && echo '{"verdict": "accept", "summary": "good", "findings": []}' \
            || echo '{"verdict": "changes", "summary": "no", "findings": ['"$GRAVE]}" ;;
          *"Make the list"*)
            echo '{"verdict": "accept", "summary": "ok", "findings": [{"severity": "low", "title": "A typo", "detail": "d"}]}' ;;
          *) echo '{"verdict": "accept", "summary": "good", "findings": []}' ;;
        esac
        """;

    readonly TempRepository repository = new();
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        repository.Write(".kiro/specs/shop/tasks.md", Tasks);
        repository.Write(".kiro/specs/shop/requirements.md", "# Requirements\n");
        repository.Write(".kiro/specs/shop/design.md", "# Design\n");
        repository.Commit("the spec");
        daemon = TestDaemon.Prepare($$"""
              worker: {agent: command, command: {{new JsonArray("/bin/sh", "-c", Worker).ToJsonString()}} }
              reviewer: {agent: command, command: {{new JsonArray("/bin/sh", "-c", Reviewer).ToJsonString()}} }
            projects:
              shop: {path: {{repository.Path}}, verify: [["true"]]}
            routes:
              - {phase: review, profile: reviewer}
              - profile: worker
            """);
        await daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        repository.Dispose();
    }

    string Spec => Path.Combine(repository.Path, ".kiro/specs/shop");

    string State => Path.Combine(repository.Path, ".kiro/specs/AGENT_STATE.json");

    async Task<(int Code, JsonNode Answer, string Error)> Step(string name, params string[] more)
    {
        var (code, output, error) = await TypedCommand.Run(daemon, null,
            ["spec", name, State, "--workdir", repository.Path, "--json", .. more]);
        return (code, output.Length > 0 ? JsonNode.Parse(output)! : new JsonObject(), error);
    }

    static string Ids(JsonNode? list) => string.Join(' ', list!.AsArray().Select(one => (string?)one));

    JsonNode Task(string id) => JsonNode.Parse(File.ReadAllText(State))!["tasks"]!.AsArray().Single(one => (string?)one!["task_id"] == id)!;

    [Fact]
    public async Task A_script_takes_a_spec_to_its_end_step_by_step()
    {
        var (code, _, error) = await TypedCommand.Run(daemon, null, ["spec", "init", Spec, "--workdir", repository.Path]);
        Assert.True(code == 0, error);
        await Assigns();
        await Dispatches();
        await Reviews();

        // The state file is the spec's own: no second plan came of it.
        Assert.Single(daemon.List("/plans", "plans"));
        var (last, answer, told) = await Step("dispatch", "--sleep", "0.1", "--timeout", "60");
        Assert.True(last == 0, told);
        Assert.Equal("3", Ids(answer["dispatched"]));
        Assert.Equal(0, (await Step("review", "--sleep", "0.1", "--timeout", "60")).Code);
        await Eventually.True(() => (string?)daemon.List("/plans", "plans")[0]["status"] == "completed", "it is done");
        Assert.Equal("1 2 3", Ids((await Step("consolidate")).Answer["completed"]));
        Assert.Equal(Tasks.Replace("[ ]", "[x]", StringComparison.Ordinal), File.ReadAllText(Path.Combine(Spec, "tasks.md")));
        Assert.Equal((0, "No unit is in review."), ((await Step("review")).Code, (string?)(await Step("review")).Answer["message"]));
        Assert.Equal(1, (await Step("dispatch")).Code);
    }

    async Task Assigns()
    {
        var (code, answer, error) = await Step("assign");
        Assert.True(code == 0, error);
        Assert.Equal(["1 code worker task-1 standard", "2 code worker task-2 standard", "3 code worker task-3 standard"],
            answer["dispatch_units"]!.AsArray().Select(one => string.Join(' ', one!["task_id"], one["type"], one["owner_agent"],
                one["target_window"], one["criticality"])));
        var file = repository.At("assignment.json");
        await File.WriteAllTextAsync(file, """
            {"dispatch_units": [{"task_id": "2", "owner_agent": "gemini-9", "target_window": "lists"}]}
            """, TestContext.Current.CancellationToken);
        (code, answer, _) = await Step("assign", "--assignment", file);
        Assert.Equal(1, code);
        Assert.Contains("'gemini-9' of 2", Ids(answer["errors"]), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, """
            {"dispatch_units": [{"task_id": "2", "owner_agent": "worker", "target_window": "lists"}, {"task_id": "8"}]}
            """, TestContext.Current.CancellationToken);
        (code, answer, error) = await Step("assign", "--assignment", file);
        Assert.Equal((0, "lists"), (code, (string?)answer["window_mapping"]!["2"]));
        Assert.Contains("no unit '8'", error, StringComparison.Ordinal);
        Assert.Equal(2, (await Step("assign", "--assignment", file, "--by", "rules")).Code);
    }

    async Task Dispatches()
    {
        var (code, answer, _) = await Step("dispatch", "--dry-run");
        Assert.Equal((0, ""), (code, Ids(answer["dispatched"])));
        Assert.Equal(2, (await Step("dispatch")).Code);
        Assert.Empty(daemon.List("/runs", "runs"));
        (code, answer, var error) = await Step("dispatch", "--yes", "--sleep", "0.1", "--timeout", "60");
        Assert.True(code == 0, error);
        Assert.Equal("1 2", Ids(answer["dispatched"]));
        Assert.Equal("1 2", Ids(answer["batches"]![0]));
        Assert.DoesNotContain("not_started", answer["results"]!.AsArray().Select(one => (string?)one!["status"]));
        // Nothing else begins by itself.
        Assert.Equal("not_started", (string?)Task("3")["status"]);
    }

    async Task Reviews()
    {
        await Eventually.True(() => daemon.List("/items?status=done", "items").Count == 2, "the cart was mended and both are done");
        Assert.Equal(0, (await Step("review", "--sleep", "0.1", "--timeout", "60")).Code);
        var (code, answer, error) = await Step("consolidate");
        Assert.True(code == 0, error);
        Assert.Equal(["1 none completed", "2 minor completed"], answer["final_reports"]!.AsArray().Select(one =>
            $"{one!["task_id"]} {one["overall_severity"]} {one["follows"]}"));
        Assert.Equal((1, "major", 2), ((int)Task("1")["fix_attempts"]!, (string?)Task("1")["review_history"]![0]!["severity"],
            Task("1")["review_history"]!.AsArray().Count));
        Assert.Equal("A typo", (string?)answer["deferred_fixes"]![0]!["description"]);
        Assert.Single((await Step("consolidate", "--task", "2")).Answer["final_reports"]!.AsArray());
        Assert.Equal(1, (await Step("consolidate", "--task", "9")).Code);
        Assert.DoesNotContain(daemon.List("/runs", "runs"), run => ((string)run["prompt"]!).Contains("on a page", StringComparison.Ordinal)
            && (string?)run["trigger"] == "item");
    }
}
