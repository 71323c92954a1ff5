namespace Orchestrator.Tests.Tidy;

/// <summary>A type as its declaration says it.</summary>
/// <param name="Name">Simple name.</param>
/// <param name="Kind">class, struct, record, interface, enum or delegate.</param>
/// <param name="Line">Line of its first modifier or keyword.</param>
/// <param name="EndLine">Line of its last brace or semicolon.</param>
/// <param name="Documented">A /// comment stands directly above it.</param>
/// <param name="Outer">Name of the type around it, empty at the top.</param>
/// <param name="Modifiers">public, static, partial, …</param>
/// <param name="Bases">Simple names of what it inherits and implements.</param>
sealed record TypeDeclaration(
    string Name, string Kind, int Line, int EndLine, bool Documented, string Outer, IReadOnlyList<string> Modifiers,
    IReadOnlyList<string> Bases);

/// <summary>A method, constructor or property with a body.</summary>
readonly record struct FunctionDeclaration(string Name, int Line, int Length);

/// <summary>Types and members of one file, read from its tokens: just enough grammar to know where each begins and ends.</summary>
sealed class Outline
{
    static readonly string[] TypeWords = ["class", "struct", "interface", "enum", "record", "delegate"];
    static readonly string[] ControlWords =
        ["if", "else", "for", "foreach", "while", "do", "switch", "try", "catch", "finally", "using", "lock", "fixed", "unsafe", "checked"];

    readonly List<Token> _tokens = [];
    readonly HashSet<int> _documented = [];
    readonly List<TypeDeclaration> _types = [];
    readonly List<FunctionDeclaration> _functions = [];
    int _at;

    Outline(IEnumerable<Token> tokens)
    {
        var afterDoc = false;
        foreach (var token in tokens)
        {
            if (token.Kind == TokenKind.Doc) afterDoc = true;
            if (token.Kind is TokenKind.Doc or TokenKind.Comment or TokenKind.Directive) continue;
            if (afterDoc) _documented.Add(_tokens.Count);
            afterDoc = false;
            _tokens.Add(token);
        }
    }

    /// <summary>Reads one file's declarations.</summary>
    public static (IReadOnlyList<TypeDeclaration> Types, IReadOnlyList<FunctionDeclaration> Functions) Read(IEnumerable<Token> tokens)
    {
        var outline = new Outline(tokens);
        while (outline._at < outline._tokens.Count) outline.Members("");
        return (outline._types, outline._functions);
    }

    /// <summary>Reads members up to the closing brace of the type or namespace around them.</summary>
    void Members(string outer)
    {
        while (_at < _tokens.Count)
        {
            if (_tokens[_at].Is("}")) { _at++; return; }
            Member(outer);
        }
    }

    void Member(string outer)
    {
        var documented = _documented.Contains(_at);
        while (_at < _tokens.Count && _tokens[_at].Is("[")) SkipGroup();
        var from = _at;
        while (_at < _tokens.Count && !IsHeaderEnd(_tokens[_at]))
        {
            if (_tokens[_at].Is("(") || _tokens[_at].Is("[")) SkipGroup();
            else _at++;
        }
        var header = _tokens[from.._at];
        if (_at >= _tokens.Count) return;
        if (_tokens[_at].Is("}")) return;
        if (header.Count == 0) { Skip(); return; }
        var names = header.TakeWhile(t => !t.Is("(") && !t.Is(":") && !t.IsWord("where")).ToList();
        if (names.Any(t => t.IsWord("namespace")) || header[0].IsWord("extension")) Open(outer);
        else if (names.FindIndex(t => t.Kind == TokenKind.Word && TypeWords.Contains(t.Value)) is var i and >= 0)
            Type(header, names, i, documented, outer);
        else Function(header, outer);
    }

    static bool IsHeaderEnd(Token token) => token.Is(";") || token.Is("{") || token.Is("}") || token.Is("=>") || token.Is("=");

    void Open(string outer)
    {
        if (_tokens[_at++].Is("{")) Members(outer);
    }

