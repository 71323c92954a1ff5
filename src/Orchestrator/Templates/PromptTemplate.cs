using System.Text;
using Orchestrator.Profiles;

namespace Orchestrator.Templates;

/// <summary>A name that a template asks for.</summary>
/// <param name="Name">Small letters, digits and _.</param>
/// <param name="Line">Where it stands first, from 1.</param>
/// <param name="Optional">Written <c>{{name?}}</c>: a paragraph whose names are all optional and not given is left out.</param>
sealed record TemplateName(string Name, int Line, bool Optional);

/// <summary>
/// A prompt with names to fill: <c>{{name}}</c>, strict. A value is put in as it is and never read for names again; a name without a value
/// and a value without a name are refused. <c>\{{</c> stands for the two signs themselves.
/// </summary>
sealed class PromptTemplate
{
    readonly List<Piece> pieces = [];

    PromptTemplate(string name, string origin, string text) => (Name, Origin, Text) = (name, origin, text);

    /// <summary>The word it is called by.</summary>
    public string Name { get; }

    /// <summary><c>built in</c>, or the path of its file.</summary>
    public string Origin { get; }

    /// <summary>As it stands in its file.</summary>
    public string Text { get; }

    /// <summary>What it asks for, in order.</summary>
    public IReadOnlyList<TemplateName> Names => [.. pieces.Where(piece => piece.Name is not null).GroupBy(piece => piece.Name!)
        .Select(group => new TemplateName(group.Key, group.First().Line, group.All(piece => piece.Optional)))];

    /// <summary>Text as it is, or a name; and the paragraph it stands in.</summary>
    readonly record struct Piece(string Text, string? Name, bool Optional, int Line, int Paragraph);

    /// <summary>Reads a template. Throws <see cref="Fault"/> naming template, line and what is wrong there.</summary>
    public static PromptTemplate Parse(string name, string origin, string text)
    {
        var template = new PromptTemplate(name, origin, text.ReplaceLineEndings("\n"));
        var (number, paragraph, blank) = (0, 0, true);
        foreach (var line in template.Text.Split('\n'))
        {
            number++;
            if (blank && !string.IsNullOrWhiteSpace(line))
                paragraph++;
            blank = string.IsNullOrWhiteSpace(line);
            template.Take(number == 1 ? line : "\n" + line, number, paragraph);
        }

        return template;
    }

    /// <summary>The prompt. Throws <see cref="Fault"/> naming template, name, line and what is known.</summary>
    public string Fill(IReadOnlyDictionary<string, string> values)
    {
        foreach (var given in values.Keys.Where(given => pieces.TrueForAll(piece => piece.Name != given)))
        {
            var near = NearestWord.To(given, [.. Names.Select(name => name.Name)]);
            throw Refused($"{Place()}: there is no name '{Texts.Short(given)}'{(near is null ? "" : $"; did you mean '{near}'?")}");
        }

        if (pieces.FirstOrDefault(piece => piece is { Name: not null, Optional: false } && !Has(values, piece.Name))
            is { Name: { } missing, Line: var line })
            throw Refused($"{Place()}, line {line}: {{{{{missing}}}}} has no value; give --var {missing}=TEXT or --var {missing}=@FILE.");
        var dropped = pieces.GroupBy(piece => piece.Paragraph)
            .Where(group => group.Any(piece => piece.Name is not null)
                && group.All(piece => piece.Name is null || (piece.Optional && !Has(values, piece.Name))))
            .Select(group => group.Key).ToHashSet();
        var prompt = new StringBuilder();
        foreach (var piece in pieces.Where(piece => !dropped.Contains(piece.Paragraph)))
            prompt.Append(piece.Name is null ? piece.Text : values.GetValueOrDefault(piece.Name));
        return prompt.ToString().Trim('\n') + "\n";
    }

    static bool Has(IReadOnlyDictionary<string, string> values, string name) => !string.IsNullOrWhiteSpace(values.GetValueOrDefault(name));

    // "Do {{task}} well" → "Do ", task, " well"
    void Take(string line, int number, int paragraph)
    {
        var at = 0;
        while (true)
        {
            var open = line.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0)
            {
                Add(line[at..]);
                return;
            }

            if (open > 0 && line[open - 1] == '\\')
            {
                Add(line[at..(open - 1)] + "{{");
                at = open + 2;
                continue;
            }

            var close = line.IndexOf("}}", open, StringComparison.Ordinal);
            var word = close < 0 ? "" : line[(open + 2)..close].Trim();
            var name = word.TrimEnd('?');
            if (!IsName(name) || word.Length - name.Length > 1)
                throw Refused($"{Place()}, line {number}: '{Texts.Short(line[open..].Trim())}' holds no name in its {{{{ }}}}: a name is "
                    + "small letters, digits and _, with ? behind it when it may be left out. Write \\{{ for the signs themselves.");
            Add(line[at..open]);
            pieces.Add(new Piece("", name, word != name, number, paragraph));
            at = close + 2;
        }

        void Add(string text)
        {
            if (text.Length > 0)
                pieces.Add(new Piece(text, null, false, number, paragraph));
        }
    }

    static bool IsName(string word) =>
        word.Length is > 0 and <= 64 && char.IsAsciiLetterLower(word[0])
        && word.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    string Place() => $"Template '{Name}' ({Origin})";

    Fault Refused(string problem) => new(FaultCode.Unprocessable, problem, pieces.Exists(piece => piece.Name is not null)
        ? $"It asks for: {string.Join(", ", Names.Select(name => name.Optional ? $"{name.Name} (may be left out)" : name.Name))}." : null);
}
