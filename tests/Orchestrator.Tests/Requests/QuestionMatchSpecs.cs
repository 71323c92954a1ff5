using System.Text.Json.Nodes;
using Orchestrator.Requests;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Requests;

/// <summary>Questions that a project lists as harmless are answered by its rules; everything else is asked.</summary>
public class QuestionMatchSpecs
{
    static readonly RequestRule Answers = new()
    {
        Id = "project:1", Action = "answer", Question = "Continue with step *?", Reply = "yes", Project = "demo",
    };

    static AskedQuestion Asked(string text, params string[] options) => new(text, options, "demo", "fake", "0123456789abcdef");

    internal static readonly Dictionary<string, (RequestRule[] Rules, AskedQuestion Asked, string Verdict)> Table = new()
    {
        ["no list"] = ([], Asked("Continue with step 2?"), "none"),
        ["listed"] = ([Answers], Asked("Continue with step 2?"), "answer"),
        ["listed, blanks around it"] = ([Answers], Asked(" Continue with step 2?\n"), "answer"),
        ["listed exactly"] = ([Answers with { Question = "Go on?", }], Asked("Go on?"), "answer"),
        ["more than is listed"] = ([Answers], Asked("Continue with step 2? It drops the table."), "none"),
        ["less than is listed"] = ([Answers], Asked("Continue?"), "none"),
        ["other letters"] = ([Answers], Asked("continue with step 2?"), "none"),
        ["of another project"] = ([Answers], Asked("Continue with step 2?") with { Project = "other" }, "none"),
        ["of no project"] = ([Answers], Asked("Continue with step 2?") with { Project = null }, "none"),
        ["for another profile"] = ([Answers with { Profile = "deep" }], Asked("Continue with step 2?"), "none"),
        ["for another run"] = ([Answers with { RunId = "ffff" }], Asked("Continue with step 2?"), "none"),
        ["its reply is offered"] = ([Answers], Asked("Continue with step 2?", "yes", "no"), "answer"),
        ["its reply is not offered"] = ([Answers], Asked("Continue with step 2?", "go", "stop"), "none"),
        ["somebody is to be asked"] = ([Answers, Answers with { Id = "project:2", Action = "ask", Question = "*step 2*", Reply = null }],
            Asked("Continue with step 2?"), "ask"),
        ["it does not count"] = ([Answers with { Ignored = "not trusted" }], Asked("Continue with step 2?"), "none"),
        ["a rule about commands"] = ([new() { Id = "config:1", Action = "allow", Command = "Continue *" }], Asked("Continue with step 2?"),
            "none"),
        ["a rule about a whole profile"] = ([new() { Id = "config:1", Action = "deny", Profile = "fake" }], Asked("Continue with step 2?"),
            "none"),
    };

    public static TheoryData<string> Cases => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Only_what_is_listed_is_answered(string name)
    {
        var (rules, asked, verdict) = Table[name];

        var found = QuestionMatch.Judge(rules, asked);

        Assert.Equal((verdict, verdict == "answer" ? "yes" : null), (found.Verdict, found.Reply));
        Assert.Equal(rules.Length, found.Rules.Count);
    }

    [Fact]
    public void A_rule_for_questions_answers_nothing_else() => Assert.Equal("none",
        RuleMatch.Judge([Answers], new Asked { Kind = "approval_request", Command = "Continue with step 2?", Project = "demo" }).Verdict);

    [Theory]
    [InlineData("answer", "*", "yes", "demo", "question")]
    [InlineData("answer", "*? *", "yes", "demo", "question")]
    [InlineData("answer", null, "yes", "demo", "question")]
    [InlineData("answer", "Go on with it?", null, "demo", "reply")]
    [InlineData("answer", "Go on with it?", " ", "demo", "reply")]
    [InlineData("answer", "Go on with it?", "yes", null, "project")]
    [InlineData("deny", "Go on with it?", null, "demo", "question")]
    [InlineData("ask", "Go on with it?", "yes", "demo", "reply")]
    [InlineData("ask", "Go on with it?", null, null, null)]
    [InlineData("answer", "Go on with it?", "yes", "demo", null)]
    public void A_list_names_its_questions_its_replies_and_its_project(string action, string? question, string? reply, string? project,
        string? wrong) => Assert.Equal(wrong,
            new RequestRule { Id = "new", Action = action, Question = question, Reply = reply, Project = project }.Wrong()?.Field);

    [Fact]
    public void A_rule_for_questions_says_nothing_of_commands_besides() => Assert.Equal("question",
        (Answers with { Command = "ls" }).Wrong()?.Field);

    [Fact(Timeout = 60_000)]
    public async Task A_harmless_prompt_is_answered_by_its_rule_and_another_one_waits_for_somebody()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start($$"""
            projects:
              demo: {path: {{repository.Path}}}
            request_rules:
              - {action: answer, question: "May I go on with step *?", reply: "yes", project: demo}
            """);
        var order = TestDaemon.Order(
            "spawn-as fake work\\n!ask question May I go on with step 2?\\n!ask question May I delete the database?",
            $"wait-file {daemon.Root}/go");
        order["project"] = "demo";
        var run = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;

        var open = await Eventually.Value(() => daemon.List("/requests?state=open", "requests").SingleOrDefault(), "the other one is asked",
            TimeSpan.FromSeconds(40));

        Assert.Equal("May I delete the database?", (string?)open["text"]);
        var answered = Assert.Single(daemon.List("/requests?state=answered", "requests"));
        Assert.Equal(("May I go on with step 2?", "rule:config:1", "config:1", "yes"), ((string?)answered["text"],
            (string?)answered["answered_by"], (string?)answered["rule"], (string?)answered["answer"]!["text"]));
        Assert.Contains(await daemon.Events(), e => (string?)e["event_type"] == "request.answered"
            && (string?)e["actor"] == "rule:config:1");
        var health = daemon.Look($"/runs/{open["run_id"]}")["run"]!["health"]!;
        Assert.Equal(("waiting", "parent"), ((string?)health["verdict"], (string?)health["waiting_for"]));
        await daemon.Post($"/requests/{open["id"]}/answer", new JsonObject { ["decision"] = "answer", ["text"] = "no" });
        await File.WriteAllTextAsync(Path.Combine(daemon.Root, "go"), "", TestContext.Current.CancellationToken);
        await daemon.Ended(run);
    }
}
