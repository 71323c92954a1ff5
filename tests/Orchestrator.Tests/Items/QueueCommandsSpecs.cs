using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>One daemon whose every item is worked on by a scripted agent that meets its goal.</summary>
public sealed class QueueDaemon : IAsyncLifetime
{
    internal TestDaemon Daemon { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Daemon = TestDaemon.Prepare();
        await File.WriteAllTextAsync(Path.Combine(Daemon.Data, "config.yaml"), $$"""
            profiles:
              done:
                agent: command
                command: ["{{TestPrograms.FakeAgent}}", "--script-text", 'print {"goal_met": true, "summary": "all met"}']
            routes:
              - profile: done
            """, TestContext.Current.CancellationToken);
        await Daemon.Start();
        Directory.CreateDirectory(Path.Combine(Daemon.Root, "bin"));
        File.CreateSymbolicLink(Path.Combine(Daemon.Root, "bin", "agentctl"), TestPrograms.Agentctl);
    }

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();
}

/// <summary>The queue's commands as a person types them, and the two scripts of the first queue's page.</summary>
public class QueueCommandsSpecs(QueueDaemon shared) : IClassFixture<QueueDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    Task<(int Code, string Out, string Error)> Ctl(params string[] args) => TypedCommand.Run(Daemon, null, args);

    async Task<string> Ok(params string[] args)
    {
        var (code, output, error) = await Ctl(args);
        Assert.True(code == 0, $"agentctl {string.Join(' ', args)}: exit {code}\n{output}{error}");
        return output;
    }

    async Task<string> Add(params string[] args) => Assert.Single(Regex.Matches(await Ok(["add", .. args]), "[a-f0-9]{16}")).Value;

    Task<(int ExitCode, string Said)> Shell(string text) => ShellScript.Run(text, Daemon.Root,
        new Dictionary<string, string> { ["AGENTD_DATA"] = Daemon.Data, ["AGENTCTL_URL"] = Daemon.Url });

    static string After(string said, string label) => said.Split('\n').Single(line => line.StartsWith(label, StringComparison.Ordinal))
        [label.Length..].Trim();

    [Fact]
    public async Task The_full_auto_execution_pattern_runs_as_it_is_written()
    {
        // Lines 1 to 3 and 5 are the page's own but for the program's name; 4 stands for the agent that it spawns.
        var (code, said) = await Shell("""
            # 1. Add work item
            ITEM=$(bin/agentctl add "Refactor auth module" --priority urgent | grep -o '[a-f0-9]\{16\}')

            # 2. Ready it
            bin/agentctl ready $ITEM

            # 3. Execute (gets workspace)
            EXEC=$(bin/agentctl exec $ITEM)
            WORKSPACE=$(echo "$EXEC" | grep "Workspace:" | awk '{print $2}')
            AGENT_ID=$(echo "$EXEC" | grep "Agent:" | awk '{print $2}')

            # 4. Spawn
            bin/agentctl check $AGENT_ID; echo "while it works: $?"
            cd $WORKSPACE && test -s AGENTS.md && test -s WORK_ITEM.json || exit 9
            OUT=$(grep -o '/[^ ]*/artifacts' TASK.md | head -1)
            echo "the new module" > $OUT/auth.txt
            printf '## Summary\nRefactored.\n## Files\nauth.txt\n## Verification\nread it\n' > $OUT/COMPLETION.md
            cd - > /dev/null

            # 5. Poll for completion
            sleep 0 && bin/agentctl check $AGENT_ID
            echo "at the end: $?"
            echo "ITEM $ITEM"
            """);

        Assert.True(code == 0, said);
        Assert.Equal(("8", "0"), (After(said, "while it works:"), After(said, "at the end:")));
        Assert.Contains("auth.txt", said, StringComparison.Ordinal);
        Assert.Contains("Refactored.", said, StringComparison.Ordinal);
        var item = (await Daemon.Get($"/items/{After(said, "ITEM")}"))["item"]!;
        Assert.Equal(("review", "urgent"), ((string?)item["status"], (string?)item["priority"]));
        Assert.Equal("auth.txt", (string?)Assert.Single(item["artifacts"]!.AsArray())!["name"]);
    }

    [Fact]
    public async Task Multi_agent_parallel_execution_runs_as_it_is_written()
    {
        // What other tests of this queue left would be among the next three.
        await Ok("clear", "--confirm");
        var (code, said) = await Shell("""
            # Queue multiple items
            for task in "API client" "Auth service" "UI components"; do
              bin/agentctl add "$task" --priority high
            done

            # Execute next N in parallel
            bin/agentctl exec-next 3
            """);

        Assert.True(code == 0, said);
        var ids = Regex.Matches(said, "(?m)^Added ([a-f0-9]{16})$").Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(3, ids.Count);
        foreach (var id in ids)
        {
            var run = Assert.Single(Daemon.List($"/runs?item_id={id}", "runs"));
            Assert.Equal(("succeeded", "item"), ((string?)(await Daemon.Ended((string)run["id"]!))["status"], (string?)run["trigger"]));
            var (checkedCode, output, _) = await Ctl("check", (string)run["id"]!);
            Assert.Equal((0, true), (checkedCode, output.Contains("all met", StringComparison.Ordinal)));
            Assert.Equal("review", (string?)(await Daemon.Get($"/items/{id}"))["item"]!["status"]);
        }
    }

    [Fact]
    public async Task Options_with_a_blank_and_with_an_equals_sign_say_the_same()
    {
        foreach (var id in new[]
        {
            await Add("blank form", "--priority", "high", "--complexity", "l", "--criteria", "a,b", "--by", "kim"),
            await Add("equals form", "--priority=high", "--complexity=l", "--criteria=a,b", "--by=kim"),
        })
        {
            var item = JsonNode.Parse(await Ok("get", id))!;
            Assert.Equal(("high", "l", "kim", 2), ((string?)item["priority"], (string?)item["complexity"], (string?)item["created_by"],
                item["acceptance_criteria"]!.AsArray().Count));
        }

        Assert.Equal(2, (await Ctl("add")).Code);
        Assert.Equal(5, (await Ctl("ready", "0000000000000000")).Code);
        var (code, _, error) = await Ctl("add", "x", "--priority", "hgih");
        Assert.Equal((2, true), (code, error.Contains("Did you mean 'high'?", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_blocker_report_blocks_and_wins_over_a_completion()
    {
        var id = await Add("stuck work");
        var begun = await Ok("exec", id);
        var (workspace, artifacts) = (After(begun, "Workspace:"), After(begun, "Artifacts:"));
        // An empty file is no report yet.
        await File.WriteAllTextAsync(Path.Combine(artifacts, "COMPLETION.md"), "", TestContext.Current.CancellationToken);
        Assert.Equal(8, (await Ctl("check", id)).Code);
        await File.WriteAllTextAsync(Path.Combine(workspace, "BLOCKED.md"), "# Blocked\nThe key is missing.\n",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(artifacts, "COMPLETION.md"), "done", TestContext.Current.CancellationToken);
        var (code, output, _) = await Ctl("check", After(begun, "Agent:"));
        Assert.Equal((3, true), (code, output.Contains("The key is missing.", StringComparison.Ordinal)));
        var cause = Assert.Single((await Daemon.Get($"/items/{id}"))["item"]!["causes"]!.AsArray())!;
        Assert.Equal("worker_report", (string?)cause["kind"]);
        Assert.Contains("blocked: The worker cannot go on: The key is missing.", await Ok("why", id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_that_says_it_was_written_tomorrow_counts_when_it_has_not_changed()
    {
        var id = await Add("by another clock");
        var report = Path.Combine(After(await Ok("exec", id), "Artifacts:"), "COMPLETION.md");
        await File.WriteAllTextAsync(report, "done", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(report, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1));
        await Eventually.True(() => (string?)Daemon.Look($"/items/{id}")["item"]!["status"] == "review", "the report was taken in");
    }

    [Fact]
    public async Task A_mock_pretends_and_says_that_nobody_checked()
    {
        var id = await Add("pretended");
        var begun = await Ok("exec", id, "--mock");
        var (code, output, _) = await Ctl("check", After(begun, "Agent:"));
        Assert.Equal((0, true), (code, output.StartsWith("completed", StringComparison.Ordinal)));
        var item = JsonNode.Parse(await Ok("get", id))!;
        Assert.Equal(("done", true), ((string?)item["status"], (bool)item["unchecked"]!));
        var (again, _, error) = await Ctl("exec", id);
        Assert.Equal((6, true), (again, error.Contains("is done", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_board_shows_groups_with_marks_and_the_log_who_moved_it()
    {
        var id = await Add("On the board", "--priority", "urgent");
        await Ok("item", "move", id, "canceled", "--reason", "not wanted");
        var board = await Ok("list", "--status", "canceled");
        Assert.Matches($"(?m)^CANCELED \\(\\d+\\)\n(.*\n)*  {id[..8]}  !!  On the board", board + "\n");
        Assert.DoesNotContain("INBOX", board, StringComparison.Ordinal);
        Assert.Contains("inbox → canceled  not wanted", await Ok("log", id), StringComparison.Ordinal);
        Assert.True(JsonNode.Parse(await Ok("list", "--format", "json"))!["items"]!.AsArray().Count > 0);
        Assert.Contains("canceled", await Ok("status"), StringComparison.Ordinal);
        Assert.Equal(2, (await Ctl("clear")).Code);
        Assert.Equal(0, (await Ctl("list", "--runs")).Code);
    }

    [Fact]
    public async Task A_project_is_made_filled_readied_and_shown()
    {
        await Ok("project", "create", "Shop Front", "--description", "the shop", "--concurrent", "2");
        var id = Assert.Single(Regex.Matches(await Ok("project", "add", "shop-front", "Basket page", "--priority", "high"), "[a-f0-9]{16}"))
            .Value;
        Assert.Equal("planning", await Ok("project", "show", "shop-front", "--field", "project.queue.status"));
        await Ok("project", "ready", "shop-front");
        Assert.Equal("ready", (string?)(await Daemon.Get($"/items/{id}"))["item"]!["status"]);
        await Ok("item", "complete", id);
        Assert.Contains("shop-front  [##########]  100 % (1/1)  0 in flight  completed", await Ok("project", "list", "--format", "text"),
            StringComparison.Ordinal);
        var (code, _, error) = await Ctl("project", "add", "nobody-knows", "an item");
        Assert.Equal((2, true), (code, error.Contains("There is no project", StringComparison.Ordinal)));

        var next = Assert.Single(Regex.Matches(await Ok("project", "add", "shop-front", "Price page"), "[a-f0-9]{16}")).Value;
        Assert.Equal("1 readied; ready items of shop-front start by themselves, 2 at once.", await Ok("exec-project", "shop-front"));
        await Eventually.True(() => (string?)Daemon.Look($"/items/{next}")["item"]!["status"] == "review", "it was worked on");
        Assert.Equal(5, (await Ctl("exec-project", "nobody-knows")).Code);

        Assert.Equal(2, (await Ctl("project", "delete", "shop-front")).Code);
        var (held, _, why) = await Ctl("project", "delete", "shop-front", "--confirm");
        Assert.Equal((6, true), (held, why.Contains($"Item {next} of the project is not over.", StringComparison.Ordinal)));
        await Ok("item", "complete", next);
        var folder = await Ok("project", "delete", "shop-front", "--confirm", "--field", "project.path");
        Assert.True(Directory.Exists(folder));
        Assert.Equal(5, (await Ctl("project", "show", "shop-front")).Code);
    }
}
