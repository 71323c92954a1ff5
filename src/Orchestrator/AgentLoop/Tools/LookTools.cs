using System.Globalization;
using System.Text;
using Orchestrator.Workspaces;

namespace Orchestrator.AgentLoop.Tools;

/// <summary>The tools that look: read_file and list_files.</summary>
static class LookTools
{
    const int DefaultLines = 2000;

    /// <summary>Longest line shown, in characters.</summary>
    const int LongestLine = 2000;

    const int MostEntries = 1000;

    /// <summary>read_file: a range of lines.</summary>
    public static ToolOutcome Read(ToolPlace place, ToolArguments arguments)
    {
        var from = arguments.Number("offset", 1, int.MaxValue) ?? 1;
        var most = arguments.Number("limit", 1, 100_000) ?? DefaultLines;
        var text = WorkspaceFile.Text(place.Paths.Inside(arguments.Need("path")));
        var lines = text.Split('\n');
        // The piece after the last line end is no line.
        var count = lines.Length > 0 && lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        if (count == 0)
            return new("(the file is empty)");
        if (from > count)
            throw new ToolRefusal($"The file has {count} lines; there is no line {from}.");
        var shown = new StringBuilder();
        var at = from;
        for (; at <= count && at < (long)from + most && shown.Length < ToolOutcome.Longest - LongestLine; at++)
            shown.Append(Line(lines[at - 1])).Append('\n');
        if (from > 1 || at <= count)
            shown.Append(CultureInfo.InvariantCulture, $"[lines {from} to {at - 1} of {count}]\n");
        return new(shown.ToString());
    }

    /// <summary>list_files: what is below a folder.</summary>
    public static async Task<ToolOutcome> List(ToolPlace place, ToolArguments arguments, CancellationToken stop)
    {
        var folder = place.Paths.Inside(arguments.Text("path") ?? ".");
        if (!Directory.Exists(folder))
            throw new ToolRefusal(File.Exists(folder) ? "It is a file; read_file shows it." : "There is no such folder.");
        var all = await FileWalk.Below(folder, arguments.Text("glob"), stop);
        if (all.Count == 0)
            return new("(no files)");
        var prefix = place.Paths.Relative(folder) is "." ? "" : place.Paths.Relative(folder) + "/";
        var shown = string.Join('\n', all.Take(MostEntries).Select(path => prefix + path));
        return new(ToolOutcome.Bounded(all.Count <= MostEntries ? shown
            : $"{shown}\n[{all.Count - MostEntries} more; give a path or a glob]"));
    }

    static string Line(string line)
    {
        line = line.TrimEnd('\r');
        return line.Length <= LongestLine ? line : line[..LongestLine] + " [cut]";
    }
}
