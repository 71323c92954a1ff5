using System.Text.Json.Nodes;
using Orchestrator.Agents.Gemini;
using Orchestrator.Agents.OpenCode;
using Orchestrator.Profiles;

namespace Orchestrator.Agents.Acp;

/// <summary>What is particular to one program that speaks the protocol.</summary>
sealed record AcpProgram
{
    /// <summary>The word of config.yaml.</summary>
    public required string Name { get; init; }

    /// <summary>The word of the protocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>The same agent by its plain protocol: its variables and settings are the same.</summary>
    public IAgent? Plain { get; init; }

    /// <summary>Program and arguments, without the daemon's and the profile's.</summary>
    public required Func<AgentOrder, IReadOnlyList<string>> CommandLine { get; init; }

    /// <summary>How well the workspace limit is kept.</summary>
    public required Func<Profile, Protection> ProtectionOf { get; init; }

    /// <summary>Defaults of variables.</summary>
    public Func<AgentOrder, IReadOnlyDictionary<string, string>> Environment { get; init; } = _ => new Dictionary<string, string>();

    /// <summary>How long a conversation has to rest before it is loaded, by the agent's environment, its id and the time.</summary>
    public Func<Func<string, string?>, string, DateTimeOffset, TimeSpan>? Rest { get; init; }

    /// <summary>Files of the run's folder.</summary>
    public Func<AgentOrder, IReadOnlyDictionary<string, string>> Files { get; init; } = _ => new Dictionary<string, string>();

    /// <summary>The model is an argument, not a setting of the conversation.</summary>
    public bool TakesModel { get; init; }

    /// <summary>A conversation without an answer is not kept.</summary>
    public bool KeptOnceAnswered { get; init; }

    /// <summary>It does not understand that a file it asks for is not there, so it is not offered reading.</summary>
    public bool ReadsByItself { get; init; }
}

/// <summary>The programs that are known by name, and all the others.</summary>
static class AcpPrograms
{
    /// <summary>A variable of the profile's that names one of the agent's ways to log in, for <c>authenticate</c>.</summary>
    public const string AuthVariable = "ACP_AUTH_METHOD";

    /// <summary>How a profile names its program.</summary>
    public const string Example = "command: [\"codex-acp\"]";

    const string PolicyFile = "policy.toml";

    const string PermissionVariable = "OPENCODE_PERMISSION";

    /// <summary>Any program. Nobody knows what its own tools keep to, so nothing is promised.</summary>
    public static readonly AcpProgram Any = new()
    {
        Name = "acp",
        Protocol = "acp",
        CommandLine = order => order.Profile.Command.Count > 0
            ? order.Profile.Command
            : throw new Fault(
                FaultCode.Unprocessable,
                $"The profile '{order.Profile.Name}' speaks the Agent Client Protocol but does not say with which program.",
                $"Set 'command' for the profile in config.yaml, for example: {Example}"),
        ProtectionOf = _ => Protection.None,
        // Of Claude Code, which adapters start: else it begins while tool servers still start, and its model is never told of them.
        Environment = _ => new Dictionary<string, string> { ["MCP_CONNECTION_NONBLOCKING"] = "0" },
    };

    /// <summary>Gemini CLI. It asks before commands, and before edits too unless they are allowed by its mode.</summary>
    public static readonly AcpProgram Gemini = new()
    {
        Name = "gemini",
        Protocol = "acp",
        Plain = new GeminiPrint(),
        TakesModel = true,
        KeptOnceAnswered = true,
        ReadsByItself = true,
        CommandLine = order =>
        [
            .. order.Profile.Command.Count > 0 ? order.Profile.Command : ["gemini"],
            "--acp", "--approval-mode", GeminiPrint.ModeWord(order.Profile.Sandbox),
            .. order.Profile.Model is { } model ? ["--model", model] : (string[])[],
            .. order.Tools is null ? [] : (string[])["--policy", Path.Combine(order.RunFolder, PolicyFile)],
        ],
        Rest = GeminiChats.Rest,
        ProtectionOf = new GeminiPrint().ProtectionOf,
        Environment = _ => GeminiPrint.Quiet,
        // Our own tools are not asked for.
        Files = order => order.Tools is null ? new Dictionary<string, string>() : new Dictionary<string, string>
        {
            [PolicyFile] = $"[[rule]]\ntoolName = \"*\"\nmcpName = \"{ToolProgram.Name}\"\ndecision = \"allow\"\npriority = 900\n",
        },
    };

    /// <summary>OpenCode. By itself it runs every command: with somebody there to ask, it asks.</summary>
    public static readonly AcpProgram OpenCode = new()
    {
        Name = "opencode",
        Protocol = "acp",
        Plain = new OpenCodeRun(),
        CommandLine = order => [.. order.Profile.Command.Count > 0 ? order.Profile.Command : ["opencode"], "acp"],
        ProtectionOf = profile => profile.Sandbox == Sandbox.FullAccess || profile.Env.ContainsKey(PermissionVariable)
            ? Protection.None
            : Protection.AgentsOwnRules,
        Environment = order => new Dictionary<string, string>(OpenCodeRun.Quiet)
        {
            [PermissionVariable] = (order.Profile.Sandbox switch
            {
                Sandbox.ReadOnly => new JsonObject { ["edit"] = "deny", ["bash"] = "deny" },
                Sandbox.FullAccess => new JsonObject { ["edit"] = "allow", ["bash"] = "allow", ["external_directory"] = "allow" },
                _ => new JsonObject { ["bash"] = "ask" },
            }).ToJsonString(),
            // A title for its own list would cost a request of its own; and a no is to be an answer, not the end of its turn.
            [OpenCodeTools.Variable] = new JsonObject
            {
                ["experimental"] = new JsonObject { ["continue_loop_on_deny"] = true },
                ["agent"] = new JsonObject { ["title"] = new JsonObject { ["disable"] = true } },
            }.ToJsonString(),
        },
    };

    /// <summary>The program of this name; null when none is known by it.</summary>
    public static AcpProgram? Named(string? name) => Array.Find([Gemini, OpenCode], program => program.Name == name);
}
