using System.Text;

namespace Orchestrator.Agents.Codex;

/// <summary>The daemon's tools as a setting of one run; the user's own settings stay as they are.</summary>
static class CodexTools
{
    /// <summary>The setting's name. A server of the user's own with this name gives way for the run.</summary>
    public const string Key = $"mcp_servers.{ToolProgram.Name}";

    // mcp_servers.agentctl={command="/opt/agentctl",args=["mcp"],env_vars=["AGENTCTL_URL",…],default_tools_approval_mode="approve",…}
    /// <summary>Variables are named, not given: a command line can be read by everybody on the machine.</summary>
    public static string Setting(ToolProgram tools) =>
        $"{Key}={{command={Quoted(tools.Program)},args={List(tools.Args)},"
        + $"env_vars={List([.. ToolProgram.Variables, .. ToolProgram.RuntimeVariables])},"
        + $"default_tools_approval_mode=\"approve\",startup_timeout_sec={ToolProgram.StartSeconds},"
        + $"tool_timeout_sec={ToolProgram.CallSeconds}}}";

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