    void Type(List<Token> header, List<Token> names, int word, bool documented, string outer)
    {
        var kind = names[word].Value;
        var name = kind == "delegate"
            ? NameOf(header)
            : names.Skip(word + 1).First(t => t.Kind == TokenKind.Word && !TypeWords.Contains(t.Value)).Value;
        var modifiers = names.Take(word).Where(t => t.Kind == TokenKind.Word).Select(t => t.Value).ToList();
        var slot = _types.Count;
        var draft = new TypeDeclaration(name, kind, header[0].Line, 0, documented, outer, modifiers, BasesOf(header));
        _types.Add(draft);
        if (_tokens[_at].Is("{") && kind != "enum") Open(name);
        else Skip();
        _types[slot] = draft with { EndLine = _tokens[Math.Min(_at, _tokens.Count) - 1].EndLine };
    }

    /// <summary>Simple names after the colon at depth 0: "IAgent" of "Orchestrator.Agents.IAgent" and of "IAgent&lt;T&gt;".</summary>
    static List<string> BasesOf(List<Token> header)
    {
        var (bases, depth, wanted) = (new List<string>(), 0, false);
        foreach (var token in header)
        {
            if (depth == 0 && token.IsWord("where")) break;
            if (token.Is("(") || token.Is("<") || token.Is("[")) depth++;
            else if (token.Is(")") || token.Is(">") || token.Is("]")) depth--;
            else if (depth == 0 && (token.Is(":") || token.Is(","))) wanted = true;
            else if (depth == 0 && token.Is(".")) { bases.RemoveAt(bases.Count - 1); wanted = true; }
            else if (depth == 0 && wanted && token.Kind == TokenKind.Word) { bases.Add(token.Value); wanted = false; }
        }
        return bases;
    }

    void Function(List<Token> header, string outer)
    {
        var statement = outer.Length == 0 && header[0].Kind == TokenKind.Word && ControlWords.Contains(header[0].Value);
        var counts = !statement && (_tokens[_at].Is("{") || _tokens[_at].Is("=>"));
        Skip();
        if (counts) _functions.Add(new(NameOf(header), header[0].Line, _tokens[_at - 1].EndLine - header[0].Line + 1));
    }

    /// <summary>The word before the parameter list; for a property the last word.</summary>
    static string NameOf(List<Token> header)
    {
        var depth = 0;
        for (var i = 0; i < header.Count; i++)
        {
            if (header[i].Is("<") || header[i].Is("(")) depth++;
            if (header[i].Is(">") || header[i].Is(")")) depth--;
            if (i == 0 || depth != 1 || !header[i].Is("(")) continue;
            var before = i - 1;
            if (header[before].Is(">"))
                while (before > 0 && !header[before].Is("<")) before--;
            if (header[before].Is("<")) before--;
            if (before >= 0 && header[before].Kind == TokenKind.Word && !char.IsLower(header[before].Value[0])) return header[before].Value;
        }
        return header.LastOrDefault(t => t.Kind == TokenKind.Word).Value ?? "?";
    }

    /// <summary>From a body, an arrow, an initializer or a semicolon to just behind its end.</summary>
    void Skip()
    {
        if (_tokens[_at].Is("{")) { SkipGroup(); return; }
        while (_at < _tokens.Count && !_tokens[_at].Is(";"))
        {
            if (_tokens[_at].Is("(") || _tokens[_at].Is("[") || _tokens[_at].Is("{")) SkipGroup();
            else if (_tokens[_at].Is("}")) return;
            else _at++;
        }
        if (_at < _tokens.Count) _at++;
    }

    void SkipGroup()
    {
        var depth = 0;
        do
        {
            var token = _tokens[_at++];
            if (token.Is("(") || token.Is("[") || token.Is("{")) depth++;
            if (token.Is(")") || token.Is("]") || token.Is("}")) depth--;
        }
        while (depth > 0 && _at < _tokens.Count);
    }
}
