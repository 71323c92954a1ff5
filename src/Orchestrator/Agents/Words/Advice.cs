namespace Orchestrator.Agents;

/// <summary>What a person can do about an ending, added to the agent's own words.</summary>
static class Advice
{
    /// <summary>The ending of a run of this agent, with advice where there is some.</summary>
    /// <param name="ending">As the adapter judged it.</param>
    /// <param name="agent">A key of <see cref="AgentCatalog"/> that has a probe.</param>
    public static Ending Added(this Ending ending, string agent)
    {
        var probe = AgentProbes.All.First(each => each.Name == agent);
        return ending.Reason switch
        {
            EndReason.AuthRequired => ending with
            {
                Message = $"{Sentence(ending.Message)} Log in ({probe.Login}) as the user the daemon runs as, or set the provider's key "
                    + $"({string.Join(", ", probe.KeyVariables.Take(2))}, …) in the daemon's environment or in the profile's env.",
            },
            EndReason.ThreadNotFound => ending with
            {
                Message = "The agent no longer has the conversation of this session: its files were removed, or "
                    + $"{probe.HomeVariable} names another folder than before. Start a new session to go on. It said: {ending.Message}",
            },
            _ => ending,
        };
    }

    static string Sentence(string? text) => text is null ? "" : text.EndsWith('.') ? text : text + ".";
}
