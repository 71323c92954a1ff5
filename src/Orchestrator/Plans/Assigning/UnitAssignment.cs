using System.Globalization;
using System.Text.Json.Serialization;

namespace Orchestrator.Plans.Assigning;

/// <summary>Who does a unit, where it is shown, and what it touches.</summary>
/// <param name="Type">One of <see cref="WorkTypes"/>; null when nobody said.</param>
/// <param name="Owner">The agent or profile; null when nobody said.</param>
/// <param name="Window">A window for the unit or for several: task-ID or a name; null when nobody said.</param>
/// <param name="Care">One of <see cref="CareWords"/>; null when nobody said.</param>
sealed record UnitAssignment(string TaskId, string? Type, string? Owner, string? Window, string? Care, IReadOnlyList<string> Writes,
    IReadOnlyList<string> Reads)
{
    /// <summary>Why, in the words of who said it; null when nobody said.</summary>
    public string? Why { get; init; }

    /// <summary>What must be there before a unit can be sent to somebody.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Missing =>
        [.. new[] { (Owner, "owner_agent"), (Window, "target_window") }.Where(one => string.IsNullOrEmpty(one.Item1)).Select(one =>
            one.Item2)];

    /// <summary>What another one says, where it says anything.</summary>
    public UnitAssignment With(UnitAssignment other) => this with
    {
        Type = other.Type ?? Type,
        Owner = other.Owner ?? Owner,
        Window = other.Window ?? Window,
        Care = other.Care ?? Care,
        Writes = other.Writes.Count > 0 ? other.Writes : Writes,
        Reads = other.Reads.Count > 0 ? other.Reads : Reads,
        Why = other.Why ?? Why,
    };

    /// <summary>The unit as it is assigned. Files that the source declares stay.</summary>
    public ItemDraft To(ItemDraft unit) => unit with
    {
        Type = Type ?? unit.Type,
        Profile = Owner ?? unit.Profile,
        Criticality = unit.Criticality ?? (Care is null ? null : CareWords.Criticality(Care)),
        Writes = unit.Writes.Count > 0 ? unit.Writes : Writes,
        Reads = unit.Reads.Count > 0 ? unit.Reads : Reads,
    };
}

/// <summary>Assigns units by rules, without asking a model. Pure.</summary>
static class AssignmentRules
{
    /// <summary>So many windows can be looked at beside each other.</summary>
    public const int MostWindows = 9;

    /// <summary>What the words and files of one unit say.</summary>
    public static UnitAssignment Of(ItemDraft unit)
    {
        var steps = unit.Steps.Select(step => step.Title).ToList();
        var type = unit.TypeSaid || unit.Type != WorkTypes.Code ? unit.Type : WorkWords.TypeOf(unit.Title, steps, unit.Writes);
        return new UnitAssignment(unit.ForeignId, type, null, null, unit.Care ?? WorkWords.CareOf(unit.Title, steps), unit.Writes,
            unit.Reads);
    }

    /// <summary>One for every unit, in their order. Steps are never assigned by themselves.</summary>
    /// <param name="ownerOf">Who does work of a type.</param>
    public static IReadOnlyList<UnitAssignment> Of(IReadOnlyList<ItemDraft> units, Func<string, string?> ownerOf)
    {
        var open = units.Where(unit => unit.Status == Items.ItemStatus.Inbox).ToList();
        var windows = open.Select((unit, at) => (unit.ForeignId, Window: open.Count <= MostWindows ? WindowOf(unit)
            : string.Create(CultureInfo.InvariantCulture, $"group-{(long)at * MostWindows / open.Count + 1}"))).ToDictionary();
        return
        [
            .. from unit in units
               let one = Of(unit)
               select one with { Owner = ownerOf(one.Type!), Window = windows.GetValueOrDefault(unit.ForeignId) },
        ];
    }

    static string WindowOf(ItemDraft unit) =>
        $"task-{string.Concat(unit.ForeignId.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-'))}";
}
