using System.Text.Json.Nodes;
using Orchestrator.Tests.Events;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans.Consulting;

/// <summary>
/// A controller through a real daemon: a shell that answers what a file says, by the sort of question. Units write their id into one file
/// each in its order; there is one slot for them.
/// </summary>
public sealed class ControllerStorySpecs : IAsyncLifetime
{
    const string Manager = """
        prompt=$(cat)
        case $prompt in
          *"cannot be used"*) echo again >>"$SAYS/asked"; cat "$SAYS/again" ;;
          *"Say what starts first"*) echo order >>"$SAYS/asked"; cat "$SAYS/order" ;;
          *"Say how it goes on"*) echo decide >>"$SAYS/asked"; cat "$SAYS/decide" ;;
          *) echo assign >>"$SAYS/asked"; cat "$SAYS/assign" ;;
        esac
        """;

    const string Worker = """
        prompt=$(cat)
        title=$(printf '%s\n' "$prompt" | sed -n '1s/^# //p')
        echo "$title" >>"$SAYS/begun"
        case $title in *fails*)
          case $prompt in *"try port 8081"*) ;; *) echo '{"goal_met": false, "summary": "no port"}'; exit 0 ;; esac ;;
        esac
        echo '{"goal_met": true, "summary": "met"}'
        """;

