using System.Text.Json.Nodes;
using Orchestrator.Runs;
using Orchestrator.Tests.Runs;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Families;

/// <summary>Who waits gives the slot back and loses no time by it.</summary>
public class WaitingSpecs
{
    [Fact]
    public async Task The_clocks_of_a_run_that_waits_stand_still()
    {
        await using var daemon = await TestDaemon.Start($$"""
              short:
                agent: command
                command: ["{{TestPrograms.FakeAgent}}"]
                limits: {total_s: 3, idle_s: 2}
            """);
        var order = TestDaemon.Order("spawn-as fake work\\n!sleep 4500", "wait-children", "print went on");
        order["profile"] = "short";
        var waits = (await daemon.Post("/runs", order))["run"]!;
        var asks = (await daemon.Post($"/runs/{(await daemon.IdleParent())["id"]}/spawn",
            new JsonObject { ["task"] = "work\n!ask question well?\n!print went on", ["profile"] = "short" }))["run"]!;
        var request = await daemon.Asks(asks);

        var waited = await daemon.Ended((string)waits["id"]!);
        await daemon.Answer(request, "approve");
        var asked = await daemon.Ended((string)asks["id"]!);

        Assert.Equal(("succeeded", "went on"), ((string?)waited["status"], (string?)waited["last_message"]));
        Assert.Equal(("succeeded", "went on"), ((string?)asked["status"], (string?)asked["last_message"]));
    }

    [Fact]
    public void A_rest_moves_neither_clock_and_what_was_rested_before_an_adoption_counts_too()
    {
        var clock = new FakeClock();
        var run = AnyRun.In(RunStatus.Running) with
        {
            StartedAt = clock.GetUtcNow(),
            TotalLimit = TimeSpan.FromSeconds(100),
            IdleLimit = TimeSpan.FromSeconds(50),
        };
        var deadlines = new Deadlines(run, clock, 0);
        clock.Pass(40);
        deadlines.Rest(true);
        clock.Pass(1000);
        Assert.Null(deadlines.Passed());
        deadlines.Rest(true);
        deadlines.Rest(false);
        Assert.Null(deadlines.Passed());
        clock.Pass(49);
        Assert.Null(deadlines.Passed());
        clock.Pass(2);
        Assert.Equal("idle_timeout", deadlines.Passed());

        var adopted = run with
        {
            Status = RunStatus.Waiting,
            StartedAt = clock.GetUtcNow() - TimeSpan.FromSeconds(1050),
            Waited = TimeSpan.FromSeconds(500),
            WaitingSince = clock.GetUtcNow() - TimeSpan.FromSeconds(500),
        };
        var after = new Deadlines(adopted, clock, 0);
        clock.Pass(1000);
        Assert.Null(after.Passed());
        after.Rest(false);
        clock.Pass(49);
        after.Heard(1);
        Assert.Null(after.Passed());
        clock.Pass(2);
        Assert.Equal("total_timeout", after.Passed());
    }

