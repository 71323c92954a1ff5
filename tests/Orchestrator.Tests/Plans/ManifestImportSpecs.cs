using Orchestrator.Items;
using Orchestrator.Plans;

namespace Orchestrator.Tests.Plans;

/// <summary>Manifests: what each member means, what may be missing, and what is named when it cannot run.</summary>
public class ManifestImportSpecs
{
    [Fact]
    public void Every_member_but_the_id_may_be_missing()
    {
        var plan = Documents.Plan(Documents.Manifest);
        Assert.Equal(("shop", SourceKinds.Manifest, "owner/shop shop"), (plan.Title, plan.SourceKind, plan.SourceKey));
        Assert.Equal(["Phase 1: Critical", "Phase 2: High"], plan.Phases.Select(phase => phase.Name));
        Assert.Equal([PhaseGate.AllDone, PhaseGate.AllMerged], plan.Phases.Select(phase => phase.Gate));
        var first = plan.Item("t1");
        Assert.Equal(("Issue #11", ItemStatus.Inbox, null, 11L), (first.Title, first.Status, first.ForeignStatus, first.Issue));
        Assert.Equal("Task t4", plan.Item("t4").Title);
        Assert.True(plan.Item("t8").Optional);
    }

    [Fact]
    public void Words_and_members_that_mean_nothing_here_are_kept()
    {
        var plan = Documents.Plan(Documents.Manifest);
        Assert.Equal("""{"repo":"owner/shop","model":"m-1","socket":"/somewhere/shop.sock"}""", plan.Unknown);
        Assert.Equal("""{"owner":"ann"}""", plan.Phases[0].Unknown);
        var third = plan.Item("t3");
        Assert.Equal((ItemStatus.Done, "pr_open", """{"worktree":null,"prNumber":7}"""),
            (third.Status, third.ForeignStatus, third.Unknown));
        Assert.Equal((ItemStatus.Inbox, "stuck"), (plan.Item("t4").Status, plan.Item("t4").ForeignStatus));
    }

    [Fact]
    public void Two_tasks_of_a_phase_that_write_one_file_are_put_in_order_and_it_is_told()
    {
        var read = Documents.Read(Documents.Manifest);
        // t1 and t2, t4 and t5 have an order; t6 is in another phase than t1; t8 is optional.
        Assert.Equal("info:was_running info:model_kept warning:file_order", read.Codes());
        var told = read.Findings[2];
        Assert.Equal("$.phases[1].tasks[3]", told.Place);
        Assert.Contains("t4 and t7 both write src/bus.js", told.Text, StringComparison.Ordinal);
        Assert.Equal(new AddedOrder("t4", "both write src/bus.js"), Assert.Single(read.Plan!.Item("t7").After));
        Assert.All(read.Plan!.Items.Where(item => item.ForeignId != "t7"), item => Assert.Empty(item.After));
    }

    [Theory]
    // a folder covers what is below it, and a glob what it fits
    [InlineData("src", "src/a.c", true)]
    [InlineData("src/a.c", "src", true)]
    [InlineData("src/*.c", "src/a.c", true)]
    [InlineData("src/a.c", "src/*.c", true)]
    [InlineData("src/*.c", "src/**", true)]
    [InlineData("./src//a.c", "src/a.c", true)]
    [InlineData("src/a.c", "src/a.h", false)]
    [InlineData("src", "srcs/a.c", false)]
    [InlineData("src/*.c", "lib/a.c", false)]
    public void Files_meet_through_folders_and_globs(string one, string other, bool meets)
    {
        var plan = Documents.Plan(Documents.Tasks($$"""{"id": "a", "files": ["{{one}}"]}""", $$"""{"id": "b", "files": ["{{other}}"]}"""));
        Assert.Equal(meets, plan.Item("b").After.Count == 1);
    }

    [Fact]
    public void A_chain_of_tasks_on_one_file_gets_one_order_each()
    {
        var plan = Documents.Plan(Documents.Tasks([.. Enumerable.Range(0, 6).Select(i => $$"""{"id": "t{{i}}", "files": ["x"]}""")]));
        Assert.Equal(["", "t0", "t1", "t2", "t3", "t4"],
            plan.Items.Select(item => string.Join(' ', item.After.Select(after => after.ForeignId))));
    }

    [Fact]
    public void Who_waits_for_a_circle_is_in_none()
    {
        var read = Documents.Read(Documents.Tasks("""{"id": "a", "dependsOn": ["c"]}""", """{"id": "b", "dependsOn": ["a"]}""",
            """{"id": "c", "dependsOn": ["b"]}""", """{"id": "d", "dependsOn": ["c"]}""", """{"id": "e", "dependsOn": ["e", "d"]}"""));
        Assert.Equal("They wait for each other: a -> c -> b -> a. | They wait for each other: e -> e.",
            string.Join(" | ", read.Findings.Select(one => one.Text)));
    }

