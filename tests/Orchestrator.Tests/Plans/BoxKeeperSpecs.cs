using System.Text.Json.Nodes;
using Orchestrator.Plans;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>The daemon ticks the boxes of a spec by itself while people write in the same file.</summary>
public sealed class BoxKeeperSpecs : IAsyncLifetime
{
    const string Tasks = "\ufeff# Implementation Plan\r\n\r\n- [ ] 1. Make the cart\r\n  - [ ] 1.1 Its lines\r\n  - [ ] 1.2 Its sum\r\n"
        + "- [ ] 2. Make the list\r\n- [ ]* 3. Paint it\r\n- [ ] 4. Put both on a page\r\n  - _Depends: 1, 2_\r\n";

    // A unit ends when somebody says so.
    const string Worker = """
        prompt=$(cat)
        no=$(printf '%s\n' "$prompt" | sed -n '1s/^# \(.*\)$/\1/p' | tr ' ' '-')
        cat "$GATES/$no" >/dev/null
        echo '{"goal_met": true, "summary": "met"}'
        """;

    readonly string project = TestPrograms.Scratch("boxes-" + Ids.New());
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(TasksFile, Tasks, TestContext.Current.CancellationToken);
        await ShellScript.Run("mkfifo Make-the-cart Make-the-list Put-both-on-a-page", project, new Dictionary<string, string>());
        daemon = TestDaemon.Prepare($$"""
              worker:
                agent: command
                command: {{new JsonArray("/bin/sh", "-c", Worker).ToJsonString()}}
                env: {GATES: {{project}} }
            projects:
              shop: {path: {{project}}, isolation: none, verify: [["true"]]}
            reviews: {low: 0, normal: 0, high: 0, person_from: never}
            routes: [{profile: worker}]
            """);
        await daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        Directory.Delete(project, recursive: true);
    }

    string Folder => Path.Combine(project, ".kiro", "specs", "shop");

    string TasksFile => Path.Combine(Folder, "tasks.md");

    // As it is, its byte order mark included.
    string Now => System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(TasksFile));

    void Open(string gate) => File.WriteAllText(Path.Combine(project, gate), "go\n");

    Task Reads(string text, string what) => Eventually.True(() => Now == text, $"{what}: {text}\n---\n{Now}", TimeSpan.FromSeconds(60));

    async Task<string> Started()
    {
        var plan = (string)(await daemon.Post("/plans", new JsonObject
        {
            ["project"] = "shop",
            ["source"] = Folder,
            ["files"] = new JsonObject { ["tasks.md"] = Now },
        }))["plan"]!["id"]!;
        await daemon.Post($"/plans/{plan}/start", new JsonObject { ["write_back"] = TasksFile });
        return plan;
    }

    [Fact]
    public async Task Boxes_follow_the_units_and_what_others_write_meanwhile_stays()
    {
        var plan = await Started();
        await Reads(Tasks.Replace("[ ] 1. ", "[-] 1. ", StringComparison.Ordinal), "the first is marked as begun");

        // Somebody edits: a title, a new task, a box of a task that is none of ours, no line end at the end.
        var edited = Now.Replace("2. Make the list", "2. Make the long list", StringComparison.Ordinal)
            .Replace("- [ ]* 3. Paint", "- [x]* 3. Paint", StringComparison.Ordinal) + "- [-] 5. Mine alone";
        await File.WriteAllTextAsync(TasksFile, edited, TestContext.Current.CancellationToken);
        Open("Make-the-cart");
        await Reads(edited.Replace("[-] 1. ", "[x] 1. ", StringComparison.Ordinal).Replace("[ ] 1.1", "[x] 1.1", StringComparison.Ordinal)
            .Replace("[ ] 1.2", "[x] 1.2", StringComparison.Ordinal).Replace("[ ] 2. ", "[-] 2. ", StringComparison.Ordinal),
            "the first and its steps are ticked");

        // The file is away for a while, then it is back in another order.
        var text = Now;
        File.Delete(TasksFile);
        Open("Make-the-list");
        await Eventually.True(() => (string?)daemon.Look($"/plans/{plan}")["items"]![1]!["status"] == "done", "the second is done");
        var turned = "- [ ] 4. Put both on a page\r\n" + text.Replace("- [ ] 4. Put both on a page\r\n", "", StringComparison.Ordinal);
        await File.WriteAllTextAsync(TasksFile, turned, TestContext.Current.CancellationToken);
        Open("Put-both-on-a-page");
        await Reads(turned.Replace("[-] 2. ", "[x] 2. ", StringComparison.Ordinal).Replace("[ ] 4. ", "[x] 4. ", StringComparison.Ordinal),
            "all are ticked");
        Assert.Equal("completed", (string?)daemon.Look($"/plans/{plan}")["plan"]!["status"]);
    }

    [Fact]
    public async Task What_is_no_spec_of_the_project_is_never_written()
    {
        var other = TestPrograms.Scratch("other-" + Ids.New());
        Directory.CreateDirectory(other);
        try
        {
            var outside = Path.Combine(other, "tasks.md");
            await File.WriteAllTextAsync(outside, Tasks, TestContext.Current.CancellationToken);
            Directory.CreateSymbolicLink(Path.Combine(project, "linked"), other);
            var plan = (string)(await daemon.Post("/plans", new JsonObject
            {
                ["project"] = "shop", ["source"] = Folder, ["files"] = new JsonObject { ["tasks.md"] = Now },
            }))["plan"]!["id"]!;
            foreach (var path in (string[])[outside, Path.Combine(project, "linked", "tasks.md"), ".kiro/specs/shop/tasks.md",
                Path.Combine(Folder, "design.md"), Path.Combine(Folder, "..", "shop", "tasks.md"), Path.Combine(project, "tasks.md")])
            {
                using var answer = await daemon.Send(HttpMethod.Post, $"/plans/{plan}/start", new JsonObject { ["write_back"] = path });
                Assert.True((int)answer.StatusCode == 422, path);
            }

            Assert.True(BoxKeeper.Fits(project, TasksFile));
            Assert.Equal(Tasks, System.Text.Encoding.UTF8.GetString(await File.ReadAllBytesAsync(outside,
                TestContext.Current.CancellationToken)));
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }
}
