using System.Globalization;
using System.Text;

namespace Orchestrator.Requests;

/// <summary>
/// A command line as every POSIX shell takes it: simple commands, each a list of words. Only what is the same to all of them and runs
/// nothing else is understood; whatever could mean more than it says has a <see cref="Problem"/> instead. Pure; one pass.
/// </summary>
/// <param name="Parts">The simple commands in order, quotes taken away; empty when it is not understood.</param>
/// <param name="Problem">Why it is not understood, for a person; null when it is.</param>
sealed record ShellCommand(IReadOnlyList<IReadOnlyList<string>> Parts, string? Problem)
{
    /// <summary>Longest text that is read, in characters: nobody reads more before saying yes.</summary>
    public const int Longest = 16 * 1024;

    /// <summary>Programs that run what they are given: their own name says nothing about what happens.</summary>
    static readonly HashSet<string> Runners = new(StringComparer.Ordinal)
    {
        "sh", "bash", "dash", "zsh", "ksh", "fish", "ash", "csh", "tcsh", "busybox", "env", "sudo", "doas", "su", "runuser", "eval", "exec",
        "command", "builtin", "xargs", "parallel", "nohup", "nice", "ionice", "timeout", "setsid", "time", "watch", "ssh", "script", "trap",
        "source", ".", "chroot", "unshare", "nsenter", "flock", "stdbuf", "strace", "gdb", "expect", "at", "batch", "start-stop-daemon",
    };