    readonly string says = TestPrograms.Scratch("says-" + Ids.New());
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(says);
        daemon = TestDaemon.Prepare($$"""
              manager: {agent: command, command: {{new JsonArray("/bin/sh", "-c", Manager).ToJsonString()}}, env: {SAYS: {{says}} } }
              worker:
                agent: command
                command: {{new JsonArray("/bin/sh", "-c", Worker).ToJsonString()}}
                env: {SAYS: {{says}} }
                retry: {attempts: 1}
              other: {agent: command, command: {{new JsonArray("/bin/sh", "-c", Worker).ToJsonString()}}, env: {SAYS: {{says}} } }
              open: {agent: command, command: ["/bin/true"], sandbox: full-access}
            projects:
              shop: {path: {{says}}, isolation: none, max_parallel: 1, verify: [["true"]]}
            reviews: {low: 0, normal: 0, high: 0, person_from: never}
            routes:
              - {phase: manage, profile: manager}
              - profile: worker
            """);
        await daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        Directory.Delete(says, recursive: true);
    }

    void Say(string kind, string text) => File.WriteAllText(Path.Combine(says, kind), text);

    string[] Lines(string name) => File.Exists(Path.Combine(says, name)) ? File.ReadAllLines(Path.Combine(says, name)) : [];

    async Task<string> Import(params string[] titles) => (string)(await daemon.Post("/plans", new JsonObject
    {
        ["project"] = "shop",
        ["source"] = Ids.New(),
        ["text"] = new JsonObject
        {
            ["phases"] = new JsonArray(new JsonObject
            {
                ["name"] = "Work",
                ["tasks"] = new JsonArray([.. titles.Select((title, at) => (JsonNode)new JsonObject
                {
                    ["id"] = $"{at + 1}", ["title"] = title, ["files"] = new JsonArray($"{at}.txt"),
                })]),
            }),
        }.ToJsonString(),
    }))["plan"]!["id"]!;

    async Task<JsonNode> Until(string plan, Func<JsonNode, bool> holds, string what)
    {
        JsonNode? seen = null;
        await Eventually.True(() => holds(seen = daemon.Look($"/plans/{plan}")), $"{what}\n{seen}", TimeSpan.FromSeconds(60));
        return seen!;
    }

    static bool Is(JsonNode shown, string status) => (string?)shown["plan"]!["status"] == status;

    Task<(int Code, string Out, string Error)> Ctl(params string[] args) => TypedCommand.Run(daemon, null, args);

    [Fact]
    public async Task What_a_controller_puts_first_starts_first_and_it_is_asked_once()
    {
        Say("order", """{"decision": "CONTINUE", "order": ["3", "1"], "why": "3 takes long"}""");
        var plan = await Import("one", "two", "three");
        Assert.Equal(0, (await Ctl("plan", "start", plan, "--yes", "--mode", "llm")).Code);
        var shown = await Until(plan, seen => Is(seen, "completed"), "it is done");
        Assert.Equal(["three", "one", "two"], Lines("begun"));
        Assert.Equal(["order"], Lines("asked"));
        var consult = Assert.Single(shown["consults"]!.AsArray())!;
        Assert.Equal(("used", "order"), ((string?)consult["status"], (string?)consult["kind"]));
        EventKindSpecs.AreAsListed(await daemon.Events());
    }

    [Fact]
    public async Task Who_claims_completion_is_overruled_and_the_document_s_order_holds()
    {
        Say("order", """{"decision": "COMPLETE", "order": ["2", "1"]}""");
        var plan = await Import("one", "two");
        await daemon.Post($"/plans/{plan}/start", new JsonObject { ["mode"] = "llm" });
        var shown = await Until(plan, seen => Is(seen, "completed"), "it is done");
        Assert.Equal(["one", "two"], Lines("begun"));
        var consult = Assert.Single(shown["consults"]!.AsArray())!;
        Assert.Equal("overruled", (string?)consult["status"]);
        Assert.Contains("units are open", (string?)consult["problem"], StringComparison.Ordinal);
        Assert.Contains(await daemon.Events(), one => (string?)one["event_type"] == "plan.consult_overruled");
        Assert.Contains("units are open", (await Ctl("plan", "why", plan)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unit_that_failed_is_tried_once_more_by_its_word_and_then_a_person_is_asked()
    {
        Say("decide", """{"option": "retry", "note": "try port 8081", "why": "the port is taken"}""");
        var plan = await Import("one fails");
        await daemon.Post($"/plans/{plan}/start", new JsonObject { ["mode"] = "llm" });
        await Until(plan, seen => Is(seen, "completed"), "the second try knew the port");
        var decided = (await daemon.Events()).Single(one => (string?)one["event_type"] == "plan.decided");
        Assert.StartsWith("run:", (string?)decided["actor"], StringComparison.Ordinal);

        Say("decide", """{"option": "skip"}""");
        var other = await Import("two fails");
        await daemon.Post($"/plans/{other}/start", new JsonObject { ["mode"] = "llm" });
        var shown = await Until(other, seen => Is(seen, "needs_decision")
            && seen["consults"]!.AsArray().Any(one => (string?)one!["status"] == "overruled"), "it may not leave work out");
        Assert.Equal("blocked", (string?)shown["items"]![0]!["status"]);
        Assert.Single(shown["plan"]!["decisions"]!.AsArray());
        await Until(other, seen => seen["consults"]!.AsArray().Count == 1, "nobody is asked twice");
    }

    [Fact]
    public async Task An_assignment_is_asked_for_repaired_once_and_shown_with_its_reason()
    {
        var plan = await Import("Add the endpoint", "Build the settings page");
        Say("assign", """{"dispatch_units": [{"task_id": "1", "owner_agent": "open"}]}""");
        Say("again", """
            {"dispatch_units": [{"task_id": "1", "type": "code", "owner_agent": "other", "criticality": "complex", "why": "it knows HTTP"},
            {"task_id": "9", "owner_agent": "other"}], "window_mapping": {"1": "backend"}}
            """.ReplaceLineEndings(" "));
        var (code, _, error) = await Ctl("plan", "assign", plan, "--by", "manage");
        Assert.True(code == 0, error);
        var shown = await Until(plan, seen => seen["consults"]!.AsArray().Any(one => (string?)one!["status"] == "used"), "it was answered");
        Assert.Equal(["assign", "again"], Lines("asked"));
        var (first, second) = (shown["items"]![0]!["assigned"]!, shown["items"]![1]!["assigned"]!);
        Assert.Equal(("other", "complex", "it knows HTTP"), ((string?)first["profile"], (string?)first["care"], (string?)first["why"]));
        Assert.StartsWith("run:", (string?)first["by"], StringComparison.Ordinal);
        // Its files are no page.
        Assert.Equal(("code", "worker", "rules"), ((string?)second["type"], (string?)second["profile"], (string?)second["by"]));
        Assert.Contains("code by other, complex", (await Ctl("plan", "show", plan, "--format", "text")).Out, StringComparison.Ordinal);
        var returned = (await daemon.Events()).Single(one => (string?)one["event_type"] == "plan.consult_returned");
        Assert.Contains("'open' of 1", (string?)returned["data"]!["problem"], StringComparison.Ordinal);
        Assert.Equal("other", (string?)daemon.Look($"/items/{shown["items"]![0]!["id"]}")["item"]!["profile"]);
        EventKindSpecs.AreAsListed(await daemon.Events());
    }

    [Fact]
    public async Task Two_answers_that_cannot_be_used_leave_it_to_the_rules_and_say_so()
    {
        var plan = await Import("Add the endpoint");
        Say("assign", "I would rather not.");
        Say("again", """{"dispatch_units": []}""");
        await daemon.Post($"/plans/{plan}/assign", new JsonObject { ["by"] = "manage" });
        var shown = await Until(plan, seen => seen["consults"]!.AsArray().Any(one => (string?)one!["status"] == "overruled"), "it gave up");
        Assert.Equal("rules", (string?)shown["items"]![0]!["assigned"]!["by"]);
        Assert.Contains(await daemon.Events(), one => (string?)one["event_type"] == "plan.assigned"
            && ((string?)one["data"]!["why"])!.Contains("cannot be used", StringComparison.Ordinal));
        // A person may name what a controller may not, and nobody may name who is not there.
        using var unknown = await daemon.Send(HttpMethod.Post, $"/plans/{plan}/assign", Assignment("nobody"));
        Assert.Equal(422, (int)unknown.StatusCode);
        await daemon.Post($"/plans/{plan}/assign", Assignment("open"));
        Assert.Equal("open", (string?)daemon.Look($"/plans/{plan}")["items"]![0]!["assigned"]!["profile"]);
    }

    /// <summary>An answer of this kind is not there before it is said: the controller's shell reads a pipe.</summary>
    Task LaterSays(string kind) => ShellScript.Run($"mkfifo {kind}", says, new Dictionary<string, string>());

    [Fact]
    public async Task An_answer_that_comes_after_a_person_spoke_or_the_plan_ended_changes_nothing()
    {
        await LaterSays("decide");
        var plan = await Import("one fails");
        await daemon.Post($"/plans/{plan}/start", new JsonObject { ["mode"] = "llm" });
        await Eventually.True(() => Lines("asked") is ["decide"], "the controller thinks", TimeSpan.FromSeconds(60));
        Assert.Equal(0, (await Ctl("plan", "decide", plan, "--item", "1", "--option", "skip")).Code);
        await Until(plan, seen => Is(seen, "completed"), "it is over before the controller speaks");
        Say("decide", """{"option": "retry", "note": "try port 8081"}""");
        var shown = await Until(plan, seen => (string?)seen["consults"]![0]!["status"] is not "asked", "its word came");
        Assert.Equal(("overruled", "It is decided already."),
            ((string?)shown["consults"]![0]!["status"], (string?)shown["consults"]![0]!["problem"]));
        Assert.True(Is(shown, "completed"));
        Assert.Equal("skipped", (string?)Assert.Single(shown["items"]!.AsArray())!["status"]);
        Assert.Equal(["one fails"], Lines("begun"));

        await LaterSays("order");
        var other = await Import("three", "four", "five");
        await daemon.Post($"/plans/{other}/start", new JsonObject { ["mode"] = "llm" });
        await Eventually.True(() => Lines("asked") is [.., "order"], "it thinks of the order", TimeSpan.FromSeconds(60));
        Assert.Equal(0, (await Ctl("plan", "cancel", other)).Code);
        Say("order", """{"decision": "CONTINUE", "order": ["3", "1"]}""");
        shown = await Until(other, seen => (string?)seen["consults"]![0]!["status"] is not "asked", "its word came");
        await Until(other, seen => seen["items"]!.AsArray().All(item => (string?)item!["status"] == "canceled"), "nothing is left to do");
        Assert.True(Is(shown, "canceled"));
        Assert.DoesNotContain("five", Lines("begun"));
    }

    [Fact]
    public async Task A_daemon_that_dies_right_after_it_kept_an_answer_asks_nobody_again()
    {
        Say("order", """{"decision": "CONTINUE", "order": ["3", "1"], "why": "3 takes long"}""");
        await daemon.Kill();
        await daemon.With("AGENTD_CRASH_AT", Checkpoint.ConsultKept).Start();
        var plan = await Import("one", "two", "three");
        await daemon.Post($"/plans/{plan}/start", new JsonObject { ["mode"] = "llm" });
        await daemon.Died();
        daemon.Without("AGENTD_CRASH_AT");
        await daemon.Start();
        var shown = await Until(plan, seen => Is(seen, "completed"), "it is done");
        Assert.Equal(["three", "one", "two"], Lines("begun"));
        Assert.Equal(["order"], Lines("asked"));
        Assert.Equal("used", (string?)Assert.Single(shown["consults"]!.AsArray())!["status"]);
    }

    static JsonObject Assignment(string owner) => new()
    {
        ["assignment"] = new JsonObject
        {
            ["dispatch_units"] = new JsonArray(new JsonObject { ["task_id"] = "1", ["owner_agent"] = owner }),
        },
    };
}
