using System.Text.RegularExpressions;

namespace Orchestrator.Tests.Tidy;

/// <summary>Names that say nothing, and namespaces that do not say where a file is.</summary>
static partial class NameRules
{
    static readonly string[] Banned =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Misc", "Impl", "Dto", "Wrapper", "Processor"];
    static readonly string[] NeedsReason = ["Service", "Handler", "Factory", "Provider", "Base"];
    static readonly string[] TokenNames = ["ct", "token", "cancellationToken", "cancel", "cancellation"];

    public static readonly Rule[] All =
    [
        new("type-names", TypeNames),
        new("suffix-needs-reason", Suffixes),
        new("folder-names", FolderNames),
        new("namespace-is-folder", Namespaces),
        new("cancellation-names", CancellationNames),
    ];

    static IEnumerable<Finding> TypeNames(SourceTree tree) =>
        from file in tree.CSharp
        from type in file.Types
        from part in Parts(type.Name)
        where Banned.Contains(part)
        select new Finding(file.Path, type.Line, $"the type name {type.Name} contains '{part}'",
            "name it by the noun it is, or by the verb it does");

    static IEnumerable<Finding> Suffixes(SourceTree tree) =>
        from file in tree.CSharp
        from type in file.Types
        let suffix = Parts(type.Name).Last()
        where NeedsReason.Contains(suffix)
        select new Finding(file.Path, type.Line, $"the type name {type.Name} ends in '{suffix}'",
            "name what it is; when an outside contract gives the word, list it in Tidy/Exceptions.cs with that reason");

    static IEnumerable<Finding> FolderNames(SourceTree tree) =>
        from folder in tree.CSharp.Select(f => f.Folder).Distinct()
        from step in folder.Split('/')
        where Banned.Contains(step) || step is "Shared" or "Core" or "Infrastructure" or "Models" or "Services" or "Interfaces" or "Dtos"
        select new Finding(folder, 0, $"the folder name '{step}' says nothing about the subject", "name the feature the files belong to");

    static IEnumerable<Finding> Namespaces(SourceTree tree)
    {
        foreach (var file in tree.ProductionCSharp)
        {
            var found = file.Code.Index().FirstOrDefault(l => l.Item.StartsWith("namespace ", StringComparison.Ordinal));
            if (found.Item is null) continue;
            var actual = found.Item["namespace ".Length..].TrimEnd(';', ' ', '{');
            var below = file.Folder[SourceTree.Production.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
            var expected = string.Join('.', below.Prepend("Orchestrator"));
            // Siblings of one feature may sit in a sub-folder and keep the feature's namespace.
            var feature = string.Join('.', below.Take(1).Prepend("Orchestrator"));
            if (actual != expected && actual != feature)
                yield return new(file.Path, found.Index + 1, $"the namespace is {actual}",
                    $"namespace {expected}; (folder = feature = namespace)");
        }
    }

    static IEnumerable<Finding> CancellationNames(SourceTree tree) =>
        from file in tree.ProductionCSharp
        from line in file.Code.Index()
        from Match match in CancellationParameter().Matches(line.Item)
        where TokenNames.Contains(match.Groups[1].Value)
        select new Finding(file.Path, line.Index + 1, $"the CancellationToken is called '{match.Groups[1].Value}'",
            "name it for what it asks: stop (finish politely), kill (now), shutdown (the host ends)");

    /// <summary>"RunStore2Helper" → Run, Store2, Helper.</summary>
    static IEnumerable<string> Parts(string name) => Part().Matches(name).Select(m => m.Value);

    [GeneratedRegex("[A-Z][a-z0-9]*|[a-z0-9_]+")]
    private static partial Regex Part();

    [GeneratedRegex(@"\bCancellationToken\??\s+(\w+)")]
    private static partial Regex CancellationParameter();
}
