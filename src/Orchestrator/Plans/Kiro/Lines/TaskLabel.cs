namespace Orchestrator.Plans.Kiro.Lines;

/// <summary>What stands behind a box, or in a heading that is a task.</summary>
/// <param name="Number">Null when there is none.</param>
/// <param name="Named">The number has a word before it, a mark behind it or several parts: it is meant as one, whatever stands around
/// it. A bare <c>3 retries</c> is not.</param>
/// <param name="Optional">Marked so by a star or the word.</param>
/// <param name="Parallel">Marked (P).</param>
/// <param name="Struck">Struck through.</param>
sealed record TaskLabel(TaskNumber? Number, bool Named, string Title, bool Optional, bool Parallel, bool Struck)
{
    static readonly string[] Words =
    [
        "major task", "sub-task", "subtask", "sub task", "task", "tarefa", "tarea", "tâche", "tache", "aufgabe", "taak", "zadanie",
            "задача",
        "подзадача", "завдання", "任务", "任務", "子任务", "子任務", "タスク", "작업", "태스크", "مهمة", "المهمة", "công việc", "nhiệm vụ", "görev",
    ];

    static readonly string[] OptionalWords =
    [
        "optional", "opcional", "optionnel", "facultatif", "optionell", "необязательно", "опционально", "可选", "可選", "任意", "オプション",
        "선택", "اختياري", "tùy chọn",
    ];

    //  1.2 (P) Title              * 2.1 Title              7.9* (P) Title
    //  **1.1** (P) Title          **Task 1.1: Title**      T0.1 Title         T01: Title
    //  Sub-task 1.1: 建立 (P)      タスク1-1: 初期設定       ~~1.2 dropped~~     2.3 Title (optional)
    /// <summary>Reads the text behind the closing bracket of a box, or of a heading.</summary>
    /// <param name="letters">What stands before the numbers of this file's tasks, as in T1 Title; null for nothing.</param>
    public static TaskLabel Read(string rest, string? letters = null)
    {
        var (optional, text) = LeadingStar(rest);
        text = text.Trim();
        var struck = text.Length > 4 && text.StartsWith("~~", StringComparison.Ordinal) && text.EndsWith("~~", StringComparison.Ordinal);
        if (struck)
            text = text[2..^2].Trim();
        var parallel = TakeMark(ref text);
        var (number, named, end) = NumberOf(text, letters);
        if (number is not null)
        {
            var tail = text[end..];
            (var starred, tail) = LeadingStar(tail);
            optional |= starred;
            text = Unwrapped(text[..end], tail);
        }
        parallel |= TakeMark(ref text);
        optional |= TakeOptional(ref text);
        parallel |= TakeMark(ref text);
        return new(number, named, PlainTitle(text), optional, parallel, struck);
    }

    /// <summary>True when a heading or label begins with a word for task.</summary>
    public static bool HasWord(string text) => WordLength(text.TrimStart('*', ' ', '#')) > 0;

    /// <summary>A title without markup: links are their text, emphasis goes, the rest stays.</summary>
    public static string PlainTitle(string text)
    {
        var plain = MarkdownText.WithoutLinks(text).Replace("**", "", StringComparison.Ordinal).Replace("__", "", StringComparison.Ordinal);
        plain = new string([.. plain.Where(c => c is '\t' || (!char.IsControl(c) && c is not '\u200B' and not '\u2060' and not '\uFEFF'))]);
        return plain.Replace('\t', ' ').Replace('\u00A0', ' ').Trim(' ', '\u3000');
    }

    // A star right behind the box, or before the number, or right behind it; "\*" is the same where somebody escaped it. A star that
    // begins emphasis is none.
    static (bool Is, string Left) LeadingStar(string text)
    {
        var at = SourceLines.Skip(text, 0);
        var before = at;
        if (at < text.Length && text[at] == '\\')
            at++;
        if (at >= text.Length || text[at] != '*')
            return (false, text);
        var next = at + 1 < text.Length ? text[at + 1] : ' ';
        return SourceLines.IsBlank(next) || (char.IsAsciiDigit(next) && !text.AsSpan(at + 1).Contains('*'))
            || (before == 0 && next is '.' or ')' or ':')
            ? (true, text[(at + 1)..]) : (false, text);
    }

