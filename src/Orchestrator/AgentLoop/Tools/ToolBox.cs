using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Workspaces;

namespace Orchestrator.AgentLoop.Tools;

/// <summary>The tools the model may call.</summary>
sealed class ToolBox(ToolPlace place, bool canChange)
{
    static readonly (string Name, bool Changes, string Text, (string Name, string Type, string Text, bool Needed)[] Takes)[] All =
    [
        ("read_file", false, "Read a text file, or some lines of it.",
        [
            ("path", "string", "File, relative to the workspace.", true),
            ("offset", "integer", "First line, from 1.", false),
            ("limit", "integer", "Most lines (2000).", false),
        ]),
        ("list_files", false, "List the files below a folder; what git ignores is left out.",
        [
            ("path", "string", "Folder (the workspace).", false),
            ("glob", "string", "Only these, like *.cs or src/**/*.cs.", false),
        ]),
        ("search", false, "Find lines in files.",
        [
            ("pattern", "string", "The text looked for.", true),
            ("regex", "boolean", "True when the pattern is a regular expression.", false),
            ("path", "string", "File or folder to look in (the workspace).", false),
            ("glob", "string", "Only in these files, like *.cs.", false),
        ]),
        ("write_file", true, "Write a whole file, new or instead of the old one.",
        [
            ("path", "string", "File, relative to the workspace.", true),
            ("content", "string", "All of it.", true),
        ]),
        ("edit_file", true, "Replace one exact piece of a file.",
        [
            ("path", "string", "File, relative to the workspace.", true),
            ("old_text", "string", "The piece, to the letter; it must be in the file once only.", true),
            ("new_text", "string", "What comes in its place.", true),
        ]),
        (RunCommand.Name, true, "Run a command in the workspace and wait for its end.",
        [
            ("command", "string", "A line for sh.", true),
            ("timeout_s", "integer", "Seconds after which it is killed (120).", false),
        ]),
    ];

    /// <summary>The tools as a request offers them.</summary>
    public JsonArray Definitions { get; } =
        new([.. All.Where(tool => canChange || !tool.Changes).Select(tool => (JsonNode)Definition(tool))]);

    /// <summary>Does one call. What goes wrong is told to the model; nothing but a stop is thrown.</summary>
    public async Task<ToolOutcome> Call(string name, ToolArguments arguments, CancellationToken stop)
    {
        var tool = Array.Find(All, each => each.Name == name);
        if (tool.Name is null)
            return ToolOutcome.Unusable($"There is no tool '{name}'. Tools: {string.Join(", ", All.Select(each => each.Name))}.");
        if (tool.Changes && !canChange)
            return ToolOutcome.Refused($"'{name}' is not allowed: this run may only look.");
        try
        {
            return name switch
            {
                "read_file" => LookTools.Read(place, arguments),
                "list_files" => await LookTools.List(place, arguments, stop),
                "search" => await SearchTool.Search(place, arguments, stop),
                "write_file" => ChangeTools.Write(place, arguments),
                "edit_file" => ChangeTools.Edit(place, arguments),
                _ => await RunCommand.Run(place, arguments, stop),
            };
        }
        catch (ToolRefusal refusal)
        {
            return refusal.Understood ? ToolOutcome.Refused(refusal.Message) : ToolOutcome.Unusable(refusal.Message);
        }
        catch (PathRefusal refusal)
        {
            return ToolOutcome.Refused(refusal.Message);
        }
        catch (RegexMatchTimeoutException)
        {
            return ToolOutcome.Refused("The regular expression takes too long; use a simpler one.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ToolOutcome.Refused(e.Message);
        }
    }

    static JsonObject Definition(
        (string Name, bool Changes, string Text, (string Name, string Type, string Text, bool Needed)[] Takes) tool)
    {
        var members = new JsonObject();
        foreach (var (name, type, text, _) in tool.Takes)
            members[name] = new JsonObject { ["type"] = type, ["description"] = text };
        return new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = tool.Name,
                ["description"] = tool.Text,
                ["parameters"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = members,
                    ["required"] = new JsonArray([.. tool.Takes.Where(each => each.Needed).Select(each => (JsonNode)each.Name)]),
                },
            },
        };
    }
}
