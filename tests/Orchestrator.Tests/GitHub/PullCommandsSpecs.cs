using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.GitHub;

/// <summary>A person delivers to GitHub, and looks whether that can work.</summary>
public sealed class PullCommandsSpecs
{
    [Fact]
    public async Task A_person_delivers_work_in_review_and_it_is_followed_from_then_on()
    {
        await using var stage = await PullStage.Start(delivery: "branch: \"work/{slug}-{id}\"");
        var id = await stage.Ready("Mend the sum", null, "do: echo new >new.txt");
        // Nothing verifies it, so it waits for a person.
        await stage.Until(id, "review");

        var (code, said, error) = await TypedCommand.Run(stage.Daemon, null, "deliver", id, "--pull-request", "--title", "My own",
            "--draft", "--timeout", "60");
        Assert.True(code == 0, $"{code} {said}{error}");
        Assert.StartsWith($"open: #1 into main: {stage.Server.Url}/acme/shop/pull/1\n", said, StringComparison.Ordinal);
        var pull = Assert.Single(stage.Server.Book.Pulls);
        Assert.Equal(("My own", true), ((string?)pull["title"], (bool)pull["draft"]!));
        Assert.StartsWith("work/mend-the-sum-", (string?)pull["head"]!["ref"], StringComparison.Ordinal);
        Assert.Contains("The project has no verify commands", (string?)pull["body"], StringComparison.Ordinal);

        Assert.Contains("Pull request #1", (await TypedCommand.Run(stage.Daemon, null, "why", id)).Out, StringComparison.Ordinal);
        stage.Server.Book.Mergeable = false;
        await stage.Until(id, item => item["causes"]!.AsArray().Count == 1, "a conflict waits for a person");
        Assert.Contains("does not go together with main", (string?)stage.Item(id)["causes"]![0]!["text"], StringComparison.Ordinal);
        stage.Server.Book.Mergeable = true;
        await stage.Until(id, item => item["causes"]!.AsArray().Count == 0, "it is solved");

        stage.Server.Book.Check(stage.Head(1), "build", "failure");
        await Eventually.True(() => stage.Triggers(id).Count == 2, "it went back", TimeSpan.FromSeconds(30));
        await stage.Until(id, "review");
        // Delivered once more, and merged this time.
        var run = (string)stage.Item(id)["run_id"]!;
        var merging = TypedCommand.Run(stage.Daemon, null, "deliver", run, "--pull-request", "--until-merged", "--timeout", "60");
        await Eventually.True(() => stage.Deliveries() is [.., { } last] && (string?)last["state"] == "open", "it is open again",
            TimeSpan.FromSeconds(30));
        stage.Server.Book.Merge(1);
        var (merged, landed, _) = await merging;
        Assert.True(merged == 0, landed);
        Assert.StartsWith("landed on main: ", landed, StringComparison.Ordinal);
        await stage.Until(id, "done");
        Assert.True((bool)stage.Item(id)["unchecked"]!);
        Assert.Single(stage.Server.Book.Pulls);

        await Refusals(stage, run);
        await Doctor(stage);
    }

    static async Task Refusals(PullStage stage, string run)
    {
        Assert.Equal(2, (await TypedCommand.Run(stage.Daemon, null, "deliver", run, "--squash", "--pull-request")).Code);
        Assert.Equal(6, (await TypedCommand.Run(stage.Daemon, null, "deliver", run, "--repository")).Code);
        Assert.Equal(5, (await TypedCommand.Run(stage.Daemon, null, "deliver", "0000000000000000", "--pull-request")).Code);
        foreach (var into in (string[])["-x", "a b", "a..b", (string)stage.Deliveries()[0]["source_branch"]!])
        {
            using var answer = await stage.Daemon.Send(HttpMethod.Post, $"/runs/{run}/deliver",
                new JsonObject { ["strategy"] = "pull_request", ["into"] = into });
            Assert.Equal(422, (int)answer.StatusCode);
        }
        // A branch that GitHub does not have.
        var (code, said, _) = await TypedCommand.Run(stage.Daemon, null, "deliver", run, "--pull-request", "--into", "nowhere");
        Assert.Equal(1, code);
        Assert.Contains("PullRequest base: invalid", said, StringComparison.Ordinal);
        stage.Server.Once("GET /repos", GitHubBook.Refuse(404, "Not Found"));
        var (again, told, _) = await TypedCommand.Run(stage.Daemon, null, "deliver", run, "--pull-request");
        Assert.Equal(1, again);
        Assert.Contains("the token does not see it", told, StringComparison.Ordinal);
    }

    static async Task Doctor(PullStage stage)
    {
        var variables = new Dictionary<string, string> { ["GITHUB_TOKEN"] = GitHubServer.Token, ["HOME"] = stage.Daemon.Root };
        await File.WriteAllTextAsync(Path.Combine(stage.Daemon.Data, "config.yaml"),
            (await File.ReadAllTextAsync(Path.Combine(stage.Daemon.Data, "config.yaml"), TestContext.Current.CancellationToken))
                .Replace("auto_run: true", "deliver: pull_request", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal([("github", "ok", "a token in GITHUB_TOKEN")], await Checks(stage, variables));
        stage.Server.Scopes = "gist";
        Assert.Equal(
            [("github", "warn", $"a token in GITHUB_TOKEN, of robot at {stage.Server.Url}/api/v3, with the scopes gist"),
                ("github demo", "ok", "acme/shop can be reached, its default branch is main")],
            await Checks(stage, variables, "--network"));
        variables["GITHUB_TOKEN"] = "ghp_wrong";
        Assert.Equal(["fail", "fail"], (await Checks(stage, variables, "--network")).Select(check => check.Status));
        variables["GITHUB_TOKEN"] = "";
        Assert.Equal([("github", "fail", "no token, and pull requests are to be delivered for demo")], await Checks(stage, variables));
    }

    static async Task<List<(string Name, string Status, string Found)>> Checks(PullStage stage, Dictionary<string, string> variables,
        params string[] more)
    {
        var (_, said, _) = await TypedCommand.Run(stage.Daemon, variables, ["doctor", "--format", "json", .. more]);
        return [.. JsonNode.Parse(said)!["checks"]!.AsArray().Where(check => ((string)check!["name"]!).StartsWith("github",
            StringComparison.Ordinal)).Select(check => ((string)check!["name"]!, (string)check["status"]!, (string)check["found"]!))];
    }
}
