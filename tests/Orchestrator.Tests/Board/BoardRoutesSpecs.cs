using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Board;

/// <summary>The board's routes on a real daemon: cards follow their items, and what needs a person is told until it does not.</summary>
public class BoardRoutesSpecs
{
    const string Met = """!print {"goal_met": true, "summary": "Both are greeted."}""";

    [Fact]
    public async Task A_card_follows_its_item_from_the_inbox_to_done()
    {
        using var repository = new TempRepository();
        await using var daemon = await Prepare(repository);
        var gate = Path.Combine(daemon.Root, "gate");
        var says = """!agentctl {"type":"message","text":"I look around."}""";
        var first = await Add(daemon, "first", $"{says}\n!wait-file {gate}\n!write new.txt one\n{Met}");
        var second = await Add(daemon, "second", Met, new JsonObject { ["blocked_by"] = new JsonArray(first) });
        Assert.Equal(("inbox", "inbox", null), Brief(await Card(daemon, first)));

        await daemon.Post($"/items/{first}/ready");
        await daemon.Post($"/items/{second}/ready");
        var card = await Until(daemon, first, card => (string?)card["last_line"] == "I look around.");
        Assert.Equal(("in_flight", "in_flight", null), Brief(card));
        Assert.Equal(("fake", "command", "running"),
            ((string?)card["profile"], (string?)card["agent"], (string?)card["run_status"]));
        Assert.Equal(1, (int)card["attempts"]!);
        var waiting = await Card(daemon, second);
        Assert.Equal("ready", (string?)waiting["column"]);
        Assert.Contains("Waits for #1 first (in flight).", Words(waiting["reasons"]));
        Assert.Equal((1, 1), ((int)waiting["dependencies"]!["open"]!, (int)waiting["dependencies"]!["total"]!));
        Assert.Empty(await Needs(daemon));

        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        card = await Until(daemon, first, card => (string?)card["needs"] is not null);
        Assert.Equal(("review", "review", "review"), Brief(card));
        Assert.Equal(("unverified", "Both are greeted."), ((string?)card["check"], (string?)card["last_line"]));
        Assert.Equal((1, 1, 0), ((int)card["diff"]!["files"]!, (int)card["diff"]!["added"]!, (int)card["diff"]!["removed"]!));
        var need = Assert.Single(await Needs(daemon));
        Assert.Equal(("review", first, 1L, "first"),
            ((string?)need["kind"], (string?)need["item_id"], (long)need["number"]!, (string?)need["title"]));

        await daemon.Post($"/items/{first}/transition", new JsonObject { ["to_status"] = "done" });
        card = await Card(daemon, first);
        Assert.Equal(("done", "done", null), Brief(card));
        Assert.True((bool)card["unchecked"]!);
        Assert.True(DateTimeOffset.Parse((string)card["since"]!, null) > DateTimeOffset.Parse((string)card["created_at"]!, null));
        Assert.Equal(0, (int)(await Card(daemon, second))["dependencies"]!["open"]!);
    }

