using System.Text.Json.Nodes;
using Orchestrator.Tests.Events;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Reviews;

/// <summary>Reviewers and people decide what becomes of work that passed the daemon's check.</summary>
public sealed class ReviewStorySpecs(ReviewStage stage) : IClassFixture<ReviewStage>
{
    static readonly string Accepting = ReviewStage.Saying("accept");

    static string Mended => $"{ReviewStage.Answering(Accepting)}\n{ReviewStage.Met}";

    [Fact]
    public async Task Work_that_reviewers_pass_is_done_and_small_remarks_are_debt()
    {
        var id = await stage.Ready(ReviewStage.Answering(
            ReviewStage.Saying("accept", ReviewStage.Finding("low", "No comment on the limit"))));
        await stage.Until(id, "done");

        Assert.Equal(("passed:accept", "item review"), (stage.Rounds(id), stage.Triggers(id)));
        Assert.False((bool)stage.Item(id)["unchecked"]!);
        var reviewer = stage.Runs(id)[1];
        Assert.Equal(("reviewer", "read-only"), ((string?)reviewer["profile"], (string?)reviewer["overrides"]!["sandbox"]));
        var debt = Assert.Single(stage.Daemon.List("/debt?project=demo&limit=500", "findings"), one => (string?)one["item_id"] == id);
        Assert.Equal("No comment on the limit", (string?)debt["title"]);
        var closed = await stage.Daemon.Post($"/findings/{debt["id"]}/close", new JsonObject { ["note"] = "done by hand" });
        Assert.Equal("closed", (string?)closed["finding"]!["state"]);
        Assert.DoesNotContain(stage.Daemon.List("/debt?limit=500", "findings"), one => (string?)one["item_id"] == id);
        await CopiesAreGone(id);
    }

    [Fact]
    public async Task What_blocks_goes_to_the_authors_conversation_as_one_message_and_is_looked_at_again()
    {
        var id = await stage.Ready(ReviewStage.Answering(ReviewStage.Saying("changes",
            ReviewStage.Finding("high", "Loses the last line", Mended), ReviewStage.Finding("critical", "Deletes data"))));
        await stage.Until(id, "done");

        Assert.Equal(("fixing:fix passed:accept", "item review fix review"), (stage.Rounds(id), stage.Triggers(id)));
        var runs = stage.Runs(id);
        Assert.Equal((string?)runs[0]["session_id"], (string?)runs[2]["session_id"]);
        var told = (string)runs[2]["prompt"]!;
        Assert.True(told.IndexOf("1. [critical] answer.sh:1: Deletes data", StringComparison.Ordinal)
            < told.IndexOf("2. [high] answer.sh:1: Loses the last line", StringComparison.Ordinal), told);
        Assert.Contains("Loses the last line", (string?)runs[3]["prompt"], StringComparison.Ordinal);
        Assert.All(stage.Findings(id), one => Assert.Equal("sent", (string?)one["state"]));
        Assert.Equal(runs[2]["id"]!.ToString(), stage.Review(id)["rounds"]![0]!["follow_run_id"]!.ToString());
    }

    [Fact]
    public async Task When_the_rounds_are_over_a_stronger_profile_has_one_and_then_a_person_has_the_word()
    {
        var id = await stage.Ready(ReviewStage.Answering(
            ReviewStage.Saying("changes", ReviewStage.Finding("high", "Still wrong", ReviewStage.Met))));
        await stage.Until(id, "review");

        Assert.Equal("fixing:fix fixing:escalate waiting", stage.Rounds(id));
        Assert.Equal("item review fix review fix review", stage.Triggers(id));
        var escalated = stage.Runs(id)[4];
        Assert.Equal("strong", (string?)escalated["profile"]);
        Assert.Contains("2 before you", (string?)escalated["prompt"], StringComparison.Ordinal);
        Assert.Equal("limit", (string?)stage.Item(id)["causes"]![0]!["kind"]);
        var why = await stage.Daemon.Get($"/items/{id}/why");
        Assert.Contains("Round 3 of its reviews waits for a person", (string?)why["causes"]![0]!["text"], StringComparison.Ordinal);

        // Comments are kept, and go out together with what blocks.
        await stage.Daemon.Post($"/reviews/{id}/comments", new JsonObject
        {
            ["comments"] = new JsonArray(
                new JsonObject { ["file"] = "answer.sh", ["line"] = 2, ["text"] = $"this line is the fault\n{Mended}" },
                new JsonObject { ["text"] = "and mind the spelling", ["severity"] = "low" }),
        });
        // Whoever looked at the first attempt's work has not seen this one's.
        JsonObject Word(JsonNode run) => new() { ["decision"] = "fix", ["text"] = "Nearly.", ["run_id"] = run.DeepClone() };
        await stage.Daemon.Send(HttpMethod.Post, $"/reviews/{id}/decision", Word(stage.Runs(id)[0]["id"]!)).Refused(409, "conflict");
        var sent = await stage.Daemon.Post($"/reviews/{id}/decision", Word(stage.Item(id)["run_id"]!));
        var prompt = (string)sent["run"]!["prompt"]!;
        string[] parts =
        [
            "Nearly.", "[high] answer.sh:1: Still wrong", "[medium] answer.sh:2: this line is the fault", "[low] the whole: and mind",
        ];
        Assert.Equal(parts, parts.Where(part => prompt.Contains(part, StringComparison.Ordinal)));
        await stage.Until(id, "done");
        Assert.Equal("fixing:fix fixing:escalate fixing:fix passed:accept", stage.Rounds(id));
    }