    [Fact]
    public async Task With_one_slot_a_parent_and_its_child_both_end_and_who_goes_on_is_not_held_up_by_the_queue()
    {
        await using var daemon = TestDaemon.Prepare();
        daemon.Flags.AddRange(["--max-concurrency", "1"]);
        await daemon.Start();
        var gate = daemon.Gate();
        var order = TestDaemon.Order($"spawn work\\n!wait-file {gate}", "wait-children", "print went on");
        var parent = (await daemon.Post("/runs", order))["run"]!;
        await daemon.Becomes(parent, "waiting");
        var child = await Eventually.Value(() => daemon.List($"/runs?parent_run_id={parent["id"]}&status=running", "runs").FirstOrDefault(),
            "the child has the slot");
        var queued = (await daemon.Post("/runs", TestDaemon.Order("print queued")))["run"]!;
        Assert.Equal("children", (string?)(await daemon.Get($"/runs/{parent["id"]}"))["run"]!["waiting_for"]);

        Kin.Open(gate);

        Assert.Equal("went on", (string?)(await daemon.Ended((string)parent["id"]!))["last_message"]);
        await daemon.Ended((string)queued["id"]!);
        Assert.Equal("succeeded", (string?)(await daemon.Get($"/runs/{child["id"]}"))["run"]!["status"]);
        Assert.Equal(["run.waiting", "run.resumed"], await daemon.TypesOf(parent, "run.waiting", "run.resumed"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Four_parents_with_four_children_each_end_on_four_slots(bool byCommandLine)
    {
        await using var daemon = TestDaemon.Prepare($$"""
              shell:
                agent: command
                command: ["/bin/sh", "-c", "exec sh \"$FAMILY_SCRIPT\""]
                env: {FAMILY_SCRIPT: "{{TestPrograms.RepositoryRoot}}/artifacts/family-{{Environment.ProcessId}}.sh"}
            """);
        var script = Path.Combine(TestPrograms.RepositoryRoot, "artifacts", $"family-{Environment.ProcessId}.sh");
        await File.WriteAllTextAsync(script, $"""
            set -e
            for i in 1 2 3 4; do
              ids="$ids $({TestPrograms.Agentctl} --field run.id tool session-spawn --task "work $i" --profile fake)"
            done
            for id in $ids; do {TestPrograms.Agentctl} -q --field run.status tool session-wait --run-id "$id" --timeout 100; done
            """, TestContext.Current.CancellationToken);
        daemon.Flags.AddRange(["--max-concurrency", "4"]);
        await daemon.Start();
        var order = byCommandLine ? new JsonObject { ["prompt"] = "go", ["profile"] = "shell" }
            : TestDaemon.Order("spawn one", "spawn two", "spawn three", "spawn four", "wait-children");

        var parents = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            (string)(await daemon.Post("/runs", order.DeepClone()))["run"]!["id"]!));

        foreach (var id in parents)
        {
            var run = await daemon.Ended(id, 120);
            Assert.True((string?)run["status"] == "succeeded", run.ToJsonString());
            var children = daemon.List($"/runs?parent_run_id={id}", "runs");
            Assert.Equal(4, children.Count);
            Assert.All(children, child => Assert.Equal("succeeded", (string?)child["status"]));
        }

        File.Delete(script);
    }

    [Fact]
    public async Task A_wait_for_any_ends_with_the_first_and_one_that_is_asked_ends_with_the_question()
    {
        await using var daemon = await TestDaemon.Start();
        var (first, second) = (daemon.Gate(), daemon.Gate());
        var parent = (await daemon.Post("/runs", TestDaemon.Order("env AGENTCTL_AUTH_TOKEN", "hang")))["run"]!;
        var token = await daemon.TokenOf(parent);
        var one = await daemon.Spawn(parent, $"wait-file {first}");
        var two = await daemon.Spawn(parent, $"wait-file {second}", "ask question may I end?");
        Task<JsonNode> Wait(string mode, string more = "&timeout_s=60") =>
            daemon.With(token, HttpMethod.Get, $"/runs/wait?ids={one["id"]},{two["id"]},{one["id"]}&mode={mode}{more}").Fine();

        var nothing = await Wait("any", "&timeout_s=0");
        Assert.True((bool)nothing["timed_out"]!);
        Assert.Equal(2, nothing["runs"]!.AsArray().Count);
        var any = Wait("any");
        await daemon.Becomes(parent, "waiting");
        Kin.Open(first);
        Assert.Equal([(string)one["id"]!], (await any)["ended"]!.AsArray().Select(id => (string)id!));
        await daemon.Becomes(parent, "running");

        var all = Wait("all");
        await daemon.Becomes(parent, "waiting");
        Kin.Open(second);
        var asked = await all;
        Assert.False((bool)asked["timed_out"]!);
        Assert.Equal("may I end?", (string?)asked["requests"]!.AsArray().Single()!["text"]);
        await daemon.Becomes(parent, "running");
        await daemon.Answer(asked["requests"]![0]!, "approve");
        var done = await Wait("all");
        Assert.Equal(2, done["ended"]!.AsArray().Count);
        Assert.False((bool)done["timed_out"]!);
        await daemon.Send(HttpMethod.Get, "/runs/wait").Refused(400, "invalid_request");
        await daemon.Send(HttpMethod.Get, "/runs/wait?ids=0123456789abcdef").Refused(404, "not_found");
        await daemon.Send(HttpMethod.Get, $"/runs/wait?ids={one["id"]}&mode=some").Refused(400, "invalid_request");
    }

    [Fact]
    public async Task One_that_waits_for_children_and_is_asked_for_says_what_it_waits_for_now_and_goes_on_when_it_leaves()
    {
        await using var daemon = await TestDaemon.Start();
        var gate = daemon.Gate();
        var parent = await daemon.Spawn(await daemon.IdleParent(), "env AGENTCTL_AUTH_TOKEN", "hang");
        var token = await daemon.TokenOf(parent);
        var child = await daemon.Spawn(parent, $"wait-file {gate}");
        using var leave = new CancellationTokenSource();
        using var asking = new HttpRequestMessage(HttpMethod.Get, $"/runs/{child["id"]}/wait?timeout_s=60");
        asking.Headers.Authorization = new("Bearer", token);
        var wait = daemon.Http.SendAsync(asking, leave.Token);
        string? For() => (string?)daemon.Look($"/runs/{parent["id"]}")["run"]!["waiting_for"];
        await Eventually.True(() => For() == "children", "it waits for its child");

        var request = await daemon.Ask(parent, "and this?");
        Assert.Equal("request", For());
        await daemon.Answer(request, "approve");
        Assert.Equal("children", For());
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);

        var again = await daemon.Becomes(parent, "running");
        Assert.Null(again["waiting_for"]);
    }
}
