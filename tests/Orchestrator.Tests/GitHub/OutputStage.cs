using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.GitHub;

/// <summary>A daemon whose items come out as repositories at a server that answers as GitHub does.</summary>
sealed class OutputStage : IAsyncDisposable
{
    OutputStage(GitHubServer server, TestDaemon daemon) => (Server, Daemon) = (server, daemon);

    public GitHubServer Server { get; }

    public TestDaemon Daemon { get; }

    public static async Task<OutputStage> Prepare()
    {
        var server = await GitHubServer.Open();
        var daemon = TestDaemon.Prepare($$"""github: {url: "{{server.Url}}"}""");
        return new OutputStage(server, daemon.With("GITHUB_TOKEN", GitHubServer.Token));
    }

    public static async Task<OutputStage> Start()
    {
        var stage = await Prepare();
        await stage.Daemon.Start();
        return stage;
    }

    /// <summary>An item of no project whose worker left these files, and which a person calls done.</summary>
    public async Task<string> Worked(string output, params (string Name, string Text)[] files)
    {
        var id = (string)(await Daemon.Post("/api/queue", new JsonObject
        {
            ["title"] = "Show the figures", ["output"] = JsonNode.Parse(output),
        }))["item"]!["id"]!;
        var begun = await Daemon.Post($"/api/executor/run/{id}");
        foreach (var (name, text) in files.Append(("COMPLETION.md", "## Summary\n\nDone.\n")))
        {
            var path = Path.Combine((string)begun["artifactsDir"]!, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        }
        File.CreateSymbolicLink(Path.Combine((string)begun["artifactsDir"]!, "link"), "/etc/passwd");
        await Eventually.True(() => (string?)Item(id)["status"] == "review", "its report is taken in");
        await Accept(id);
        return id;
    }

    /// <summary>A person accepts work that is in review; the daemon may die over it.</summary>
    async Task Accept(string id)
    {
        try
        {
            using var answer = await Daemon.Send(HttpMethod.Post, $"/reviews/{id}/decision", new JsonObject { ["decision"] = "accept" });
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        catch (HttpRequestException)
        {
            // It died at the place the test wants.
        }
    }

    public JsonNode Item(string id) => Daemon.Look($"/api/queue/{id}")["item"]!;

    /// <summary>Its repository, once it is there and the item is done.</summary>
    public async Task<JsonNode> Made(string id)
    {
        var seen = "";
        try
        {
            await Eventually.True(() => (seen = Item(id).ToJsonString()).Length > 0 && (string?)Item(id)["status"] == "done",
                "the item is done", TimeSpan.FromSeconds(40));
        }
        catch (Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{seen}\n{string.Join('\n', Server.Asked)}\n{Daemon.Said}");
        }
        return Item(id)["repoOutput"]!;
    }

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        await Server.DisposeAsync();
    }
}
