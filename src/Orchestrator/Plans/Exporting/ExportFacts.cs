using System.Text.Json.Nodes;
using Orchestrator.Items;
using Orchestrator.Reviews;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>Everything that exports are made from, read at one moment.</summary>
/// <param name="Draft">What the source's top said.</param>
/// <param name="Units">In the source's order.</param>
sealed record ExportFacts(Plan Plan, PlanDraft Draft, IReadOnlyList<PlanItem> Units, IReadOnlyList<SourceText> Sources, DateTimeOffset Now)
{
    /// <summary>The last run of each item that has one.</summary>
    public required IReadOnlyDictionary<string, Run> Runs { get; init; }

    /// <summary>Open and closed findings of reviews, by item.</summary>
    public required ILookup<string, Finding> Findings { get; init; }

    /// <summary>Rounds of reviews, by item, in their order.</summary>
    public required ILookup<string, Round> Rounds { get; init; }

    /// <summary>The profile each item gets or has, by item; empty where nobody looked.</summary>
    public IReadOnlyDictionary<string, string> Owners { get; init; } = new Dictionary<string, string>();

    /// <summary>What the daemon's own check of each item's last run came to.</summary>
    public required IReadOnlyDictionary<string, string> Evidence { get; init; }

    /// <summary>The commit that check was of.</summary>
    public IReadOnlyDictionary<string, string> Commits { get; init; } = new Dictionary<string, string>();

    public static ExportFacts Read(Connection db, string planId, DateTimeOffset now)
    {
        var plan = PlanRows.Get(db, planId);
        var units = PlanRows.Items(db, planId);
        var draft = System.Text.Json.JsonSerializer.Deserialize(plan.Draft, PlansJson.Default.PlanDraft)!;
        var runs = units.Where(unit => unit.Item?.RunId is not null)
            .Select(unit => (unit.ItemId, Run: RunRows.Find(db, unit.Item!.RunId!))).Where(pair => pair.Run is not null)
            .ToDictionary(pair => pair.ItemId, pair => pair.Run!);
        var checks = db.Query("select x.item_id, c.summary, c.checked_commit from plan_items x join items i on i.id = x.item_id "
            + "join checks c on c.run_id = i.run_id where x.plan_id = @id and c.summary is not null order by c.created_no",
            row => (Item: row.GetString(0), Summary: row.GetString(1), Commit: row.TextOrNull(2)), ("@id", planId))
            .GroupBy(row => row.Item).ToDictionary(group => group.Key, group => group.Last());
        return new ExportFacts(plan, draft with
        {
            Phases = [.. plan.Phases.Select(phase => System.Text.Json.JsonSerializer.Deserialize(phase.Draft,
                PlansJson.Default.PhaseDraft)!)],
        }, units, PlanRows.Sources(db, planId), now)
        {
            Runs = runs,
            Findings = units.SelectMany(unit => FindingRows.OfItem(db, unit.ItemId)).ToLookup(one => one.ItemId ?? ""),
            Rounds = units.SelectMany(unit => RoundRows.OfItem(db, unit.ItemId)).ToLookup(round => round.ItemId),
            Evidence = checks.ToDictionary(pair => pair.Key, pair => pair.Value.Summary),
            Commits = checks.Where(pair => pair.Value.Commit is not null).ToDictionary(pair => pair.Key, pair => pair.Value.Commit!),
        };
    }

    /// <summary>Nothing has moved since the import: the source's own word still holds.</summary>
    public static bool AsImported(PlanItem unit) => unit.Item is { } item && (item.State == unit.Draft.Status
        || (unit.Draft.Status == ItemStatus.Inbox && item is
        {
            State: ItemStatus.Inbox or ItemStatus.Planning or ItemStatus.Ready,
            Attempts: 0
        }));

    /// <summary>Something it waits for cannot go on by itself.</summary>
    public bool HeldBack(PlanItem unit) => unit.Item is { } item && Units.Any(other => item.BlockedBy.Contains(other.ItemId)
        && other.Item?.State is ItemStatus.Blocked or ItemStatus.Failed or ItemStatus.Canceled);

    /// <summary>What stops an item, in words.</summary>
    public static string Why(Item item) => item.Causes is [var cause, ..] ? cause.Text : item.Status;

    /// <summary>Files that its last run changed.</summary>
    public IReadOnlyList<string> Files(PlanItem unit) => !Runs.TryGetValue(unit.ItemId, out var run) ? []
        : [.. run.FilesChanged.EnumerateArray().Select(file => file.TryGetProperty("path", out var path) ? path.GetString() : null)
            .OfType<string>()];

    /// <summary>Members that came in and mean nothing here.</summary>
    public static JsonObject Kept(string? unknown) => unknown is null ? [] : JsonNode.Parse(unknown)!.AsObject();

    /// <summary>Puts kept members behind those that are there already.</summary>
    public static JsonObject With(JsonObject made, JsonObject kept)
    {
        foreach (var (name, value) in kept)
            if (!made.ContainsKey(name))
                made[name] = value?.DeepClone();
        return made;
    }

    public static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
