namespace Orchestrator.Agents;

/// <summary>
/// A schema for agents that have no option for one: it is told in the prompt, and <see cref="StructuredResult"/> finds the result.
/// </summary>
static class SchemaInWords
{
    /// <summary>The prompt, followed by what the last message has to be when a schema is demanded.</summary>
    public static string Prompt(AgentOrder order) => order.OutputSchema is null
        ? order.Prompt
        : $"""
            {order.Prompt}

            When you are done, let your last message be one JSON object that matches this JSON Schema, and nothing else:
            {order.OutputSchema}
            """;
}
