namespace Orchestrator.Plans;

/// <summary>How much a finding means.</summary>
enum FindingWeight
{
    /// <summary>The source is not imported as long as this is so.</summary>
    Error,
    /// <summary>Something was left out, changed or guessed.</summary>
    Warning,
    /// <summary>Worth knowing; nothing is lost.</summary>
    Info,
}

/// <summary>One thing an importer has to say about its source.</summary>
/// <param name="Severity">error, warning or info.</param>
/// <param name="Code">A stable word, like unknown_dependency.</param>
/// <param name="Place">Where: <c>tasks.md:12</c>, <c>$.phases[0].tasks[1].dependsOn</c>; null for the whole.</param>
/// <param name="Text">What is so, with the ids it is about.</param>
/// <param name="Done">What was done about it; null for nothing.</param>
/// <param name="Fix">What somebody can do about it; null when there is nothing to do.</param>
/// <param name="Line">Counted from 1; null when not known.</param>
sealed record ImportFinding(
    [property: Words("error", "warning", "info")] string Severity, string Code, string? Place, string Text, string? Done, string? Fix,
    int? Line = null)
{
    public static ImportFinding Of(FindingWeight weight, string code, string? place, string text, string? done = null,
        string? fix = null, int? line = null) => new(weight.ToString().ToLowerInvariant(), code, place, text, done, fix, line);

    public bool IsError => Severity == "error";
}

/// <summary>One text of a source.</summary>
/// <param name="Name">The file's name, with folders where there are several; empty when it has none.</param>
/// <param name="Text">All of it.</param>
sealed record SourceText(string Name, string Text);

/// <summary>
/// What an importer gives back. Importers are pure functions of <see cref="SourceText"/>s and throw on no text whatever: what they cannot
/// read is a finding.
/// </summary>
/// <param name="Plan">Null when there is an error among the findings.</param>
sealed record Imported(PlanDraft? Plan, IReadOnlyList<ImportFinding> Findings)
{
    /// <summary>A plan, unless one of the findings is an error.</summary>
    public static Imported Of(PlanDraft plan, IReadOnlyList<ImportFinding> findings) =>
        new(findings.Any(one => one.IsError) ? null : plan, findings);

    /// <summary>Nothing could be read.</summary>
    public static Imported Refused(params IReadOnlyList<ImportFinding> findings) => new(null, findings);
}
