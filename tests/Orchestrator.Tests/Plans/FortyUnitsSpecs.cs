using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>
/// A spec of forty units from its folder to the end, with real git, eight at a time. Agents die, fail, lie, stall and write files they did
/// not declare; a reviewer crashes; one unit is sent back until a stronger profile mends it, another one until a person looks. With and
/// without kills of the daemon: the same ends, the same attempts, the same exit codes.
/// </summary>
public sealed class FortyUnitsSpecs : IAsyncLifetime
{
    const int Count = 40;

    // A line per attempt in a file named as the unit; "name: u7 die ok" says how each ends, the last word for all after. A fix does not
    // name its unit: its session does.
    const string Worker = """
        prompt=$(cat)
        key="$TALLY/of-$AGENTCTL_SESSION_ID"
        [ -e "$key" ] || printf '%s\n' "$prompt" | sed -n 's/^ *name: //p' | head -1 >"$key"
        set -- $(cat "$key"); name=$1; shift
        echo begun >>"$TALLY/$name"
        made=$(wc -l <"$TALLY/$name")
        left=$made
        while [ "$left" -gt 1 ] && [ $# -gt 1 ]; do shift; left=$((left - 1)); done
        case $1 in
          ok) rm -f stray.txt; echo "$name $made" >>"out/$name.txt" ;;
          stray) echo "$name" >>"out/$name.txt"; echo "$name" >>stray.txt ;;
          lie) ;;
          die) kill -9 $$ ;;
          fail) echo 'it does not work' >&2; exit 1 ;;
          stall) exec sleep 600 ;;
        esac
        echo '{"goal_met": true, "summary": "met"}'
        """;

    // "Refactor u24: crash" and so on: how often it crashes or finds something grave is in the title.
    const string Reviewer = """
        prompt=$(cat)
        GRAVE='{"severity": "high", "title": "Loses the last line", "detail": "d"}'
        set -- $(printf '%s\n' "$prompt" | sed -n 's/.*Refactor \(u[0-9]*\): \([a-z]*\) \([0-9]*\).*/\1 \2 \3/p' | head -1)
        echo asked >>"$TALLY/review-$1"
        made=$(wc -l <"$TALLY/review-$1")
        case $2 in
          crash) [ "$made" -gt "$3" ] || kill -9 $$ ;;
          grave) [ "$made" -gt "$3" ] || { echo '{"verdict": "changes", "summary": "no", "findings": ['"$GRAVE]}"; exit 0; } ;;
        esac
        echo '{"verdict": "accept", "summary": "ok", "findings": [{"severity": "low", "title": "A typo", "detail": "d"}]}'
        """;

    /// <summary>How the attempts at a unit end, where it is not at once and well.</summary>
    static readonly Dictionary<int, string> Ways = new()
    {
        [3] = "die ok", [7] = "lie ok", [11] = "lie", [14] = "stall ok", [18] = "stray ok", [21] = "fail ok", [36] = "die die ok",
    };

    static readonly Dictionary<int, string> Reviews = new() { [24] = "crash 1", [27] = "grave 3", [30] = "grave 9", [33] = "fine 0" };

    /// <summary>How often agents worked on a unit; a round of fixing is an attempt, and so is the stronger profile's.</summary>
    static int Attempts(int no) => no switch { 11 => 2, 27 or 30 => 4, 36 => 3, 3 or 7 or 14 or 18 or 21 => 2, _ => 1 };

    static int? On(int no) => no switch
    {
        12 => 11,
        15 => 14,
        25 => 24,
        28 => 27,
        31 => 30,
        9 or 19 or 29 or 39 => no - 3,
        _ => null,
    };

