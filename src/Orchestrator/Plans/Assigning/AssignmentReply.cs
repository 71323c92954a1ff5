using System.Text.Json;

namespace Orchestrator.Plans.Assigning;

/// <summary>
/// What a model answers when it is asked to assign units. Nothing of it is believed that is not about a unit of the plan. Pure.
/// </summary>
/// <param name="Said">What was said of units, each once.</param>
sealed record AssignmentReply(IReadOnlyList<UnitAssignment> Said, IReadOnlyList<ImportFinding> Findings)
{
    const int MostFindings = 40, MostPaths = 200;

    // {"dispatch_units": [{"task_id": "1", "type": "code", "owner_agent": "…", "target_window": "task-1", "criticality": "standard",
    //   "writes": ["src/a.py"], "reads": []}], "window_mapping": {"1": "task-1"}}
    /// <summary>Reads an answer, with or without words and a code fence around the JSON.</summary>
    public static AssignmentReply Read(string? answer, IReadOnlyList<ItemDraft> units)
    {
        var findings = new List<ImportFinding>();
        void Say(FindingWeight weight, string code, string text, string done)
        {
            if (findings.Count < MostFindings)
                findings.Add(ImportFinding.Of(weight, code, null, text, done));
        }

        var (start, end) = ((answer ?? "").IndexOf('{', StringComparison.Ordinal), (answer ?? "").LastIndexOf('}'));
        if (start < 0 || end < start)
            return new([], [ImportFinding.Of(FindingWeight.Error, "no_assignment", null, "There is no JSON object in the answer.")]);
        try
        {
            using var parsed = JsonDocument.Parse(answer![start..(end + 1)], new JsonDocumentOptions
            {
                AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = Json.MaxDepth,
            });
            return new(Units(parsed.RootElement, units, Say), findings);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or ArgumentException)
        {
            return new([], [ImportFinding.Of(FindingWeight.Error, "no_assignment", null,
                $"The answer cannot be read: {Texts.Short(problem.Message)}")]);
        }
    }

    /// <summary>Rules and reply together: what the reply says counts, where it says anything.</summary>
    public IReadOnlyList<UnitAssignment> Over(IReadOnlyList<UnitAssignment> rules)
    {
        var said = Said.ToDictionary(one => one.TaskId, StringComparer.Ordinal);
        return [.. rules.Select(rule => said.TryGetValue(rule.TaskId, out var other) ? rule.With(other) : rule)];
    }

    static List<UnitAssignment> Units(JsonElement root, IReadOnlyList<ItemDraft> units, Action<FindingWeight, string, string, string> say)
    {
        var known = units.Select(unit => unit.ForeignId).ToHashSet(StringComparer.Ordinal);
        var steps = units.SelectMany(unit => unit.Steps).Select(step => step.ForeignId).ToHashSet(StringComparer.Ordinal);
        var said = new Dictionary<string, UnitAssignment>(StringComparer.Ordinal);
        foreach (var entry in Entries(root, "dispatch_units"))
        {
            var id = Text(entry, "task_id") ?? "";
            if (steps.Contains(id))
                say(FindingWeight.Info, "step_assigned", $"{id} is a step and goes with its unit.", "It was left out.");
            else if (!known.Contains(id))
                say(FindingWeight.Warning, "unknown_unit", $"There is no unit '{Texts.Short(id)}'.", "It was left out.");
            else
            {
                var one = new UnitAssignment(id, Word(entry, "type", WorkTypes.All, id, say), Text(entry, "owner_agent"),
                    Text(entry, "target_window"), Word(entry, "criticality", CareWords.All, id, say), Paths(entry, "writes"),
                        Paths(entry, "reads"))
                { Why = Text(entry, "why") };
                said[id] = said.TryGetValue(id, out var before) ? before.With(one) : one;
            }
        }
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("window_mapping", out var windows)
            && windows.ValueKind == JsonValueKind.Object)
            foreach (var window in windows.EnumerateObject())
                if (said.TryGetValue(window.Name, out var one) && one.Window is null && window.Value.ValueKind == JsonValueKind.String)
                    said[window.Name] = one with { Window = window.Value.GetString() };

        var names = said.Values.Select(one => one.Window).OfType<string>().Distinct().ToList();
        if (names.Count > AssignmentRules.MostWindows)
        {
            say(FindingWeight.Warning, "too_many_windows",
                $"{names.Count} windows are named, and {AssignmentRules.MostWindows} are the most.",
                "Windows are chosen by the rules instead.");
            return [.. said.Values.Select(one => one with { Window = null })];
        }
        return [.. said.Values];
    }

    static IEnumerable<JsonElement> Entries(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Object) : [];

    static string? Text(JsonElement entry, string name) => !entry.TryGetProperty(name, out var member) ? null : member.ValueKind switch
    {
        JsonValueKind.String => member.GetString() is { Length: > 0 and <= 200 } text && !text.Any(char.IsControl) ? text : null,
        JsonValueKind.Number => member.GetRawText(),
        _ => null,
    };

    static string? Word(JsonElement entry, string name, IReadOnlyList<string> words, string id, Action<FindingWeight, string, string,
        string> say)
    {
        if (Text(entry, name) is not { } word || words.Contains(word))
            return Text(entry, name);
        say(FindingWeight.Warning, "unknown_word", $"{id}: {name} '{Texts.Short(word)}' is none of {string.Join(", ", words)}.",
            "It was left out.");
        return null;
    }

    static IReadOnlyList<string> Paths(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!.Trim())
                .Where(path => Kiro.UnitText.IsPath(path)).Distinct(StringComparer.Ordinal).Take(MostPaths)] : [];
}
