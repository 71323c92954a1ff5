using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>A property of the design: what must hold for all inputs.</summary>
/// <param name="Requirements">Ids behind "Validates: Requirements".</param>
sealed record DesignProperty(int Number, string Title, string Text, int Line, IReadOnlyList<string> Requirements);

/// <summary>What is read of design.md.</summary>
sealed record SpecDesign(string? Title, string Overview, IReadOnlyList<DesignProperty> Properties);

/// <summary>Reads design.md: its title, its overview and its properties.</summary>
static class DesignReader
{
    const int MostOverview = 4000, MostText = 4000;

    static readonly string[] OverviewWords = ["overview", "概要", "概述", "개요", "visão geral", "descripción general", "resumen",
        "vue d'ensemble", "überblick", "обзор",
        "نظرة عامة", "tổng quan"];

    public static SpecDesign Read(string text, FindingList findings)
    {
        string? title = null;
        var overview = new List<string>();
        var properties = new Dictionary<int, DesignProperty>();
        var (inOverview, overviewLength, open) = (false, 0, (int?)null);
        foreach (var line in MarkdownLines.Of(text, findings))
        {
            if (line.Kind != LineKind.Text)
                continue;
            var heading = MarkdownText.Heading(line.Text);
            if (PropertyOf(heading?.Text ?? line.Text, heading is not null) is { } start && !properties.ContainsKey(start.Number))
            {
                open = start.Number;
                properties[start.Number] = new(start.Number, start.Title, "", line.Line.Number, []);
                inOverview = false;
            }
            else if (heading is { } other)
            {
                title ??= other.Level == 1 ? MarkdownText.Bare(other.Text) : null;
                inOverview = OverviewWords.Any(word => MarkdownText.Bare(other.Text).Contains(word, StringComparison.OrdinalIgnoreCase));
                open = null;
            }
            else if (open is { } number)
                properties[number] = With(properties[number], line.Text.Trim());
            else if (inOverview && overviewLength < MostOverview)
            {
                overview.Add(line.Text.Length > MostOverview ? line.Text[..MostOverview] : line.Text);
                overviewLength += overview[^1].Length + 1;
            }
        }
        return new(title, string.Join('\n', overview).Trim(), [.. properties.Values.OrderBy(one => one.Number)]);
    }

    static DesignProperty With(DesignProperty property, string line)
    {
        var requirements = FieldLine.Read(line).Where(field => field.Kind is FieldKind.Validates or FieldKind.Requirements)
            .SelectMany(field => References.Requirements(field.Value).Ids).ToList();
        if (requirements.Count > 0 && property.Requirements.Count < 500)
            return property with { Requirements = [.. property.Requirements.Concat(requirements).Distinct()] };
        return line.Length == 0 || property.Text.Length > MostText ? property : property with { Text = $"{property.Text} {line}".Trim() };
    }

    // ### Property 1: Title      **Property 2: Title**      Property 3: Title
    static (int Number, string Title)? PropertyOf(string text, bool isHeading)
    {
        if (!isHeading && !text.StartsWith("**Property ", StringComparison.Ordinal)
            && !text.StartsWith("Property ", StringComparison.Ordinal))
            return null;
        var bare = MarkdownText.Bare(text);
        if (!bare.StartsWith("Property ", StringComparison.OrdinalIgnoreCase))
            return null;
        var (number, end) = TaskNumber.ReadAt(bare, "Property ".Length);
        return number is { Depth: 1, Prefix: "" } && (isHeading || (end < bare.Length && bare[end] is ':' or '：' or '.' or ' '))
            ? (number.First, bare[end..].TrimStart(':', '：', '.', ' ', '-', '–', '—')) : null;
    }
}
