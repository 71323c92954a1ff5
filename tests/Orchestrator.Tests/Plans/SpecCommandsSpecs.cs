using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary><c>agentctl spec</c> from a folder to its end, with a real daemon, real git and the files beside the spec.</summary>
public sealed class SpecCommandsSpecs : IAsyncLifetime
{
    const string Tasks = "# Implementation Plan: Shop\r\n\r\n- [ ] 1. Make the cart\r\n  - [ ] 1.1 Model\r\n    !write cart.txt 1\r\n"
        + "    - _Requirements: 1.1_\r\n  - [ ]* 1.2 Property test\r\n- [ ] 2. Checkpoint - all tests pass\r\n  !write seen.txt 2\r\n"
        + "- [ ] 3. Pages\r\n  !exit-unless pages-allowed\r\n- [x] 4. Done before\r\n";

    // Steps of the prompt that begin with "!write"; the third unit fails until somebody says that it may go on.
    const string Agent = """
        prompt=$(cat)
        case $prompt in *'!exit-unless '*) test -e "$GATE" || exit 1; echo pages >pages.txt ;; esac
        printf '%s\n' "$prompt" | sed -n 's/^ *!write \([^ ]*\) \(.*\)/\1 \2/p' | while read -r file text; do echo "$text" >"$file"; done
        echo '{"goal_met": true, "summary": "met", "notes": "step 1.1: done"}'
        """;

    readonly TempRepository repository = new();
    TestDaemon daemon = null!;
    string spec = "";

    public async ValueTask InitializeAsync()
    {
        spec = In(".kiro/specs/shop");
        repository.Write(".kiro/specs/shop/tasks.md", Tasks);
        repository.Write(".kiro/specs/shop/requirements.md", "# Requirements\n\n### Requirement 1: Cart\n\n#### Acceptance Criteria\n\n"
            + "1. WHEN a thing is added THE SYSTEM SHALL keep it.\n");
        repository.Commit("the spec");
        daemon = TestDaemon.Prepare($$"""
              shell:
                agent: command
                command: {{new JsonArray("/bin/sh", "-c", Agent).ToJsonString()}}
                env: {GATE: {{repository.At("gate")}} }
            projects:
              shop: {path: {{repository.Path}}, verify: [["true"]]}
            reviews: {normal: 0, high: 0}
            routes:
              - profile: shell
            """);
        await daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        repository.Dispose();
    }

    string In(string path) => Path.Combine(repository.Path, path);

    Task<(int Code, string Out, string Error)> Type(params string[] words) => TypedCommand.Run(daemon, null, words);

    [Fact]
    public async Task A_spec_is_read_consented_to_run_decided_and_ticked_off()
    {
        var (code, _, error) = await Type("spec", "init", spec, "--json", "--workdir", repository.Path);
        Assert.Equal(1, code);
        repository.Write(".kiro/specs/shop/design.md", "# Design\n\n## Overview\nA shop.\n");
        (code, var output, error) = await Type("spec", "init", spec, "--json", "--workdir", repository.Path);
        Assert.True(code == 0, error);
        var made = JsonNode.Parse(output)!;
        Assert.Equal((true, In(".kiro/specs/AGENT_STATE.json")), ((bool)made["success"]!, (string?)made["state_file"]));
        var state = JsonNode.Parse(File.ReadAllText((string)made["state_file"]!))!;
        Assert.Equal("orch-shop", (string?)state["session_name"]);
        Assert.Contains(state["tasks"]!.AsArray(), task => (string?)task!["task_id"] == "1.1" && (string?)task["parent_id"] == "1");
        Assert.Equal(Tasks, File.ReadAllText(Path.Combine(spec, "tasks.md")));

        // The file is a link, and not everybody's to read: both stay so.
        var real = repository.At("tasks-elsewhere.md");
        File.Move(Path.Combine(spec, "tasks.md"), real);
        File.CreateSymbolicLink(Path.Combine(spec, "tasks.md"), real);
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        // Nobody is there to consent, and nothing starts.
        (code, output, error) = await Type("spec", "run", "--spec", spec, "--workdir", repository.Path);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("--yes", error, StringComparison.Ordinal);
        Assert.Empty(daemon.List("/runs", "runs"));

        (code, output, error) = await Type("spec", "run", "--spec", spec, "--workdir", repository.Path, "--yes", "--sleep", "0.1",
            "--mode", "llm");
        Assert.True(code == 2, error);
        Assert.Contains("--item 3 --option retry|skip|abort", error, StringComparison.Ordinal);
        Assert.Equal(Tasks.Replace("[ ] 1.", "[x] 1.", StringComparison.Ordinal).Replace("[ ] 2.", "[x] 2.", StringComparison.Ordinal)
            .Replace("[ ] 3.", "[-] 3.", StringComparison.Ordinal), File.ReadAllText(Path.Combine(spec, "tasks.md")));

        // Somebody edits the file meanwhile, and somebody decides.
        File.AppendAllText(Path.Combine(spec, "tasks.md"), "\r\nA note of mine.\r\n");
        File.WriteAllText(repository.At("gate"), "");
        var plan = (string)Assert.Single(daemon.List("/plans", "plans"))["id"]!;
        (code, _, error) = await Type("plan", "decide", plan, "--item", "3", "--option", "retry");
        Assert.True(code == 0, error);
        (code, output, error) = await Type("spec", "run", "--spec", spec, "--workdir", repository.Path, "--yes", "--sleep", "0.1",
            "--format", "json");
        Assert.True(code == 0, error);
        Assert.Equal("completed", (string?)JsonNode.Parse(output)!["plan"]!["status"]);
        Assert.Equal(Tasks.Replace("[ ] 1.", "[x] 1.", StringComparison.Ordinal).Replace("[ ] 2.", "[x] 2.", StringComparison.Ordinal)
            .Replace("[ ] 3.", "[x] 3.", StringComparison.Ordinal) + "\r\nA note of mine.\r\n",
            File.ReadAllText(Path.Combine(spec, "tasks.md")));
        Assert.Contains("Semantic Anchors", File.ReadAllText(In(".kiro/specs/PROJECT_PULSE.md")), StringComparison.Ordinal);
        Assert.Equal(plan, (string?)Assert.Single(daemon.List("/plans", "plans"))["id"]);

        Assert.Equal(real, new FileInfo(Path.Combine(spec, "tasks.md")).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(real));

        await Trace(plan);

        // The optional property test was asked for by nobody.
        Assert.Contains("[ ]* 1.2", File.ReadAllText(Path.Combine(spec, "tasks.md")), StringComparison.Ordinal);
    }

