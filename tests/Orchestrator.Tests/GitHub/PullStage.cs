using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.GitHub;

/// <summary>
/// A project whose work becomes pull requests on a server that answers as GitHub does. Its agent is a shell: lines of the prompt that begin
/// with "do: " are what it does; told of checks, comments or a conflict, it does what stands in the file <c>mend</c> beside the repository.
/// </summary>
sealed class PullStage : IAsyncDisposable
{
    const string Agent = """
        prompt=$(cat)
        env > "$SEEN/$AGENTCTL_RUN_ID"
        case $prompt in
          *"is pull request #"*|*"does not go together"*) sh -e "$SEEN/mend" || exit 1 ;;
          *) printf '%s\n' "$prompt" | sed -n 's/^do: //p' | sh -e || exit 1 ;;
        esac
        echo '{"goal_met": true, "summary": "Mended the sum, as @una asked in #7."}'
        """;

    public const string Repository = "acme/shop";

    PullStage(GitHubServer server, TempRepository local, TestDaemon daemon) => (Server, Local, Daemon) = (server, local, daemon);

    public GitHubServer Server { get; }

    public TempRepository Local { get; }

    public TestDaemon Daemon { get; }

    /// <summary>Prepares one, not started. The local repository is pushed to main at the server, by its owner.</summary>
    /// <param name="more">More lines of the project's github settings.</param>
    /// <param name="delivery">How the project's work is checked and delivered.</param>
    public static async Task<PullStage> Prepare(string more = "", string delivery = "verify: [[\"true\"]], deliver: pull_request")
    {
        var server = await GitHubServer.Open();
        var local = new TempRepository();
        var folder = server.Book.Make(Repository);
        local.Run("push", "--quiet", folder, "main:main");
        // As people have it, with another protocol than the daemon's.
        local.Run("remote", "add", "origin", "git@127.0.0.1:acme/shop.git");
        Directory.CreateDirectory(local.At("seen"));
        File.WriteAllText(local.At("seen", "mend"), "echo mended >mended.txt\n");
        var command = new JsonArray("/bin/sh", "-c", Agent);
        var daemon = TestDaemon.Prepare($$"""
              shell:
                agent: command
                command: {{command.ToJsonString()}}
                env: {SEEN: {{local.At("seen")}} }
            github: {url: "{{server.Url}}", poll_s: 0.1}
            projects:
              demo: {path: {{local.Path}}, auto_run: true, {{delivery}}, github: { {{more}} } }
            routes: [{profile: shell}]
            """);
        daemon.With("GITHUB_TOKEN", GitHubServer.Token);
        return new PullStage(server, local, daemon);
    }

    public static async Task<PullStage> Start(string more = "", string delivery = "verify: [[\"true\"]], deliver: pull_request")
    {
        var stage = await Prepare(more, delivery);
        await stage.Daemon.Start();
        return stage;
    }

    /// <summary>Adds an item and readies it.</summary>
    public async Task<string> Ready(string title, string? issue, params string[] lines)
    {
        var id = (string)(await Daemon.Post("/items", new JsonObject
        {
            ["title"] = title,
            ["description"] = string.Join('\n', lines),
            ["project"] = "demo",
            ["reviews"] = 0,
            ["issue"] = issue,
            ["acceptance_criteria"] = new JsonArray("The sum is right."),
        }))["item"]!["id"]!;
        await Daemon.Post($"/items/{id}/ready");
        return id;
    }

    /// <summary>Somebody brings another shared.txt to main at the server.</summary>
    public async Task Theirs(string words)
    {
        var folder = Directory.CreateDirectory(Local.At($"clone-{words}")).FullName;
        Local.RunIn(folder, "clone", "--quiet", Server.Book.FolderOf(Repository), ".");
        await File.WriteAllTextAsync(Path.Combine(folder, "shared.txt"), words + "\n", TestContext.Current.CancellationToken);
        Local.RunIn(folder, "add", "shared.txt");
        Local.RunIn(folder, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", $"Say {words}");
        Local.RunIn(folder, "push", "--quiet", "origin", "HEAD:main");
    }

    public JsonNode Item(string id) => Daemon.Look($"/items/{id}")["item"]!;

    public async Task Until(string id, Func<JsonNode, bool> holds, string what)
    {
        var seen = "";
        try
        {
            await Eventually.True(() =>
            {
                var item = Item(id);
                seen = item.ToJsonString();
                return holds(item);
            }, what, TimeSpan.FromSeconds(60));
        }
        catch (Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{what}: {seen}\n{string.Join('\n', Server.Asked.TakeLast(20))}\n{Daemon.Said}");
        }
    }

    public Task Until(string id, string status) => Until(id, item => (string?)item["status"] == status, $"the item is {status}");

    /// <summary>Until its pull request is open; its number.</summary>
    public async Task<long> Opened(string id)
    {
        await Until(id, item => (string?)item["delivery"]?["word"] == "pr_open", "its pull request is open");
        return (long)Item(id)["delivery"]!["pull_request"]!["number"]!;
    }

    /// <summary>The commit its branch is on at the server.</summary>
    public string Head(long number) => (string)Server.Book.Pulls.Single(pull => (long)pull["number"]! == number)["head"]!["sha"]!;

    public List<string?> Triggers(string id) => [.. Daemon.List($"/runs?item_id={id}", "runs")
        .OrderBy(run => (string?)run["created_at"], StringComparer.Ordinal).Select(run => (string?)run["trigger"])];

    public List<JsonNode> Deliveries() => [.. Daemon.List("/deliveries", "deliveries")
        .OrderBy(found => (string?)found["created_at"], StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        Local.Dispose();
        await Server.DisposeAsync();
    }
}
