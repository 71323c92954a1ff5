namespace Orchestrator.Tests.AgentClis;

/// <summary>JSON schemas the specs of both CLIs use.</summary>
static class Schemas
{
    /// <summary>Strict in OpenAI's sense: every property required, no others.</summary>
    public const string GoalMet = """
        {"type":"object","properties":{"goal_met":{"type":"boolean"},"notes":{"type":"array","items":{"type":"string"}}},
         "required":["goal_met","notes"],"additionalProperties":false}
        """;
}