    /// <summary>From the requirement to its evidence.</summary>
    async Task Trace(string plan)
    {
        var all = JsonNode.Parse((await Type("plan", "export", plan, "--format", "trace")).Out)!["requirements"]!;
        var traced = Assert.Single(all.AsArray())!;
        Assert.Equal(("1.1", "1"), ((string?)traced["id"], (string?)traced["requirement"]));
        var work = Assert.Single(traced["items"]!.AsArray())!;
        Assert.Equal(("1", "done", """["1.1"]""", "1 of 1 verify commands passed."), ((string?)work["id"], (string?)work["status"],
            work["steps"]!.ToJsonString(), ((string?)work["evidence"])!.Split('\n')[0]));
        Assert.Equal("1", repository.Run("show", $"{work["commit"]}:cart.txt").Trim());
        Assert.Equal((string?)work["item_id"], (string?)daemon.Look($"/runs/{work["run_id"]}")["run"]!["item_id"]);
        Assert.Contains($"- 1.1 WHEN a thing is added THE SYSTEM SHALL keep it.: 1 done, run {work["run_id"]}, commit ",
            (await Type("plan", "export", plan, "--format", "summary")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_that_finds_all_well_changes_nothing_and_what_nothing_verifies_is_accepted_by_a_person()
    {
        const string Looks = "- [ ] 1. Make it\n  !write a.txt 1\n- [ ] 2. Checkpoint - ensure all tests pass\n"
            + "- [ ] 3. Go on\n  !write b.txt 2\n";
        repository.Write(".kiro/specs/looks/tasks.md", Looks);
        repository.Commit("another spec");
        var looks = In(".kiro/specs/looks");
        var (code, _, error) = await Type("spec", "run", "--spec", looks, "--workdir", repository.Path, "--yes", "--sleep", "0.1");
        Assert.True(code == 0, error);
        Assert.Equal(Looks.Replace("[ ]", "[x]", StringComparison.Ordinal), File.ReadAllText(Path.Combine(looks, "tasks.md")));

        using var other = new TempRepository();
        other.Write(".kiro/specs/bare/tasks.md", "- [ ] 1. Make it\n  !write a.txt 1\n");
        other.Commit("a spec");
        var bare = Path.Combine(other.Path, ".kiro/specs/bare");
        string[] run = ["spec", "run", "--spec", bare, "--workdir", other.Path, "--yes", "--sleep", "0.1"];
        (code, _, error) = await Type(run);
        Assert.True(code == 2, error);
        Assert.Contains("--item 1 --option accept|abort", error, StringComparison.Ordinal);
        var plan = (string)daemon.List("/plans", "plans").Single(one => (string?)one["title"] == "bare")["id"]!;
        (code, _, error) = await Type("plan", "decide", plan, "--item", "1", "--option", "retry");
        Assert.True(code == 2 && error.Contains("accept, abort", StringComparison.Ordinal), error);
        (code, var output, error) = await Type("plan", "decide", plan, "--option", "accept", "--note", "I looked at it.");
        Assert.True(code == 0, error);
        (code, _, error) = await Type(run);
        Assert.True(code == 0, error);
        var item = daemon.List("/items", "items").Single(one => (string?)one["plan"] == plan);
        Assert.Equal("done", (string?)item["status"]);
    }

    [Fact]
    public async Task Mistakes_are_named_and_nothing_is_made()
    {
        Assert.Equal(2, (await Type("spec", "run")).Code);
        Assert.Equal(2, (await Type("spec", "run", "--spec", spec, "--state", "x")).Code);
        Assert.Equal(2, (await Type("spec", "run", "--spec", spec, "--mode", "magic")).Code);
        Assert.Equal(5, (await Type("spec", "run", "--spec", "nowhere")).Code);
        repository.Write(".kiro/specs/empty/tasks.md", "# Nothing to do\n");
        var (code, _, error) = await Type("spec", "run", "--spec", In(".kiro/specs/empty"), "--yes");
        Assert.Equal(1, code);
        Assert.Contains("No task could be read", error, StringComparison.Ordinal);
        Assert.Empty(daemon.List("/plans", "plans"));
    }
}
