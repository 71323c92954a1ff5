namespace Orchestrator.Plans.Kiro.Lines;

/// <summary>One line of a text.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Start">Where its first character stands in the whole text, a byte order mark counted.</param>
/// <param name="Text">Without its end and without a byte order mark.</param>
readonly record struct SourceLine(int Number, int Start, string Text);

/// <summary>A text as lines that know where they stand, so that one character of the text can be changed and no other.</summary>
static class SourceLines
{
    const char ByteOrderMark = '\uFEFF';

    /// <summary>Lines end in CR LF, LF or CR, mixed as they come.</summary>
    public static IReadOnlyList<SourceLine> Of(string text)
    {
        var lines = new List<SourceLine>();
        var start = text.StartsWith(ByteOrderMark) ? 1 : 0;
        while (start < text.Length)
        {
            var length = text.AsSpan(start).IndexOfAny('\r', '\n');
            if (length < 0)
                length = text.Length - start;
            lines.Add(new(lines.Count + 1, start, text.Substring(start, length)));
            start += length;
            start += start + 1 < text.Length && text[start] == '\r' && text[start + 1] == '\n' ? 2 : 1;
        }
        return lines;
    }

    /// <summary>Columns of white space at the beginning: a tab goes to the next fourth, any other blank counts one.</summary>
    public static int Indent(string line)
    {
        var columns = 0;
        foreach (var c in line)
        {
            if (!IsBlank(c))
                break;
            columns += c == '\t' ? 4 - columns % 4 : 1;
        }
        return columns;
    }

    /// <summary>White space within a line; marks that have no width and no meaning count, too.</summary>
    public static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is '\u200B' or '\u200E' or '\u200F' or '\u2060' or ByteOrderMark;

    /// <summary>Place of the first character from here on that is no white space, or the length.</summary>
    public static int Skip(string line, int from)
    {
        while (from < line.Length && IsBlank(line[from]))
            from++;
        return from;
    }
}
