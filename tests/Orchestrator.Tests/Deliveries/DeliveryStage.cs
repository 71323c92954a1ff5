using System.Text.Json.Nodes;
using Orchestrator.Tests.Gates;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Deliveries;

/// <summary>
/// A stage of checks with a branch <c>trunk</c> that nobody has checked out, and a file that names every commit that was verified.
/// </summary>
sealed class DeliveryStage : IAsyncDisposable
{
    const string Note = "git rev-parse HEAD >> ";

    DeliveryStage(CheckStage inner) => Inner = inner;

    public CheckStage Inner { get; }

    public TestDaemon Daemon => Inner.Daemon;

    public TempRepository Repository => Inner.Repository;

    string Verified => Path.Combine(Daemon.Root, "verified");

    /// <summary>Prepares one.</summary>
    /// <param name="verify">Shell, run after noting the commit; null for no verify commands.</param>
    public static DeliveryStage Prepare(string? verify)
    {
        var inner = CheckStage.Prepare(verify is null ? null : "[[sh, note.sh]]");
        var stage = new DeliveryStage(inner);
        if (verify is not null)
        {
            stage.Repository.Write("note.sh", $"{Note}'{stage.Verified}'\n{verify}\n");
            stage.Repository.Commit("How it is verified");
        }
        stage.Repository.Run("branch", "trunk");
        return stage;
    }

    public static async Task<DeliveryStage> Start(string? verify)
    {
        var stage = Prepare(verify);
        await stage.Daemon.Start();
        return stage;
    }

    /// <summary>Wants a run's work on trunk; the delivery's id.</summary>
    public async Task<string> Wanted(JsonNode run, string strategy = "merge", JsonObject? more = null)
    {
        var wish = more ?? [];
        wish["strategy"] = strategy;
        wish.TryAdd("into", "trunk");
        return (string)(await Daemon.Post($"/runs/{run["id"]}/deliver", wish))["delivery"]!["id"]!;
    }

    public async Task<JsonNode> Ended(string delivery)
    {
        var answer = await Daemon.Get($"/deliveries/{delivery}/wait?timeout_s=90");
        Assert.False((bool)answer["timed_out"]!, $"delivery {delivery} has not ended: {answer.ToJsonString()}\n{Daemon.Said}");
        return answer["delivery"]!;
    }

    public async Task<JsonNode> Deliver(JsonNode run, string strategy = "merge", JsonObject? more = null) =>
        await Ended(await Wanted(run, strategy, more));

    /// <summary>State and reason in one word or two.</summary>
    public static string Words(JsonNode delivery) => $"{delivery["state"]} {delivery["reason"]}".Trim();

    /// <summary>Subjects on trunk since main, newest first, along its first parents.</summary>
    public string[] Subjects(params string[] options) =>
        Repository.Run(["log", "--first-parent", "--format=%s", .. options, "main..trunk"])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Every commit of trunk's first parents was verified, and nothing is left of how it came there.</summary>
    public void Sound()
    {
        var verified = File.Exists(Verified) ? File.ReadAllLines(Verified) : [];
        var landed = Repository.Run("log", "--first-parent", "--format=%H", "main..trunk")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(landed, commit => Assert.Contains(commit, verified));
        Assert.Equal("", Repository.Run("status", "--porcelain"));
        Assert.Empty(Directory.GetDirectories(Path.Combine(Daemon.Data, "deliveries")));
        Assert.DoesNotContain("deliveries", Repository.Run("worktree", "list"), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
