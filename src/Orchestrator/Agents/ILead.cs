using Orchestrator.Profiles;

namespace Orchestrator.Agents;

/// <summary>
/// An agent a person talks to in a terminal, given our prompt and our tools for that one process; a pure function, like the adapters. The
/// user's own settings stay as they are.
/// </summary>
interface ILead
{
    /// <summary>The word config.yaml uses for the agent.</summary>
    string Name { get; }

    /// <summary>The program looked for on PATH when the profile names none.</summary>
    string Program { get; }

    /// <summary>The file with the user's own settings, for <see cref="LeadOrder.Settings"/>; null when they do not matter here.</summary>
    string? SettingsFile(IReadOnlyDictionary<string, string> environment) => null;

    /// <summary>Program and arguments, and the files they name.</summary>
    LeadLaunch Plan(LeadOrder order);
}

/// <summary>What a lead is to be.</summary>
/// <param name="Prompt">Our own prompt, added to the agent's.</param>
/// <param name="Tools">The program that gives it the daemon's tools.</param>
/// <param name="Folder">Absolute folder for <see cref="LeadLaunch.Files"/>.</param>
/// <param name="Profile">Model, effort, program and arguments.</param>
/// <param name="Task">What the person wants first; null to wait for it.</param>
/// <param name="Settings">The user's own settings, as they stand; null for none.</param>
sealed record LeadOrder(string Prompt, ToolProgram Tools, string Folder, Profile Profile, string? Task, string? Settings);

/// <summary>How to start a lead.</summary>
/// <param name="Argv">Program and arguments; no secret is among them.</param>
/// <param name="Files">Name in the folder → content.</param>
sealed record LeadLaunch(IReadOnlyList<string> Argv, IReadOnlyDictionary<string, string> Files);

/// <summary>The agents that can lead, in the order in which they are looked for.</summary>
static class LeadCatalog
{
    public static IReadOnlyList<ILead> All { get; } = [new Claude.ClaudeLead(), new Codex.CodexLead()];

    /// <summary>The variables a lead's tools need. It is no run, so it has no run's id.</summary>
    public static readonly IReadOnlyList<string> Variables = ["AGENTCTL_URL", "AGENTCTL_SESSION_ID", "AGENTCTL_AUTH_TOKEN"];

    /// <summary>The lead of that agent, or a refusal that lists those there are.</summary>
    public static ILead Of(string agent) => All.FirstOrDefault(lead => lead.Name == agent)
        ?? throw new Fault(FaultCode.Unprocessable, $"The agent '{agent}' cannot lead.",
            $"Agents that can: {string.Join(", ", All.Select(lead => lead.Name))}.");
}