    static (TaskNumber? Number, bool Named, int End) NumberOf(string text, string? letters)
    {
        var at = 0;
        while (at < text.Length && text[at] is '*' or '_' or '#')
            at++;
        var word = WordLength(text.AsSpan(at));
        var begin = SourceLines.Skip(text, at + word);
        while (begin < text.Length && word > 0 && text[begin] is '#' or '*')
            begin++;
        var (number, end) = TaskNumber.ReadAt(text, begin, hyphens: word > 0);
        if (number is null)
            return (null, false, 0);
        var closed = Close(text, end);
        if (closed is null)
            return (null, false, 0);
        var marked = closed > end;
        if (number.Prefix.Length > 0 && !(marked && text[end] is ':' or '.' or '：' or ')') && number.Depth == 1 && word == 0 && at == 0
            && !number.IsPadded && number.Prefix != letters)
            return (null, false, 0);
        return (number, number.Prefix.Length > 0 || word > 0 || marked || number.Depth > 1 || number.Suffix.Length > 0, closed.Value);
    }

    /// <summary>Where the mark behind a number ends; null when what stands there says that it was no number: 3.11+, 2024-01, 10:30,
    /// 50%.</summary>
    static int? Close(string text, int end)
    {
        if (end >= text.Length)
            return end;
        var next = text[end];
        var after = end + 1 < text.Length ? text[end + 1] : ' ';
        if (next is '.' or ')' or ':' or '：' or '、' or '．' or '）' or ']')
            return char.IsAsciiDigit(after) || (next == ':' && after == '/') ? null : end + 1;
        return SourceLines.IsBlank(next) || next is '*' or '_' or '—' or '–' or '\\' or '(' or '（' or '[' || next > '\u02FF' ? end : null;
    }

    /// <summary>The text behind a number; emphasis that began before it has its end taken off.</summary>
    static string Unwrapped(string before, string tail)
    {
        var text = tail.TrimStart();
        var marks = before[..(before.Length - before.TrimStart('*', '_').Length)];
        if (marks.Length > 0)
        {
            var end = text.IndexOf(marks, StringComparison.Ordinal);
            if (end >= 0)
                text = text[..end] + text[(end + marks.Length)..];
        }
        text = text.TrimStart(' ', '\t', '\u00A0');
        return text.Length > 1 && text[0] is ':' or '：' or '—' or '–' or '-' or '.'
            && (text[0] is ':' or '：' || SourceLines.IsBlank(text[1]))
            ? text[1..].TrimStart() : text;
    }

    static bool TakeMark(ref string text)
    {
        foreach (var mark in (ReadOnlySpan<string>)["(P)", "（P）", "`[P]`", "[P]"])
        {
            if (text.StartsWith(mark, StringComparison.Ordinal))
                text = text[mark.Length..].TrimStart();
            else if (text.EndsWith(mark, StringComparison.Ordinal))
                text = text[..^mark.Length].TrimEnd();
            else
                continue;
            return true;
        }
        return false;
    }

    static bool TakeOptional(ref string text)
    {
        if (text.Length > 1 && text[^1] == '*' && char.IsLetter(text[^2]) && text.AsSpan(0, text.Length - 1).IndexOf('*') < 0)
        {
            text = text[..^1];
            return true;
        }
        foreach (var (open, close) in (ReadOnlySpan<(char, char)>)[('(', ')'), ('（', '）'), ('[', ']')])
        {
            if (text.Length > 2 && text[0] == open && text.AsSpan(0, Math.Min(text.Length, 24)).IndexOf(close) is > 0 and var end
                && OptionalWords.Contains(text[1..end].Trim().ToLowerInvariant()))
            {
                text = text[(end + 1)..].TrimStart(' ', ':', '-');
                return true;
            }
            if (text.Length > 2 && text[^1] == close && text.LastIndexOf(open) is >= 0 and var start
                && OptionalWords.Contains(text[(start + 1)..^1].Trim().ToLowerInvariant()))
            {
                text = text[..start].TrimEnd();
                return true;
            }
        }
        return false;
    }

    /// <summary>Length of a word for task at the beginning, when a number can follow; 0 for none.</summary>
    static int WordLength(ReadOnlySpan<char> text)
    {
        foreach (var word in Words)
        {
            if (!text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                continue;
            var rest = text[word.Length..].TrimStart(" \t#*-–:\u00A0");
            if (rest.Length > 0 && (char.IsDigit(rest[0]) || (rest.Length > 1 && char.IsAsciiLetterUpper(rest[0])
                && char.IsDigit(rest[1]))))
                return text.Length - rest.Length;
        }
        return 0;
    }
}