    [Fact]
    public void Everything_that_cannot_run_is_named_at_once_with_its_place()
    {
        var read = Documents.Read("""
            {"phases": [
              {"name": "Early", "tasks": [{"id": "t1", "dependsOn": ["t4"]}, {"id": "t2", "dependsOn": ["t33"]},
                  {"id": "t3", "status": "almost"}]},
              {"name": "Late", "tasks": [{"id": "t4"}, {"id": "t5", "dependsOn": ["t6"]}, {"id": "t6", "dependsOn": ["t7"]},
                {"id": "t7", "dependsOn": ["t5"]}, {"id": "t8", "dependsOn": ["t8"]}]}]}
            """);
        Assert.Null(read.Plan);
        Assert.Equal("warning:unknown_status error:later_phase error:unknown_dependency error:cycle error:cycle", read.Codes());
        Assert.Equal("$.phases[0].tasks[0]", read.Findings[1].Place);
        Assert.Contains("t1 in 'Early' depends on t4, which is in the later phase 'Late'", read.Findings[1].Text, StringComparison.Ordinal);
        Assert.Equal("Is t3 meant?", read.Findings[2].Fix);
        Assert.Contains("t5 -> t6 -> t7 -> t5", read.Findings[3].Text, StringComparison.Ordinal);
        Assert.Contains("t8 -> t8", read.Findings[4].Text, StringComparison.Ordinal);
        Assert.All(read.Findings.Where(one => one.IsError), one => Assert.NotNull(one.Fix));
    }

    [Theory]
    [InlineData("""{"phases": [{"tasks": [{"id": "a"}, {"id": "a"}]}]}""", "error:duplicate_id")]
    [InlineData("""{"phases": [{"tasks": [{"title": "no id"}]}]}""", "error:no_id")]
    [InlineData("""{"phases": []}""", "error:no_items")]
    [InlineData("""{"phases": [{"tasks": []}]}""", "error:no_items")]
    [InlineData("""{"phases": [{"id": "x", "tasks": [{"id": "a"}]}, {"id": "x", "tasks": [{"id": "b"}]}]}""", "error:duplicate_phase")]
    [InlineData("""{"phases": [{"tasks": [{"id": "a", "files": "one.c"}]}]}""", "")]
    [InlineData("""{"phases": [{"tasks": [{"id": 7, "files": [1, {}]}]}]}""", "warning:wrong_type")]
    [InlineData("""{"phases": [{"tasks": [{"id": "a", "dependsOn": {}}]}]}""", "warning:wrong_type")]
    [InlineData("""{"phases": [{"tasks": [{"id": "a", "files": ["/etc/passwd", "../x", "C:/x"]}]}]}""",
        "warning:bad_path warning:bad_path warning:bad_path")]
    [InlineData("""{"phases": [{"tasks": [{"id": "a"}], "gate": "never"}]}""", "warning:unknown_gate")]
    [InlineData("""{"phases": "none", "tasks": [{"id": "a"}]}""", "warning:wrong_type")]
    [InlineData("""{"tasks": [{"id": "a"}, {"id": "b"}]}""", "")]
    [InlineData("""{"phases": [{"tasks": [{"id": "a"}]}], // a remark and a comma""" + "\n}", "")]
    public void Odd_manifests_are_taken_or_refused_with_a_reason(string text, string codes) =>
        Assert.Equal(codes, Documents.Read(text, SourceKinds.Manifest).Codes());

    [Fact]
    public void What_is_too_long_is_cut_and_told()
    {
        var read = Documents.Read(Documents.Tasks($$"""{"id": "a", "title": "{{new string('x', 600)}}"}"""));
        Assert.Equal("warning:title_cut", read.Codes());
        Assert.Equal(500, read.Plan!.Items[0].Title.Length);
        Assert.Contains(new string('x', 600), read.Plan.Items[0].Description, StringComparison.Ordinal);
        var many = string.Join(',', Enumerable.Range(0, DraftCheck.MostItems + 1).Select(i => $$"""{"id": "{{i}}"}"""));
        Assert.Equal("error:too_many_items", Documents.Read(Documents.Tasks(many)).Codes());
    }

    [Theory]
    [InlineData("pending", "inbox", "pending")]
    [InlineData("blocked", "inbox", "pending")]
    [InlineData("running", "inbox", "pending")]
    [InlineData("error", "inbox", "pending")]
    [InlineData("complete", "done", "complete")]
    [InlineData("merged", "done", "complete")]
    public void Words_come_in_and_go_out(string word, string means, string back)
    {
        var status = ItemLifecycle.Parse(means)!.Value;
        Assert.Equal(status, ManifestWords.In(word));
        Assert.Equal(back, ManifestWords.Out(status, waits: false, merged: false, isOpen: false));
    }