    [Fact]
    public async Task What_fails_stays_where_it_was_and_is_told_once()
    {
        using var repository = new TempRepository();
        await using var daemon = await Prepare(repository);
        var failing = await Add(daemon, "it fails", "!exit 3");
        await daemon.Post($"/items/{failing}/ready");
        var card = await Until(daemon, failing, card => (string?)card["status"] == "blocked" && (string?)card["needs"] is not null);
        Assert.Equal(("blocked", "in_flight", "failed"), Brief(card));
        var reason = Assert.Single(Words(card["reasons"]));
        Assert.Contains("exit_nonzero", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("agentctl", reason, StringComparison.Ordinal);
        var need = Assert.Single(await Needs(daemon));
        Assert.Equal(("failed", failing), ((string?)need["kind"], (string?)need["item_id"]));
        Assert.Contains("stop", Words(need["options"]));
        Assert.Equal((string?)card["run_id"], (string?)need["run_id"]);
        Assert.Empty((await daemon.Get("/board/needs?project=other"))["needs"]!.AsArray());

        // Somebody decides: nothing is needed any more.
        await daemon.Post($"/requests/{need["request_id"]}/answer", new JsonObject { ["decision"] = "answer", ["option"] = "stop" });
        await daemon.Post($"/items/{failing}/transition", new JsonObject { ["to_status"] = "canceled" });
        Assert.Empty(await Needs(daemon));
        Assert.Equal(("canceled", "done", null), Brief(await Card(daemon, failing)));
    }

    [Fact]
    public async Task What_has_ended_comes_page_by_page_newest_first_and_what_is_gone_is_told()
    {
        await using var daemon = await TestDaemon.Start();
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
            ids.Add(await Add(daemon, $"item {i}", "", new JsonObject { ["project"] = null }));
        foreach (var id in ids.Take(5))
            await daemon.Post($"/items/{id}/transition", new JsonObject { ["to_status"] = "done" });

        var page = await daemon.Get("/board/cards?limit=2");
        Assert.Equal([ids[3], ids[4], ids[5], ids[6]], Ids(page));
        page = await daemon.Get($"/board/cards?limit=2&cursor={page["next_cursor"]}");
        Assert.Equal([ids[1], ids[2]], Ids(page));
        page = await daemon.Get($"/board/cards?limit=2&cursor={page["next_cursor"]}");
        Assert.Equal([ids[0]], Ids(page));
        Assert.Null(page["next_cursor"]);

        page = await daemon.Get($"/board/cards?ids={ids[6]},{ids[0]},0123456789abcdef");
        Assert.Equal([ids[0], ids[6]], Ids(page));
        Assert.Equal(["0123456789abcdef"], Words(page["gone"]));
        await daemon.Send(HttpMethod.Get, "/board/cards?cursor=next").Refused(400, "invalid_request");
        await daemon.Send(HttpMethod.Get, $"/board/cards?ids={string.Join(',', Enumerable.Range(0, 201))}").Refused(400, "invalid_request");
    }

    [Fact]
    public async Task A_question_of_a_session_below_is_the_items_once_nobody_there_can_answer_it()
    {
        await using var daemon = await TestDaemon.Start();
        var parent = (string)(await daemon.Post("/sessions", new JsonObject { ["title"] = "The lead" }))["session"]!["id"]!;
        var child = (string)(await daemon.Post($"/sessions/{parent}/spawn",
            new JsonObject { ["task"] = "work\n!ask question Which colour?", ["profile"] = "fake" }))["run"]!["id"]!;
        var need = await Eventually.Value(() => daemon.List("/board/needs", "needs").SingleOrDefault(), "the question is told");
        Assert.Equal(("question", child, "Which colour?"), ((string?)need["kind"], (string?)need["run_id"], (string?)need["text"]));
        await daemon.Post($"/requests/{need["request_id"]}/answer", new JsonObject { ["decision"] = "answer", ["text"] = "Red." });
        Assert.Empty(await Needs(daemon));
        await daemon.Ended(child);
    }

    static async Task<TestDaemon> Prepare(TempRepository repository)
    {
        var daemon = TestDaemon.Prepare($$"""
            projects:
              demo: {path: {{repository.Path}}, auto_run: true}
            routes:
              - profile: fake
            """);
        await daemon.Start();
        return daemon;
    }

    static async Task<string> Add(TestDaemon daemon, string title, string description, JsonObject? more = null)
    {
        var body = new JsonObject { ["title"] = title, ["description"] = description, ["project"] = "demo" };
        foreach (var (name, value) in more ?? [])
            body[name] = value?.DeepClone();
        return (string)(await daemon.Post("/items", body))["item"]!["id"]!;
    }

    static async Task<JsonNode> Card(TestDaemon daemon, string id) =>
        Assert.Single((await daemon.Get($"/board/cards?ids={id}"))["cards"]!.AsArray())!;

    static Task<JsonNode> Until(TestDaemon daemon, string id, Func<JsonNode, bool> holds) => Eventually.Value(
        () => daemon.List($"/board/cards?ids={id}", "cards").SingleOrDefault(holds), $"card {id} is as wanted", TimeSpan.FromSeconds(90));

    static async Task<IReadOnlyList<JsonNode>> Needs(TestDaemon daemon) =>
        [.. (await daemon.Get("/board/needs"))["needs"]!.AsArray().Select(need => need!)];

    static (string? Status, string? Column, string? Needs) Brief(JsonNode card) =>
        ((string?)card["status"], (string?)card["column"], (string?)card["needs"]);

    static IReadOnlyList<string> Words(JsonNode? list) => [.. list!.AsArray().Select(word => (string)word!)];

    static IReadOnlyList<string> Ids(JsonNode page) => [.. page["cards"]!.AsArray().Select(card => (string)card!["id"]!)];
}