    [Fact]
    public async Task Of_two_reviewers_one_that_crashes_stops_the_work_and_a_person_accepts_it_by_name()
    {
        // The first one to come answers, the second one finds the mark and dies.
        var mark = Path.Combine(stage.Daemon.Root, "mark");
        var answer = ReviewStage.Saying("accept", ReviewStage.Finding("medium", "Slow"));
        var id = await stage.Ready(ReviewStage.Answering($"mkdir '{mark}' || exit 9\n{answer}"), "high");
        await stage.Until(id, "review");

        var states = stage.Review(id)["rounds"]![0]!["reviews"]!.AsArray().Select(one => (string?)one!["state"]).Order();
        Assert.Equal(["given", "unusable"], states);
        Assert.Contains("could not review", (string?)stage.Item(id)["causes"]![0]!["text"], StringComparison.Ordinal);
        // Asked once more, one of them dies again, for the mark is still there; so does the other.
        using (var again = await Decide(id, "again"))
            Assert.True(again.IsSuccessStatusCode);
        await stage.Until(id, "review");
        Assert.Equal("dropped:drop waiting", stage.Rounds(id));
        Assert.Contains("## The change", (string?)stage.Runs(id)[^1]["prompt"], StringComparison.Ordinal);
        using var other = stage.Daemon.As(await stage.Daemon.NewToken("rosa", "operate"));
        using var word = new StringContent("""{"decision":"accept","text":"good enough"}""", System.Text.Encoding.UTF8, "application/json");
        using var accepted = await other.PostAsync($"/reviews/{id}/decision", word, TestContext.Current.CancellationToken);
        Assert.True(accepted.IsSuccessStatusCode);
        Assert.Equal("done", (string?)stage.Item(id)["status"]);
        Assert.Equal(("dropped:drop passed:accept", "rosa"),
            (stage.Rounds(id), (string?)stage.Review(id)["rounds"]![1]!["decided_by"]));
        Assert.Contains(stage.Daemon.List("/debt?limit=500", "findings"), one => (string?)one["item_id"] == id);
        await Decide(id, "accept").Refused(409, "conflict");
    }

    Task<HttpResponseMessage> Decide(string id, string decision) =>
        stage.Daemon.Send(HttpMethod.Post, $"/reviews/{id}/decision", new JsonObject { ["decision"] = decision });

    [Fact]
    public async Task An_answer_that_cannot_be_read_is_asked_for_once_more()
    {
        var second = await stage.Ready(ReviewStage.Answering($"mkdir ../once && echo nonsense && exit 0\n{Accepting}"));
        var never = await stage.Ready(ReviewStage.Answering("""
            mkdir ../once && { yes '{"verdict":' | head -c 3000000; exit 0; }
            echo '{"verdict":"accept","summary":"s","findings":[{"severity":"awful","title":"t","detail":"d"}]}'
            """));
        await stage.Until(second, "done");
        await stage.Until(never, "review");

        Assert.Equal("item review review", stage.Triggers(second));
        Assert.Equal(1, (int)stage.Review(second)["rounds"]![0]!["reviews"]![0]!["repeats"]!);
        Assert.Equal("item review review", stage.Triggers(never));
        Assert.Contains("severity", (string?)stage.Review(never)["rounds"]![0]!["summary"], StringComparison.Ordinal);
        await stage.Daemon.Post($"/reviews/{never}/decision", new JsonObject { ["decision"] = "block", ["text"] = "later" });
        Assert.Equal(("blocked", "rejected:block"), ((string?)stage.Item(never)["status"], stage.Rounds(never)));
        // From there it can still be sent back.
        await stage.Daemon.Post($"/reviews/{never}/decision", new JsonObject { ["decision"] = "fix", ["text"] = Mended });
        await stage.Until(never, "done");
    }

