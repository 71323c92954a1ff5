namespace Orchestrator.Tests.Tidy;

/// <summary>What a piece of C# text is. Enough for tidy rules; the compiler does the rest.</summary>
enum TokenKind
{
    /// <summary>Identifier or keyword.</summary>
    Word,
    /// <summary>Number literal.</summary>
    Number,
    /// <summary>String or character literal, or one literal stretch of an interpolated string; the value is without quotes.</summary>
    Text,
    /// <summary>Plain comment.</summary>
    Comment,
    /// <summary>A /// line.</summary>
    Doc,
    /// <summary>A # line.</summary>
    Directive,
    /// <summary>Punctuation.</summary>
    Mark,
}

/// <summary>One piece of C# text with the line it begins on (from 1).</summary>
readonly record struct Token(TokenKind Kind, string Value, int Line, int EndLine)
{
    public bool Is(string mark) => Kind == TokenKind.Mark && Value == mark;

    public bool IsWord(string word) => Kind == TokenKind.Word && Value == word;
}

/// <summary>
/// Cuts C# into tokens in one pass. Strings and comments are told apart from code, so a rule about code never trips over a sentence
/// in a comment. The code inside the holes of interpolated strings counts as code.
/// </summary>
sealed class CSharpText
{
    static readonly string[] Pairs = ["=>", "==", "!=", "<=", ">=", "::", "??"];

    readonly string _text;
    readonly char[] _code;
    readonly List<Token> _tokens = [];
    int _at;
    int _line = 1;

    CSharpText(string text)
    {
        _text = text;
        _code = text.ToCharArray();
    }

    /// <summary>The tokens, and the text with comments and the insides of strings blanked out (same lines, same columns).</summary>
    public static (IReadOnlyList<Token> Tokens, string Code) Read(string text)
    {
        var reader = new CSharpText(text);
        reader.Until(closesHole: false);
        return (reader._tokens, new string(reader._code));
    }

    /// <summary>Reads code to the end of the text, or to the brace that closes an interpolation hole.</summary>
    void Until(bool closesHole)
    {
        var depth = 0;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (closesHole && depth == 0 && c == '}') return;
            if (closesHole && depth == 0 && c == ':' && Peek(1) != ':')
            {
                SkipFormat();
                return;
            }
            if (c is '(' or '[' or '{') depth++;
            if (c is ')' or ']' or '}') depth--;
            One(c);
        }
    }

    void One(char c)
    {
        if (c == '\n') { _line++; _at++; }
        else if (char.IsWhiteSpace(c)) _at++;
        else if (c == '#' && AtLineStart()) Rest(TokenKind.Directive);
        else if (c == '/' && Peek(1) == '/') Rest(Peek(2) == '/' && Peek(3) != '/' ? TokenKind.Doc : TokenKind.Comment);
        else if (c == '/' && Peek(1) == '*') Block();
        else if (c == '\'') Quoted();
        else if (c == '"' || c is '$' or '@' && StartsString()) String();
        else if (char.IsLetter(c) || c is '_' or '@') Run(TokenKind.Word, char.IsLetterOrDigit);
        else if (char.IsAsciiDigit(c)) Run(TokenKind.Number, char.IsLetterOrDigit);
        else Punctuation();
    }

    char Peek(int ahead) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    bool AtLineStart()
    {
        for (var i = _at - 1; i >= 0 && _text[i] != '\n'; i--)
            if (!char.IsWhiteSpace(_text[i])) return false;
        return true;
    }

    bool StartsString()
    {
        var i = _at;
        while (i < _text.Length && _text[i] is '$' or '@') i++;
        return i < _text.Length && _text[i] == '"';
    }

    void Run(TokenKind kind, Func<char, bool> belongs)
    {
        var from = _at++;
        while (_at < _text.Length && (belongs(_text[_at]) || _text[_at] == '_')) _at++;
        _tokens.Add(new(kind, _text[from.._at].TrimStart('@'), _line, _line));
    }

    void Punctuation()
    {
        var pair = Pairs.FirstOrDefault(p => string.CompareOrdinal(_text, _at, p, 0, 2) == 0) ?? _text[_at].ToString();
        _at += pair.Length;
        _tokens.Add(new(TokenKind.Mark, pair, _line, _line));
    }

    void Rest(TokenKind kind)
    {
        var from = _at;
        while (_at < _text.Length && _text[_at] != '\n') _at++;
        if (kind != TokenKind.Directive) Blank(from, _at);
        _tokens.Add(new(kind, _text[from.._at].TrimEnd(), _line, _line));
    }

    void Block()
    {
        var (from, line) = (_at, _line);
        var end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        _at = end < 0 ? _text.Length : end + 2;
        Take(TokenKind.Comment, from, _at, line);
    }

    void Quoted()
    {
        var from = ++_at;
        while (_at < _text.Length && _text[_at] is not ('\'' or '\n')) _at += _text[_at] == '\\' ? 2 : 1;
        Take(TokenKind.Text, from, Math.Min(_at, _text.Length), _line);
        _at++;
    }

    void String()
    {
        var (dollars, verbatim) = (0, false);
        for (; _text[_at] != '"'; _at++)
            if (_text[_at] == '$') dollars++;
            else verbatim = true;
        var quotes = 0;
        while (Peek(quotes) == '"') quotes++;
        var raw = quotes >= 3;
        if (!raw) quotes = 1;
        _at += quotes;
        Body(new string('"', quotes), raw, verbatim, dollars);
    }

    /// <summary>The inside of a string up to its closing quotes; holes are read as code.</summary>
    void Body(string close, bool raw, bool verbatim, int dollars)
    {
        var (from, line) = (_at, _line);
        while (_at < _text.Length)
        {
            if (!raw && !verbatim && _text[_at] == '\\') { _at += 2; continue; }
            if (verbatim && !raw && _text[_at] == '"' && Peek(1) == '"') { _at += 2; continue; }
            if (string.CompareOrdinal(_text, _at, close, 0, close.Length) == 0) break;
            if (dollars > 0 && _text[_at] == '{')
            {
                var braces = 0;
                while (Peek(braces) == '{') braces++;
                var opens = raw ? braces >= dollars : braces % 2 == 1;
                _at += braces;
                if (!opens) continue;
                Take(TokenKind.Text, from, _at - (raw ? dollars : 1), line);
                Until(closesHole: true);
                _at += raw ? dollars : 1;
                (from, line) = (_at, _line);
                continue;
            }
            _at++;
        }
        Take(TokenKind.Text, from, Math.Min(_at, _text.Length), line);
        _at += close.Length;
        // A raw string may end in quotes of its own; they belong to it.
        while (raw && Peek(0) == '"') _at++;
    }

    void SkipFormat()
    {
        var from = _at;
        while (_at < _text.Length && _text[_at] is not ('}' or '\n')) _at++;
        Blank(from, _at);
    }

    /// <summary>Adds a token that may span lines, counts its lines and blanks it in the code.</summary>
    void Take(TokenKind kind, int from, int to, int line)
    {
        var value = _text[from..to];
        var lines = value.Count(c => c == '\n');
        _tokens.Add(new(kind, value, line, line + lines));
        _line = line + lines;
        Blank(from, to);
    }

    void Blank(int from, int to)
    {
        for (var i = from; i < to; i++)
            if (_code[i] != '\n') _code[i] = ' ';
    }
}
