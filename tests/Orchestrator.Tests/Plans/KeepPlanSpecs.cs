using Orchestrator.Items;
using Orchestrator.Plans;

namespace Orchestrator.Tests.Plans;

/// <summary>Plans in a real store: what an import makes, what another one changes, what holds items back, and what passes do.</summary>
public sealed class KeepPlanSpecs : IDisposable
{
    readonly PlanStage stage = new();

    public void Dispose() => stage.Dispose();

    [Fact]
    public async Task Each_unit_becomes_an_item_with_its_dependencies_and_steps()
    {
        var (plan, _) = await stage.Import(Documents.State);
        Assert.Equal(("draft", 3L, 0L), (plan.Status, plan.Total, plan.Decided));
        var unit = stage.Unit(plan.Id, "1");
        Assert.Equal("inbox", unit.Item!.Status);
        Assert.Equal([stage.Unit(plan.Id, "2").ItemId], unit.Item.BlockedBy);
        Assert.Equal("1.1=done 1.2=open", string.Join(' ', unit.Steps.Select(step => $"{step.StepId}={step.State}")));
        Assert.Contains("- 1.1 add\n  one\n  two\n\n- 1.2 remove\n", unit.Item.Description, StringComparison.Ordinal);
        Assert.Equal(("low", "medium", "high", "urgent"), (PriorityIn("low", "Critical"), PriorityIn(null, "3"),
            PriorityIn(null, "High ones"),
            PriorityIn(null, "1: Critical")));
        Assert.Equal((plan.Id, "high", "ui"), (unit.Item.Plan, unit.Item.Criticality, stage.Unit(plan.Id, "2").Item!.Kind));
        Assert.Contains("has not been started", Assert.Single(plan.Phases).Held, StringComparison.Ordinal);
    }

    static string PriorityIn(string? said, string phase) =>
        PlanEntry.Of(new ItemDraft { ForeignId = "a", Title = "a", Priority = said }, phase).Priority!;

    [Fact]
    public async Task Optional_work_holds_nobody_up_and_done_work_is_done()
    {
        var (plan, _) = await stage.Import(Documents.Tasks("""{"id": "a", "optional": true}""", """{"id": "b", "dependsOn": ["a"]}""",
            """{"id": "c", "status": "merged"}""", """{"id": "d", "dependsOn": ["c"]}"""));
        Assert.Empty(stage.Unit(plan.Id, "b").Item!.BlockedBy);
        Assert.True(stage.Unit(plan.Id, "c").Item is { State: ItemStatus.Done, Unchecked: true });
        Assert.Equal(0, stage.Unit(plan.Id, "d").Item!.OpenDependencies);
        Assert.Equal((3L, 1L), (plan.Total, plan.Decided));
    }

    [Fact]
    public async Task Imported_again_it_is_the_same_plan()
    {
        var (plan, findings) = await stage.Import(Documents.Manifest);
        var before = stage.Store.Read(db => db.Text("select group_concat(data, ' ') from events where type like 'item.%'"));
        var (again, told) = await stage.Import(Documents.Manifest);
        Assert.Equal(plan.Id, again.Id);
        Assert.Equal(findings, told);
        Assert.Equal(8, stage.Store.Read(db => db.Number("select count(*) from items")));
        Assert.Equal(before, stage.Store.Read(db => db.Text("select group_concat(data, ' ') from events where type like 'item.%'")));
        Assert.NotEqual(plan.Id, (await stage.Import(Documents.Manifest, "another place")).Plan.Id);
    }

    [Fact]
    public async Task Another_import_changes_what_is_open_adds_what_is_new_and_takes_nothing_back()
    {
        var (plan, _) = await stage.Import(Documents.Tasks("""{"id": "a", "title": "old"}""", """{"id": "b"}""", """{"id": "c"}""",
            """{"id": "d"}"""));
        await stage.Step(plan.Id, PlanAct.Start);
        await stage.Settle(plan.Id);
        await stage.Move(plan.Id, "b", ItemStep.Accept);
        await stage.Move(plan.Id, "c", ItemStep.Start);
        var (again, findings) = await stage.Import(Documents.Tasks("""{"id": "e"}""", """{"id": "a", "title": "new", "dependsOn": ["e"]}""",
            """{"id": "b", "status": "pending", "title": "other"}""", """{"id": "c", "title": "changed"}"""));
        Assert.Equal(("running", 5L, 1L), (again.Status, again.Total, again.Decided));
        Assert.Equal(("new", 1L), (stage.Unit(plan.Id, "a").Item!.Title, stage.Unit(plan.Id, "a").Item!.OpenDependencies));
        Assert.Equal(("done", "in_flight"), (stage.StatusOf(plan.Id, "b"), stage.StatusOf(plan.Id, "c")));
        Assert.Equal("Task c", stage.Unit(plan.Id, "c").Item!.Title);
        Assert.True(stage.Unit(plan.Id, "d").Gone);
        Assert.Equal("kept_as_worked_on kept_as_worked_on vanished", string.Join(' ', findings.Select(one => one.Code).Order()));
    }

