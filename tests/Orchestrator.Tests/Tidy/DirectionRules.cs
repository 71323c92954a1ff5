using System.Text.RegularExpressions;

namespace Orchestrator.Tests.Tidy;

/// <summary>
/// Which folder may know which: its own and those of a lower level. This is the only place the table is kept; ARCHITECTURE.md's copy is
/// generated from it.
/// </summary>
static partial class DirectionRules
{
    /// <summary>Level, folders, and what the level is.</summary>
    public static readonly (int Level, string[] Folders, string Meaning)[] Levels =
    [
        (0, ["Store", "Terminals", "Cli"],
            "Ground: how things are kept, how processes are held, the toolkit that commands share. They know nobody."),
        (1, ["Http"], "What routes share: callers, answers, problems, idempotency."),
        (2, ["Events", "Profiles"], "What happened; a name for an agent with its settings."),
        (3, ["Agents", "Workspaces", "Tokens", "Templates"],
            "The agents' command lines; the folder a run works in; who may come in; what a prompt is made from."),
        (4, ["Sessions", "Routing", "Providers", "GitHub"],
            "The conversation; which profile a run gets, and why; the providers that are left alone for now; GitHub, asked and pushed to."),
        (5, ["Runs", "Gates"], "One attempt by one agent; the daemon's own check of its work, which reads no more of it than rows."),
        (6, ["Requests", "Deliveries"], "What a run asks, and who answers; how its work gets to its branch."),
        (7, ["Families", "Recovery", "Notifications", "Spending", "Items"],
            "Sessions that spawn sessions; what follows when a run ends; who is told; what runs cost, and where it ends; the queue."),
        (8, ["Reviews"], "What reviewers and people think of work, and what follows."),
        (9, ["Plans"], "Documents that become work in phases, and what carries them to their end."),
        (10, ["Board"], "What a person sees at a glance, made of the rows of all of them."),
        (11, ["Client"], "The HTTP face as typed calls: the only way a command reaches the daemon."),
        (12, ["Verbs", "Doctor", "Mcp", "AgentLoop", "AcpHost"],
            "What a person types and what an agent calls, over the client; the check of the whole machine; our own agent; "
            + "the host of others."),
        (13, ["Daemon"], "The HTTP face and the host."),
    ];

    /// <summary>They put the parts together, so they may know every folder, and no folder may know them.</summary>
    public static readonly string[] Composition = ["Program.cs", "CommandTree.cs", "Features.cs"];

    public static readonly Rule[] All = [new("direction", Directions), new("known-folder", KnownFolders), new("own-usings", OwnUsings)];

    static int? LevelOf(string feature) =>
        Levels.Where(l => l.Folders.Contains(feature)).Select(l => (int?)l.Level).FirstOrDefault();

    static IEnumerable<Finding> KnownFolders(SourceTree tree) =>
        from feature in tree.ProductionCSharp.Select(f => f.Feature!).Distinct()
        where feature.Length > 0 && LevelOf(feature) is null
        select new Finding($"{SourceTree.Production}/{feature}", 0, "the folder has no level",
            "give it one in Tidy/DirectionRules.cs: above all it uses, below all that use it");

    /// <summary>A file's own list of usings is its list of dependencies; a global one would hide it.</summary>
    static IEnumerable<Finding> OwnUsings(SourceTree tree) =>
        from file in tree.ProductionCSharp
        from line in file.Code.Index()
        where line.Item.StartsWith("global using ", StringComparison.Ordinal)
        select new Finding(file.Path, line.Index + 1, "a global using hides what files depend on", "a using in each file that needs it");

    static IEnumerable<Finding> Directions(SourceTree tree)
    {
        var typesOf = tree.ProductionCSharp
            .Where(f => f.Feature!.Length > 0)
            .GroupBy(f => f.Feature!)
            .ToDictionary(g => g.Key, g => g.SelectMany(f => f.Types).Select(t => t.Name).ToHashSet());
        foreach (var file in tree.ProductionCSharp.Where(f => !IsComposition(f)))
        {
            var level = file.Feature!.Length == 0 ? -1 : LevelOf(file.Feature);
            if (level is null) continue;
            foreach (var (line, used) in Uses(file, typesOf))
            {
                if (used == file.Feature || LevelOf(used) is not { } target || target < level) continue;
                var own = file.Feature.Length == 0 ? "a root file" : $"{file.Feature} (level {level})";
                yield return new(file.Path, line, $"{own} uses {used} (level {target})",
                    "move the code to the higher folder, or hand the value down as a parameter or a row");
            }
        }
    }

    static bool IsComposition(SourceFile file) => file.Feature == "" && Composition.Contains(Path.GetFileName(file.Path));

    /// <summary>
    /// Folders named in a using or in a qualified name. C# lets code in Orchestrator.Runs write Sessions.Session without any using, because
    /// the parent namespace is in scope, so those half-qualified names count too when the folder has such a type.
    /// </summary>
    static IEnumerable<(int Line, string Folder)> Uses(SourceFile file, Dictionary<string, HashSet<string>> typesOf)
    {
        foreach (var (index, line) in file.Code.Index())
        {
            foreach (Match match in Qualified().Matches(line))
                if (!line.StartsWith("namespace ", StringComparison.Ordinal)) yield return (index + 1, match.Groups[1].Value);
            foreach (Match match in HalfQualified().Matches(line))
                if (typesOf.TryGetValue(match.Groups[1].Value, out var types) && types.Contains(match.Groups[2].Value))
                    yield return (index + 1, match.Groups[1].Value);
        }
    }

    /// <summary>The table as ARCHITECTURE.md shows it.</summary>
    public static string Table()
    {
        var rows = Levels.Select(l => $"| {l.Level} | {string.Join(", ", l.Folders.Select(f => $"`{f}`"))} | {l.Meaning} |");
        var composition = string.Join(", ", Composition.Select(f => $"`{f}`"));
        return $"""
            | Level | Folders | What |
            |---|---|---|
            | - | other files beside `Program.cs` | Words all share: refusals, ids. They know no folder. |
            {string.Join('\n', rows)}
            | - | {composition} | Composition: may know every folder, holds no logic; no folder knows it. |
            """;
    }

    [GeneratedRegex(@"\bOrchestrator\.([A-Z]\w*)")]
    private static partial Regex Qualified();

    [GeneratedRegex(@"(?<![\w.])([A-Z]\w*)\.([A-Z]\w*)")]
    private static partial Regex HalfQualified();
}