    [Fact]
    public async Task What_a_reviewer_writes_is_told_and_does_not_enter()
    {
        var id = await stage.Ready(ReviewStage.Answering($"echo mine > answer.sh; echo new > planted.txt\n{Accepting}"));
        var reach = ReviewStage.Answering($"echo x >> '{stage.Daemon.Data}'/worktrees/$(cat where)/here.txt\n{Accepting}");
        var far = await stage.Ready($"!write here.txt x\n{reach}\n!run sh -c \"basename $PWD > where\"");
        await stage.Until(id, "done");
        await stage.Until(far, "review");

        var changed = stage.Review(id)["rounds"]![0]!["reviews"]![0]!["changed_files"]!.AsArray().Select(file => (string?)file);
        Assert.Equal(["answer.sh", "planted.txt"], changed.Order());
        Assert.False(File.Exists(Path.Combine((string)stage.Runs(id)[0]["workspace"]!["path"]!, "planted.txt")));
        Assert.True((bool)stage.Review(far)["rounds"]![0]!["reviews"]![0]!["touched"]!);
        Assert.Contains("changed while reviewer 1", (string?)stage.Item(far)["causes"]![0]!["text"], StringComparison.Ordinal);
        await stage.Daemon.Post($"/reviews/{far}/decision", new JsonObject { ["decision"] = "reject" });
        Assert.Equal("failed", (string?)stage.Item(far)["status"]);
        await CopiesAreGone(id);
    }

    [Fact]
    public async Task An_item_that_is_called_off_takes_its_reviewers_with_it_and_one_without_reviewers_is_done_at_once()
    {
        var id = await stage.Ready(ReviewStage.Answering("exec sleep 600"));
        var plain = await stage.Ready("!write plain.txt x", reviews: 0);
        await Eventually.True(
            () => stage.Asked($"select 1 from runs where item_id = '{id}' and trigger_kind = 'review' and status = 'running'"),
            "one reviews", TimeSpan.FromSeconds(60));
        var why = await stage.Daemon.Get($"/items/{id}/why");
        var waits = (string?)why["causes"]![0]!["text"];
        Assert.Contains("Round 1 of its reviews: reviewer 1 (reviewer): run ", waits, StringComparison.Ordinal);
        await stage.Daemon.Post($"/items/{id}/transition", new JsonObject { ["to_status"] = "canceled" });

        var ended = await stage.Daemon.Ended((string)stage.Runs(id)[1]["id"]!);
        Assert.Equal(("canceled", "dropped:drop"), ((string?)ended["status"], stage.Rounds(id)));
        await CopiesAreGone(id);
        await stage.Until(plain, "done");
        Assert.Equal(("", "item"), (stage.Rounds(plain), stage.Triggers(plain)));
        EventKindSpecs.AreAsListed(await stage.Daemon.Events());
    }

    [Fact]
    public async Task A_person_looks_comments_and_decides_by_commands()
    {
        var id = await stage.Ready(ReviewStage.Answering(
            ReviewStage.Saying("accept", ReviewStage.Finding("low", "Odd \u001b[2Jname", "why so", line: null))), "high");
        await stage.Until(id, "review");

        var shown = await Typed(0, "review", id[..12], "--comment", "answer.sh:1-2:first: and more", "--comment", ":as a whole",
            "--severity", "low");
        string[] parts =
        [
            "2 reviewers passed it; of high criticality, a person looks, too.", "passed: 1 of 1 verify commands passed.",
            "round 1  waiting", "reviewer 2 (second) accept: looked", "open      answer.sh  Odd name (",
            "draft     answer.sh:1  first: and more (local)", "draft     -  as a whole (local)",
        ];
        Assert.Equal(parts, parts.Where(part => shown.Contains(part, StringComparison.Ordinal)));
        await Typed(2, "review", id, "--accept", "--fix");
        await Typed(2, "review", id, "--comment", "no place");
        await Typed(5, "review", new string('0', 16));
        Assert.Contains("done", await Typed(0, "review", id, "--accept", "--text", "fine"), StringComparison.Ordinal);
        await Typed(6, "review", id, "--accept");
        var debt = await Typed(0, "review", "debt", "--project", "demo", "--limit", "500");
        Assert.Contains("as a whole (local)", debt, StringComparison.Ordinal);
        Assert.Contains("review.passed  local accepted it: fine  by local", await Typed(0, "log", id), StringComparison.Ordinal);
    }

    async Task<string> Typed(int code, params string[] args)
    {
        var (exit, output, error) = await TypedCommand.Run(stage.Daemon, null, args);
        Assert.True(exit == code, $"agentctl {string.Join(' ', args)}: exit {exit}\n{output}{error}");
        return output;
    }

