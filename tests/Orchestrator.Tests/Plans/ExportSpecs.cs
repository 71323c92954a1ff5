using System.Text.Json.Nodes;
using Orchestrator.Items;
using Orchestrator.Plans;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>What comes in goes out again: manifests, state files, and the pulse document with people's words in it.</summary>
public sealed class ExportSpecs : IDisposable
{
    readonly PlanStage stage = new();

    public void Dispose() => stage.Dispose();

    [Fact]
    public async Task A_manifest_comes_back_with_its_own_words_and_members()
    {
        var (plan, _) = await stage.Import(Documents.Manifest);
        var back = stage.Manifest(plan.Id);
        Assert.Equal("owner/shop m-1 /somewhere/shop.sock ann all_merged", string.Join(' ', (string?)back["repo"], (string?)back["model"],
            (string?)back["socket"], (string?)back["phases"]![0]!["owner"], (string?)back["phases"]![1]!["gate"]));
        var tasks = back["phases"]!.AsArray().SelectMany(phase => phase!["tasks"]!.AsArray()).ToDictionary(task => (string)task!["id"]!);
        Assert.Equal("pending pending pr_open stuck pending pending pending pending",
            string.Join(' ', tasks.Values.Select(task => (string?)task!["status"] is "blocked" ? "pending" : (string?)task["status"])));
        Assert.Equal("blocked", (string?)tasks["t2"]!["status"]);
        Assert.True(tasks["t3"]!.AsObject().ContainsKey("worktree"));
        Assert.Equal(7, (int?)tasks["t3"]!["prNumber"]);
        Assert.Equal("[]", tasks["t7"]!["dependsOn"]!.ToJsonString());
        await stage.Move(plan.Id, "t4", ItemStep.Accept);
        Assert.Equal("complete", (string?)stage.Manifest(plan.Id)["phases"]![1]!["tasks"]![0]!["status"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Exported_and_imported_it_stays_the_same(int document)
    {
        var (first, _) = await stage.Import(Documents.All[document], "one");
        var once = stage.Manifest(first.Id).ToJsonString();
        var (second, _) = await stage.Import(once, "two");
        var twice = stage.Manifest(second.Id).ToJsonString();
        var (third, _) = await stage.Import(twice, "three");
        Assert.Equal(twice, stage.Manifest(third.Id).ToJsonString());
        Assert.Equal(Shape(first.Id), Shape(second.Id));
    }

    [Theory]
    [MemberData(nameof(Drawn.Seeds), 11, 2, MemberType = typeof(Drawn))]
    public async Task Whatever_imports_comes_back_the_same(int seed)
    {
        var (random, imported) = (new Random(seed), 0);
        for (var i = 0; i < 200; i++)
        {
            var text = AnyTextSpecs.Damaged(Documents.All[i % Documents.All.Count], random);
            if (Documents.Read(text).Plan is null)
                continue;
            imported++;
            var (first, _) = await stage.Import(text, $"{i} one");
            var once = stage.Manifest(first.Id).ToJsonString();
            var (second, _) = await stage.Import(once, $"{i} two");
            var twice = stage.Manifest(second.Id).ToJsonString();
            var (third, _) = await stage.Import(twice, $"{i} three");
            Assert.True(twice == stage.Manifest(third.Id).ToJsonString(), $"seed {seed}:\n{text}\n{twice}");
            Assert.True(Shape(first.Id) == Shape(second.Id), $"seed {seed}:\n{text}\n{Shape(first.Id)}\n{Shape(second.Id)}");
        }

        Assert.True(imported > 10, $"only {imported}");
    }

    /// <summary>What a plan's units wait for, write and have done, in order.</summary>
    string Shape(string plan) => string.Join('\n', stage.Store.Read(db => PlanRows.Items(db, plan)).OrderBy(unit =>
        unit.PhaseNo).Select(unit =>
        $"{unit.PhaseNo} {unit.Draft.ForeignId} {unit.Draft.Title} {string.Join(',', unit.Draft.DependsOn)} "
        + $"{string.Join(',', unit.Draft.After)} {string.Join(',', unit.Draft.Writes)} {unit.Draft.Type} {unit.Optional} "
        + $"{unit.Item!.Status} {string.Join(',', unit.Steps.Select(step => $"{step.StepId}={step.State}"))}"));

    [Fact]
    public async Task A_state_file_comes_back_whole()
    {
        var (plan, _) = await stage.Import(Documents.State);
        var back = StateExport.Of(stage.Facts(plan.Id));
        var source = JsonNode.Parse(Documents.State)!;
        Assert.Equal(AgentStateImport.Required, AgentStateImport.Required.Where(back.ContainsKey));
        Assert.Equal(("specs/shop", "evening", "tool 3"), ((string?)back["spec_path"], (string?)back["session_name"],
            (string?)back["made_by"]));
        Assert.Equal("""{"1":"cart"}""", back["window_mapping"]!.ToJsonString());
        Assert.Equal(source["tasks"]!.AsArray().Select(task =>
            $"{task!["task_id"]} {task["status"]} {task["criticality"]} {task["target_window"]}"),
            back["tasks"]!.AsArray().Select(task => $"{task!["task_id"]} {task["status"]} {task["criticality"]} {task["target_window"]}"));
        Assert.Equal("""["1.1","1.2"]""", back["tasks"]![0]!["subtasks"]!.ToJsonString());
        Assert.Equal("1", (string?)back["tasks"]![1]!["parent_id"]);
        var (again, _) = await stage.Import(back.ToJsonString(), "again");
        var twice = StateExport.Of(stage.Facts(again.Id));
        Assert.Equal((plan.Id, again.Id), ((string?)back["plan_id"], (string?)twice["plan_id"]));
        twice["plan_id"] = plan.Id;
        Assert.Equal(back.ToJsonString(), twice.ToJsonString());
        var parsed = StateExport.Parsed(stage.Facts(plan.Id));
        Assert.Equal(["spec_path", "tasks"], parsed.Select(member => member.Key));
    }

    [Theory]
    [InlineData("security-sensitive", "high")]
    [InlineData("complex", "normal")]
    [InlineData("standard", "normal")]
    public async Task How_much_care_a_task_needs_goes_from_form_to_form(string care, string criticality)
    {
        // Words of the title would say otherwise.
        var state = JsonNode.Parse(Documents.State)!;
        (state["tasks"]![0]!["criticality"], state["tasks"]![0]!["description"]) = (care, care == "standard" ? "Password form" : "Cart");
        var (first, _) = await stage.Import(state.ToJsonString(), "state");
        string Care(string plan) => (string)StateExport.Of(stage.Facts(plan))["tasks"]![0]!["criticality"]!;
        string Stored(string plan) => stage.Store.Read(db => db.Text("select i.care || ' ' || i.criticality from items i join plan_items x "
            + "on x.item_id = i.id where x.plan_id = @id and x.foreign_id = '1'", ("@id", plan)))!;
        Assert.Equal((care, $"{care} {criticality}"), (Care(first.Id), Stored(first.Id)));
        var (second, _) = await stage.Import(stage.Manifest(first.Id).ToJsonString(), "manifest");
        Assert.Equal((care, $"{care} {criticality}"), (Care(second.Id), Stored(second.Id)));
        var (third, _) = await stage.Import(StateExport.Of(stage.Facts(second.Id)).ToJsonString(), "state again");
        Assert.Equal((care, $"{care} {criticality}"), (Care(third.Id), Stored(third.Id)));
    }

    [Fact]
    public async Task Any_plan_is_a_state_file_with_every_required_key()
    {
        var (plan, _) = await stage.Import(Documents.Manifest);
        await stage.Step(plan.Id, PlanAct.Start);
        await stage.Settle(plan.Id);
        await stage.Move(plan.Id, "t1", ItemStep.Block);
        await stage.Settle(plan.Id);
        var state = StateExport.Of(stage.Facts(plan.Id));
        Assert.True(AgentStateImport.Required.All(state.ContainsKey));
        Assert.Equal("blocked blocked completed", string.Join(' ',
            state["tasks"]!.AsArray().Take(3).Select(task => (string?)task!["status"])));
        Assert.Equal("""["t2"]""", state["blocked_items"]![0]!["dependent_tasks"]!.ToJsonString());
        Assert.Equal("t1", (string?)state["pending_decisions"]![0]!["task_id"]);
        Assert.NotNull(Documents.Read(state.ToJsonString()).Plan);
    }

    const string Written = "Before everything.\r\n# PULSE\r\n\r\n## 🟢 Mental model\r\n- one\r\n- two\r\n\r\n## Narrative Delta\r\n"
        + "My words.\r\n"
        + "```\r\n## Risks & Debt (not a heading)\r\n```\r\n## Risks & Debt\r\n\r\n### Technical Debt\r\n- None\r\n## Semantic Anchors\r\n"
        + "- [x] mine.c -> main of it\r\nafter the last one";

    [Fact]
    public async Task The_pulse_is_the_same_file_however_often_it_is_written_and_words_in_it_stay()
    {
        var (plan, _) = await stage.Import(Documents.Manifest);
        await stage.Step(plan.Id, PlanAct.Start);
        await stage.Settle(plan.Id);
        var once = PulseExport.Of(stage.Facts(plan.Id), Written);
        var text = once;
        for (var times = 0; times < 10; times++)
            text = PulseExport.Of(stage.Facts(plan.Id), text);
        Assert.Equal(once, text);
        Assert.Equal(Written.Replace("- None\r\n", "", StringComparison.Ordinal), Human(once));
        await stage.Move(plan.Id, "t1", ItemStep.Block);
        await stage.Settle(plan.Id);
        var blocked = PulseExport.Of(stage.Facts(plan.Id), text);
        Assert.Contains("it did not work.", blocked, StringComparison.Ordinal);
        await stage.Move(plan.Id, "t1", ItemStep.Accept);
        await stage.Settle(plan.Id);
        // What is solved is gone, and the rest is as it was.
        var solved = PulseExport.Of(stage.Facts(plan.Id), blocked);
        Assert.DoesNotContain("it did not work.", solved, StringComparison.Ordinal);
        Assert.Equal(Human(once), Human(solved));
    }

    /// <summary>A pulse without what stands between our remarks, and without headings we added.</summary>
    static string Human(string text)
    {
        var (kept, ours) = (new List<string>(), false);
        foreach (var line in text.Split("\r\n"))
        {
            if (line.StartsWith("<!-- plan:", StringComparison.Ordinal))
                ours = true;
            if (!ours && line is not ("### Cognitive Load Warnings" or "### Pending Decisions"))
                kept.Add(line);
            if (line == "<!-- /plan -->")
                ours = false;
        }

        return string.Join("\r\n", kept).TrimEnd('\r', '\n');
    }

    [Theory]
    [InlineData("")]
    [InlineData("# PULSE\n## Mental Model\n## Narrative Delta\n")]
    public async Task What_is_no_pulse_is_left_alone(string text)
    {
        var (plan, _) = await stage.Import(Documents.Manifest);
        Assert.Contains("Semantic Anchors", Assert.Throws<Fault>(() => PulseExport.Of(stage.Facts(plan.Id), text)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_pulse_has_all_sections_and_a_title_cannot_close_our_part()
    {
        var (plan, _) = await stage.Import(Documents.Tasks("""{"id": "a", "title": "evil <!-- /plan --> ## Narrative Delta"}"""));
        await stage.Move(plan.Id, "a", ItemStep.Accept);
        var pulse = PulseExport.Of(stage.Facts(plan.Id), null);
        Assert.Empty(PulseDocument.Missing(pulse));
        Assert.Equal(pulse, PulseExport.Of(stage.Facts(plan.Id), pulse));
    }
}