    [Fact]
    public async Task What_was_done_elsewhere_meanwhile_is_taken_over_where_nobody_began_here()
    {
        var (plan, _) = await stage.Import(Documents.Tasks("""{"id": "a"}""", """{"id": "b"}"""));
        await stage.Move(plan.Id, "b", ItemStep.Admit);
        await stage.Move(plan.Id, "b", ItemStep.Start);
        await stage.Import(Documents.Tasks("""{"id": "a", "status": "complete"}""", """{"id": "b", "status": "complete"}"""));
        Assert.Equal(("done", "in_flight"), (stage.StatusOf(plan.Id, "a"), stage.StatusOf(plan.Id, "b")));
    }

    [Fact]
    public async Task A_completed_plan_with_something_new_waits_for_consent_again()
    {
        var (plan, _) = await stage.Import(Documents.Tasks("""{"id": "a"}"""));
        await stage.Step(plan.Id, PlanAct.Start);
        await stage.Move(plan.Id, "a", ItemStep.Accept);
        await stage.Settle(plan.Id);
        Assert.Equal("completed", stage.Plan(plan.Id).Status);
        await stage.Import(Documents.Tasks("""{"id": "a"}"""));
        Assert.Equal("completed", stage.Plan(plan.Id).Status);
        await stage.Import(Documents.Tasks("""{"id": "a"}""", """{"id": "b"}"""));
        Assert.Equal("draft", stage.Plan(plan.Id).Status);
    }

    [Fact]
    public async Task Phases_open_one_after_the_other_and_say_why_not()
    {
        var (plan, _) = await stage.Import("""
            {"phases": [{"name": "One", "tasks": [{"id": "a"}]}, {"name": "Two", "tasks": [{"id": "b"}, {"id": "c", "dependsOn": ["b"]}]}]}
            """);
        await stage.Step(plan.Id, PlanAct.Start);
        await stage.Settle(plan.Id);
        Assert.Equal(("ready", "inbox"), (stage.StatusOf(plan.Id, "a"), stage.StatusOf(plan.Id, "b")));
        Assert.Equal($"Its phase 'Two' (2) opens when 'One' is through: agentctl plan why {plan.Id}", stage.Plan(plan.Id).Phases[1].Held);
        Assert.Equal("phase", Assert.Single(Why(plan.Id, "b"), cause => cause.Code == "phase").Code);
        Assert.Empty(Why(plan.Id, "a"));
        await stage.Step(plan.Id, PlanAct.Pause);
        Assert.Contains("paused", Assert.Single(Why(plan.Id, "a")).Text, StringComparison.Ordinal);
        Assert.Null(Next());
        await stage.Step(plan.Id, PlanAct.Resume);
        Assert.Equal(stage.Unit(plan.Id, "a").ItemId, Next()?.Id);
        await stage.Move(plan.Id, "a", ItemStep.Accept);
        await stage.Settle(plan.Id);
        Assert.Equal("done open", string.Join(' ', stage.Plan(plan.Id).Phases.Select(phase => phase.State)));
        Assert.Empty(Why(plan.Id, "b"));
        Assert.Equal("dependency", Assert.Single(Why(plan.Id, "c")).Code);
    }

    IReadOnlyList<WhyNot> Why(string plan, string id) => stage.Store.Read(db => Eligibility.Causes(
        QueueView.Read(db, 0, "2026-01-31", 4).Of(db, stage.Unit(plan, id).Item!, ProjectRule.None, Purpose.AutoRun)));

    Item? Next() => stage.Store.Read(db => NextItem.Choose(db, QueueView.Read(db, 0, "2026-01-31", 4),
        new Dictionary<string, ProjectRule>(), Purpose.AutoRun));

    [Fact]
    public async Task A_failed_item_asks_and_the_rest_goes_on_until_only_that_is_left()
    {
        var (plan, _) = await stage.Import(Documents.Tasks("""{"id": "a"}""", """{"id": "b", "dependsOn": ["a"]}""", """{"id": "c"}"""));
        await stage.Step(plan.Id, PlanAct.Start);
        await stage.Settle(plan.Id);
        await stage.Move(plan.Id, "a", ItemStep.Block);
        await stage.Settle(plan.Id);
        var asked = stage.Plan(plan.Id);
        Assert.Equal("needs_decision", asked.Status);
        var decision = Assert.Single(asked.Decisions);
        Assert.Equal(("item", "a", "retry skip abort"), (decision.Kind, decision.ForeignId, string.Join(' ', decision.Options)));
        Assert.Contains("1 other waits for it", decision.Text, StringComparison.Ordinal);
        Assert.Equal(stage.Unit(plan.Id, "c").ItemId, Next()?.Id);
        await stage.Move(plan.Id, "c", ItemStep.Accept);
        await stage.Settle(plan.Id);
        Assert.Equal("needs_decision", stage.Plan(plan.Id).Status);
        // Somebody solved it without saying so to the plan: the question is void, and who waited goes on.
        await stage.Move(plan.Id, "a", ItemStep.Accept);
        await stage.Settle(plan.Id);
        Assert.Equal("running", stage.Plan(plan.Id).Status);
        Assert.Equal("gone", stage.Store.Read(db => Assert.Single(PlanRows.Decisions(db, plan.Id, openOnly: false))).State);
        Assert.Equal(stage.Unit(plan.Id, "b").ItemId, Next()?.Id);
    }

