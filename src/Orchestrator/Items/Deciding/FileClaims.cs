using System.IO.Enumeration;

namespace Orchestrator.Items;

/// <summary>
/// Whether two items may work in the same files at the same time, by what they declare and what they really changed. A folder and a glob
/// cover what is below them; in doubt they meet. Pure.
/// </summary>
static class FileClaims
{
    /// <summary>Paths of one item that are kept one by one; of more, only their folders are.</summary>
    public const int MostPaths = 200;

    /// <summary>Why they may not, or null: both write there, or one writes what the other reads.</summary>
    public static string? Conflict(Item one, Item other)
    {
        foreach (var (here, verb) in Written(one))
            foreach (var (there, theirVerb) in Written(other).Concat(Read(other)))
                if (Meet(here, there))
                    return $"it {verb} {here}, and item {other.Id} at work {theirVerb} {there}";
        foreach (var (here, verb) in Read(one))
            foreach (var (there, theirVerb) in Written(other))
                if (Meet(here, there))
                    return $"it {verb} {here}, and item {other.Id} at work {theirVerb} {there}";
        return null;
    }

    /// <summary>Which of the files that a run changed its item had neither declared nor changed before.</summary>
    public static IReadOnlyList<string> Surprises(Item item, IEnumerable<string> changed) =>
        Short([.. changed.Where(path => !Written(item).Any(claim => Meet(claim.Path, path))).Distinct(StringComparer.Ordinal)]);

    /// <summary>The same files in few words: beyond <see cref="MostPaths"/> the folders above them, and, if need be, those above.</summary>
    public static IReadOnlyList<string> Short(IReadOnlyList<string> paths)
    {
        while (paths.Count > MostPaths)
        {
            var above = paths.Select(path => Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : path).Distinct().ToList();
            paths = above.Count == paths.Count ? ["**"] : above;
        }
        return paths;
    }

    static IEnumerable<(string Path, string Verb)> Written(Item item) =>
        item.Writes.Select(path => (path, "writes")).Concat(item.Touched.Select(path => (path, "has changed")));

    static IEnumerable<(string Path, string Verb)> Read(Item item) => item.Reads.Select(path => (path, "reads"));

    /// <summary>True when some file may be covered by both.</summary>
    public static bool Meet(string one, string other)
    {
        var (mine, theirs) = (Steps(one), Steps(other));
        for (var i = 0; i < mine.Length && i < theirs.Length; i++)
        {
            if (mine[i] == "**" || theirs[i] == "**")
                return true;
            if (!Meets(mine[i], theirs[i]))
                return false;
        }

        // The shorter one is a folder above the other, or they are the same.
        return true;
    }

    static bool Meets(string mine, string theirs) => (IsGlob(mine), IsGlob(theirs)) switch
    {
        (false, false) => mine == theirs,
        (true, false) => FileSystemName.MatchesSimpleExpression(mine, theirs, ignoreCase: false),
        (false, true) => FileSystemName.MatchesSimpleExpression(theirs, mine, ignoreCase: false),
        _ => true,
    };

    static bool IsGlob(string step) => step.AsSpan().ContainsAny('*', '?');

    static string[] Steps(string path) =>
        [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(step => step != ".")];
}
