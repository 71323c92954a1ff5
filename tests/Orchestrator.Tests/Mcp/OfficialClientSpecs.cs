using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Mcp;

/// <summary>The official TypeScript clients, both eras, check what we say against the protocol and our own schemas.</summary>
public class OfficialClientSpecs
{
    public static TheoryData<string> Eras => [.. McpClients.Eras];

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Eras))]
    public async Task They_list_call_and_understand_refusals(string era)
    {
        await using var daemon = await TestDaemon.Start();
        var seat = await AgentSeat.Take(daemon);
        var told = await McpClients.Play(era, seat.Variables,
            ("get_run", []), ("read_output", new() { ["run_id"] = seat.RunId }), ("get_run", new() { ["run_id"] = 7 }), ("get_runs", []));

        Assert.Empty(told["problems"]!.AsArray());
        Assert.Equal((string?)told["version"], era switch { "sdk" => null, "legacy" => "2025-11-25", _ => "2026-07-28" });
        Assert.Equal(10, told["tools"]!.AsArray().Count);
        Assert.Contains("spawn_run", (string)told["instructions"]!, StringComparison.Ordinal);
        var calls = told["calls"]!.AsArray();
        // The client has checked the structured answer against the tool's output schema before it gave it on.
        Assert.Equal(seat.RunId, (string)calls[0]!["result"]!["structuredContent"]!["run"]!["id"]!);
        Assert.StartsWith("AGENTCTL_AUTH_TOKEN=", (string)calls[1]!["result"]!["structuredContent"]!["text"]!, StringComparison.Ordinal);
        Assert.True((bool)calls[2]!["result"]!["isError"]!);
        Assert.Equal(-32602, (int)calls[3]!["code"]!);
        seat.Leave();
    }
}
