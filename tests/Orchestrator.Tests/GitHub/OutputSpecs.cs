using System.Text.Json.Nodes;
using Orchestrator.GitHub;
using Orchestrator.Tests.Events;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.GitHub;

/// <summary>Items come out as repositories; one that cannot be made is never called done.</summary>
public sealed class OutputSpecs
{
    [Fact]
    public async Task What_a_worker_left_becomes_the_first_commit_of_a_repository()
    {
        await using var stage = await OutputStage.Prepare();
        stage.Daemon.With("GITHUB_ORG", GitHubBook.Organization);
        await stage.Daemon.Start();
        var id = await stage.Worked("""{"type": "repo", "name": "figures", "template": "node", "private": false, "description": "Ours"}""",
            ("src/index.js", "mine"), ("docs/a.md", "text"), (".git/config", "[core]"));

        var made = await stage.Made(id);

        Assert.Equal(("github", "figures", $"{stage.Server.Url}/acme/figures", $"{stage.Server.Url}/acme/figures.git"),
            ((string?)made["provider"], (string?)made["name"], (string?)made["url"], (string?)made["cloneUrl"]));
        Assert.Equal($"{stage.Server.Url}/acme/figures.git",
            (string?)stage.Daemon.Look($"/items/{id}")["item"]!["repo_output"]!["clone_url"]);
        Assert.False((bool)made["private"]!);
        Assert.Equal([".gitignore", "README.md", "docs/a.md", "package.json", "src/index.js", "test/index.test.js"],
            stage.Server.Book.Git("acme/figures", "ls-tree", "-r", "--name-only", "main").Split('\n'));
        Assert.Equal("mine", stage.Server.Book.Git("acme/figures", "show", "main:src/index.js"));
        Assert.Contains("\"name\": \"figures\"", stage.Server.Book.Git("acme/figures", "show", "main:package.json"),
            StringComparison.Ordinal);
        Assert.Equal("Show the figures", stage.Server.Book.Git("acme/figures", "log", "--format=%s", "main"));
        var told = Assert.Single(await stage.Daemon.Events(), one => (string?)one["event_type"] == "item.output");
        Assert.Equal((string?)made["commit"], (string?)told["data"]!["repo_output"]!["commit"]);
        EventKindSpecs.AreAsListed([told]);
    }

    [Fact]
    public async Task Without_a_token_it_waits_for_a_person_and_is_made_when_there_is_one()
    {
        await using var stage = await OutputStage.Prepare();
        stage.Daemon.Without("GITHUB_TOKEN");
        stage.Daemon.With("HOME", stage.Daemon.Root);
        await stage.Daemon.Start();
        var id = await stage.Worked("""{"type": "repo"}""", ("a.txt", "one"));
        await Eventually.True(() => (string?)stage.Item(id)["status"] == "blocked", "it waits for a person");
        Assert.Contains("There is no GitHub token", (string?)stage.Item(id)["causes"]![0]!["text"], StringComparison.Ordinal);
        await stage.Daemon.Stop();
        stage.Daemon.With("GITHUB_TOKEN", GitHubServer.Token);
        // Its text is passed on.
        stage.Server.Once("POST /user/repos", GitHubBook.Refuse(403, "Resource not accessible by personal access token"));
        await stage.Daemon.Start();
        await stage.Daemon.Post($"/items/{id}/output");
        await Eventually.True(() => ((string?)stage.Item(id)["causes"]![0]!["text"])!.Contains("Resource not accessible",
            StringComparison.Ordinal), "GitHub's text is passed on");
        Assert.Equal("blocked", (string?)stage.Item(id)["status"]);
        // GitHub is away for a moment, when it is asked once more.
        stage.Server.Once("POST /user/repos", new Instead(429, "", ("Retry-After", "1")));
        await stage.Daemon.Post($"/items/{id}/output");

        var made = await stage.Made(id);

        Assert.Equal("show-the-figures", (string?)made["name"]);
        Assert.True((bool)made["private"]!);
    }

    [Fact]
    public async Task A_repository_of_somebody_else_is_left_alone()
    {
        await using var stage = await OutputStage.Start();
        stage.Server.Book.Make("robot/figures");
        var id = await stage.Worked("""{"type": "repo", "name": "figures"}""", ("a.txt", "one"));
        await Eventually.True(() => (string?)stage.Item(id)["status"] == "blocked", "it waits for a person");
        Assert.Contains("robot/figures already", (string?)stage.Item(id)["causes"]![0]!["text"], StringComparison.Ordinal);
        Assert.Equal("", stage.Server.Book.Git("robot/figures", "for-each-ref"));

        // A person's word makes it done, and what it was to come out as is still not there.
        await stage.Daemon.Post($"/items/{id}/complete", new JsonObject());
        await Eventually.True(() => stage.Item(id)["repoOutput"]?["error"] is not null, "it says why");
        Assert.Null(stage.Item(id)["repoOutput"]!["url"]);
        using var none = await stage.Daemon.Send(HttpMethod.Post, "/items/0000000000000000/output");
        Assert.Equal(404, (int)none.StatusCode);
    }

    [Theory]
    [InlineData("vue", "make the folder")]
    [InlineData("../node", "is no name of a template")]
    [InlineData(".git", "is no name of a template")]
    [InlineData("", "is no name of a template")]
    public void A_template_that_is_not_there_is_refused(string template, string words)
    {
        using var folder = new TempRepository(commit: false);
        var refused = Assert.Throws<Fault>(() => new StarterTemplates(folder.At("templates")).Write(template, "x", folder.Report));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_the_users_wins_over_a_built_in_template()
    {
        using var folder = new TempRepository(commit: false);
        TempRepository.WriteIn(folder.At("templates", "react"), "own.txt", "{name}");
        var templates = new StarterTemplates(folder.At("templates"));
        templates.Write("react", "x", folder.Report);
        Assert.Equal("{name}", File.ReadAllText(Path.Combine(folder.Report, "own.txt")));
        Directory.Delete(folder.At("templates"), recursive: true);
        templates.Write("react", "figures", folder.Report);
        Assert.Contains("<h1>{'figures'}</h1>", File.ReadAllText(Path.Combine(folder.Report, "src", "App.jsx")), StringComparison.Ordinal);
    }
}
