using System.Text;
using System.Text.RegularExpressions;

namespace Orchestrator.Agents.Codex;

/// <summary>The daemon's tools as a setting of one run; the user's own settings stay as they are.</summary>
static partial class CodexTools
{
    /// <summary>The setting's name.</summary>
    public const string Key = $"mcp_servers.{ToolProgram.Name}";

    /// <summary>Used when the user's own settings have a server of that name behind an address.</summary>
    const string OtherKey = $"{Key}_run";

    // mcp_servers.agentctl={command="/opt/agentctl",args=["mcp"],env_vars=["AGENTCTL_URL",…],default_tools_approval_mode="approve",…}
    /// <summary>
    /// Variables are named, not given: a command line can be read by everybody on the machine. Required, because otherwise Codex begins
    /// while the server still starts, and the model is never told of its tools.
    /// </summary>
    /// <param name="tools">The program.</param>
    /// <param name="settings">The user's own settings.</param>
    public static string Setting(ToolProgram tools, string? settings) =>
        $"{(IsRemote(settings ?? "") ? OtherKey : Key)}={{enabled=true,command={Quoted(tools.Program)},args={List(tools.Args)},"
        + $"env_vars={List([.. ToolProgram.Variables, .. ToolProgram.RuntimeVariables])},"
        + $"required=true,default_tools_approval_mode=\"approve\",startup_timeout_sec={ToolProgram.StartSeconds},"
        + $"tool_timeout_sec={ToolProgram.CallSeconds}}}";

    // [mcp_servers.agentctl]⏎url = "https://…"     mcp_servers.agentctl.url = "https://…"     agentctl = { url = "https://…" }
    /// <summary>
    /// Codex puts our members among those of a server of the same name. A program of the user's gives way so for one run; an address
    /// stays and makes the settings invalid.
    /// </summary>
    static bool IsRemote(string settings) => Remote().IsMatch(settings);

    [GeneratedRegex("^[ \\t]*(?:\\[mcp_servers\\.(?<q>\"?)agentctl\\k<q>\\][^\\[]*?^[ \\t]*url[ \\t]*=|mcp_servers\\.agentctl\\.url\\b|"
        + "(?:mcp_servers\\.)?agentctl[ \\t]*=[ \\t]*\\{[^}]*\\burl\\b)", RegexOptions.Multiline)]
    private static partial Regex Remote();

    static string List(IEnumerable<string> texts) => $"[{string.Join(',', texts.Select(Quoted))}]";

    /// <summary>A basic string of TOML.</summary>
    public static string Quoted(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var letter in text)
        {
            if (letter is '"' or '\\') result.Append('\\').Append(letter);
            else if (char.IsControl(letter)) result.Append($"\\u{(int)letter:x4}");
            else result.Append(letter);
        }
        return result.Append('"').ToString();
    }
}