    [Theory]
    [InlineData("Complete", "done")]
    [InlineData("DONE", "done")]
    [InlineData("completed", "done")]
    [InlineData("PR-open", "done")]
    [InlineData("pr open", "done")]
    [InlineData("in-progress", "inbox")]
    [InlineData("todo", "inbox")]
    [InlineData("cancelled", "canceled")]
    [InlineData("almost", null)]
    public void Words_of_other_programs_and_in_other_cases_are_known(string word, string? means) =>
        Assert.Equal(means is null ? null : ItemLifecycle.Parse(means), ManifestWords.In(word));

    [Fact]
    public void Lists_written_as_texts_steps_that_are_titles_and_addresses_of_issues_are_read()
    {
        var read = Documents.Read(Documents.Tasks("""
            {"id": "a", "files": "x.c, y.c", "steps": ["first", "second"], "issue": "https://github.com/acme/shop/issues/12",
             "optional": "true"}
            """, """{"id": "b", "files": ["y.c"], "subtasks": [{"title": "third"}], "priority": "P0", "issue": "#13"}""",
            """{"id": "c", "dependsOn": "a, b", "blockedBy": ["b"], "priority": "critical"}"""));
        var plan = read.Plan!;
        Assert.Equal("", read.Codes());
        Assert.Equal(("x.c y.c", "a.1 first, a.2 second", 12L, true), (string.Join(' ', plan.Item("a").Writes),
            string.Join(", ", plan.Item("a").Steps.Select(step => $"{step.ForeignId} {step.Title}")), plan.Item("a").Issue,
            plan.Item("a").Optional));
        Assert.Equal(("b.1 third", "urgent", 13L), (
            string.Join(", ", plan.Item("b").Steps.Select(step => $"{step.ForeignId} {step.Title}")),
            plan.Item("b").Priority, plan.Item("b").Issue));
        Assert.Equal(("a b", "urgent"), (string.Join(' ', plan.Item("c").DependsOn), plan.Item("c").Priority));
    }

    [Theory]
    [InlineData("phases:\n  - name: One\n    tasks:\n      - id: a\n", "It looks like YAML")]
    [InlineData("{\"tasks\": [{\"title\": \"no id\"}]}", "has no id")]
    [InlineData("{\"tasks\": [{\"id\": \"a\", \"optional\": 7}]}", "neither true nor false")]
    public void What_is_wrong_is_said_in_words_of_the_form_it_was_meant_to_be(string text, string words) =>
        Assert.Contains(words, string.Join(' ', Documents.Read(text).Findings.Select(one => one.Text)), StringComparison.Ordinal);

    [Fact]
    public void Members_that_go_by_another_name_and_words_in_other_cases_are_read()
    {
        var read = Documents.Read("""
            {"phases": [
              {"name": "One", "gate": "Manual", "tasks": [
                {"id": "a", "writes": ["x.c"], "acceptance_criteria": ["it works"], "priority": "HIGH", "type": "UI"},
                {"id": "b", "depends_on": ["a"], "status": "Done"}, {"id": "c", "dependencies": "b", "dependsOn": ["a"]}]},
              {"name": "Two", "gate": "ALL-MERGED", "tasks": [{"id": "d"}]}]}
            """);
        var plan = read.Plan!;
        Assert.Equal("", read.Codes());
        Assert.Equal(("x.c", "it works", "high", WorkTypes.Ui), (Assert.Single(plan.Item("a").Writes),
            Assert.Single(plan.Item("a").Criteria), plan.Item("a").Priority, plan.Item("a").Type));
        Assert.Equal(("a", "a b", "Done"), (string.Join(' ', plan.Item("b").DependsOn), string.Join(' ', plan.Item("c").DependsOn),
            plan.Item("b").ForeignStatus));
        Assert.Equal([PhaseGate.Person, PhaseGate.AllMerged], plan.Phases.Select(phase => phase.Gate));
        Assert.All(plan.Items, item => Assert.Null(item.Unknown));
    }

    [Theory]
    [InlineData("security-sensitive", "high", "security-sensitive")]
    [InlineData("Complex", null, "complex")]
    [InlineData("standard", null, "standard")]
    [InlineData("high", "high", null)]
    [InlineData("low", "low", null)]
    public void How_much_care_a_task_needs_is_said_in_either_words(string word, string? criticality, string? care)
    {
        var item = Documents.Plan(Documents.Tasks($$"""{"id": "a", "criticality": "{{word}}"}""")).Items[0];
        Assert.Equal((criticality, care), (item.Criticality, item.Care));
    }

    [Fact]
    public void Every_status_has_a_word()
    {
        Assert.Equal("pending pending pending running running complete stuck error canceled skipped",
            string.Join(' ', Enum.GetValues<ItemStatus>().Select(status =>
                ManifestWords.Out(status, waits: false, merged: false, isOpen: false))));
        Assert.Equal(("blocked", "merged"), (ManifestWords.Out(ItemStatus.Ready, true, false, false),
            ManifestWords.Out(ItemStatus.Done, false, true, false)));
    }
}
