using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>Accepted work gets onto its branch by itself; what does not fit goes back to its agent, and then to a person.</summary>
public sealed class LandingSpecs
{
    [Fact]
    public async Task Work_that_collides_is_given_back_with_both_intents_and_lands_when_it_is_solved()
    {
        await using var stage = await LandingStage.Start("! grep -q '<<<' shared.txt");
        var gate = stage.Repository.At("gate");
        var one = await stage.Ready("one", "do: echo one >>shared.txt", $"then: false");
        // The second begins beside the first, from the same commit, and ends when that has landed.
        var two = await stage.Ready("two", "do: echo two >>shared.txt", $"do: while [ ! -e {gate} ]; do sleep 0.1; done",
            "then: printf 'first\\none\\ntwo\\n' >shared.txt");
        await stage.Until(one, "done");
        Assert.Equal("first\none", stage.Trunk("shared.txt"));
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);

        await stage.Until(two, "done");

        Assert.Equal("first\none\ntwo", stage.Trunk("shared.txt"));
        Assert.Equal(["item"], stage.Triggers(one));
        Assert.Equal(["item", "fix"], stage.Triggers(two));
        Assert.Equal(["conflict", "landed"], stage.Deliveries(two));
        var item = stage.Item(two);
        Assert.False((bool)item["unchecked"]!);
        Assert.Equal("landed", (string?)item["delivery"]!["state"]);
        var told = Assert.Single(stage.Daemon.List("/events?types=delivery.handed", "events"))["data"]!.AsObject();
        Assert.Equal(["delivery_id", "next_run_id"], told.Select(member => member.Key));
        Assert.Equal(stage.Repository.Run("rev-parse", "trunk"), (string?)item["delivery"]!["commit"]);
        // What its agent was told: what the other had been asked for.
        var handed = stage.Daemon.List($"/runs?item_id={two}", "runs").Single(run => (string?)run["trigger"] == "fix");
        Assert.Contains("- shared.txt", (string?)handed["prompt"], StringComparison.Ordinal);
        Assert.Contains("> do: echo one >>shared.txt", (string?)handed["prompt"], StringComparison.Ordinal);
        // Its own change is what is told of it, not what came from the branch.
        Assert.Equal(["shared.txt"], handed["files_changed"]!.AsArray().Select(file => (string?)file!["path"]));
    }

    [Fact]
    public async Task Work_that_fits_but_fails_together_goes_back_and_a_marker_left_behind_is_no_solution()
    {
        await using var stage = await LandingStage.Start("if [ -e x.txt ] && [ -e y.txt ]; then echo 'not both'; exit 3; fi",
            "deliver: rebase, deliver_into: trunk");
        var gate = stage.Repository.At("gate");
        var one = await stage.Ready("one", "do: echo x >x.txt");
        var two = await stage.Ready("two", "do: echo x >y.txt", $"do: while [ ! -e {gate} ]; do sleep 0.1; done",
            "then: rm y.txt; printf '<<<<<<< x\\n=======\\n>>>>>>> y\\n' >c.txt");
        await stage.Until(one, "done");
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);

        // The marker is found by the gate; the agent is told so twice and leaves it.
        await stage.Until(two, "blocked");

        Assert.Contains("c.txt", (string?)stage.Item(two)["causes"]![0]!["text"], StringComparison.Ordinal);
        Assert.Equal(["failed"], stage.Deliveries(two));
        Assert.Equal("x", stage.Trunk("x.txt"));
        var handed = stage.Daemon.List($"/runs?item_id={two}", "runs").First(run =>
            ((string)run["prompt"]!).Contains("does not go together", StringComparison.Ordinal));
        Assert.Contains("not both", (string?)handed["prompt"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_delivered_waits_for_a_person_who_delivers_it()
    {
        // The project's folder is on main, and nobody said that a checkout may follow.
        await using var stage = await LandingStage.Start("true", "deliver: squash");
        var id = await stage.Ready("one", "do: echo x >x.txt");
        await stage.Until(id, "blocked");
        var cause = stage.Item(id)["causes"]![0]!;
        Assert.Equal("person", (string?)cause["kind"]);
        Assert.Contains("--update-checkout", (string?)cause["text"], StringComparison.Ordinal);

        await stage.Daemon.Post($"/runs/{stage.Item(id)["run_id"]}/deliver", new JsonObject { ["update_checkout"] = true });

        await stage.Until(id, "done");
        Assert.Equal("x\n", File.ReadAllText(Path.Combine(stage.Repository.Path, "x.txt")));
        Assert.False((bool)stage.Item(id)["unchecked"]!);

        // Who brings work in review to its branch has accepted it.
        var looked = await stage.Add("two", 0, [], "do: echo y >y.txt");
        using var critical = await stage.Daemon.Send(HttpMethod.Patch, $"/items/{looked}", new JsonObject { ["criticality"] = "high" });
        await stage.Daemon.Post($"/items/{looked}/ready");
        await stage.Until(looked, "review");
        await stage.Daemon.Post($"/runs/{stage.Item(looked)["run_id"]}/deliver", new JsonObject { ["update_checkout"] = true });
        await stage.Until(looked, "done");
        Assert.Equal(["landed"], stage.Deliveries(looked));
    }
}
