using Orchestrator.Profiles;

namespace Orchestrator.Agents;

/// <summary>
/// Whether a profile's settings mean something to its agent. What could be mistaken for protection is a refusal, what merely has no
/// effect is a warning.
/// </summary>
static class ProfileCheck
{
    /// <summary>Keys of config.yaml that not every agent has a setting for.</summary>
    public const string Verbosity = "verbosity", Effort = "effort", Model = "model";

    /// <summary>The sentence about a setting the agent cannot keep; null when all is well.</summary>
    public static string? Mistake(Profile profile)
    {
        if (AgentCatalog.Find(profile.Agent) is null)
            return null;
        if (AgentCatalog.FindFor(profile) is not { } agent)
            return $"{Place(profile)}.protocol: {AgentCatalog.NoProtocol(profile)}";
        if (profile.Approval is not { } rule || agent.Approvals.Contains(rule))
            return null;
        var word = ConfigKeys.Word(rule);
        var other = AgentCatalog.ProtocolsOf(profile.Agent).FirstOrDefault(each => each.Approvals.Contains(rule));
        return $"{Place(profile)}.approval: " + (other?.Protocol is { } protocol
            ? $"'{word}' cannot be kept by {Named(agent)}; set 'protocol: {protocol}' beside it"
            : $"'{word}' cannot be kept by {Named(agent)}: {Instead(agent)}");
    }

    /// <summary>Sentences about settings without any effect.</summary>
    public static IEnumerable<string> Warnings(Profile profile)
    {
        if (AgentCatalog.FindFor(profile) is not { } agent)
            yield break;
        foreach (var (key, value) in ((string, string?)[])
            [(Verbosity, profile.Verbosity), (Effort, profile.Effort), (Model, profile.Model)])
            if (value is not null && agent.UnusedKeys.Contains(key))
                yield return $"{Place(profile)}.{key}: not used by the agent '{agent.Name}'; leave it out, or say it in 'args' or 'env'";
        if (profile.Sandbox == Sandbox.ReadOnly && agent.ProtectionOf(profile) == Protection.None)
            yield return $"{Place(profile)}.sandbox: 'read-only' is not kept by the agent '{agent.Name}'; what it runs may write";
    }

    static string Place(Profile profile) => $"{profile.Origin}: profiles.{profile.Name}";

    static string Named(IAgent agent) =>
        $"the agent '{agent.Name}'{(agent.Protocol is { } protocol ? $" by protocol '{protocol}'" : "")}";

    static string Instead(IAgent agent) => agent.Approvals.Count == 0
        ? "leave the key out, it has no such rule"
        : $"leave the key out, or use {string.Join(" or ", agent.Approvals.Select(ConfigKeys.Word))}";
}
