using System.Text.RegularExpressions;

namespace Orchestrator.FakeModel;

/// <summary>One step of a model script; the verbs are described at the top of Program.cs.</summary>
/// <param name="Verb">What to do: a verb or an HTTP status.</param>
/// <param name="Argument">The rest of the step as it stands.</param>
/// <param name="Joined">The next step belongs to the same answer (written as a + before the verb, or by the verb's nature).</param>
sealed partial record Step(string Verb, string Argument, bool Joined)
{
    static readonly HashSet<string> Verbs =
        ["text", "say", "think", "shell", "write", "patch", "json", "tool", "malformed", "garbage", "usage", "hang", "cut", "fail", "quota",
            "limit", "context"];

    static readonly HashSet<string> AlwaysJoined = ["say", "think", "usage", "hang", "garbage"];

    /// <summary>What is answered when a script has no step left; with a schema asked for, an example of it.</summary>
    public static readonly Step End = new("end", "done", false);

    /// <summary>The HTTP status this step refuses with, or null when it answers.</summary>
    public int? Status => Verb switch
    {
        "quota" or "limit" => 429,
        "context" => 400,
        _ => IsStatus(Verb) ? int.Parse(Verb) : null,
    };

    /// <summary>The argument with <c>\n</c> as line breaks.</summary>
    public string Text => Unescape(Argument);

    /// <summary>The first word of the argument and what follows it, as it stands.</summary>
    public (string Word, string After) FirstWord
    {
        get
        {
            var parts = Argument.Split(' ', 2);
            return (parts[0], parts.Length > 1 ? parts[1] : "");
        }
    }

    /// <summary>The text with <c>\n</c> as line breaks.</summary>
    public static string Unescape(string text) => text.Replace("\\n", "\n", StringComparison.Ordinal);

    /// <summary>The number of a word <c>name=7</c> in the argument, else null.</summary>
    public int? Setting(string name)
    {
        var word = Argument.Split(' ').FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal));
        return word is null ? null : int.Parse(word[(name.Length + 1)..]);
    }

    /// <summary>
    /// Reads steps separated by semicolons, e.g. <c>shell cd a; ls; text done</c>. A semicolon separates only when a
    /// verb follows, so that shell commands need no quoting. A step with <c>xN</c> after a status stands N times.
    /// </summary>
    public static IEnumerable<Step> ParseAll(string text)
    {
        var start = 0;
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && (text[at] != ';' || !StartsWithVerb(text[(at + 1)..]))) continue;
            foreach (var step in Parse(text[start..at])) yield return step;
            start = at + 1;
        }
    }

    /// <summary>The step with each <c>{{name}}</c> as the last value a member of that name has in the request.</summary>
    /// <param name="request">The body of the request as it came: tools' results are texts with JSON in them.</param>
    public Step Filled(string request) => Argument.Contains("{{", StringComparison.Ordinal)
        ? this with { Argument = Place().Replace(Argument, place => Last(request, place.Groups[1].Value) ?? place.Value) }
        : this;

    static string? Last(string request, string name) =>
        Regex.Matches(request, $@"\b{name}[\\""]+:\s*[\\""]+([^\\""{{}}]+)").LastOrDefault()?.Groups[1].Value;

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Place();

    /// <summary>Reads one step; an unknown verb is an error that names it.</summary>
    public static IEnumerable<Step> Parse(string text)
    {
        text = text.Trim();
        if (text.Length == 0) return [];
        var joined = text[0] == '+';
        var parts = text.TrimStart('+').Split(' ', 2);
        var (verb, argument) = (parts[0], parts.Length > 1 ? parts[1].Trim() : "");
        if (!Verbs.Contains(verb) && !IsStatus(verb)) throw new FormatException($"unknown step: {text}");
        var step = new Step(verb, argument, joined || AlwaysJoined.Contains(verb));
        var times = step.Status is null ? null : argument.Split(' ').FirstOrDefault(word => word.Length > 1 && word[0] == 'x');
        return Enumerable.Repeat(step, times is not null && int.TryParse(times[1..], out var count) ? count : 1);
    }

    static bool StartsWithVerb(string text)
    {
        var verb = text.TrimStart().TrimStart('+').Split(' ', ';', '\n')[0];
        return verb.Length > 0 && (Verbs.Contains(verb) || IsStatus(verb));
    }

    static bool IsStatus(string verb) => verb.Length == 3 && verb[0] is '4' or '5' && int.TryParse(verb, out _);
}
