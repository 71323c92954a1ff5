using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Gates;

/// <summary>A daemon with a project <c>demo</c> whose verify commands a test says, and runs in worktrees of it.</summary>
sealed class CheckStage : IAsyncDisposable
{
    public TempRepository Repository { get; } = new();

    public required TestDaemon Daemon { get; init; }

    /// <param name="verify">A YAML list of lists; null for no key at all.</param>
    /// <param name="more">Further keys of the project, as YAML in braces' style.</param>
    public static CheckStage Prepare(string? verify, string more = "")
    {
        var repository = new TempRepository();
        var stage = new CheckStage(repository)
        {
            Daemon = TestDaemon.Prepare(
                $"projects: {{demo: {{path: \"{repository.Path}\"{(verify is null ? "" : $", verify: {verify}")}{more}}}}}"),
        };
        return stage;
    }

    public static async Task<CheckStage> Start(string? verify, string more = "")
    {
        var stage = Prepare(verify, more);
        await stage.Daemon.Start();
        return stage;
    }

    CheckStage(TempRepository repository) => Repository = repository;

    /// <summary>A run in a worktree, ended.</summary>
    public async Task<JsonNode> Run(params string[] steps)
    {
        var order = TestDaemon.Order([.. steps, """result {"goal_met":true,"summary":"made"}"""]);
        order["project"] = "demo";
        order["title"] = steps[0];
        return await Daemon.Ended((string)(await Daemon.Post("/runs", order))["run"]!["id"]!);
    }

    /// <summary>A check of the run's work, finished.</summary>
    public async Task<JsonNode> Check(JsonNode run, JsonObject? wish = null) => await Finished(
        (string)(await Daemon.Post($"/runs/{run["id"]}/check", wish ?? []))["check"]!["id"]!);

    public async Task<JsonNode> Finished(string check)
    {
        var answer = await Daemon.Get($"/checks/{check}/wait?timeout_s=60");
        Assert.False((bool)answer["timed_out"]!, $"check {check} is not finished: {answer.ToJsonString()}\n{Daemon.Said}");
        return answer["check"]!;
    }

    /// <summary>Verdict and summary in one line.</summary>
    public static string Words(JsonNode check) => $"{check["verdict"]}: {check["summary"]}";

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        Repository.Dispose();
    }
}
