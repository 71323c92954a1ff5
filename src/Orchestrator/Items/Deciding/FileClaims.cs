using System.IO.Enumeration;

namespace Orchestrator.Items;

/// <summary>
/// Whether two items may work in the same files at the same time, by what they declare. A folder and a glob cover what is below them; in
/// doubt they meet. Pure.
/// </summary>
static class FileClaims
{
    /// <summary>Why they may not, or null: both write there, or one writes what the other reads.</summary>
    public static string? Conflict(Item one, Item other)
    {
        foreach (var (mine, verb, theirs, theirVerb) in (ReadOnlySpan<(IReadOnlyList<string>, string, IReadOnlyList<string>, string)>)
        [
            (one.Writes, "writes", other.Writes, "writes"), (one.Writes, "writes", other.Reads, "reads"),
            (one.Reads, "reads", other.Writes, "writes"),
        ])
        {
            foreach (var here in mine)
                if (theirs.FirstOrDefault(there => Meet(here, there)) is { } there)
                    return $"it {verb} {here}, and item {other.Id} at work {theirVerb} {there}";
        }

        return null;
    }

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
