using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AgentClis;

/// <summary>The table of agents whose programs begin at once.</summary>
public sealed class AgentTableSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    public static TheoryData<string> Kinds => AgentTable.Kinds(slow: false);

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Kinds))]
    public Task An_agent_does_in_each_case_what_its_table_says(string name) => new AgentTable(agents).Fill(name);
}

/// <summary>The table of agents that compute for seconds before they begin: Gemini CLI, OpenCode, the adapter.</summary>
public sealed class SlowAgentTableSpecs(RealAgents agents) : IClassFixture<RealAgents>
{
    public static TheoryData<string> Kinds => AgentTable.Kinds(slow: true);

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Kinds))]
    public Task A_slow_agent_does_in_each_case_what_its_table_says(string name) => new AgentTable(agents).Fill(name);
}
