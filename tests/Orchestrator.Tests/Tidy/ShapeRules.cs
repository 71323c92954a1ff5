using System.Text.RegularExpressions;

namespace Orchestrator.Tests.Tidy;

/// <summary>How types are written: documented, sealed away from ceremony, no half-classes.</summary>
static partial class ShapeRules
{
    /// <summary>Attributes whose generator needs the other half of the type.</summary>
    static readonly string[] Generators = ["JsonSerializable", "LibraryImport", "GeneratedRegex", "LoggerMessage"];

    public static readonly Rule[] All =
    [
        new("type-documented", TypeDocumented),
        new("interface-implementations", InterfaceImplementations),
        new("partial", Partial),
        new("region", Regions),
        new("open-ends", OpenEnds),
    ];

    /// <summary>Test classes are exempt: their name and their methods' names are sentences already.</summary>
    static IEnumerable<Finding> TypeDocumented(SourceTree tree) =>
        from file in tree.CSharp
        from type in file.Types
        where !type.Documented && !IsSpec(type.Name) && !IsSpec(type.Outer)
        select new Finding(file.Path, type.Line, $"{type.Kind} {type.Name} has no /// comment",
            "one sentence: what it is, and its unit or source");

    static bool IsSpec(string type) =>
        type.EndsWith("Specs", StringComparison.Ordinal) || type.EndsWith("Stories", StringComparison.Ordinal);

    static IEnumerable<Finding> InterfaceImplementations(SourceTree tree)
    {
        var bases = tree.ProductionCSharp.SelectMany(f => f.Types).SelectMany(t => t.Bases).ToLookup(b => b);
        return from file in tree.ProductionCSharp
               from type in file.Types
               where type.Kind == "interface" && bases[type.Name].Count() < 2
               select new Finding(file.Path, type.Line, $"the interface {type.Name} has not two implementations",
                   "use the class itself; an interface comes with the second implementation");
    }

    static IEnumerable<Finding> Partial(SourceTree tree) =>
        from file in tree.CSharp
        from type in file.Types
        where type.Modifiers.Contains("partial")
        let body = string.Join('\n', file.Lines[Math.Max(0, type.Line - 40)..Math.Min(type.EndLine, file.Lines.Length)])
        where !Generators.Any(g => body.Contains(g + "(", StringComparison.Ordinal))
        select new Finding(file.Path, type.Line, $"{type.Name} is partial without generated code",
            "one type, one file; cut a type that is too long by its nouns");

    static IEnumerable<Finding> Regions(SourceTree tree) =>
        from file in tree.CSharp
        from token in file.Tokens
        where token.Kind == TokenKind.Directive && token.Value.Contains("region", StringComparison.Ordinal)
        select new Finding(file.Path, token.Line, "a #region hides length", "a type or a method with a name");

    static IEnumerable<Finding> OpenEnds(SourceTree tree) =>
        from file in tree.CSharp
        from token in file.Tokens
        where token.Kind is TokenKind.Comment or TokenKind.Doc && OpenEnd().IsMatch(token.Value) && !Numbered().IsMatch(token.Value)
        select new Finding(file.Path, token.Line, "an open end without an issue number",
            "do it now, or write the issue's number: TODO #12");

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex OpenEnd();

    [GeneratedRegex(@"#\d+")]
    private static partial Regex Numbered();
}
