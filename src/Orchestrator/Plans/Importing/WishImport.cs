using Orchestrator.Agents;

namespace Orchestrator.Plans;

/// <summary>
/// Reads what a planner made of a wish. Its parts are items; at the end stands one more that waits for all of them and writes the result of
/// the whole. Pure.
/// <code>
/// {"title": "Party", "items": [{"id": "budget", "title": "Set the budget", "description": "…", "kind": "budget", "criteria": ["…"],
///   "depends_on": [], "phase": "Ground"}, {"id": "venue", "title": "Find a venue", "description": "…", "depends_on": ["budget"]}]}
/// </code>
/// </summary>
static class WishImport
{
    /// <summary>Kind of the item that puts the parts together.</summary>
    public const string Synthesis = "synthesise";

    const int TitleLength = 100;

    /// <param name="source">The planner's JSON.</param>
    /// <param name="wish">In the words of who wants it.</param>
    public static Imported Read(SourceText source, string wish)
    {
        var (parsed, problem) = JsonSource.Parse(source);
        if (parsed is not { } root)
            return Imported.Refused(problem!);
        if (SchemaCheck.Mismatch(WishText.Schema, root.GetRawText()) is { } flaw)
            return Imported.Refused(ImportFinding.Of(FindingWeight.Error, "wrong_form", "$", $"It does not match the schema: {flaw}", null,
                "Give one object with title and items."));
        var findings = new List<ImportFinding>();
        var top = new JsonFields(root, "$", findings);
        var (items, phases) = (new List<ItemDraft>(), new List<PhaseDraft>());
        foreach (var part in top.Objects("items"))
            items.Add(Item(part, PhaseOf(phases, part.Text("phase"))));
        if (items.Count > 1)
        {
            phases.Add(new PhaseDraft { Id = "result", Name = "Result" });
            items.Add(Whole(wish, items));
        }

        var title = top.Text("title") is { } said && !string.IsNullOrWhiteSpace(said) ? said.Trim() : wish.Trim().Split('\n')[0];
        return DraftCheck.Finish(Imported.Of(new PlanDraft
        {
            Title = title.Length <= TitleLength ? title : title[..TitleLength] + "…",
            Description = wish,
            SourceKind = SourceKinds.Wish,
            Phases = phases,
            Items = items,
        }, findings));
    }

    /// <summary>The id of a phase by its name; phases open in the order in which they are named.</summary>
    static string PhaseOf(List<PhaseDraft> phases, string? name)
    {
        var wanted = string.IsNullOrWhiteSpace(name) ? phases.LastOrDefault()?.Name ?? "Work" : name.Trim();
        if (phases.Find(phase => phase.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase)) is { } known)
            return known.Id;
        phases.Add(new PhaseDraft { Id = FormattableString.Invariant($"phase-{phases.Count + 1}"), Name = wanted });
        return phases[^1].Id;
    }

    static ItemDraft Item(JsonFields part, string phase)
    {
        var id = part.Text("id")?.Trim() ?? "";
        if (id.Length == 0)
            part.Say(FindingWeight.Error, "no_id", "id", "A part has no id.", null, "Give every part an id of its own.");
        return new ItemDraft
        {
            ForeignId = id,
            Title = part.Text("title")?.Trim() ?? "",
            Description = part.Text("description") ?? "",
            Kind = part.Text("kind") is { } kind && !string.IsNullOrWhiteSpace(kind) ? kind.Trim() : null,
            Type = part.Text("type") ?? WorkTypes.Code,
            TypeSaid = true,
            Criteria = part.Texts("criteria"),
            Reads = part.Texts("reads"),
            Writes = part.Texts("writes"),
            DependsOn = [.. part.Texts("depends_on").Select(on => on.Trim())],
            Phase = phase,
            Place = part.Path,
        };
    }

    static ItemDraft Whole(string wish, List<ItemDraft> parts)
    {
        var id = Synthesis;
        for (var no = 2; parts.Exists(part => part.ForeignId == id); no++)
            id = FormattableString.Invariant($"{Synthesis}-{no}");
        return new ItemDraft
        {
            ForeignId = id,
            Title = "Put the parts together",
            Description = $"""
                Somebody wished for this:

                {WishText.Quoted(wish)}

                It was done in parts; what each came to stands below. Make the whole of them. Where the wish is for a text, advice or an
                overview, write it whole, for who wished it, as RESULT.md. Where it is for changes of a repository, see that the parts fit
                together, mend what does not, and write no RESULT.md. Say what is missing, and where parts contradict each other.

                The summary of your result is what who wished it reads first: the result itself where it is short, else its main points.
                """,
            Kind = Synthesis,
            Criteria = ["The result answers the whole wish and leaves no part out without saying so."],
            DependsOn = [.. parts.Select(part => part.ForeignId).Where(part => part.Length > 0).Distinct()],
            Phase = "result",
        };
    }
}
