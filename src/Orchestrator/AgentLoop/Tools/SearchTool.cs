using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Orchestrator.Workspaces;

namespace Orchestrator.AgentLoop.Tools;

/// <summary>search: lines that hold a text or match a regular expression, within a time.</summary>
static class SearchTool
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan LineLimit = TimeSpan.FromSeconds(1);

    const int MostMatches = 200;

    /// <summary>Longest line shown, in characters.</summary>
    const int LongestLine = 300;

    public static async Task<ToolOutcome> Search(ToolPlace place, ToolArguments arguments, CancellationToken stop)
    {
        var pattern = arguments.Need("pattern");
        if (pattern.Length == 0)
            throw new ToolRefusal("'pattern' is empty.") { Understood = false };
        var expression = arguments.Flag("regex") ? Expression(pattern) : null;
        bool Hits(string line) => expression?.IsMatch(line) ?? line.Contains(pattern, StringComparison.Ordinal);
        var start = place.Paths.Inside(arguments.Text("path") ?? ".");
        if (!File.Exists(start) && !Directory.Exists(start))
            throw new ToolRefusal("There is no such file or folder.");
        var files = File.Exists(start) ? [start]
            : (await FileWalk.Below(start, arguments.Text("glob"), stop)).Select(path => Path.Combine(start, path));
        var begun = place.Clock.GetTimestamp();
        var (shown, matches) = (new StringBuilder(), 0);
        foreach (var file in files)
        {
            stop.ThrowIfCancellationRequested();
            if (place.Clock.GetElapsedTime(begun) > Limit)
                return new(shown.Append("[stopped after 10 s; give a path or a glob]").ToString());
            foreach (var (number, line) in LinesOf(file, place))
            {
                if (!Hits(line))
                    continue;
                shown.Append(CultureInfo.InvariantCulture, $"{place.Paths.Relative(file)}:{number}: ")
                    .Append(line.Length <= LongestLine ? line.TrimEnd('\r') : line[..LongestLine] + " [cut]").Append('\n');
                if (++matches == MostMatches)
                    return new(ToolOutcome.Bounded(shown.Append("[more; the search is too wide]").ToString()));
            }
        }
        return new(matches == 0 ? "(no matches)" : ToolOutcome.Bounded(shown.ToString()));
    }

    /// <summary>Without backtracking where the pattern allows it, so that no text can make it take for ever.</summary>
    static Regex Expression(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, LineLimit);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, LineLimit);
        }
        catch (ArgumentException wrong)
        {
            throw new ToolRefusal($"The regular expression is wrong: {wrong.Message}");
        }
    }

    /// <summary>The lines of a text file; none of what cannot be read, is binary or is a link that leads out.</summary>
    static IEnumerable<(int Number, string Line)> LinesOf(string file, ToolPlace place)
    {
        string text;
        try
        {
            text = WorkspaceFile.Text(place.Paths.Inside(file));
        }
        catch (Exception e) when (e is PathRefusal or IOException or UnauthorizedAccessException)
        {
            yield break;
        }
        foreach (var (index, line) in text.Split('\n').Index())
            yield return (index + 1, line);
    }
}
