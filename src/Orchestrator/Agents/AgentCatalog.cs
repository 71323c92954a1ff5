using Orchestrator.Agents.Acp;
using Orchestrator.Agents.Claude;
using Orchestrator.Agents.Codex;
using Orchestrator.Agents.Command;
using Orchestrator.Agents.Gemini;
using Orchestrator.Agents.OpenAi;
using Orchestrator.Agents.OpenCode;
using Orchestrator.Profiles;

namespace Orchestrator.Agents;

/// <summary>Every agent this program can run, by the word config.yaml uses. A new agent: one line here, one folder beside it.</summary>
static class AgentCatalog
{
    /// <summary>Member of the diagnosis that tells how the agent was called; seed 1 named it after its only agent.</summary>
    public const string InvocationField = "codex_invocation";

    /// <summary>Profile used when nobody names one: the plain profile of the agent the gateway was designed around.</summary>
    public const string DefaultProfile = "codex";

    public static readonly IReadOnlyDictionary<string, IAgent> All = new Dictionary<string, IAgent>
    {
        ["codex"] = new CodexExec(),
        ["claude"] = new ClaudePrint(),
        ["gemini"] = new GeminiPrint(),
        ["opencode"] = new OpenCodeRun(),
        ["command"] = new CommandAgent(),
        ["openai"] = new OpenAiLoop(),
        ["acp"] = new AcpAgent(AcpPrograms.Any),
    };

    /// <summary>Other ways to speak with some of them, chosen by a profile's <c>protocol</c>.</summary>
    static readonly IReadOnlyList<IAgent> OtherWays =
        [new ClaudeStream(), new CodexAppServer(), new AcpAgent(AcpPrograms.Gemini), new AcpAgent(AcpPrograms.OpenCode)];

    /// <summary>
    /// The protocol of a profile that names none, where it is not the plain one: what the plain one can only refuse, somebody is asked for.
    /// A profile that only looks has nothing to ask for.
    /// </summary>
    static string? Preferred(Profile profile) => profile is { Agent: "claude", Sandbox: not Sandbox.ReadOnly } ? "stream" : null;

    /// <summary>The adapter of that name and protocol, or null. Without a protocol: the agent's plain one.</summary>
    public static IAgent? Find(string name, string? protocol = null) =>
        All.GetValueOrDefault(name) is { } plain && (protocol is null || protocol == plain.Protocol)
            ? plain
            : OtherWays.FirstOrDefault(agent => agent.Name == name && agent.Protocol == protocol);

    /// <summary>The adapter a profile asks for, or null when its agent has no such protocol.</summary>
    public static IAgent? FindFor(Profile profile) => Find(profile.Agent, profile.Protocol ?? Preferred(profile));

    /// <summary>The adapter a profile asks for, or a refusal that lists the protocols its agent has.</summary>
    public static IAgent Of(Profile profile) => FindFor(profile) ?? throw Fault.Unprocessable("protocol", NoProtocol(profile));

    /// <summary>Every way to speak with an agent, the plain one first.</summary>
    public static IEnumerable<IAgent> ProtocolsOf(string name) => All.Values.Concat(OtherWays).Where(agent => agent.Name == name);

    /// <summary>Why a profile's protocol is none of its agent's.</summary>
    public static string NoProtocol(Profile profile)
    {
        var own = ProtocolsOf(profile.Agent).Select(agent => agent.Protocol).OfType<string>();
        return $"the agent '{profile.Agent}' has no protocol '{profile.Protocol}'; it has "
            + $"{(own.Any() ? string.Join(", ", own) : "only one, and the key is to be left out")}.";
    }

    /// <summary>The adapter of that name, or a refusal that lists the names there are.</summary>
    public static IAgent Of(string name) =>
        All.TryGetValue(name, out var agent)
            ? agent
            : throw new Fault(FaultCode.Unprocessable, $"There is no agent '{name}'.", $"Agents: {string.Join(", ", All.Keys)}.");

    /// <summary>The words config.yaml may use for an agent.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys];

    /// <summary>Arguments of a run from daemon and profile, for people: the agent's own profile by name and all others.</summary>
    public static (string? Profile, IReadOnlyList<string> Extra) TakeApart(
        IReadOnlyList<string> daemonArgs, IReadOnlyList<string> profileArgs)
    {
        var (profile, extra) = CodexExec.TakeApart(daemonArgs);
        return (profile, [.. extra, .. profileArgs]);
    }
}
