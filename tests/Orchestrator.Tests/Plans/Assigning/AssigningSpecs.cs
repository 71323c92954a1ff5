using Orchestrator.Items;
using Orchestrator.Plans;
using Orchestrator.Plans.Assigning;

namespace Orchestrator.Tests.Plans.Assigning;

/// <summary>Who gets a unit, by rules and by a model's answer.</summary>
public class AssigningSpecs
{
    static ItemDraft Unit(string id, string title, params string[] steps) => new()
    {
        ForeignId = id, Title = title, Steps = [.. steps.Select((step, at) =>
            new StepDraft { ForeignId = $"{id}.{at + 1}", Title = step })],
    };

    static readonly ItemDraft[] Plan = [Unit("1", "Add the API", "Write the endpoint", "Add the database schema"),
        Unit("2", "Build the login page")];

    [Theory]
    [InlineData("Add the API", "", "", "code")]
    [InlineData("Build the settings page", "", "", "ui")]
    [InlineData("Build the page", "Create React component|Add CSS|Call the API", "", "ui")]
    [InlineData("Add the service", "Write the endpoint|Show it on a page", "", "code")]
    [InlineData("Anything", "", "src/a.css|src/b.vue|src/c.ts", "ui")]
    [InlineData("Build the page", "", "src/a.cs", "code")]
    [InlineData("Review the code", "", "", "review")]
    [InlineData("Audit dependencies", "", "", "review")]
    [InlineData("Tests", "Write property test for a|Write property test for b", "", "review")]
    [InlineData("Implement the review screen", "", "", "ui")]
    [InlineData("实现前端页面", "", "", "ui")]
    [InlineData("Inform the user", "", "", "code")]
    [InlineData("", "", "", "code")]
    public void The_type_follows_from_words_and_files(string title, string steps, string files, string type) =>
        Assert.Equal(type, WorkWords.TypeOf(title, steps.Split('|', StringSplitOptions.RemoveEmptyEntries),
            files.Split('|', StringSplitOptions.RemoveEmptyEntries)));

    [Theory]
    [InlineData("Hash passwords", "security-sensitive")]
    [InlineData("Store OAuth tokens", "security-sensitive")]
    [InlineData("Refactor the parser", "complex")]
    [InlineData("Author page", "standard")]
    [InlineData("Tokenize text", "standard")]
    public void Care_follows_from_whole_words(string title, string care) => Assert.Equal(care, WorkWords.CareOf(title, []));

    [Fact]
    public void Every_unit_gets_an_owner_and_a_window()
    {
        var made = AssignmentRules.Of(Plan, type => $"{type}-agent");
        Assert.Equal(["1 code code-agent task-1 standard", "2 ui ui-agent task-2 standard"],
            made.Select(one => $"{one.TaskId} {one.Type} {one.Owner} {one.Window} {one.Care}"));
        Assert.All(made, one => Assert.Empty(one.Missing));
        Assert.Equal(["owner_agent"], AssignmentRules.Of(Plan, _ => null)[0].Missing);
    }

    [Fact]
    public void More_units_than_windows_share_them()
    {
        var many = Enumerable.Range(1, 40).Select(n => Unit($"{n}", "Work")).ToList();
        var windows = AssignmentRules.Of(many, type => type).Select(one => one.Window).ToList();
        Assert.Equal(AssignmentRules.MostWindows, windows.Distinct().Count());
        Assert.Equal(windows.Order(StringComparer.Ordinal), windows);
        Assert.Null(AssignmentRules.Of([Unit("1", "Work") with { Status = ItemStatus.Done }], type => type)[0].Window);
    }

    [Fact]
    public void A_reply_counts_for_units_of_the_plan_only()
    {
        const string Answer = """
            Here it is:
            ```json
            {"dispatch_units": [
              {"task_id": "1", "type": "ui", "owner_agent": "a", "target_window": null, "criticality": "complex",
               "writes": ["src/a.py", "/etc/x"], "reads": null},
              {"task_id": "1.1", "type": "code", "owner_agent": "b"},
              {"task_id": "9", "type": "code"},
              {"task_id": 2, "type": "poetry", "owner_agent": 7}
            ], "window_mapping": {"1": "backend", "7": "x"}}
            ```
            """;
        var reply = AssignmentReply.Read(Answer, Plan);
        Assert.Equal(["step_assigned", "unknown_unit", "unknown_word"], reply.Findings.Select(finding => finding.Code));
        var made = reply.Over(AssignmentRules.Of(Plan, type => type));
        Assert.Equal(["1 ui a backend complex src/a.py", "2 ui 7 task-2 standard "],
            made.Select(one => $"{one.TaskId} {one.Type} {one.Owner} {one.Window} {one.Care} {string.Join(',', one.Writes)}"));
        var unit = made[0].To(Plan[0]);
        // Complex work is looked at more closely, and no person has to accept it.
        Assert.Equal(("ui", null, "a"), (unit.Type, unit.Criticality, unit.Profile));
        Assert.Equal(["src/a.py"], unit.Writes);
    }

    [Fact]
    public void Files_that_the_source_declares_stay()
    {
        var unit = Unit("1", "A") with { Writes = ["own.cs"], Criticality = "low" };
        var assigned = new UnitAssignment("1", "code", "a", "w", CareWords.Security, ["other.cs"], ["read.cs"]).To(unit);
        Assert.Equal(("own.cs", "read.cs", "low"), (assigned.Writes[0], assigned.Reads[0], assigned.Criticality));
    }

    [Fact]
    public void More_windows_than_can_be_seen_are_not_taken()
    {
        var many = Enumerable.Range(1, 12).Select(n => Unit($"{n}", "Work")).ToList();
        var entries = string.Join(',', many.Select(unit =>
            $$"""{"task_id": "{{unit.ForeignId}}", "target_window": "w{{unit.ForeignId}}"}"""));
        var reply = AssignmentReply.Read($$"""{"dispatch_units": [{{entries}}]}""", many);
        Assert.Equal("too_many_windows", Assert.Single(reply.Findings).Code);
        Assert.All(reply.Over(AssignmentRules.Of(many, type => type)), one =>
            Assert.StartsWith("group-", one.Window, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("I cannot.")]
    [InlineData("{")]
    [InlineData("} {")]
    [InlineData("{\"dispatch_units\": [}")]
    [InlineData("{\"dispatch_units\": [{\"task_id\": \"\\ud800\"}]}")]
    public void What_is_no_answer_is_an_error(string? answer) =>
        Assert.Contains(AssignmentReply.Read(answer, Plan).Findings, finding => finding.IsError);

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"dispatch_units\": {}}")]
    [InlineData("{\"dispatch_units\": [1, null, \"1\", []], \"window_mapping\": []}")]
    [InlineData("{\"dispatch_units\": [{\"task_id\": \"1\", \"type\": {}, \"writes\": \"a\", \"reads\": [1, null]}], "
        + "\"window_mapping\": {\"1\": 3}}")]
    public void Odd_answers_change_nothing(string answer)
    {
        var rules = AssignmentRules.Of(Plan, type => type);
        static string Show(UnitAssignment one) => $"{one.TaskId} {one.Type} {one.Owner} {one.Window}";
        Assert.Equal(rules.Select(Show), AssignmentReply.Read(answer, Plan).Over(rules).Select(Show));
    }
}