    [Fact]
    public async Task What_a_worker_outside_did_is_accepted_by_a_persons_word_only()
    {
        var id = (string)(await stage.Daemon.Post("/items", new JsonObject { ["title"] = "by a worker" }))["item"]!["id"]!;
        var begun = await stage.Daemon.Post($"/api/executor/run/{id}", new JsonObject { ["mode"] = "external" });
        await stage.Daemon.Post($"/items/{id}/complete",
            new JsonObject { ["lease_id"] = (string?)begun["agentId"], ["fence"] = 1, ["report"] = "did it" });

        Assert.Equal("review", (string?)stage.Item(id)["status"]);
        await Decide(id, "fix").Refused(409, "conflict");
        using var accepted = await Decide(id, "accept");
        Assert.Equal(("done", true), ((string?)stage.Item(id)["status"], (bool)stage.Item(id)["unchecked"]!));
        Assert.Equal(("passed:accept", "local"), (stage.Rounds(id), (string?)stage.Review(id)["rounds"]![0]!["decided_by"]));
    }

    [Fact]
    public async Task A_run_of_no_item_is_commented_and_sent_back_and_not_accepted()
    {
        var run = await stage.Daemon.Run("print x");
        await stage.Daemon.Ended(run);
        await Decide(run, "accept").Refused(409, "conflict");
        await Decide(run, "fix").Refused(422, "unprocessable");
        foreach (var bad in (string[])["""{"text":""}""", """{"text":"x","file":"/etc/passwd"}""", """{"text":"x","line":3}""",
            """{"text":"x","file":"a","line":0}""", """{"text":"x","severity":"awful"}"""])
            using (var answer = await stage.Daemon.Send(HttpMethod.Post, $"/reviews/{run}/comments",
                new JsonObject { ["comments"] = new JsonArray(JsonNode.Parse(bad)) }))
                Assert.Equal(422, (int)answer.StatusCode);
        var body = new JsonObject
        {
            ["decision"] = "fix", ["comments"] = new JsonArray(new JsonObject { ["text"] = "say more" }), ["idempotency_key"] = "once",
        };
        var first = await stage.Daemon.Post($"/reviews/{run}/decision", body.DeepClone());
        var again = await stage.Daemon.Post($"/reviews/{run}/decision", body);
        Assert.Equal((string?)first["run"]!["id"], (string?)again["run"]!["id"]);
        Assert.Equal("fix", (string?)first["run"]!["trigger"]);
    }

    [Fact]
    public async Task Two_reviewers_are_of_two_profiles_and_are_asked_in_the_users_own_words()
    {
        var template = Path.Combine(Directory.CreateDirectory(Path.Combine(stage.Daemon.Data, "templates")).FullName, "review.md");
        await File.WriteAllTextAsync(template, "Be strict.\n\n{{task}}\n\n{{context?}}\n\nIt must hold: {{acceptance}}\n",
            TestContext.Current.CancellationToken);
        try
        {
            var id = await stage.Ready(ReviewStage.Answering(Accepting), "high");
            await stage.Until(id, "review");
            var reviews = stage.Runs(id).Where(run => (string?)run["trigger"] == "review").ToList();
            Assert.Equal(["reviewer", "second"], reviews.Select(run => (string?)run["profile"]).Order());
            Assert.All(reviews, run =>
            {
                var prompt = (string)run["prompt"]!;
                Assert.StartsWith("Be strict.\n\nsome work\n", prompt, StringComparison.Ordinal);
                Assert.Contains("`git diff ", prompt, StringComparison.Ordinal);
                Assert.Contains("It must hold: (Nobody wrote criteria", prompt, StringComparison.Ordinal);
                Assert.Contains("Change nothing: no file", prompt, StringComparison.Ordinal);
                Assert.Contains("\"verdict\": \"accept\" or \"changes\"", prompt, StringComparison.Ordinal);
            });
            await Decide(id, "accept");

            await File.WriteAllTextAsync(template, "{{task}} {{mood}}\n", TestContext.Current.CancellationToken);
            var other = await stage.Ready(ReviewStage.Answering(Accepting), reviews: 1);
            await stage.Until(other, "review");
            var text = (string)stage.Item(other)["causes"]![0]!["text"]!;
            Assert.Contains("Template 'review'", text, StringComparison.Ordinal);
            Assert.Contains("{{mood}}", text, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(template);
        }
    }

    /// <summary>No copy of a reviewer is left of the item's reviews.</summary>
    Task CopiesAreGone(string id)
    {
        var reviews = stage.Review(id)["rounds"]!.AsArray().SelectMany(round => round!["reviews"]!.AsArray())
            .Select(one => (string?)one!["id"]);
        return Eventually.True(() => reviews.All(review => !Directory.Exists(Path.Combine(stage.Daemon.Data, "reviews", review!))),
            "the reviewers' copies are gone");
    }
}