    static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "select", "function", "coproc",
        "!", "[[", "]]",
    };

    /// <summary>Characters at which a text may hide the beginning of another command.</summary>
    static readonly char[] Seams =
        [' ', '\t', '\r', '\n', ';', '|', '&', '(', ')', '<', '>', '`', '$', '"', '\'', '\\', '{', '}', ',', '='];

    /// <summary>Reads a command line.</summary>
    public static ShellCommand Read(string text)
    {
        if (text.Length > Longest)
            return new([], $"it is longer than {Longest.ToString(CultureInfo.InvariantCulture)} characters");
        foreach (var rune in text.EnumerateRunes())
            if (Hidden(rune))
                return new([], $"it holds a character that is not seen as what it is (U+{rune.Value:X4})");
        var reader = new Reader(text);
        return reader.Problem is { } problem ? new([], problem) : new(reader.Parts, null);
    }

    /// <summary>True when the program of a simple command runs what it is given.</summary>
    public static bool RunsOthers(IReadOnlyList<string> words) => RunsOthers(words[0]);

    /// <summary>True for a program that runs what it is given, by name or by path.</summary>
    public static bool RunsOthers(string program) => Runners.Contains(program[(program.LastIndexOf('/') + 1)..]);

    /// <summary>
    /// Every list of words that could be a command somewhere inside the text: to find what is forbidden in what is not understood. Found
    /// too often rather than too seldom.
    /// </summary>
    public static IEnumerable<IReadOnlyList<string>> Suspects(string text)
    {
        var apart = text.Split(Seams, StringSplitOptions.RemoveEmptyEntries);
        for (var from = 0; from < apart.Length; from++)
            yield return new ArraySegment<string>(apart, from, apart.Length - from);
        // r''m and r\m are rm.
        var joined = text.Replace("'", "").Replace("\"", "").Replace("\\", "").Split(Seams, StringSplitOptions.RemoveEmptyEntries);
        if (joined.Length == apart.Length)
            yield break;
        for (var from = 0; from < joined.Length; from++)
            yield return new ArraySegment<string>(joined, from, joined.Length - from);
    }

    static bool Hidden(Rune rune) => rune.Value is not ('\t' or '\n' or ' ') && (rune == Rune.ReplacementChar
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>The one pass over the text.</summary>
    sealed class Reader
    {
        readonly string text;
        readonly List<IReadOnlyList<string>> parts = [];
        readonly StringBuilder word = new();
        List<string> words = [];
        bool inWord;
        bool quoted;
        bool globbed;
        bool owes;
        int at;

        public Reader(string text)
        {
            this.text = text;
            while (at < text.Length && Problem is null)
                Step(text[at]);
            if (Problem is null)
                EndPart(false);
            if (Problem is null && owes)
                Problem = "it ends where a command should follow";
            if (Problem is null && parts.Count == 0)
                Problem = "it is empty";
        }

        public IReadOnlyList<IReadOnlyList<string>> Parts => parts;

        public string? Problem { get; private set; }

        char Next => at + 1 < text.Length ? text[at + 1] : '\0';

        void Step(char c)
        {
            switch (c)
            {
                case ' ' or '\t':
                    EndWord();
                    at++;
                    break;
                case '\n':
                    EndPart(false);
                    at++;
                    break;
                case ';':
                    EndPart(true);
                    // What follows may be nothing.
                    (owes, at) = (false, at + 1);
                    break;
                case '&' when Next == '&':
                case '|' when Next == '|':
                    EndPart(true);
                    at += 2;
                    break;
                case '|' when Next != '&':
                    EndPart(true);
                    at++;
                    break;
                case '&' or '|':
                    Problem = $"'{c}' runs something beside it";
                    break;
                case '<' or '>':
                    Redirect(c);
                    break;
                case '\'' or '"' or '\\':
                    Quoted(c);
                    break;
                case '$' or '`':
                    Problem = $"'{c}' puts something in that is not written here";
                    break;
                case '(' or ')' or '{' or '}':
                    Problem = $"'{c}' groups or makes words";
                    break;
                case '#' when !inWord:
                    Problem = "it holds a comment";
                    break;
                default:
                    globbed |= c is '*' or '?' or '[' or '~';
                    Take(c);
                    at++;
                    break;
            }
        }

        void Take(char c)
        {
            word.Append(c);
            inWord = true;
        }

        void Quoted(char c)
        {
            if (c == '\\' && Next == '\n')
            {
                at += 2;
                return;
            }
            (inWord, quoted) = (true, true);
            if (c == '\'')
                Single();
            else if (c == '"')
                Double();
            else if (Next == '\0')
                Problem = "it ends with a backslash";
            else
            {
                word.Append(Next);
                at += 2;
            }
        }

        void Single()
        {
            var end = text.IndexOf('\'', at + 1);
            if (end < 0)
            {
                Problem = "a quote is not closed";
                return;
            }
            word.Append(text, at + 1, end - at - 1);
            at = end + 1;
        }

        void Double()
        {
            for (at++; at < text.Length; at++)
            {
                if (text[at] == '"')
                {
                    at++;
                    return;
                }
                if (text[at] is '$' or '`')
                {
                    Problem = $"'{text[at]}' puts something in that is not written here";
                    return;
                }
                if (text[at] == '\\' && Next is '$' or '`' or '"' or '\\' or '\n')
                {
                    at++;
                    if (text[at] == '\n')
                        continue;
                }
                word.Append(text[at]);
            }
            Problem = "a quote is not closed";
        }

        // Only what says no more than where nothing goes: 2>&1, >/dev/null, 2> /dev/null, </dev/null.
        void Redirect(char c)
        {
            if (inWord && !quoted && word.Length == 1 && word[0] is '0' or '1' or '2')
            {
                word.Clear();
                inWord = false;
            }
            EndWord();
            at++;
            if (c == '>' && at < text.Length && text[at] == '&' && Next is '1' or '2' && Ends(at + 2))
            {
                at += 2;
                return;
            }
            if (c == '>' && at < text.Length && text[at] == '>')
                at++;
            while (at < text.Length && text[at] is ' ' or '\t')
                at++;
            const string Nothing = "/dev/null";
            if (string.CompareOrdinal(text, at, Nothing, 0, Nothing.Length) == 0 && Ends(at + Nothing.Length))
                at += Nothing.Length;
            else
                Problem = $"'{c}' reads or writes a file beside it";
        }

        bool Ends(int place) => place >= text.Length || text[place] is ' ' or '\t' or '\n' or ';' or '|' or '&';

        void EndWord()
        {
            if (!inWord)
                return;
            if (words.Count == 0)
                Problem ??= OfProgram(word.ToString());
            words.Add(word.ToString());
            word.Clear();
            (inWord, quoted, globbed) = (false, false, false);
        }

        string? OfProgram(string program) => program switch
        {
            "" => "its program has no name",
            _ when program.Contains('=') => "it sets a variable",
            _ when globbed => "which program it is depends on the files there are",
            _ when Reserved.Contains(program) => $"'{program}' begins more than one command",
            _ => null,
        };

        void EndPart(bool wanted)
        {
            EndWord();
            if (words.Count > 0)
            {
                parts.Add(words);
                words = [];
                owes = wanted;
            }
            else if (wanted)
                Problem ??= "a command is missing before an operator";
        }
    }
}
