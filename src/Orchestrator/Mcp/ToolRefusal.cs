using Orchestrator.Profiles;

namespace Orchestrator.Mcp;

/// <summary>A refusal as a model can act on it: what is wrong, and the next step in terms of tools instead of commands.</summary>
static class ToolRefusal
{
    /// <summary>The text of the result.</summary>
    public static string Words(Fault fault)
    {
        var text = $"{FaultTable.Of(fault.Code).Word}: {fault.Message}";
        return Hint(fault) is { } hint ? $"{text}\n{hint}" : text;
    }

    static string? Hint(Fault fault) => fault.Code switch
    {
        FaultCode.Unavailable => "The daemon may be restarting; runs go on meanwhile and nothing is lost. Call the tool again in half a "
            + "minute. If it stays away, say so in your answer.",
        FaultCode.NotFound when fault.Hint?.StartsWith("agentctl ", StringComparison.Ordinal) is true =>
            "Use an id as spawn_run, wait_runs or list_requests gave it.",
        FaultCode.NoParent => "Nobody waits for an answer: decide yourself, or say in your last answer what is open.",
        FaultCode.Forbidden when fault.Hint is null => "You reach your own run and what you spawned, nothing else.",
        FaultCode.RateLimited when fault.RetryAfterSeconds is { } seconds => $"Call again in {seconds} s.",
        _ => fault.Hint,
    };

    /// <summary>What is said about a tool that does not exist.</summary>
    public static string Unknown(string name)
    {
        var names = Toolbox.All.Select(tool => tool.Name).ToList();
        var guess = NearestWord.To(name, names) is { } near ? $" Did you mean '{near}'?" : "";
        return $"There is no tool '{Texts.Short(name)}'.{guess} Tools: {string.Join(", ", names)}.";
    }
}
