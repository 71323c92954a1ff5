using System.Text;

namespace Orchestrator.FakeAgent;

/// <summary>One line of a script: the step's name and the rest of the line as it stands.</summary>
/// <param name="Name">The first word.</param>
/// <param name="Rest">Everything after the first word and one blank.</param>
sealed record Step(string Name, string Rest)
{
    /// <summary>The rest as TEXT: <c>\n</c> becomes a line break and <c>\\</c> a backslash.</summary>
    public string Text => Unescape(Rest);

    /// <summary>The rest as words; a word may be in double quotes.</summary>
    public IReadOnlyList<string> Words
    {
        get
        {
            var words = new List<string>();
            var rest = Rest;
            while (rest.Length > 0)
            {
                (var word, rest) = FirstWord(rest);
                words.Add(word);
            }

            return words;
        }
    }

    /// <summary>The rest split into its first word and the TEXT after it.</summary>
    public (string Word, string Text) WordAndText
    {
        get
        {
            var (word, rest) = FirstWord(Rest);
            return (word, Unescape(rest));
        }
    }

    /// <summary>The rest as a whole number.</summary>
    public long Number => long.Parse(Rest.Trim());

    /// <summary>Reads one line, or null for an empty line or a comment.</summary>
    public static Step? Parse(string line)
    {
        line = line.Trim();
        if (line.Length == 0 || line[0] == '#') return null;
        var blank = line.IndexOf(' ');
        return blank < 0 ? new Step(line, "") : new Step(line[..blank], line[(blank + 1)..]);
    }

    static (string Word, string After) FirstWord(string text)
    {
        text = text.TrimStart();
        var quoted = text.StartsWith('"');
        var end = quoted ? text.IndexOf('"', 1) : text.IndexOf(' ');
        if (end < 0) return (text.TrimStart('"'), "");
        return (text[(quoted ? 1 : 0)..end], text[(end + 1)..].TrimStart(' '));
    }

    static string Unescape(string text)
    {
        if (!text.Contains('\\')) return text;
        var plain = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            var next = at + 1 < text.Length ? text[at + 1] : '\0';
            if (text[at] == '\\' && next is 'n' or '\\')
            {
                plain.Append(next == 'n' ? '\n' : '\\');
                at++;
            }
            else
            {
                plain.Append(text[at]);
            }
        }

        return plain.ToString();
    }
}

/// <summary>The steps to play and what they may ask about.</summary>
/// <param name="Steps">In the order to play.</param>
/// <param name="Args">The arguments the process got.</param>
/// <param name="Prompt">The prompt, or null when the script came from a file or an argument.</param>
/// <param name="StdinIsRead">Whether the prompt came from stdin, so that there is nothing left to read.</param>
sealed record Script(IReadOnlyList<Step> Steps, IReadOnlyList<string> Args, string? Prompt, bool StdinIsRead)
{
    /// <summary>Finds the script; see the top of Program.cs for the order.</summary>
    public static Script From(string[] args)
    {
        if (Value(args, "--script") is { } file) return new(Lines(File.ReadAllText(file)), args, null, false);
        if (Value(args, "--script-text") is { } text) return new(Lines(text), args, null, false);
        if (args.Any(arg => arg.StartsWith('!') || arg.Contains("\n!", StringComparison.Ordinal)))
            return OfPrompt(string.Join('\n', args), args, stdinIsRead: false);
        using var stdin = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        return OfPrompt(stdin.ReadToEnd(), args, stdinIsRead: true);
    }

    static Script OfPrompt(string prompt, string[] args, bool stdinIsRead)
    {
        var steps = prompt.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith('!'))
            .Select(line => Step.Parse(line[1..])).OfType<Step>().ToList();
        if (steps.Count == 0) steps.Add(new Step("print", "done"));
        return new(steps, args, prompt, stdinIsRead);
    }

    static List<Step> Lines(string text) => text.Split('\n').Select(Step.Parse).OfType<Step>().ToList();

    static string? Value(string[] args, string option)
    {
        var at = Array.IndexOf(args, option);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
