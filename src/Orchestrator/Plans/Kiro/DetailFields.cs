using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>Reads the fields below a task out of its details.</summary>
static class DetailFields
{
    /// <summary>So many lines may a value go on for when its emphasis is not closed.</summary>
    const int MostLines = 5;

    public static TaskFields Of(SpecTask task)
    {
        var (requirements, properties, all) = (new List<string>(TitleFields.Requirements(task.Title)), new List<int>(), false);
        var (depends, writes, reads) = (new List<(string, int)>(), new List<(string, int)>(), new List<(string, int)>());
        var other = new List<KeyValuePair<string, string>>();
        var (priority, effort, nothing) = ((string?)null, (string?)null, false);
        for (var i = 0; i < task.Details.Count; i++)
        {
            var detail = task.Details[i];
            if (detail.Code)
                continue;
            properties.AddRange(Properties(detail.Text));
            foreach (var field in FieldLine.Read(detail.Text))
            {
                var value = field.Open ? Whole(task, i, field.Value) : field.Value;
                switch (field.Kind)
                {
                    case FieldKind.Requirements or FieldKind.Validates:
                        var found = References.Requirements(value);
                        // "Validate: length 1-256" is a sentence; "Validates: Requirements 1.2" is not.
                        if (field.Kind == FieldKind.Validates && found.Rest.Length > 0
                            && !value.Contains("equirement", StringComparison.Ordinal))
                            break;
                        requirements.AddRange(found.Ids);
                        all |= found.All;
                        break;
                    case FieldKind.Depends:
                        var said = References.Tasks(value);
                        depends.AddRange(said.Ids.Select(id => (id, detail.Line)));
                        nothing |= said is { Ids.Count: 0, All: false, Rest: "" } && value.Trim().Length > 0;
                        break;
                    case FieldKind.Writes:
                        writes.AddRange(Paths(task, i, value));
                        break;
                    case FieldKind.Reads:
                        reads.AddRange(Paths(task, i, value));
                        break;
                    case FieldKind.Priority:
                        priority ??= value;
                        break;
                    case FieldKind.Effort:
                        effort ??= value;
                        break;
                    case FieldKind.Other:
                        other.Add(new(field.Name, value));
                        break;
                    default:
                        break;
                }
            }
        }
        return new()
        {
            Requirements = [.. requirements.Distinct(StringComparer.Ordinal)], AllRequirements = all,
            Properties = [.. properties.Distinct()],
            Depends = [.. depends.DistinctBy(one => one.Item1)], DependsOnNothing = nothing && depends.Count == 0,
            Writes = [.. writes.DistinctBy(one => one.Item1)],
            Reads = [.. reads.DistinctBy(one => one.Item1)], Priority = priority, Effort = effort, Other = other,
        };
    }

    // _Requirements: 1.1, 1.2,
    //   1.3_
    static string Whole(SpecTask task, int at, string value)
    {
        for (var i = at + 1; i < task.Details.Count && i <= at + MostLines; i++)
        {
            var next = task.Details[i].Text.Trim();
            if (next.Length == 0 || task.Details[i].Code || MarkdownText.Bullet(task.Details[i].Text) is not null)
                return value;
            value += " " + next.Trim('_', '*', ' ');
            if (next.Contains('_', StringComparison.Ordinal))
                return value;
        }
        return value;
    }

    // _Writes: src/a.ts, `src/b/` (new)_
    // - **Writes:**
    //   - `src/a.ts`
    static IEnumerable<(string Path, int Line)> Paths(SpecTask task, int at, string value)
    {
        if (value.Length > 0)
        {
            foreach (var path in value.Split([',', ';', '、', '，', '；'], StringSplitOptions.RemoveEmptyEntries))
                if (PathOf(path) is { Length: > 0 } plain)
                    yield return (plain, task.Details[at].Line);
            yield break;
        }
        var indent = SourceLines.Indent(task.Details[at].Text);
        for (var i = at + 1; i < task.Details.Count; i++)
        {
            if (MarkdownText.Bullet(task.Details[i].Text) is not { } bullet || bullet.Indent < indent
                || FieldLine.Read(task.Details[i].Text).Any())
                yield break;
            if (PathOf(bullet.Text) is { Length: > 0 } plain)
                yield return (plain, task.Details[i].Line);
        }
    }

    /// <summary>A path without marks around it and without remarks behind it; empty for "none".</summary>
    static string PathOf(string text)
    {
        var plain = text.Trim();
        if (plain.StartsWith('`') && plain.IndexOf('`', 1) is > 0 and var end)
            plain = plain[1..end];
        plain = MarkdownText.WithoutLinks(plain);
        var remark = plain.IndexOf(" (", StringComparison.Ordinal);
        plain = (remark > 0 ? plain[..remark] : plain).Trim('"', '\'', '`', ' ', '\u00A0').Replace('\\', '/');
        while (plain.StartsWith("./", StringComparison.Ordinal))
            plain = plain[2..];
        return plain.ToLowerInvariant() is "none" or "n/a" or "-" or "—" or "tbd" ? "" : plain;
    }

    // **Property 11: Pattern Matching**      Validates: Property 3      - Property 1, Property 2
    /// <summary>Numbers behind the word Property.</summary>
    public static IEnumerable<int> Properties(string text)
    {
        var at = 0;
        while ((at = text.IndexOf("Propert", at, StringComparison.Ordinal)) >= 0)
        {
            at += "Propert".Length;
            var rest = text.AsSpan(at).StartsWith("ies ") ? at + 4 : text.AsSpan(at).StartsWith("y ") ? at + 2 : -1;
            if (rest < 0)
                continue;
            while (TaskNumber.ReadAt(text, rest) is { Number: { Depth: 1, Prefix: "" } number, End: var end })
            {
                yield return number.First;
                at = end;
                rest = SourceLines.Skip(text, end < text.Length && text[end] == ',' ? end + 1 : end);
                if (rest == end || end >= text.Length || text[end] != ',')
                    break;
            }
        }
    }
}
