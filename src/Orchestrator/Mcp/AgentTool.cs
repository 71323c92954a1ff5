using System.Text.Json.Nodes;

namespace Orchestrator.Mcp;

/// <summary>One tool as an agent sees it, and what it does. One file per tool; <see cref="Toolbox"/> lists them.</summary>
sealed record AgentTool
{
    /// <summary>At most 64 of [a-z0-9_]; clients put their own prefix before it.</summary>
    public required string Name { get; init; }

    /// <summary>For people who watch the agent.</summary>
    public required string Title { get; init; }

    /// <summary>For the model: what it does, when to call it, and what to call next.</summary>
    public required string Description { get; init; }

    /// <summary>JSON Schema 2020-12 of the arguments; arguments are checked against it before <see cref="Body"/> runs.</summary>
    public required JsonObject Input { get; init; }

    /// <summary>JSON Schema 2020-12 of the answer.</summary>
    public required JsonObject Output { get; init; }

    /// <summary>It changes nothing.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>It may end or undo something.</summary>
    public bool Destructive { get; init; }

    /// <summary>The same call again changes nothing more.</summary>
    public bool Idempotent { get; init; }

    /// <summary>What it starts may reach the world outside the daemon.</summary>
    public bool OpenWorld { get; init; }

    /// <summary>Asks the daemon; a refusal is a <see cref="Fault"/>.</summary>
    public required Func<ToolCall, JsonObject> Body { get; init; }
}
