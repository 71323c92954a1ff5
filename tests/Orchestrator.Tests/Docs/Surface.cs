using System.CommandLine;
using Orchestrator.Cli;
using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.Docs;

/// <summary>An HTTP operation as its registration in the source says it.</summary>
/// <param name="Name">Name of the operation.</param>
/// <param name="Method">GET, POST, …; a stream is a GET.</param>
/// <param name="Pattern">Route.</param>
/// <param name="Scope">What a token must carry.</param>
/// <param name="OwnRun">When a run's own token reaches it.</param>
/// <param name="Path">File that registers it.</param>
/// <param name="Line">Line of the registration.</param>
sealed record HttpOperation(string Name, string Method, string Pattern, string Scope, string OwnRun, string Path, int Line);

/// <summary>A command at the end of the tree: no further words below it.</summary>
sealed record LeafCommand(string Words, string Sentence, IReadOnlyList<string> Arguments);

/// <summary>Everything that can be asked of the program, read from where it is registered.</summary>
static class Surface
{
    static readonly Dictionary<string, (string Method, string Scope)> Registrations = new()
    {
        ["Get"] = ("GET", "Read"),
        ["Stream"] = ("GET", "Read"),
        ["Post"] = ("POST", "Operate"),
        ["Put"] = ("PUT", "Operate"),
        ["Patch"] = ("PATCH", "Operate"),
        ["Delete"] = ("DELETE", "Operate"),
    };

    /// <summary>
    /// <c>routes.Post("/runs", nameof(StartRun), …)</c> in the source. Reading the text needs no running daemon, and shows the file.
    /// </summary>
    public static IReadOnlyList<HttpOperation> Operations(SourceTree tree)
    {
        var found =
            from file in tree.ProductionCSharp
            let code = file.Tokens.Where(t => t.Kind is not (TokenKind.Comment or TokenKind.Doc)).ToList()
            from i in Enumerable.Range(0, Math.Max(0, code.Count - 3))
            where code[i].IsWord("routes") && code[i + 1].Is(".") && Registrations.ContainsKey(code[i + 2].Value) && code[i + 3].Is("(")
            from operation in Registered(file, code, i)
            select operation;
        return [.. found.OrderBy(o => o.Pattern, StringComparer.Ordinal).ThenBy(o => o.Method, StringComparer.Ordinal)];
    }

    static IEnumerable<HttpOperation> Registered(SourceFile file, List<Token> code, int at)
    {
        var (method, scope) = Registrations[code[at + 2].Value];
        var (arguments, depth) = (new List<Token>(), 1);
        for (var i = at + 4; i < code.Count && depth > 0; i++)
        {
            depth += code[i].Is("(") ? 1 : code[i].Is(")") ? -1 : 0;
            arguments.Add(code[i]);
        }
        var comma = arguments.FindIndex(t => t.Is(","));
        var name = arguments.Skip(comma + 1).First(t => t.Kind == TokenKind.Text || t.Kind == TokenKind.Word && t.Value != "nameof").Value;
        // Options follow the handler; a handler's own body may speak of scopes too, so the last one named wins.
        var named = After(arguments, "Scope") ?? scope;
        var ownRun = After(arguments, "RunAccess") ?? "Never";
        var patterns = arguments[0].Kind == TokenKind.Text
            ? [arguments[0].Value]
            : code[Math.Max(0, at - 30)..at].Where(t => t.Kind == TokenKind.Text && t.Value.StartsWith('/')).Select(t => t.Value);
        // A part that takes the rest of the path is written as any other.
        return patterns.Select(p => new HttpOperation(
            name, method, p.Replace("{**", "{", StringComparison.Ordinal), named, ownRun, file.Path, code[at].Line));
    }

    static string? After(List<Token> tokens, string type)
    {
        var at = tokens.FindLastIndex(t => t.IsWord(type));
        return at >= 0 && tokens[at + 1].Is(".") ? tokens[at + 2].Value : null;
    }

    public static IReadOnlyList<LeafCommand> Commands() => [.. CommandTree.Commands.SelectMany(c => Leaves(c.Build(), ""))];

    static IEnumerable<LeafCommand> Leaves(Command command, string before)
    {
        var words = $"{before} {command.Name}".Trim();
        var below = command.Subcommands.SelectMany(c => Leaves(c, words));
        if (command.Action is null) return below;
        var arguments = command.Arguments.Select(a => a.Arity.MinimumNumberOfValues > 0 ? $"<{a.Name}>" : $"[{a.Name}]")
            .Concat(command.Options.Where(o => !o.Hidden)
                .Select(o => o.Arity.MaximumNumberOfValues == 0 ? o.Name : $"{o.Name} {o.HelpName ?? "VALUE"}"));
        return [new(words, command.Description ?? "", [.. arguments]), .. below];
    }
}
