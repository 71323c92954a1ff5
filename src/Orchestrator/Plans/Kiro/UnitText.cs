using System.Text.Json.Nodes;
using Orchestrator.Items;
using Orchestrator.Plans.Assigning;
using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>Words of a unit or a step, fit for an item.</summary>
static class UnitText
{
    public const int MostCriteria = 100, CriterionLength = 1900, MostPaths = 150;
    const int MostDescription = 48 * 1024;

    /// <summary>One line that is no longer than a title may be.</summary>
    public static string Line(string text) => Cut(TaskLabel.PlainTitle(text.Replace('\n', ' ')), Intake.TitleLength);

    public static string Cut(string text, int length) => text.Length <= length ? text : text[..Whole(text, length - 1)] + "…";

    /// <summary>A description: what stands below the unit's own line, and where the spec is.</summary>
    public static string Of(SpecTask unit, string title, string? folder)
    {
        var text = Details(unit);
        if (title.Length < unit.Title.Length)
            text = $"{unit.Title}\n\n{text}".TrimEnd();
        return folder is null ? Cut(text, MostDescription) : $"{Cut(text, MostDescription)}\n\n{SpecLine(folder)}".TrimStart();
    }

    /// <summary>The last line of every description of a unit, so that its agent finds the spec.</summary>
    public static string SpecLine(string folder) => $"Spec: {folder}";

    /// <summary>A step's details. What stands between it and its unit is said at the first step below it; the others name it.</summary>
    public static string Of(SpecTask leaf, string title, SpecTask unit)
    {
        var text = new List<string>();
        for (var above = leaf.Parent; above is not null && above != unit; above = above.Parent)
        {
            text.Insert(0, $"Part of {above.Id} {Line(above.Title)}");
            if (above.Leaves().First() == leaf && Details(above) is { Length: > 0 } details)
                text.Insert(1, details);
        }
        if (title.Length < leaf.Title.Length)
            text.Add(leaf.Title);
        text.Add(Details(leaf));
        return Cut(string.Join("\n\n", text.Where(one => one.Length > 0)), MostDescription);
    }

    /// <summary>The lines below a task without what they are all indented by.</summary>
    public static string Details(SpecTask task)
    {
        var lines = task.Details.Select(detail => detail.Text.TrimEnd().Replace('\0', ' ')).ToList();
        while (lines.Count > 0 && (lines[^1].Length == 0 || lines[^1].Trim() is "---" or "***" or "___"))
            lines.RemoveAt(lines.Count - 1);
        var indent = lines.Where(line => line.Length > 0).Select(line => line.Length - line.TrimStart(' ').Length).DefaultIfEmpty(0).Min();
        var kept = new List<string>();
        foreach (var line in lines.Select(line => line.Length >= indent ? line[indent..] : ""))
            if (line.Length > 0 || (kept.Count > 0 && kept[^1].Length > 0))
                kept.Add(line);
        return string.Join('\n', kept);
    }

    public static string? Kind(SpecTask unit) => unit.IsCheckpoint ? "checkpoint"
        : unit.Leaves().All(leaf => leaf.Title.Contains("property test", StringComparison.OrdinalIgnoreCase)
            || leaf.Title.Contains("property-based test", StringComparison.OrdinalIgnoreCase)) ? "property-test"
        : null;

    /// <summary>Checkpoints and property tests look at work; of the rest words and files say what it is.</summary>
    public static string Type(SpecTask unit) => Kind(unit) is not null ? WorkTypes.Review : WorkWords.TypeOf(unit.Title,
        [.. unit.Children.Count == 0 ? [] : unit.Leaves().Select(leaf => leaf.Title)],
        [.. unit.WithAll().SelectMany(task => task.Fields.Writes).Select(one => one.Path)]);

    /// <summary>low, medium, high or urgent; null for other words.</summary>
    public static string? Priority(string? said)
    {
        var word = new string([.. (said ?? "").ToLowerInvariant().Where(char.IsLetterOrDigit)]);
        return word switch
        {
            "p0" or "critical" or "urgent" or "blocker" or "最高" or "crítica" or "crítico" or "kritisch" or "критический" => "urgent",
            "p1" or "high" or "高" or "alta" or "alto" or "hoch" or "haute" or "высокий" or "높음" or "cao" => "high",
            "p2" or "medium" or "normal" or "中" or "media" or "médio" or "média" or "mittel" or "moyenne" or "средний" or "중간" => "medium",
            "p3" or "p4" or "low" or "低" or "baja" or "baixa" or "niedrig" or "basse" or "низкий" or "낮음" or "thấp" => "low",
            _ => null,
        };
    }

    /// <summary>A box in the words of a state file.</summary>
    public static string? Status(SpecTask task) => task.Box?.State switch
    {
        null => task.Done ? "completed" : null,
        BoxState.Done => task.Done ? "completed" : "in_progress",
        BoxState.InProgress => "in_progress",
        BoxState.Queued or BoxState.Blocked => "blocked",
        _ => "not_started",
    };

    /// <summary>True for a path, folder or glob below the project's folder.</summary>
    public static bool IsPath(string path) =>
        path.Length is > 0 and <= 500 && path[0] != '/' && path[0] != '~' && !path.Contains("://", StringComparison.Ordinal)
        && !path.Any(char.IsControl) && (path.Length < 2 || path[1] != ':') && !path.Split('/').Contains("..")
        && (!path.Contains(' ', StringComparison.Ordinal) || path.Contains('/', StringComparison.Ordinal)
            || path.Contains('.', StringComparison.Ordinal));

    /// <summary>Fields that mean nothing here, as JSON; null for none.</summary>
    public static string? Unknown(TaskFields fields)
    {
        if (fields.Other.Count == 0)
            return null;
        var said = new JsonObject();
        foreach (var (name, value) in fields.Other.Take(50))
            said[name] = said[name] is { } before ? $"{before}; {Cut(value, 1000)}" : Cut(value, 1000);
        return said.ToJsonString(Json.PlainOptions);
    }

    /// <summary>No character in two halves.</summary>
    static int Whole(string text, int length) => length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
}