    readonly TempRepository repository = new();
    readonly string tally = TestPrograms.Scratch("forty-" + Ids.New());
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(tally);
        repository.Write("out/README", "Results.\n");
        repository.Write(".kiro/specs/forty/tasks.md", Tasks());
        repository.Commit("the spec");
        string Profile(string name, string script, string more) => $"  {name}: {{agent: command, command: "
            + $"{new JsonArray("/bin/sh", "-c", script).ToJsonString()}, env: {{TALLY: {tally}}}{more}}}\n";
        daemon = TestDaemon.Prepare(Profile("worker", Worker, ", escalates_to: strong") + Profile("strong", Worker, "")
            + Profile("hasty", Worker, ", limits: {idle_s: 1.5}") + Profile("reviewer", Reviewer, "") + $$"""
            projects:
              forty: {path: {{repository.Path}}, verify: [["true"]], reviews: {low: 0, normal: 0, high: 1, person_from: never} }
            routes:
              - {phase: review, profile: reviewer}
              - profile: worker
            limits: {max_concurrency: 8}
            """);
        await daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        repository.Dispose();
        Directory.Delete(tally, recursive: true);
    }

    static string Tasks() => string.Concat(Enumerable.Range(1, Count).Select(no =>
        $"- [ ] {no}. {(Reviews.TryGetValue(no, out var review) ? $"Refactor u{no}: {review}" : $"Write u{no}")}\n"
        + $"  name: u{no} {Ways.GetValueOrDefault(no, "ok")}\n  - _Writes: out/u{no}.txt_\n"
        + (On(no) is { } on ? $"  - _Depends: {on}_\n" : ""))).Insert(0, "# Implementation Plan\n\n");

    string Spec => Path.Combine(repository.Path, ".kiro/specs/forty");

    Task<(int Code, string Out, string Error)> Ctl(params string[] words) => TypedCommand.Run(daemon, null, words);

    Task<(int Code, string Out, string Error)> Run(params string[] more) =>
        Ctl(["spec", "run", "--spec", Spec, "--workdir", repository.Path, "--yes", "--sleep", "0.2", .. more]);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Forty_units_come_to_their_right_ends(int kills)
    {
        var file = repository.At("who.json");
        await File.WriteAllTextAsync(file, """{"dispatch_units": [{"task_id": "14", "owner_agent": "hasty"}]}""",
            TestContext.Current.CancellationToken);
        var (code, _, error) = await Ctl("spec", "assign", Spec, "--workdir", repository.Path, "--assignment", file);
        Assert.True(code == 0, error);
        Assert.Equal(1, (await Run("--timeout", "0")).Code);
        for (var kill = 1; kill <= kills; kill++)
        {
            var target = kill * 9;
            await Eventually.True(() => Directory.GetFiles(tally, "u*").Length >= target, $"{target} were begun", TimeSpan.FromSeconds(60));
            await daemon.Kill();
            await daemon.Start();
        }

        (code, _, error) = await Run();
        Assert.True(code == 2, error);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', Plan()["plan"]!["decisions"]!.AsArray()
            .Select(one => (string?)one!["text"])));
        Assert.Equal(["11 item", "14 item", "24 review", "30 review"], Plan()["plan"]!["decisions"]!.AsArray()
            .Select(one => $"{one!["foreign_id"]} {one["kind"]}").Order(StringComparer.Ordinal));
        Assert.Equal(["11 blocked", "12 ready", "14 blocked", "15 ready", "24 review", "25 ready", "30 review", "31 ready"], NotDone());

        await Decide();
        (code, var output, error) = await Run();
        Assert.True(code == 0, error);
        Assert.Equal(["11 skipped"], NotDone());
        Assert.Equal(Enumerable.Range(1, Count).Select(no => $"u{no} {Attempts(no)}"),
            Enumerable.Range(1, Count).Select(no => $"u{no} {File.ReadAllLines(Path.Combine(tally, $"u{no}")).Length}"));
        Assert.Equal(["u24 2", "u27 4", "u30 4", "u33 1"], Directory.GetFiles(tally, "review-*").Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetFileName(path)["review-".Length..]} {File.ReadAllLines(path).Length}"));
        Summary(output);
    }

    JsonNode Plan() => daemon.Look($"/plans/{daemon.List("/plans", "plans")[0]["id"]}");

    IEnumerable<string> NotDone() => Plan()["items"]!.AsArray().Where(item => (string?)item!["status"] != "done")
        .Select(item => $"{item!["foreign_id"]} {item["status"]}");

    string Item(string unit) => (string)Plan()["items"]!.AsArray().Single(item => (string?)item!["foreign_id"] == unit)!["id"]!;

    /// <summary>What people say: one is left out, one tried again, one looked at again, one taken as it is.</summary>
    async Task Decide()
    {
        var plan = (string)Plan()["plan"]!["id"]!;
        Assert.Equal(0, (await Ctl("plan", "decide", plan, "--item", "11", "--option", "skip")).Code);
        Assert.Equal(0, (await Ctl("plan", "decide", plan, "--item", "14", "--option", "retry")).Code);
        Assert.Equal(0, (await Ctl("review", Item("24"), "--again")).Code);
        Assert.Equal(0, (await Ctl("review", Item("30"), "--accept")).Code);
    }

    /// <summary>Summary, boxes, state and events say the same.</summary>
    void Summary(string output)
    {
        Assert.Contains("Items done: 39 of 40", output, StringComparison.Ordinal);
        Assert.Contains("out/u40.txt", output, StringComparison.Ordinal);
        Assert.Equal(Count - 1, File.ReadAllLines(Path.Combine(Spec, "tasks.md"))
            .Count(line => line.StartsWith("- [x]", StringComparison.Ordinal)));
        var state = JsonNode.Parse(File.ReadAllText(Path.Combine(repository.Path, ".kiro/specs/AGENT_STATE.json")))!;
        Assert.All(state["tasks"]!.AsArray(), task => Assert.Equal("completed", (string?)task!["status"]));
        var grave = state["tasks"]!.AsArray().Single(task => (string?)task!["task_id"] == "27")!;
        Assert.Equal((3, true), ((int)grave["fix_attempts"]!, (bool)grave["escalated"]!));
        Assert.Empty(state["pending_decisions"]!.AsArray());
        Assert.Contains("stray.txt", daemon.Look($"/items/{Item("18")}")["item"]!["touched"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(state["deferred_fixes"]!.AsArray(), one => (string?)one!["task_id"] == "33");
        // Nothing is at work any more, and no worktree of a unit is locked by anybody.
        Assert.Empty(daemon.List("/runs?status=running", "runs"));
        Assert.Empty(daemon.List("/runs?status=queued", "runs"));
    }
}
