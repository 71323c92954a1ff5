using System.Text.Json.Nodes;
using Orchestrator.Items;
using Orchestrator.Plans;
using Orchestrator.Store;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>A real store with plans in it and no daemon: items are moved by hand, passes are made when the test says so.</summary>
sealed class PlanStage : IDisposable
{
    readonly TempStore temp = new();

    public PlanStage()
    {
        Items = new ItemStore(temp.Store, temp.Log);
        Plans = new PlanStore(Items);
    }

    public ItemStore Items { get; }

    public PlanStore Plans { get; }

    public Database Store => temp.Store;

    /// <summary>Imports a document under a key.</summary>
    public async Task<(Plan Plan, IReadOnlyList<ImportFinding> Findings)> Import(string text, string key = "k")
    {
        var read = Documents.Read(text);
        Assert.True(read.Plan is not null, string.Join('\n', read.Findings));
        return await Store.Write(transaction => new KeepPlan(Plans).Keep(transaction,
            new PlanOrder(read.Plan!, [new SourceText("", text)], key, null, read.Findings), "ann"));
    }

    public Plan Plan(string id) => Store.Read(db => PlanRows.Get(db, id));

    public PlanItem Unit(string plan, string id) => Store.Read(db => PlanRows.Unit(db, plan, id));

    public string StatusOf(string plan, string id) => Unit(plan, id).Item!.Status;

    public Task Step(string plan, PlanAct step) => Store.Write(transaction => { Plans.Move(transaction, plan, step, "ann", null); });

    public Task Move(string plan, string id, ItemStep step) => Store.Write(transaction =>
    {
        Items.Move(transaction, Unit(plan, id).ItemId, step, new ItemChange("ann", "test")
        {
            Causes = step == ItemStep.Block ? [new(CauseKinds.Person, "it did not work.", "")] : [],
        });
    });

    /// <summary>Makes passes until nothing is left to be decided.</summary>
    public Task Settle(string plan) => Store.Write(transaction =>
    {
        for (var turns = 0; PlanPass.Decide(PlanRows.Facts(transaction.Db, plan)) is { IsNothing: false } moves; turns++)
        {
            Assert.True(turns < 100 && Plans.Apply(transaction, plan, moves), "no end");
        }
    });

    public ExportFacts Facts(string plan) => Store.Read(db => ExportFacts.Read(db, plan, DateTimeOffset.UnixEpoch));

    /// <summary>The plan as a manifest.</summary>
    public JsonObject Manifest(string plan) => ManifestExport.Of(Facts(plan));

    public void Dispose() => temp.Dispose();
}
