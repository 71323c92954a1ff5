namespace Orchestrator.Plans.Kiro.Lines;

/// <summary>Ids read out of a field's value.</summary>
/// <param name="Ids">In their order, ranges as <c>from–to</c>, none twice.</param>
/// <param name="All">The value says "all".</param>
/// <param name="Rest">Words that are no ids; empty when there are none.</param>
sealed record References(IReadOnlyList<string> Ids, bool All, string Rest)
{
    static readonly string[] None = ["none", "n/a", "na", "no", "nothing", "-", "—", "–", "无", "無", "なし", "없음", "nenhuma", "nenhum",
        "ninguna",
        "ninguno", "aucune", "aucun", "keine", "нет", "không", "لا يوجد"];
    static readonly string[] Everything = ["all", "all requirements", "todos", "todas", "tous", "alle", "все", "全部", "全般", "全て", "すべて",
        "全体", "전체",
        "tất cả", "الكل", "جميع المتطلبات", "所有", "所有需求", "全要件", "all tasks"];

    /// <summary>Words before numbers that are not those of requirements or tasks.</summary>
    static readonly string[] Foreign = ["property", "properties", "design", "section", "sections", "item", "items", "step", "steps",
        "phase", "steering", "figure", "table", "line", "lines", "属性", "设计", "設計", "プロパティ", "속성", "설계", "свойство", "дизайн", "propriedade",
        "propiedad"];

    // 1.1, 1.2          1.1-1.4        1.1–2.3; Design: Property 2      [1.1, 1.2]      **R1**, **FR-LIST-2**
    // Requirement 3     All            User context for 1.1, 1.2        1.2 (snapshot)  1.1、1.2
    /// <summary>Ids of requirements.</summary>
    public static References Requirements(string value) => Read(value, word => word is "requirement" or "requirements" or "req" or "reqs"
        or "criteria" or "criterion" or "and" or "to" or "through" or "ac" or "requisitos" or "requisito" or "需求" or "要件" or "r");

    // 1.2    Task 1.2, Task 2    [2.1, 3.1]    3.2-3.4    Tasks 2.1 and 3.1    **3.1**    None
    /// <summary>Ids of tasks.</summary>
    public static References Tasks(string value) => Read(value, word => word is "task" or "tasks" or "sub-task" or "subtask" or "and"
        or "to"
        or "through" or "tarefa" or "tarefas" or "tarea" or "tareas" or "任务" or "任務" or "タスク" or "задача" or "задачи");

    static References Read(string value, Func<string, bool> isKnownWord)
    {
        var text = Stripped(value);
        var lower = text.ToLowerInvariant().TrimEnd('.');
        if (lower.Length == 0 || None.Contains(lower))
            return new([], false, "");
        if (Everything.Contains(lower) || lower.StartsWith("all requirements", StringComparison.Ordinal)
            || lower.StartsWith("all ", StringComparison.Ordinal) && lower.EndsWith(" requirements", StringComparison.Ordinal))
            return new([], true, "");
        var ids = new List<string>();
        var rest = new List<string>();
        var at = 0;
        var range = false;
        // Numbers of something else, as in "1.1; Property 2, 3"; a number with a dot behind a comma is one of ours again.
        var (elsewhere, comma) = (false, false);
        while (at < text.Length)
        {
            if (IsBetween(text[at]))
            {
                (elsewhere, comma) = (elsewhere && text[at] is not (';' or '；'), text[at] is ',' or '，' || (comma && text[at] == ' '));
                range |= text[at] is '-' or '–' or '—' or '~' or '〜' && ids.Count > 0;
                at++;
                continue;
            }
            var end = at;
            while (end < text.Length && !IsBetween(text[end], within: true))
                end++;
            var token = text[at..end];
            if (IdOf(token) is { } id)
            {
                elsewhere &= !(comma && id.Contains('.', StringComparison.Ordinal));
                if (elsewhere)
                {
                    at = end;
                    continue;
                }

                if (range && ids.Count > 0 && !ids[^1].Contains('–', StringComparison.Ordinal))
                    ids[^1] = $"{ids[^1]}–{id}";
                else
                    ids.Add(id);
                range = false;
            }
            else
            {
                var word = token.ToLowerInvariant();
                range = word is "to" or "through" && ids.Count > 0;
                if (!isKnownWord(word))
                    rest.Add(token);
                elsewhere = Foreign.Contains(word) || (elsewhere && !isKnownWord(word)) || (elsewhere && word == "and");
            }
            at = end;
        }
        return new([.. ids.Distinct(StringComparer.Ordinal)], false, string.Join(' ', rest));
    }

    /// <summary>Without markup, brackets, what stands in parentheses, and what follows a semicolon with another name.</summary>
    static string Stripped(string value)
    {
        var text = new System.Text.StringBuilder();
        var depth = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            depth += c is '(' or '（' ? 1 : c is ')' or '）' && depth > 0 ? -1 : 0;
            if (depth > 0 || c is ')' or '）' or '*' or '_' or '`' or '[' or ']' or '#')
                continue;
            if (c is ';' or '；' or '|' && value.AsSpan(i + 1, Math.Min(30, value.Length - i - 1)).IndexOfAny(':', '：') is >= 0 and var colon
                && !value.AsSpan(i + 1, colon).Trim().StartsWith("req", StringComparison.OrdinalIgnoreCase))
                break;
            text.Append(c);
        }
        return text.ToString().Trim();
    }

    static bool IsBetween(char c, bool within = false) =>
        SourceLines.IsBlank(c) || c is ',' or ';' or '、' or '，' or '；' or '/' or '&' or ':' or '：' or '–' or '—' or '~' or '〜' or '·' or '|'
        || (c == '-' && !within);

    /// <summary>A token as an id, or null: 1.2, R1.2 and REQ-1.2 are 1.2; FR-LIST-1 stays.</summary>
    static string? IdOf(string token)
    {
        var text = token.Trim('.', '"', '\'');
        if (text.Length is 0 or > 40)
            return null;
        // 1.1-1.4 without blanks: the hyphen is inside of the token.
        var hyphen = text.IndexOf('-', StringComparison.Ordinal);
        if (hyphen > 0 && PlainId(text[..hyphen]) is { } from && PlainId(text[(hyphen + 1)..]) is { } to
            && (char.IsDigit(from[0]) || !char.IsDigit(to[0])))
            return $"{from}–{to}";
        return PlainId(text);
    }

    /// <summary>One id in its common writing, or null when it is none: it has a digit, and letters only before it.</summary>
    public static string? PlainId(string text)
    {
        if (TaskNumber.Whole(text) is { } number)
            return number.Prefix is "R" or "REQ-" ? number.Digits : number.Text;
        if (text.Length < 3 || !char.IsAsciiLetter(text[0]) || !char.IsAsciiDigit(text[^1])
            || !text.Contains('-', StringComparison.Ordinal))
            return null;
        foreach (var c in text)
            if (!char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c) && c is not ('-' or '.'))
                return null;
        return text.StartsWith("REQ-", StringComparison.Ordinal) ? text[4..] : text;
    }
}
