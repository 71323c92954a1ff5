using System.Text;

namespace Orchestrator.Plans.Kiro.Lines;

/// <summary>Small readings of one piece of Markdown. None of them goes over its text more than a few times.</summary>
static class MarkdownText
{
    // ## Title      ### Title ###
    /// <summary>Level and text of a heading; null when the line is none.</summary>
    public static (int Level, string Text)? Heading(string line)
    {
        var at = SourceLines.Skip(line, 0);
        var level = 0;
        while (at + level < line.Length && level < 7 && line[at + level] == '#')
            level++;
        if (level is 0 or > 6 || SourceLines.Indent(line) > 3)
            return null;
        var text = line[(at + level)..];
        if (text.Length > 0 && !SourceLines.IsBlank(text[0]))
            return null;
        text = text.Trim();
        var bare = text.TrimEnd('#');
        return (level, bare.Length < text.Length && (bare.Length == 0 || bare[^1] == ' ') ? bare.TrimEnd() : text);
    }

    /// <summary>A list entry's text without its bullet, and how far it is indented; null when the line is none.</summary>
    public static (int Indent, string Text)? Bullet(string line)
    {
        var at = SourceLines.Skip(line, 0);
        return at + 1 < line.Length && line[at] is '-' or '*' or '+' or '•' && SourceLines.IsBlank(line[at + 1])
            ? (SourceLines.Indent(line), line[(at + 1)..].Trim()) : null;
    }

    // [text](target)
    /// <summary>Links as their text alone.</summary>
    public static string WithoutLinks(string text)
    {
        if (!text.Contains("](", StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder();
        var at = 0;
        while (at < text.Length)
        {
            var middle = text.IndexOf("](", at, StringComparison.Ordinal);
            if (middle < 0)
                break;
            var open = text.LastIndexOf('[', middle, middle - at + 1);
            var close = open < 0 ? -1 : text.IndexOf(')', middle, Math.Min(text.Length - middle, 2000));
            if (close < 0)
            {
                plain.Append(text, at, middle + 2 - at);
                at = middle + 2;
                continue;
            }
            var start = open > at && text[open - 1] == '!' ? open - 1 : open;
            plain.Append(text, at, start - at).Append(text, open + 1, middle - open - 1);
            at = close + 1;
        }
        return plain.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>Text without emphasis, code marks and links, for comparing and for looking words up.</summary>
    public static string Bare(string text) =>
        new string([.. WithoutLinks(text).Where(c => c is not ('*' or '_' or '`' or '~'))]).Trim();

    /// <summary>A few characters that stay the same when only case, blanks or markup of a text change. FNV-1a, 32 bits.</summary>
    public static string Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
            if (char.IsLetterOrDigit(c))
                hash = (hash ^ char.ToLowerInvariant(c)) * 16777619u;
        return hash.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Letters and digits of a heading with hyphens between, for ids: at most five words.</summary>
    public static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (var c in Bare(text))
        {
            if (char.IsLetterOrDigit(c))
                slug.Append(char.ToLowerInvariant(c));
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
            if (slug.Length > 40)
                break;
        }
        return slug.ToString().Trim('-');
    }
}
