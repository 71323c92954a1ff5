using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>A queue is emptied whatever its items wait for, and what they waited for is called off.</summary>
public sealed class ClearSpecs
{
    [Fact]
    public async Task What_waits_for_a_branch_a_person_or_a_repository_goes_and_what_is_at_work_is_named()
    {
        // The project's folder is on main, and nobody said that a checkout may follow.
        await using var stage = LandingStage.Prepare("true", "deliver: squash");
        stage.Daemon.With("HOME", stage.Daemon.Root);
        await stage.Daemon.Start();
        await stage.Until(await stage.Ready("one", "do: echo x >x.txt"), "blocked");
        var looked = await stage.Add("two", 0, [], "do: echo y >y.txt");
        using var critical = await stage.Daemon.Send(HttpMethod.Patch, $"/items/{looked}", new JsonObject { ["criticality"] = "high" });
        await stage.Daemon.Post($"/items/{looked}/ready");
        await stage.Until(looked, "review");
        var output = (string)(await stage.Daemon.Post("/items", new JsonObject
        {
            ["title"] = "three", ["output"] = new JsonObject { ["type"] = "repo", ["name"] = "three" },
        }))["item"]!["id"]!;
        await stage.Daemon.Post($"/items/{output}/transition", new JsonObject { ["to_status"] = "done" });
        var endless = await stage.Ready("four", "do: sleep 300");
        await stage.Until(endless, "in_flight");
        var run = (string)stage.Item(endless)["run_id"]!;
        var all = new JsonObject { ["confirm"] = true };

        using var refused = await stage.Daemon.Send(HttpMethod.Post, "/items/clear", all);

        Assert.Equal(409, (int)refused.StatusCode);
        Assert.Contains($"agentctl run cancel {run}", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        await stage.Daemon.Post($"/runs/{run}/cancel");
        await stage.Daemon.Ended(run);
        Assert.Equal(4, (int)(await stage.Daemon.Post("/items/clear", all))["cleared"]!);
        Assert.Empty(stage.Daemon.List("/items", "items"));
        Assert.Empty(stage.Daemon.List("/board/needs", "needs"));
        Assert.DoesNotContain("left by its owner", stage.Daemon.Said, StringComparison.Ordinal);
        await stage.Until(await stage.Ready("again", "do: echo z >z.txt"), "blocked");
    }
}
