using System.Text.Json;
using Orchestrator.Items;
using Orchestrator.Store;

namespace Orchestrator.Plans.Assigning;

/// <summary>What somebody said of who does a unit, as it is stored.</summary>
/// <param name="By">A person, or the run that was asked.</param>
sealed record SaidAssignment(UnitAssignment Said, string By, string? Why);

/// <summary>How a unit is done: what the source says, over it what somebody said, and for the rest the rules. Pure.</summary>
/// <param name="Draft">The unit as it becomes an item.</param>
/// <param name="Care">One of <see cref="CareWords"/>.</param>
/// <param name="By">rules, or who said it.</param>
sealed record Assigned(ItemDraft Draft, string Care, string By, string Why)
{
    public const string Rules = "rules";

    /// <summary>It gets the reviewers of critical work, whatever else its criticality is.</summary>
    public bool LookClosely => Draft.Criticality is null && Care != CareWords.Standard;

    /// <summary>Kind of work, by which its profile is chosen. Who tests properties writes files: that is no work for who may only read.
    /// </summary>
    public string Kind => Draft.Type == WorkTypes.Review && WritesFiles(Draft) ? Draft.Kind ?? "property-test"
        : Draft.Type != WorkTypes.Code ? Draft.Type : Draft.Kind ?? Draft.Type;

    public static Assigned Of(ItemDraft draft, SaidAssignment? said)
    {
        var rules = AssignmentRules.Of(draft);
        if (said is null)
            // What words sound like makes nobody accept work by hand: that is for who says it.
            return new Assigned((rules with { Care = null }).To(draft), rules.Care!, Rules, draft.TypeSaid ? "the document says its type"
                : "its words and its files");
        // What a unit declares to write is held against what it writes; a guess of who was asked is no declaration.
        var isGuess = said.By.StartsWith("run:", StringComparison.Ordinal);
        var both = rules.With(isGuess ? said.Said with { Writes = [], Reads = [] } : said.Said);
        return new Assigned((both with { Care = said.Said.Care }).To(draft), both.Care!, said.By, said.Why ?? "no reason was given");
    }

    static bool WritesFiles(ItemDraft unit) => unit.Writes.Count > 0 || unit.Kind == "property-test" || WorkWords.IsPropertyTest(unit.Title)
        || (unit.Steps.Count > 0 && unit.Steps.All(step => WorkWords.IsPropertyTest(step.Title)));
}

/// <summary>Assignments in the store, and what they change in items that nobody has begun.</summary>
static class Assignments
{
    /// <summary>By the source's id.</summary>
    public static IReadOnlyDictionary<string, SaidAssignment> Of(Connection db, string planId) => db.Query(
        "select foreign_id, said, chosen_by, why from plan_assignments where plan_id = @id",
        row => (Id: row.GetString(0), Said: new SaidAssignment(JsonSerializer.Deserialize(row.GetString(1),
            PlansJson.Default.UnitAssignment)!, row.GetString(2), row.TextOrNull(3))), ("@id", planId))
        .ToDictionary(row => row.Id, row => row.Said, StringComparer.Ordinal);

    /// <summary>Keeps what was said of a unit, over what was said before.</summary>
    public static void Keep(WriteTransaction transaction, string planId, UnitAssignment said, string by) => transaction.Db.Execute(
        "insert into plan_assignments (plan_id, foreign_id, said, chosen_by, why, changed_at) values (@plan, @id, @said, @by, @why, @now) "
        + "on conflict (plan_id, foreign_id) do update set said = excluded.said, chosen_by = excluded.chosen_by, why = excluded.why, "
        + "changed_at = excluded.changed_at",
        ("@plan", planId), ("@id", said.TaskId), ("@said", JsonSerializer.Serialize(said, PlansJson.Default.UnitAssignment)), ("@by", by),
        ("@why", said.Why), ("@now", transaction.Now));

    /// <summary>The rules hold again, for all units.</summary>
    public static void Forget(WriteTransaction transaction, string planId) =>
        transaction.Db.Execute("delete from plan_assignments where plan_id = @id", ("@id", planId));

    /// <summary>Work on it has not begun, or has ended without being done: it can still be given to somebody else.</summary>
    public static bool IsOpen(Item item) =>
        item.State is ItemStatus.Inbox or ItemStatus.Planning or ItemStatus.Ready or ItemStatus.Blocked or ItemStatus.Failed;

    /// <summary>The item of a unit as it is assigned from now on.</summary>
    /// <param name="reviewers">Reviewers of critical work; null leaves it to its criticality.</param>
    public static void Write(WriteTransaction transaction, string itemId, Assigned assigned, int? reviewers) => transaction.Db.Execute(
        "update items set kind = @kind, profile = @profile, criticality = @criticality, care = @care, reviews = @reviews, "
        + "writes = @writes, reads = @reads, updated_at = @now where id = @id",
        ("@kind", assigned.Kind), ("@profile", assigned.Draft.Profile), ("@criticality", assigned.Draft.Criticality ?? "normal"),
        ("@care", assigned.Care),
        ("@reviews", assigned.LookClosely ? reviewers : null), ("@writes", ItemStore.List(assigned.Draft.Writes)),
        ("@reads", ItemStore.List(assigned.Draft.Reads)), ("@now", transaction.Now), ("@id", itemId));
}
