using System.Text.Json.Nodes;
using Orchestrator.Tests.Events;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>
/// Wishes through a real daemon. The planner is a shell that prints the plan of the file that the wish names, and another one when it is
/// asked again; who works on a part leaves a file in its folder, and who puts them together reads those files.
/// </summary>
public sealed class WishStorySpecs : IAsyncLifetime
{
    const string Planner = """
        prompt=$(cat)
        name=$(printf '%s\n' "$prompt" | sed -n 's/.*{\(.*\)}$/\1/p' | tail -1)
        case $prompt in
          *"wants this planned once more"*) cat "$PLANS/party.json" ;;
          *"cannot be used"*) printf '%s\n' "$prompt" >"$PLANS/$name.asked"; cat "$PLANS/$name.again.json" ;;
          *) cat "$PLANS/$name.json" ;;
        esac
        """;

    const string Worker = """
        prompt=$(cat)
        case $prompt in
          "# Put the parts together"*)
            printf '%s\n' "$prompt" >prompt.txt
            for folder in $(printf '%s\n' "$prompt" | sed -n 's/^Folder: //p'); do cat "$folder/part.txt"; done >RESULT.md
            printf '{"goal_met": true, "summary": "The whole of %s parts."}\n' "$(wc -l <RESULT.md | tr -d ' ')" ;;
          *)
            title=$(printf '%s\n' "$prompt" | sed -n '1s/^# //p')
            echo "$title" >part.txt
            printf '%s\n' "$prompt" >prompt.txt
            printf '{"goal_met": true, "summary": "It is done: %s."}\n' "$title" ;;
        esac
        """;

    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        daemon = TestDaemon.Prepare("");
        Directory.CreateDirectory(Plans);
        await File.AppendAllTextAsync(Path.Combine(daemon.Data, "config.yaml"), $$"""

              planner: {agent: command, command: {{new JsonArray("/bin/sh", "-c", Planner).ToJsonString()}}, env: {PLANS: {{Plans}} } }
              worker: {agent: command, command: {{new JsonArray("/bin/sh", "-c", Worker).ToJsonString()}} }
            routes:
              - {phase: plan, profile: planner}
              - profile: worker
            """, TestContext.Current.CancellationToken);
        foreach (var name in Wishes.Examples.Keys)
            Give(name, Wishes.Plan(name));
        daemon.Flags.AddRange(["--max-concurrency", "4"]);
    }

    public ValueTask DisposeAsync() => daemon.DisposeAsync();

    string Plans => Path.Combine(daemon.Root, "plans");

    void Give(string name, JsonObject plan) => File.WriteAllText(Path.Combine(Plans, name + ".json"), plan.ToJsonString());

    Task<(int Code, string Out, string Error)> Ctl(params string[] args) => TypedCommand.Run(daemon, null, args);

    static string TextOf(string name) => $"{Wishes.Examples[name].Text} {{{name}}}";

    [Fact]
    public async Task Four_wishes_are_planned_and_one_of_them_is_carried_to_its_whole()
    {
        await daemon.Start();
        foreach (var name in Wishes.Examples.Keys)
        {
            var (code, output, error) = await Ctl("plan", "wish", TextOf(name), "--format", "json");
            Assert.True(code == 0, error);
            var made = JsonNode.Parse(output)!;
            Assert.Equal(("planned", "draft"), ((string?)made["wish"]!["status"], (string?)made["plan"]!["status"]));
            Assert.Equal(Wishes.Examples[name].Parts.Length + 1, made["items"]!.AsArray().Count);
            var run = daemon.Look($"/runs/{made["wish"]!["run_id"]}")["run"]!;
            Assert.Equal(("plan", "planner", "read-only"), ((string?)run["trigger"], (string?)run["profile"],
                (string?)run["overrides"]!["sandbox"]));
        }

        var (_, told, said) = await Ctl("plan", "wish", TextOf("party"));
        Assert.Contains("do venue", told, StringComparison.Ordinal);
        Assert.Contains("Nothing runs yet", said, StringComparison.Ordinal);
        await Whole();
        EventKindSpecs.AreAsListed(await daemon.Events());
    }

    /// <summary>With consent from the beginning it runs to its end, without a repository and without a person.</summary>
    async Task Whole()
    {
        var (code, output, error) = await Ctl("plan", "wish", TextOf("party"), "--yes", "--format", "json");
        Assert.True(code == 0, error);
        var plan = (string)JsonNode.Parse(output)!["plan"]!["id"]!;
        JsonNode? seen = null;
        await Eventually.True(() => (string?)(seen = daemon.Look($"/plans/{plan}"))["plan"]!["status"] == "completed",
            $"the plan is completed: {seen}", TimeSpan.FromSeconds(60));
        var (_, summary, _) = await Ctl("plan", "export", plan, "--format", "summary");
        Assert.Contains("## Result\n\nThe whole of 6 parts.\n\nFolder: ", summary, StringComparison.Ordinal);
        var whole = seen!["items"]!.AsArray()[^1]!;
        var folder = (string)daemon.Look($"/runs/{whole["run_id"]}")["run"]!["workspace"]!["path"]!;
        Assert.Equal(["do budget", "do guests", "do venue", "do invitations", "do catering", "do schedule"],
            await File.ReadAllLinesAsync(Path.Combine(folder, "RESULT.md"), TestContext.Current.CancellationToken));
        Assert.Contains("> It is done: do schedule.", await File.ReadAllTextAsync(Path.Combine(folder, "prompt.txt"),
            TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // A part is told what the parts it depends on came to, and of no other.
        var venue = seen["items"]!.AsArray().Single(item => (string?)item!["foreign_id"] == "venue")!;
        var prompt = (string)daemon.Look($"/runs/{venue["run_id"]}")["run"]!["prompt"]!;
        Assert.Contains("> It is done: do budget.", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("do catering", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_cannot_run_goes_back_once_then_a_person_says_more()
    {
        await daemon.Start();
        Give("mended", Wishes.Plan("mended", Wishes.Part("a", ["b"]), Wishes.Part("b", ["a"])));
        Give("mended.again", Wishes.Plan("mended", Wishes.Part("a", []), Wishes.Part("b", ["a"])));
        Give("hopeless", Wishes.Plan("hopeless", Wishes.Part("a", ["x"])));
        Give("hopeless.again", Wishes.Plan("hopeless", Wishes.Part("a", ["y"])));

        var (code, output, error) = await Ctl("plan", "wish", "Do it. {mended}", "--format", "json");
        Assert.True(code == 0, error);
        Assert.Equal(1, (int)JsonNode.Parse(output)!["wish"]!["repeats"]!);
        Assert.Contains("They wait for each other: a -> b -> a.", await File.ReadAllTextAsync(Path.Combine(Plans, "mended.asked"),
            TestContext.Current.CancellationToken), StringComparison.Ordinal);

        (code, output, error) = await Ctl("plan", "wish", "Do it. {hopeless}", "--yes", "--format", "json");
        Assert.Equal(3, code);
        var wish = JsonNode.Parse(output)!["wish"]!;
        Assert.Equal(("failed", "unknown_dependency"), ((string?)wish["status"], (string?)wish["findings"]![0]!["code"]));
        Assert.Contains("a depends on y", error, StringComparison.Ordinal);
        Assert.Equal(2, daemon.List($"/runs?session_id={daemon.Look($"/runs/{wish["run_id"]}")["run"]!["session_id"]}", "runs").Count);

        (code, output, error) = await Ctl("plan", "replan", (string)wish["id"]!, "--note", "Take a party.", "--format", "json");
        Assert.True(code == 0, error);
        Assert.Equal(7, JsonNode.Parse(output)!["items"]!.AsArray().Count);
        Assert.Contains("> Take a party.", (string)daemon.Look($"/runs/{JsonNode.Parse(output)!["wish"]!["run_id"]}")["run"]!["prompt"]!,
            StringComparison.Ordinal);
        Assert.Equal(6, (await Ctl("plan", "replan", (string)wish["id"]!)).Code);
        EventKindSpecs.AreAsListed(await daemon.Events());
    }

    [Fact]
    public async Task An_edited_export_changes_the_plan_of_a_wish()
    {
        await daemon.Start();
        var (_, output, _) = await Ctl("plan", "wish", TextOf("paper"), "--format", "json");
        var plan = (string)JsonNode.Parse(output)!["plan"]!["id"]!;
        var manifest = JsonNode.Parse((await Ctl("plan", "export", plan)).Out)!;
        manifest["phases"]![0]!["tasks"]![0]!["title"] = "choose bees";
        var file = Path.Combine(daemon.Root, "edited.json");
        await File.WriteAllTextAsync(file, manifest.ToJsonString(), TestContext.Current.CancellationToken);
        var (code, again, error) = await Ctl("plan", "import", file, "--plan", plan[..8]);
        Assert.True(code == 0, error);
        var changed = JsonNode.Parse(again)!;
        Assert.Equal((plan, "choose bees", 7), ((string?)changed["plan"]!["id"], (string?)changed["items"]![0]!["title"],
            changed["items"]!.AsArray().Count));
        Assert.DoesNotContain("vanished", changed["findings"]!.AsArray().Select(one => (string?)one!["code"]));
        Assert.Equal("wish", (string?)changed["plan"]!["source_kind"]);
    }

    [Theory]
    [InlineData(Checkpoint.WishRead)]
    [InlineData(Checkpoint.WishKept)]
    public async Task A_daemon_that_dies_between_the_planner_and_the_plan_goes_on(string where)
    {
        daemon.With("AGENTD_CRASH_AT", where);
        await daemon.Start();
        var made = await daemon.Post("/plans/wish", new JsonObject { ["text"] = TextOf("party") });
        await daemon.Died();
        daemon.Without("AGENTD_CRASH_AT");
        await daemon.Start();
        var wish = (await daemon.Get($"/wishes/{made["wish"]!["id"]}/wait?timeout_s=60"))["wish"]!;
        Assert.Equal("planned", (string?)wish["status"]);
        var only = Assert.Single(daemon.List("/plans", "plans"));
        Assert.Equal((string?)only["id"], (string?)wish["plan_id"]);
        Assert.Single(daemon.List("/runs", "runs"));
    }

    [Fact]
    public async Task What_is_no_wish_is_refused_and_a_repeat_wishes_nothing_more()
    {
        await daemon.Start();
        async Task Refused(string body, int status, string path = "/plans/wish")
        {
            using var answer = await daemon.Send(HttpMethod.Post, path, JsonNode.Parse(body));
            Assert.True((int)answer.StatusCode == status,
                await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        await Refused("{}", 400);
        await Refused("""{"text": " "}""", 422);
        await Refused("""{"text": 7}""", 400);
        await Refused("""{"text": "a\u0000b"}""", 422);
        await Refused("""{"text": "x", "project": "nobody"}""", 422);
        await Refused($$"""{"text": "{{new string('x', 40_000)}}"}""", 413);
        await Refused("{}", 404, "/wishes/ffffffffffffffff/retry");
        var once = new JsonObject { ["text"] = TextOf("party"), ["idempotency_key"] = "k" };
        var first = await daemon.Post("/plans/wish", once.DeepClone());
        Assert.Equal(first.ToJsonString(), (await daemon.Post("/plans/wish", once.DeepClone())).ToJsonString());
        Assert.Single(daemon.List("/wishes", "wishes"));
        // Whoever stops the planner hears of no plan.
        await daemon.Get($"/wishes/{first["wish"]!["id"]}/wait?timeout_s=60");
    }
}
