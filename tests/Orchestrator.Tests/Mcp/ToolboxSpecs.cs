using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Cli;
using Orchestrator.Mcp;

namespace Orchestrator.Tests.Mcp;

/// <summary>What every tool must say about itself, and what is not asked of a daemon.</summary>
public partial class ToolboxSpecs
{
    public static TheoryData<string> Names => [.. Toolbox.All.Select(tool => tool.Name)];

    [Fact]
    public void The_tools_and_their_order_are_these() => Assert.Equal(
        ["spawn_run", "wait_runs", "get_run", "read_output", "send_message", "cancel_run", "reply_parent", "list_requests",
            "answer_request", "report_outcome"],
        Toolbox.All.Select(tool => tool.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_tool_is_named_and_described_for_a_model(string name)
    {
        var tool = Toolbox.Find(name)!;
        Assert.Matches("^[a-z0-9_]{1,64}$", tool.Name);
        Assert.InRange(tool.Title.Length, 5, 40);
        Assert.InRange(tool.Description.Length, 100, 900);
        Assert.False(tool.ReadOnly && (tool.Destructive || !tool.Idempotent), "what changes nothing destroys nothing, however often");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_schemas_are_objects_whose_members_are_all_explained(string name)
    {
        var tool = Toolbox.Find(name)!;
        foreach (var schema in new[] { tool.Input, tool.Output })
        {
            Assert.Equal("object", (string)schema["type"]!);
            foreach (var needed in schema["required"] as JsonArray ?? [])
                Assert.True(schema["properties"]![(string)needed!] is not null, $"{needed} is required and not described");
            Explained(schema, tool.Name);
        }
        Assert.False((bool)tool.Input["additionalProperties"]!, "a misspelt argument must be refused");
        Assert.True(tool.Output["additionalProperties"] is null, "answers may grow");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_changes_something_takes_a_key_or_may_be_repeated(string name)
    {
        var tool = Toolbox.Find(name)!;
        Assert.True(tool.ReadOnly || tool.Idempotent || tool.Input["properties"]!["idempotency_key"] is not null);
    }

    [Fact]
    public void No_wait_is_longer_than_clients_have_patience()
    {
        Assert.Equal(45, (long)Toolbox.Find("wait_runs")!.Input["properties"]!["timeout_seconds"]!["maximum"]!);
        Assert.Equal(45, (long)Toolbox.Find("reply_parent")!.Input["properties"]!["wait_seconds"]!["maximum"]!);
    }

    [Fact]
    public void The_words_for_all_name_only_tools_that_exist()
    {
        var texts = Toolbox.All.Select(tool => tool.Description).Append(Toolbox.Instructions);
        foreach (var word in texts.SelectMany(text => ToolWord().Matches(text).Select(match => match.Value)))
            Assert.True(Toolbox.Find(word) is not null || Arguments.Contains(word), $"nothing is called {word}");
    }

    [Theory]
    [InlineData("tool session-spawn", "spawn_run")]
    [InlineData("tool session-send", "send_message")]
    [InlineData("tool session-reply-parent", "reply_parent")]
    [InlineData("tool session-wait", "wait_runs")]
    [InlineData("run cancel", "cancel_run")]
    [InlineData("daemon status", null)]
    public void A_command_that_cannot_reach_the_daemon_names_the_tool(string command, string? tool)
    {
        Assert.Equal(tool, WithinSandbox.ToolInsteadOf(command));
        Assert.True(tool is null || Toolbox.Find(tool) is not null);
        Assert.Contains(tool ?? "agentctl", WithinSandbox.Hint(command), StringComparison.Ordinal);
    }

    static HashSet<string> Arguments =>
    [
        .. Toolbox.All.SelectMany(tool => new[] { tool.Input, tool.Output }).SelectMany(Members),
        "approval_request", "permission_request", "goal_met", "followup_prompt",
    ];

    static IEnumerable<string> Members(JsonObject schema) => schema["properties"]!.AsObject().Select(member => member.Key);

    static void Explained(JsonObject schema, string place)
    {
        foreach (var (name, of) in schema["properties"]?.AsObject() ?? [])
        {
            var shape = of!.AsObject();
            Assert.True(shape["description"] is not null || shape["properties"] is not null, $"{place}.{name} is not explained");
            if (shape["properties"] is not null) Explained(shape, $"{place}.{name}");
            if (shape["items"]?["properties"] is not null) Explained(shape["items"]!.AsObject(), $"{place}.{name}[]");
        }
    }

    [GeneratedRegex("[a-z]+_[a-z_]+")]
    private static partial Regex ToolWord();
}
