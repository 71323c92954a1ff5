using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Plans.Kiro;

namespace Orchestrator.Plans;

/// <summary>Finds out what a source is, by its content, and has it read. Pure; nothing that is given to it makes it throw.</summary>
static partial class ImportText
{
    /// <summary>One format.</summary>
    /// <param name="Kind">One of <see cref="SourceKinds"/>.</param>
    /// <param name="Fits">Whether a file is of this format. A JSON document is given where the text is one.</param>
    /// <param name="Read">Gets all files, those that fit first.</param>
    sealed record Format(string Kind, Func<SourceText, JsonElement?, bool> Fits, Func<IReadOnlyList<SourceText>, Imported> Read);

    static readonly IReadOnlyList<Format> Formats =
    [
        new(SourceKinds.AgentState, (_, root) => root is { } json && AgentStateImport.Fits(json), files => AgentStateImport.Read(files[0])),
        new(SourceKinds.Manifest, (_, root) => root is { } json && ManifestImport.Fits(json), files => ManifestImport.Read(files[0])),
        new(SourceKinds.Issues, (_, root) => root is { } json && IssuesImport.Fits(json), files => IssuesImport.Read(files[0])),
        new(SourceKinds.Wrapper, (source, root) => root is null && ParallelTasksImport.Fits(source.Text), files =>
            ParallelTasksImport.Read(files[0])),
        new(SourceKinds.Kiro, (source, _) => KiroImporter.Fits(source), KiroImporter.Import),
    ];

    /// <summary>Formats that can be asked for by name.</summary>
    public static IReadOnlyList<string> Kinds => [.. Formats.Select(format => format.Kind)];

    /// <param name="sources">The files; one at least.</param>
    /// <param name="kind">The format that was told; null to find it out.</param>
    public static Imported Read(IReadOnlyList<SourceText> sources, string? kind)
    {
        var files = sources.Select(source => (Source: source, Root: Probe(source))).ToList();
        foreach (var format in Formats.Where(format => kind is null || format.Kind == kind))
        {
            var fitting = files.Where(file => format.Fits(file.Source, file.Root)).Select(file => file.Source).ToList();
            if (fitting.Count == 0 && kind is not null)
                // Said to be of that format: its reader says what is wrong.
                fitting = [.. sources.OrderByDescending(source => source.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                    .Take(1)];
            if (fitting.Count > 0)
                return DraftCheck.Finish(format.Read([.. fitting, .. sources.Except(fitting)]));
        }

        return Imported.Refused(Unknown(sources));
    }

    static ImportFinding Unknown(IReadOnlyList<SourceText> sources)
    {
        if (sources is [{ } only] && only.Text.TrimStart('\ufeff', ' ', '\t', '\r', '\n') is ['{' or '[', ..]
            && JsonSource.Parse(only) is (null, { } problem))
            return problem;
        if (sources is [{ } one] && Yaml().IsMatch(one.Text))
            return ImportFinding.Of(FindingWeight.Error, "unknown_format", one.Name.Length > 0 ? one.Name : null,
                "It looks like YAML, and a manifest is JSON.", null, "Convert it first, for example with yq -o=json.");
        return ImportFinding.Of(FindingWeight.Error, "unknown_format", sources.Count == 1 && sources[0].Name.Length > 0 ? sources[0].Name
            : null,
            sources.All(source => string.IsNullOrWhiteSpace(source.Text)) ? "There is nothing in it."
                : "It is of no format that is known here.",
            null, $"Known are {string.Join(", ", Kinds)}; --format says which one it is meant to be.");
    }

    [GeneratedRegex(@"^(?:phases|tasks)\s*:\s*$", RegexOptions.Multiline)]
    private static partial Regex Yaml();

    static JsonElement? Probe(SourceText source) =>
        source.Text.TrimStart('\ufeff', ' ', '\t', '\r', '\n') is ['{' or '[' or '/', ..] ? JsonSource.Parse(source).Root : null;
}
