using System.Text;

namespace Orchestrator.Cli;

/// <summary>
/// Text of others for a terminal: escape sequences are taken out, other control characters become blanks, what turns the direction of
/// writing or cannot be seen is dropped. What is left can move nothing but the cursor, by its own width.
/// </summary>
static class SafeText
{
    const char Escape = '\u001b', Bell = '\u0007';

    /// <summary>The lines of a text, each harmless; a tab is four blanks.</summary>
    public static IEnumerable<string> Lines(string text)
    {
        foreach (var line in text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')) yield return Line(line);
    }

    /// <summary>One line of a text, harmless.</summary>
    /// <remarks>Raw: <c>␛[91m␛[1mError: ␛[0mno␛]0;title␇ such file</c></remarks>
    public static string Line(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        var safe = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == Escape || text[i] is >= '\u0090' and <= '\u009f')
            {
                i = AfterSequence(text, i);
                continue;
            }
            var whole = Rune.TryGetRuneAt(text, i, out var rune);
            i += whole ? rune.Utf16SequenceLength : 1;
            if (!whole) safe.Append('\ufffd');
            else if (rune.Value == '\t') safe.Append("    ");
            else if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029) safe.Append(' ');
            else if (!IsUnseen(rune.Value)) safe.Append(rune.ToString());
        }
        return safe.ToString();
    }

    /// <summary>Marks that turn the direction of writing (Trojan Source, CVE-2021-42574), and signs without a shape.</summary>
    static bool IsUnseen(int c) =>
        c is 0x061c or 0x180e or (>= 0x200b and <= 0x200c) or 0x200e or 0x200f or (>= 0x202a and <= 0x202e)
            or (>= 0x2060 and <= 0x206f) or 0xfeff or (>= 0xfff9 and <= 0xfffb) or (>= 0xe0000 and <= 0xe007f);

    /// <summary>Where text goes on behind an escape sequence (ECMA-48 5.4 and 5.6). One without an end hides nothing: only its beginning
    /// goes.</summary>
    static int AfterSequence(string text, int at)
    {
        // The eight-bit forms begin with one character: CSI is U+009B, OSC U+009D, and so on.
        var (kind, next) = text[at] != Escape ? ((char)(text[at] - 0x40), at + 1)
            : at + 1 < text.Length ? (text[at + 1], at + 2) : ('\0', at + 1);
        if (kind == '[')
        {
            var end = next;
            while (end < text.Length && text[end] is >= ' ' and <= '?') end++;
            return end < text.Length && text[end] is >= '@' and <= '~' ? end + 1 : next;
        }
        if (kind is ']' or 'P' or 'X' or '^' or '_')
        {
            for (var end = next; end < text.Length; end++)
            {
                if (text[end] is Bell or '\u009c') return end + 1;
                if (text[end] == Escape) return end + 1 < text.Length && text[end + 1] == '\\' ? end + 2 : end;
            }
            return next;
        }
        if (kind is >= ' ' and <= '/' && next < text.Length) return next + 1;
        // ESC and another control character: the other one is looked at by itself.
        return kind is >= ' ' and <= '~' ? next : at + 1;
    }

    /// <summary>Columns a text takes on a terminal.</summary>
    public static int Columns(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text.Length;
        var columns = 0;
        foreach (var rune in text.EnumerateRunes()) columns += Columns(rune);
        return columns;
    }

    /// <summary>Columns of one character: 0 for one that joins the one before, 2 for the wide ones of East Asia and pictures
    /// (Unicode's EastAsianWidth.txt, its large blocks).</summary>
    public static int Columns(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        0x200d or (>= 0xfe00 and <= 0xfe0f) => 0,
        >= 0x1100 and <= 0x115f or >= 0x2e80 and <= 0x303e or >= 0x3041 and <= 0xa4cf or >= 0xac00 and <= 0xd7a3
            or >= 0xf900 and <= 0xfaff or >= 0xfe30 and <= 0xfe6f or >= 0xff00 and <= 0xff60 or >= 0xffe0 and <= 0xffe6
            or >= 0x1f300 and <= 0x1f64f or >= 0x1f680 and <= 0x1f6ff or >= 0x1f900 and <= 0x1f9ff or >= 0x20000 and <= 0x3fffd => 2,
        _ => Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark
            or System.Globalization.UnicodeCategory.EnclosingMark or System.Globalization.UnicodeCategory.Format ? 0 : 1,
    };

    /// <summary>Cuts a harmless line into rows of so many columns, at blanks where there are any.</summary>
    public static IEnumerable<string> Wrap(string line, int columns)
    {
        columns = Math.Max(4, columns);
        while (Columns(line) > columns)
        {
            var (cut, width, blank) = (0, 0, -1);
            foreach (var rune in line.EnumerateRunes())
            {
                width += Columns(rune);
                if (width > columns) break;
                cut += rune.Utf16SequenceLength;
                if (rune.Value == ' ') blank = cut;
            }
            // A word longer than half a row is cut rather than leaving the row half empty.
            var end = blank > cut / 2 ? blank : cut;
            yield return line[..end].TrimEnd(' ');
            line = line[end..];
        }
        yield return line;
    }

    /// <summary>The end of a line that fits into so many columns.</summary>
    public static string Tail(string line, int columns)
    {
        var (runes, at, width) = (line.EnumerateRunes().ToList(), line.Length, 0);
        for (var i = runes.Count - 1; i >= 0 && (width += Columns(runes[i])) <= columns; i--) at -= runes[i].Utf16SequenceLength;
        return line[at..];
    }
}
