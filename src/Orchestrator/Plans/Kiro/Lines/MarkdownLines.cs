namespace Orchestrator.Plans.Kiro.Lines;

/// <summary>What a line is before anybody asks what it says.</summary>
enum LineKind
{
    /// <summary>It is read.</summary>
    Text,
    /// <summary>In a code fence, or the fence itself: a box there is text.</summary>
    Code,
    /// <summary>Front matter, or wholly inside of an HTML comment, or a mark or the other side of a merge conflict.</summary>
    Dropped,
}

/// <summary>One line with its kind.</summary>
/// <param name="Text">As it stands, with comments within it made blank, so that every character keeps its place.</param>
/// <param name="Opens">For the first line of a code fence: what stands behind the marks; null for all others.</param>
readonly record struct MarkedLine(SourceLine Line, LineKind Kind, string Text, string? Opens = null);

/// <summary>
/// Tells text from code, comments, front matter and merge conflicts. Linear: what must be known of the lines below is gathered once,
/// from the end.
/// </summary>
sealed class MarkdownLines
{
    readonly IReadOnlyList<SourceLine> lines;
    readonly FindingList findings;
    readonly MarkedLine[] marked;

    MarkdownLines(IReadOnlyList<SourceLine> lines, FindingList findings)
    {
        this.lines = lines;
        this.findings = findings;
        marked = new MarkedLine[lines.Count];
        for (var i = 0; i < marked.Length; i++)
            marked[i] = new(lines[i], LineKind.Text, lines[i].Text);
    }

    /// <summary>Every line of a text, in order.</summary>
    public static IReadOnlyList<MarkedLine> Of(string text, FindingList findings)
    {
        var read = new MarkdownLines(SourceLines.Of(text), findings);
        read.FrontMatter();
        read.Conflicts();
        read.Unwrap();
        read.CodeAndComments();
        return read.marked;
    }

    // ---
    // title: something
    // ---
    /// <summary>At the very top only, and only when it looks like "key: value" and ends.</summary>
    void FrontMatter()
    {
        if (lines.Count < 3 || lines[0].Text.TrimEnd() != "---")
            return;
        for (var i = 1; i < lines.Count && i < 200; i++)
        {
            var line = lines[i].Text.TrimEnd();
            if (line is "---" or "...")
            {
                for (var k = 0; k <= i; k++)
                    Drop(k);
                return;
            }
            if (line.Length > 0 && line[0] is not (' ' or '#' or '-') && !line.Contains(':', StringComparison.Ordinal))
                return;
            if (line.Contains("[ ]", StringComparison.Ordinal) || line.StartsWith("# ", StringComparison.Ordinal))
                return;
        }
    }

