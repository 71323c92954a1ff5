using System.Text;

namespace Orchestrator.Requests;

/// <summary>
/// A pattern for simple commands: words as in a shell, quotes included; <c>*</c> stands for any letters within one word, and at the end of
/// the pattern for any further words too. <c>git status*</c> covers <c>git status</c> and <c>git status --short</c>. Matching never goes
/// back: its time grows with the text alone.
/// </summary>
sealed class CommandPattern
{
    /// <summary>Longest pattern, in characters.</summary>
    public const int Longest = 16 * 1024;

    readonly List<StarText> words = [];

    CommandPattern()
    {
    }

    /// <summary>True when any word holds a star, or further words may follow.</summary>
    public bool HasStar { get; private set; }

    /// <summary>True when the program itself is not said.</summary>
    public bool AnyProgram => words.Count == 0 || words[0].HasStar;

    /// <summary>The program's name, where it is said.</summary>
    public string Program => words[0].Plain;

    bool OpenEnd { get; set; }

    /// <summary>The pattern, or what is wrong with it.</summary>
    public static (CommandPattern? Pattern, string? Problem) Parse(string text)
    {
        if (text.Length > Longest)
            return (null, $"is longer than {Longest} characters.");
        text = text.Trim(' ');
        var pattern = new CommandPattern();
        var word = new StarText.Builder();
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (c is ' ')
                pattern.Take(word);
            else if (c is '\'' or '"')
            {
                var end = text.IndexOf(c, at + 1);
                if (end < 0)
                    return (null, "has a quote that is not closed.");
                word.Add(text.AsSpan(at + 1, end - at - 1));
                at = end;
            }
            else if (c is '\\' && at + 1 < text.Length)
                word.Add(text.AsSpan(++at, 1));
            else if (c is ';' or '|' or '&' or '<' or '>' or '(' or ')' or '`' or '\n')
                return (null, "is for one simple command: write one rule for each part, and quote what only looks like an operator.");
            else if (c is '*')
                word.Star();
            else
                word.Add(text.AsSpan(at, 1));
        }
        // A star at the very end stands for further words too; alone it may stand for none.
        pattern.OpenEnd = word.EndsWithStar;
        if (!word.IsStarOnly || pattern.words.Count == 0)
            pattern.Take(word);
        pattern.HasStar = pattern.OpenEnd || pattern.words.Any(each => each.HasStar);
        return pattern.words.Count == 0 ? (null, "is empty.") : (pattern, null);
    }

    /// <summary>True when it covers this simple command, from its first word to its last.</summary>
    public bool Covers(IReadOnlyList<string> command) =>
        (OpenEnd ? command.Count >= words.Count : command.Count == words.Count) && Begins(command);

    /// <summary>True when a command of this pattern may begin with these words, whatever follows.</summary>
    public bool Begins(IReadOnlyList<string> command)
    {
        if (command.Count < words.Count)
            return false;
        for (var i = 0; i < words.Count; i++)
            if (!words[i].Matches(command[i]))
                return false;
        return true;
    }

    /// <summary>The pattern that covers exactly these words.</summary>
    public static string Exactly(IReadOnlyList<string> command) => string.Join(' ', command.Select(Quoted));

    static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "_@%+=:,./-".Contains(c))
        ? word
        : $"'{word.Replace("'", "'\\''")}'";

    void Take(StarText.Builder word)
    {
        if (word.Take() is { } text)
            words.Add(text);
    }
}

/// <summary>A glob for paths inside the workspace: <c>*</c> within one name, <c>**</c> for any number of folders, nothing else.</summary>
sealed class PathPattern
{
    /// <summary>Longest pattern, in characters.</summary>
    public const int Longest = 1000;

    readonly List<StarText?> steps = [];

    PathPattern()
    {
    }

    /// <summary>True when it names files by their whole path.</summary>
    public bool Absolute { get; private set; }

    /// <summary>The pattern, or what is wrong with it.</summary>
    public static (PathPattern? Pattern, string? Problem) Parse(string text)
    {
        if (text.Length is 0 or > Longest)
            return (null, $"must have 1 to {Longest} characters.");
        var pattern = new PathPattern { Absolute = text[0] == '/' };
        foreach (var step in text.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step is ".")
                continue;
            if (step is "..")
                return (null, "must not hold '..': name what is meant from the workspace down.");
            var letters = new StarText.Builder();
            foreach (var c in step)
            {
                if (c == '*')
                    letters.Star();
                else
                    letters.Add([c]);
            }
            pattern.steps.Add(step == "**" ? null : letters.Take());
        }
        return pattern.steps.Count == 0 ? (null, "names nothing.") : (pattern, null);
    }

    /// <summary>True when it covers this path, whose steps are plain names.</summary>
    public bool Covers(string path)
    {
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        // Which names may come next after so many steps: no going back, however many ** there are.
        var open = new bool[names.Length + 1];
        open[0] = true;
        foreach (var step in steps)
        {
            var next = new bool[names.Length + 1];
            for (var i = 0; i <= names.Length; i++)
            {
                if (step is null)
                    next[i] = open[i] || (i > 0 && next[i - 1]);
                else if (i > 0 && open[i - 1])
                    next[i] = step.Matches(names[i - 1]);
            }
            open = next;
        }
        return open[names.Length];
    }
}

/// <summary>A text with stars, each for any letters.</summary>
/// <param name="pieces">What stands between the stars; one piece alone is a text without a star.</param>
sealed class StarText(IReadOnlyList<string> pieces)
{
    public bool HasStar => pieces.Count > 1;

    /// <summary>What stands before the first star.</summary>
    public string Plain => pieces[0];

    /// <summary>Compares letter by letter. The leftmost place for each piece is as good as any: nothing has to be tried twice.</summary>
    public bool Matches(string text)
    {
        if (!HasStar)
            return text == pieces[0];
        var (first, last) = (pieces[0], pieces[^1]);
        if (text.Length < first.Length + last.Length || !text.StartsWith(first, StringComparison.Ordinal)
            || !text.EndsWith(last, StringComparison.Ordinal))
            return false;
        var rest = text.AsSpan(first.Length, text.Length - first.Length - last.Length);
        for (var i = 1; i < pieces.Count - 1; i++)
        {
            var place = rest.IndexOf(pieces[i], StringComparison.Ordinal);
            if (place < 0)
                return false;
            rest = rest[(place + pieces[i].Length)..];
        }
        return true;
    }

    /// <summary>Parses a text in which every star counts.</summary>
    public static StarText Of(string text) => new(text.Split('*'));

    /// <summary>Collects one text after the other.</summary>
    public sealed class Builder
    {
        readonly List<string> pieces = [];
        readonly StringBuilder piece = new();
        bool begun;

        public bool EndsWithStar => pieces.Count > 0 && piece.Length == 0;

        public bool IsStarOnly => EndsWithStar && pieces.TrueForAll(each => each.Length == 0);

        public void Add(ReadOnlySpan<char> letters)
        {
            piece.Append(letters);
            begun = true;
        }

        public void Star()
        {
            pieces.Add(piece.ToString());
            piece.Clear();
            begun = true;
        }

        /// <summary>The text, and a new beginning; null when there was none.</summary>
        public StarText? Take()
        {
            if (!begun)
                return null;
            var text = new StarText([.. pieces, piece.ToString()]);
            pieces.Clear();
            piece.Clear();
            begun = false;
            return text;
        }
    }
}
