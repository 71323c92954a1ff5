using Orchestrator.Items;
using Orchestrator.Plans;

namespace Orchestrator.Tests.Plans;

/// <summary>State files, parallel tasks and lists of issues.</summary>
public class OtherImportSpecs
{
    [Fact]
    public void A_task_with_subtasks_is_one_unit_with_steps()
    {
        var plan = Documents.Plan(Documents.State);
        Assert.Equal((SourceKinds.AgentState, "shop", "specs/shop"), (plan.SourceKind, plan.Title, plan.SourceKey));
        Assert.Equal(["1", "2", "3"], plan.Items.Select(item => item.ForeignId));
        var unit = plan.Item("1");
        Assert.Equal([("1.1", true), ("1.2", false)], unit.Steps.Select(step => (step.ForeignId, step.Done)));
        Assert.Equal("one\ntwo", unit.Steps[0].Details);
        // What a step waits for, its unit waits for, and who waits for a step waits for its unit.
        Assert.Equal(["2"], unit.DependsOn);
        Assert.Equal(["1"], plan.Item("3").DependsOn);
        Assert.Equal("cart.js high security-sensitive in_progress",
            $"{Assert.Single(unit.Writes)} {unit.Criticality} {unit.Care} {unit.ForeignStatus}");
        Assert.Equal((WorkTypes.Ui, WorkTypes.Review), (plan.Item("2").Type, plan.Item("3").Type));
        Assert.Contains("\"target_window\":\"cart\"", unit.Unknown, StringComparison.Ordinal);
        Assert.Contains("\"made_by\":\"tool 3\"", plan.Unknown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"task_id": "1", "subtasks": ["1.1"]}, {"task_id": "1.1"}""", "1(1.1)", "")]
    [InlineData("""{"task_id": "1"}, {"task_id": "1.1", "parent_id": "1"}, {"task_id": "1.1.1", "parent_id": "1.1"}""", "1(1.1 1.1.1)", "")]
    [InlineData("""{"task_id": "1", "parent_id": "2"}, {"task_id": "2", "parent_id": "1"}, {"task_id": "3"}""", "1() 2() 3()",
        "warning:unknown_parent warning:unknown_parent")]
    [InlineData("""{"task_id": "1", "subtasks": ["1"]}""", "1()", "warning:unknown_parent")]
    public void Who_belongs_to_whom_is_said_by_either_of_them(string tasks, string units, string codes)
    {
        var read = Documents.Read($$"""{"spec_path": "x", "generated_at": "now", "tasks": [{{tasks}}]}""");
        Assert.Equal((units, codes), (string.Join(' ', read.Plan!.Items.Select(unit =>
            $"{unit.ForeignId}({string.Join(' ', unit.Steps.Select(step => step.ForeignId))})")), read.Codes()));
    }

    [Fact]
    public void All_keys_that_are_missing_are_named_at_once()
    {
        var read = Documents.Read("""{"spec_path": "x", "session_name": "y", "tasks": [], "other": 1}""", SourceKinds.AgentState);
        Assert.Null(read.Plan);
        var missing = Assert.Single(read.Findings);
        Assert.Equal("missing_keys", missing.Code);
        Assert.All((string[])["review_findings", "final_reports", "blocked_items", "pending_decisions", "deferred_fixes", "window_mapping"],
            key => Assert.Contains(key, missing.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"spec_path": "x", "tasks": [{"task_id": "1", "description": "d"}]}""", "")]
    [InlineData("""{"spec_path": "x", "tasks": [{"task_id": "1.1", "parent_id": "1", "description": "d"}]}""", "warning:unknown_parent")]
    [InlineData("""{"spec_path": "x", "tasks": [{"task_id": "1", "status": "sleeping"}]}""", "warning:unknown_status")]
    [InlineData("""{"spec_path": "x", "tasks": [{"task_id": "1", "dependencies": ["2"]}, {"task_id": "2", "dependencies": ["1"]}]}""",
        "error:cycle")]
    [InlineData("""{"spec_path": "x", "tasks": [{"description": "no id"}, {"task_id": "2", "parent_id": ""}]}""", "error:no_id")]
    [InlineData("""{"spec_path": "x", "tasks": []}""", "error:no_items")]
    [InlineData("""{"spec_path": "x", "tasks": [{"task_id": "1", "status": "Completed"}, {"task_id": "2", "status": "done"}]}""", "")]
    [InlineData("""{"spec_path": "x", "tasks": [{"task_id": "1", "status": "In Progress"}]}""", "info:was_running")]
    public void Parsed_tasks_are_taken_too(string text, string codes) => Assert.Equal(codes, Documents.Read(text).Codes());

    [Fact]
    public void Parallel_tasks_have_headers_and_a_body()
    {
        var plan = Documents.Plan(Documents.Parallel);
        Assert.Equal(["schema", "api"], plan.Items.Select(item => item.ForeignId));
        Assert.Equal("Add the table: it has a colon.\n\nAnd a second paragraph.", plan.Items[0].Description);
        Assert.Equal("Add the table: it has a colon.", plan.Items[0].Title);
        Assert.Equal("""{"workdir":"db","backend":"some"}""", plan.Items[0].Unknown);
        Assert.Equal(["schema"], plan.Items[1].DependsOn);
    }

    [Theory]
    [InlineData("", "error:empty")]
    [InlineData("just text", "error:no_tasks")]
    [InlineData("---TASK---\nid: a\ndo it", "error:no_separator")]
    [InlineData("---TASK---\nworkdir: .\n---CONTENT---\ntext", "error:no_id")]
    [InlineData("---TASK---\nid: a\n---CONTENT---\n \n", "error:no_content")]
    [InlineData("---TASK---\nid: a\nsession_id:\n---CONTENT---\nx", "error:empty_session_id")]
    [InlineData("---TASK---\nid: a\n---CONTENT---\nx\n---TASK---\nid: a\n---CONTENT---\ny", "error:duplicate_id")]
    [InlineData("---TASK---\nid: a\ndependencies: zz\n---CONTENT---\nx", "error:unknown_dependency")]
    [InlineData("---TASK---\nid: a\ndependencies: b\n---CONTENT---\nx\n---TASK---\nid: b\ndependencies: a\n---CONTENT---\ny",
        "error:cycle")]
    [InlineData("---TASK---\n---CONTENT---\n\n---TASK---\nid: b\nno end", "error:no_id error:no_content error:no_separator")]
    [InlineData("---TASK---\nid: a\n---CONTENT---\nx\n---TASK---\nid: a\ndependencies: zz\n---CONTENT---\n\n",
        "error:no_content error:duplicate_id error:unknown_dependency")]
    [InlineData("# remark\r\n---TASK---\r\nid: a\r\n---CONTENT---\r\nx\r\n", "warning:text_before")]
    public void Parallel_tasks_with_a_mistake_are_refused_as_a_whole(string text, string codes)
    {
        var read = Documents.Read(text, SourceKinds.Wrapper);
        Assert.Equal(codes, read.Codes());
        Assert.Equal(codes.Contains("error", StringComparison.Ordinal), read.Plan is null);
        Assert.All(read.Findings.Where(one => one.Code.StartsWith("no_s", StringComparison.Ordinal)), one =>
            Assert.Contains("Block", one.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Labels_make_phases_files_make_order_and_words_make_dependencies()
    {
        var read = Documents.Read(Documents.Issues);
        var plan = read.Plan!;
        Assert.Equal(("Issues of owner/shop", "owner/shop"), (plan.Title, plan.SourceKey));
        Assert.Equal(["Phase 1: Critical", "Phase 2: High", "Phase 3: Medium and low"], plan.Phases.Select(phase => phase.Name));
        Assert.Equal(["5 level-2", "7 level-2", "8 level-1", "10 level-3"], plan.Items.Select(item => $"{item.ForeignId} {item.Phase}"));
        Assert.Equal(["src/list.ts"], plan.Item("5").Writes);
        Assert.Equal(["no crash", "a test"], plan.Item("7").Criteria);
        Assert.Empty(plan.Item("7").Writes);
        Assert.Equal(["7", "8"], plan.Item("10").DependsOn.Order(StringComparer.Ordinal));
        Assert.Contains("\"milestone\"", plan.Item("8").Unknown, StringComparison.Ordinal);
        // #7 was moved before #5 that waits for it; #9 is closed; #99 is not in the list.
        Assert.Equal("info:not_open info:moved_earlier warning:dependency_not_listed", read.Codes());
    }

    [Fact]
    public void Issues_that_say_they_wait_for_each_other_wait_in_the_order_in_which_they_were_opened()
    {
        var read = Documents.Read("""
            [{"number": 1, "title": "a", "body": "Depends on #3"}, {"number": 2, "title": "b", "body": "after #1"},
             {"number": 3, "title": "c", "body": "Blocked by: #2, and this closes #1"}, {"number": 4, "title": "d", "body": "requires #1"}]
            """);
        Assert.Equal("warning:dependency_cycle", read.Codes());
        Assert.Equal("#1 does not wait for #3.", read.Findings[0].Done);
        Assert.Equal("1: 2:1 3:2 4:1",
            string.Join(' ', read.Plan!.Items.Select(item => $"{item.ForeignId}:{string.Join(',', item.DependsOn)}")));
    }

    [Theory]
    [InlineData("in src/a/b.ts and lib/x.py.", "src/a/b.ts lib/x.py")]
    [InlineData("`main.go` breaks at version 1.2.3, see example.com", "main.go")]
    [InlineData("https://host/src/a.js or a@b.py", "")]
    [InlineData("../up.js /etc/passwd.conf", "")]
    [InlineData("(src/a.js), \"b.css\"; c.txt", "src/a.js b.css")]
    public void Files_are_found_in_words(string text, string files) => Assert.Equal(files, string.Join(' ', IssuesImport.FilesIn(text)));

    [Theory]
    [InlineData(SourceKinds.Manifest)]
    [InlineData(SourceKinds.AgentState)]
    [InlineData(SourceKinds.Wrapper)]
    [InlineData(SourceKinds.Issues)]
    public void The_format_is_seen_by_the_content(string kind)
    {
        var text = Documents.All[SourceKinds.All.ToList().IndexOf(kind)];
        Assert.Equal(kind, Documents.Plan(text).SourceKind);
        Assert.Equal(kind, Documents.Plan("\ufeff\n " + text).SourceKind);
        var folder = ImportText.Read([new SourceText("README.md", "# about"), new SourceText("the file", text)], null);
        Assert.Equal(kind, folder.Plan!.SourceKind);
    }

    [Theory]
    [InlineData("", "unknown_format")]
    [InlineData("a poem", "unknown_format")]
    [InlineData("{\"a\": 1}", "unknown_format")]
    [InlineData("[]", "unknown_format")]
    [InlineData("{\"phases\": [", "not_json")]
    [InlineData("{\"phases\": [], \"phases\": []}", "not_json")]
    [InlineData("{\"phases\": [{\"name\": \"\\ud800\"}]}", "not_json")]
    public void What_is_no_format_is_refused(string text, string code)
    {
        var read = Documents.Read(text);
        Assert.Null(read.Plan);
        Assert.Equal(code, Assert.Single(read.Findings).Code);
    }

    [Fact]
    public void The_status_words_of_state_files_come_out_for_every_status() =>
        Assert.Equal("not_started not_started not_started in_progress under_review completed blocked blocked blocked completed",
            string.Join(' ', Enum.GetValues<ItemStatus>().Select(status => StateWords.Out(status, heldBack: false))));
}