    // <<<<<<< HEAD
    // - [x] 1. Ours
    // ||||||| base
    // =======
    // - [ ] 1. Theirs
    // >>>>>>> branch
    /// <summary>Ours is read, theirs is not. A mark without the others is text.</summary>
    void Conflicts()
    {
        var ends = After(line => line.StartsWith(">>>>>>>", StringComparison.Ordinal));
        var middles = After(line => line == "=======");
        var side = ' ';
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].Text.TrimEnd();
            if (side == ' ' && line.StartsWith("<<<<<<<", StringComparison.Ordinal)
                && middles[i] is { } middle && ends[middle] is not null)
            {
                findings.Add(KiroCode.MergeConflict, lines[i].Number, "A merge conflict stands here.", "The first side was read.",
                    "Solve the conflict and import again.");
                side = 'o';
                Drop(i);
            }
            else if (side == 'o' && line.StartsWith("|||||||", StringComparison.Ordinal))
                (side, marked[i]) = ('b', marked[i] with { Kind = LineKind.Dropped });
            else if (side is 'o' or 'b' && line == "=======")
                (side, marked[i]) = ('t', marked[i] with { Kind = LineKind.Dropped });
            else if (side == 't' && line.StartsWith(">>>>>>>", StringComparison.Ordinal))
                (side, marked[i]) = (' ', marked[i] with { Kind = LineKind.Dropped });
            else if (side is 'b' or 't')
                Drop(i);
        }
    }

    /// <summary>For every line the next one behind it that is such, or null.</summary>
    int?[] After(Func<string, bool> isSuch)
    {
        var next = new int?[lines.Count];
        int? last = null;
        for (var i = lines.Count - 1; i >= 0; i--)
        {
            next[i] = last;
            if (isSuch(lines[i].Text.TrimEnd()))
                last = i;
        }
        return next;
    }

    // ```markdown
    // # Implementation Plan
    // - [ ] 1. …
    // ```
    /// <summary>A whole file in one fence, as language models like to give it, is read without the fence.</summary>
    void Unwrap()
    {
        var first = Array.FindIndex(marked, line => line.Kind == LineKind.Text && line.Text.Trim().Length > 0);
        var last = Array.FindLastIndex(marked, line => line.Kind == LineKind.Text && line.Text.Trim().Length > 0);
        if (first < 0 || last <= first || Fence.Open(marked[first].Text) is not { } fence
            || fence.Info.ToLowerInvariant() is not ("markdown" or "md") || !fence.IsClosedBy(marked[last].Text))
            return;
        findings.Add(KiroCode.WrappedFile, lines[first].Number, "The whole file stands in a code fence.", "The fence was left out.");
        Drop(first);
        Drop(last);
    }

    void CodeAndComments()
    {
        var closers = Closers();
        var lastComment = Array.FindLastIndex(marked, line => line.Text.Contains("-->", StringComparison.Ordinal));
        Fence? inside = null;
        var comment = false;
        for (var i = 0; i < marked.Length; i++)
        {
            if (marked[i].Kind == LineKind.Dropped)
                continue;
            var text = marked[i].Text;
            if (inside is not null)
            {
                marked[i] = marked[i] with { Kind = LineKind.Code };
                if (inside.IsClosedBy(text))
                    inside = null;
            }
            else if (!comment && Fence.Open(text) is { } fence)
            {
                if (i + 1 < marked.Length && closers[fence.Mark == '`' ? 0 : 1][i + 1] >= fence.Length)
                    (inside, marked[i]) = (fence, marked[i] with { Kind = LineKind.Code, Opens = fence.Info });
                else
                    findings.Add(KiroCode.OpenFence, lines[i].Number, "A code fence is opened and never closed.",
                        "What follows it was read as text.");
            }
            else if (comment || text.Contains("<!--", StringComparison.Ordinal))
                comment = Comment(i, comment, lastComment);
        }
    }

    /// <summary>For both fence marks and every line: the longest closing fence at or behind it.</summary>
    int[][] Closers()
    {
        int[][] longest = [new int[marked.Length + 1], new int[marked.Length + 1]];
        for (var i = marked.Length - 1; i >= 0; i--)
        {
            (longest[0][i], longest[1][i]) = (longest[0][i + 1], longest[1][i + 1]);
            if (marked[i].Kind == LineKind.Dropped || Fence.Open(marked[i].Text) is not { Info: "" } fence)
                continue;
            var of = longest[fence.Mark == '`' ? 0 : 1];
            of[i] = Math.Max(of[i], fence.Length);
        }
        return longest;
    }

    // - [ ] 1. A task <!-- id: 7 -->
    /// <summary>Makes the commented part of a line blank, and says whether the comment goes on behind it.</summary>
    bool Comment(int i, bool inside, int lastEnd)
    {
        var text = marked[i].Text.ToCharArray();
        var wholly = inside;
        var (at, line) = (0, marked[i].Text);
        var (ticks, counted) = (0, 0);
        var lastClose = line.LastIndexOf("-->", StringComparison.Ordinal);
        while (at < line.Length)
        {
            if (!inside)
            {
                var start = line.IndexOf("<!--", at, StringComparison.Ordinal);
                if (start < 0)
                    break;
                for (; counted < start; counted++)
                    ticks += line[counted] == '`' ? 1 : 0;
                if ((lastClose < start + 4 && i >= lastEnd) || ticks % 2 == 1)
                {
                    at = start + 4;
                    continue;
                }
                (inside, at) = (true, start);
            }
            var close = lastClose < at ? -1 : line.IndexOf("-->", at, StringComparison.Ordinal);
            var stop = close < 0 ? line.Length : close + 3;
            Array.Fill(text, ' ', at, stop - at);
            (inside, at) = (close < 0, stop);
        }

        marked[i] = marked[i] with
        {
            Text = new(text),
            Kind = wholly && new string(text).Trim().Length == 0 ? LineKind.Dropped
            : LineKind.Text
        };
        if (marked[i].Kind == LineKind.Dropped && line.Contains("[ ]", StringComparison.Ordinal))
            findings.Add(KiroCode.BoxInComment, lines[i].Number, "A box stands in an HTML comment.", "It was not read.");
        return inside;
    }

    void Drop(int i) => marked[i] = marked[i] with { Kind = LineKind.Dropped };
}

/// <summary>The opening line of a code fence.</summary>
sealed record Fence(char Mark, int Length, string Info)
{
    // ```json
    //   ~~~~
    // - ```sh
    /// <summary>Null when the line opens none.</summary>
    public static Fence? Open(string line)
    {
        var at = SourceLines.Skip(line, 0);
        if (at < line.Length && line[at] is '-' or '*' or '+' or '>')
            at = SourceLines.Skip(line, at + 1);
        if (at >= line.Length || line[at] is not ('`' or '~'))
            return null;
        var end = at;
        while (end < line.Length && line[end] == line[at])
            end++;
        var info = line[end..].Trim();
        return end - at < 3 || (line[at] == '`' && info.Contains('`', StringComparison.Ordinal)) ? null : new(line[at], end - at, info);
    }

    public bool IsClosedBy(string line) => Open(line) is { Info: "" } other && other.Mark == Mark && other.Length >= Length;
}
