namespace Orchestrator.Plans.Kiro.Lines;

/// <summary>What a box says.</summary>
enum BoxState
{
    Open,
    Done,
    /// <summary>Somebody is at it: - and /.</summary>
    InProgress,
    /// <summary>~: in line, as Kiro has it; others write it for partly done or blocked.</summary>
    Queued,
    /// <summary>! and ?: something is in the way.</summary>
    Blocked,
    /// <summary>&gt;: put off.</summary>
    Deferred,
    /// <summary>Any other mark.</summary>
    Unknown,
}

/// <summary>A line with a box, up to the text behind it.</summary>
/// <param name="Indent">Columns before it.</param>
/// <param name="At">Where the mark stands in the line; where one would go when the box is empty.</param>
/// <param name="Width">Characters of the mark: 0 for <c>[]</c>, 2 for marks outside of the basic plane.</param>
/// <param name="Mark">The mark as it stands; a blank for an open box.</param>
/// <param name="ListNumber">Number of the list entry, <c>1. [ ] text</c>; null for a bullet.</param>
/// <param name="Rest">All behind the closing bracket.</param>
sealed record BoxLine(int Indent, int At, int Width, string Mark, string? ListNumber, string Rest)
{
    const string Bullets = "-*+•–—‣·";

    public BoxState State => StateOf(Mark);

    // - [ ] 1. Title          * [x] 1.1 Title          + [-] Title
    // 1. [ ] Title            - [] Title               - [ x ] Title
    // - \[ \] Title           [ ] Title                - [~]* 1.2 Title
    /// <summary>Null when the line has no box at its beginning. A link <c>[x](…)</c>, a reference <c>[x]: …</c> and a footnote
    /// <c>[1] …</c> are none.</summary>
    public static BoxLine? Read(string line)
    {
        var start = SourceLines.Skip(line, 0);
        var (at, bulleted, number) = AfterBullet(line, start);
        if (at < line.Length && line[at] == '\\')
            at++;
        if (at >= line.Length || line[at] != '[')
            return null;
        var close = line.AsSpan(at, Math.Min(line.Length - at, 8)).IndexOf(']');
        if (close < 0)
            return null;
        close += at;
        var inner = line[(at + 1)..close].TrimEnd('\\');
        var mark = inner.Trim(' ', '\u00A0', '\t', '\u3000');
        if (!IsOneMark(mark) || mark is [>= '0' and <= '9'] || (close + 1 < line.Length && line[close + 1] is '(' or ':' or '[')
            || (!bulleted && (mark is not ("" or "x" or "X") || (close + 1 < line.Length && !SourceLines.IsBlank(line[close + 1])))))
            return null;
        if (inner.Length == 0 && (!bulleted || close + 1 >= line.Length))
            return null;
        var markAt = at + 1 + (mark.Length == 0 ? 0 : inner.IndexOf(mark, StringComparison.Ordinal));
        return new(SourceLines.Indent(line), markAt, mark.Length == 0 ? Math.Min(1, inner.Length) : mark.Length,
            mark.Length == 0 ? " " : mark, number, line[(close + 1)..]);
    }

    /// <summary>What a mark means.</summary>
    public static BoxState StateOf(string mark) => mark switch
    {
        " " => BoxState.Open,
        "x" or "X" or "✓" or "✔" or "✅" or "☑" or "√" or "х" or "Х" => BoxState.Done,
        "-" or "/" => BoxState.InProgress,
        "~" => BoxState.Queued,
        "!" or "?" => BoxState.Blocked,
        ">" => BoxState.Deferred,
        _ => BoxState.Unknown,
    };

    /// <summary>The mark that is written for a state.</summary>
    public static char MarkOf(BoxState state) => state switch
    {
        BoxState.Done => 'x',
        BoxState.InProgress => '-',
        BoxState.Queued => '~',
        BoxState.Blocked => '!',
        BoxState.Deferred => '>',
        _ => ' ',
    };

    static (int At, bool Bulleted, string? Number) AfterBullet(string line, int start)
    {
        if (start >= line.Length)
            return (start, false, null);
        if (Bullets.Contains(line[start], StringComparison.Ordinal))
            return (SourceLines.Skip(line, start + 1), true, null);
        var end = start;
        while (end < line.Length && end - start < 9 && char.IsAsciiDigit(line[end]))
            end++;
        return end > start && end < line.Length && line[end] is '.' or ')' && end + 1 < line.Length && SourceLines.IsBlank(line[end + 1])
            ? (SourceLines.Skip(line, end + 1), true, line[start..end])
            : (start, false, null);
    }

    /// <summary>Nothing, or one character as people count them, with the selector that makes it an emoji.</summary>
    static bool IsOneMark(string mark) => mark.Length switch
    {
        0 or 1 => true,
        2 => char.IsSurrogatePair(mark[0], mark[1]) || mark[1] == '\uFE0F',
        3 => char.IsSurrogatePair(mark[0], mark[1]) && mark[2] == '\uFE0F',
        _ => false,
    };
}
