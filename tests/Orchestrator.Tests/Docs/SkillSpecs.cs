using System.Text.RegularExpressions;
using Orchestrator.Tests.Tidy;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Tests.Docs;

/// <summary>
/// The skill that teaches agents this program keeps the rules of the agent skills standard (agentskills.io/specification) and names only
/// what exists. Its commands are checked with those of all pages.
/// </summary>
public partial class SkillSpecs
{
    const string Folder = "agent-orchestrator";

    /// <summary>The tools an agent has by contract, where the server's own list is not there to be read.</summary>
    static readonly string[] Promised = ["spawn_run", "send_message", "wait_runs", "get_run", "read_output", "cancel_run", "reply_parent",
        "list_requests", "answer_request", "report_outcome"];

    static SourceFile Skill => SourceTree.Repository.Files.Single(f => f.Path == $"skills/{Folder}/SKILL.md");

    [Fact]
    public void Its_front_matter_keeps_the_rules()
    {
        var parts = Skill.Text.Split("---\n", 3);
        Assert.Equal("", parts[0]);
        var yaml = new YamlStream();
        yaml.Load(new StringReader(parts[1]));
        var members = ((YamlMappingNode)yaml.Documents[0].RootNode).Children
            .ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => ((YamlScalarNode)pair.Value).Value!);

        Assert.Empty(members.Keys.Except(["name", "description", "license", "compatibility", "metadata", "allowed-tools"]));
        Assert.Equal(Folder, members["name"]);
        Assert.Matches(Name(), members["name"]);
        Assert.InRange(members["name"].Length, 1, 64);
        Assert.InRange(members["description"].Length, 1, 1024);
        Assert.Contains("Use when", members["description"], StringComparison.Ordinal);
        Assert.InRange(members["compatibility"].Length, 1, 500);
        Assert.InRange(parts[2].Split('\n').Length, 20, 500);
        // About four characters a token: the standard wants less than 5,000 of them.
        Assert.InRange(parts[2].Length, 1000, 20_000);
    }

    [Fact]
    public void It_names_every_tool_there_is_and_no_other()
    {
        var served = SourceTree.Repository.ProductionCSharp.Where(f => f.Feature == "Mcp")
            .SelectMany(f => ToolName().Matches(f.Text).Select(match => match.Groups[1].Value)).ToList();
        var named = Row().Matches(Skill.Text).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal((served.Count > 0 ? served : [.. Promised]).Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex Name();

    [GeneratedRegex("^ +Name = \"([a-z]+_[a-z_]+)\",", RegexOptions.Multiline)]
    private static partial Regex ToolName();

    [GeneratedRegex(@"^\| `([a-z]+_[a-z]+)` \| (?:[A-Z])", RegexOptions.Multiline)]
    private static partial Regex Row();
}
