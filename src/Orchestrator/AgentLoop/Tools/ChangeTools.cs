using System.Text;
using Orchestrator.Agents;
using WorkspaceFile = Orchestrator.Workspaces.WorkspaceFile;

namespace Orchestrator.AgentLoop.Tools;

/// <summary>The tools that change files: write_file and edit_file.</summary>
static class ChangeTools
{
    /// <summary>Longest file written, in bytes of UTF-8.</summary>
    const int LargestFile = 4 << 20;

    /// <summary>write_file: a whole file, new or instead of the old one.</summary>
    public static ToolOutcome Write(ToolPlace place, ToolArguments arguments)
    {
        var path = place.Paths.Inside(arguments.Need("path"), toChange: true);
        var there = File.Exists(path);
        return Put(place, path, arguments.Need("content"), there ? "update" : "add");
    }

    /// <summary>edit_file: one exact piece of a file for another.</summary>
    public static ToolOutcome Edit(ToolPlace place, ToolArguments arguments)
    {
        var path = place.Paths.Inside(arguments.Need("path"), toChange: true);
        var (old, with) = (arguments.Need("old_text"), arguments.Need("new_text"));
        if (old.Length == 0)
            throw new ToolRefusal("'old_text' is empty; write_file makes a new file.");
        if (old == with)
            throw new ToolRefusal("'old_text' and 'new_text' are the same.");
        var text = WorkspaceFile.Text(path);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        if (at < 0)
            throw new ToolRefusal("'old_text' is not in the file. Read the file again; it must match to the letter, blanks too.");
        if (text.IndexOf(old, at + 1, StringComparison.Ordinal) >= 0)
            throw new ToolRefusal("'old_text' is in the file more than once. Take more of what is around it.");
        return Put(place, path, string.Concat(text.AsSpan(0, at), with, text.AsSpan(at + old.Length)), "update");
    }

    static ToolOutcome Put(ToolPlace place, string path, string text, string kind)
    {
        if (Encoding.UTF8.GetByteCount(text) > LargestFile)
            throw new ToolRefusal($"The file would be longer than {LargestFile} bytes.");
        WorkspaceFile.Write(path, text);
        return new($"{place.Paths.Relative(path)}: {(kind == "add" ? "made" : "changed")}.", Change: new FileChange(path, kind));
    }
}