    [Fact]
    public async Task A_plan_whose_items_are_gone_has_failed()
    {
        var (plan, _) = await stage.Import(Documents.Tasks("""{"id": "a"}""", """{"id": "b"}"""));
        await stage.Step(plan.Id, PlanAct.Start);
        await stage.Store.Write(transaction => { transaction.Db.Execute("delete from items"); });
        await stage.Settle(plan.Id);
        Assert.Equal(("failed", "All of its items were taken out of the queue."), (stage.Plan(plan.Id).Status, stage.Plan(plan.Id).Reason));
        // Imported again it has them once more.
        await stage.Import(Documents.Tasks("""{"id": "a"}""", """{"id": "b", "dependsOn": ["a"]}"""));
        await stage.Step(plan.Id, PlanAct.Resume);
        await stage.Settle(plan.Id);
        Assert.Equal(("running", "ready"), (stage.Plan(plan.Id).Status, stage.StatusOf(plan.Id, "b")));
    }

    [Fact]
    public async Task An_item_that_got_steps_of_its_own_is_waited_for_and_not_tried_without_end()
    {
        var (plan, _) = await stage.Import(Documents.Tasks("""{"id": "a"}"""));
        await stage.Step(plan.Id, PlanAct.Start);
        var parent = stage.Unit(plan.Id, "a").ItemId;
        await stage.Store.Write(transaction =>
        {
            stage.Items.Insert(transaction, new NewItem { Title = "step", Parent = parent },
            "ann");
        });
        Assert.True(await Pass());
        Assert.False(await Pass());
        Task<bool> Pass() => stage.Store.Write(transaction => stage.Plans.Apply(transaction, plan.Id,
            PlanPass.Decide(PlanRows.Facts(transaction.Db, plan.Id))));
    }

    [Fact]
    public async Task A_canceled_plan_takes_its_open_items_with_it()
    {
        var (plan, _) = await stage.Import(Documents.Tasks("""{"id": "a"}""", """{"id": "b"}""", """{"id": "c"}"""));
        await stage.Step(plan.Id, PlanAct.Start);
        await stage.Move(plan.Id, "a", ItemStep.Accept);
        await stage.Step(plan.Id, PlanAct.Cancel);
        await stage.Settle(plan.Id);
        Assert.Equal("done canceled canceled", string.Join(' ', new[] { "a", "b", "c" }.Select(id => stage.StatusOf(plan.Id, id))));
    }

    [Fact]
    public async Task Five_thousand_items_in_one_chain_are_stored_and_looked_at_in_time()
    {
        var tasks = Enumerable.Range(0, DraftCheck.MostItems).Select(i => i == 0 ? """{"id": "t0"}"""
            : $$"""{"id": "t{{i}}", "dependsOn": ["t{{i - 1}}"], "files": ["f{{i % 40}}"]}""");
        var (plan, _) = await stage.Import(Documents.Tasks([.. tasks]));
        await stage.Step(plan.Id, PlanAct.Start);
        await stage.Settle(plan.Id);
        Assert.Equal("ready", stage.StatusOf(plan.Id, $"t{DraftCheck.MostItems - 1}"));
        TimeSpan Took(Action work)
        {
            var begun = TimeProvider.System.GetTimestamp();
            work();
            return TimeProvider.System.GetElapsedTime(begun);
        }

        // The rows of a look, against reading as many numbers: a look that read each item whole would be far beyond.
        var all = Enumerable.Range(0, 5).Min(_ => Took(() => stage.Store.Read(db => PlanPass.Decide(PlanRows.Facts(db, plan.Id)))));
        var least = Enumerable.Range(0, 5).Min(_ => Took(() => stage.Store.Read(db =>
            db.Query("select x.item_id, i.status from plan_items x join items i on i.id = x.item_id", row => row.GetString(1)))));
        Assert.True(all < least * 20 + TimeSpan.FromMilliseconds(20), $"{all.TotalMilliseconds} ms against {least.TotalMilliseconds} ms");
    }
}
