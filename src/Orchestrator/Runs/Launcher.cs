using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Terminals;
using Orchestrator.Workspaces;

namespace Orchestrator.Runs;

/// <summary>What the daemon gives every run about itself.</summary>
/// <param name="DataFolder">Its data folder; run folders are below it.</param>
/// <param name="Environment">The daemon's own variables, of which an allow-list is passed on.</param>
/// <param name="AgentArgs">Arguments the daemon was started with, by agent.</param>
sealed record DaemonFacts(string DataFolder, IReadOnlyDictionary<string, string> Environment, IReadOnlyDictionary<string,
    IReadOnlyList<string>> AgentArgs)
{
    /// <summary>Where the daemon answers; known once it listens, before the first run starts.</summary>
    public string Url { get; set; } = "";

    /// <summary>This very program: an agent of ours is started by it.</summary>
    public string OwnProgram { get; init; } = System.Environment.ProcessPath ?? "agentctl";

    /// <summary>This program as the agents' way to the daemon; null in tests that have none.</summary>
    public ToolProgram? Tools { get; init; }

    /// <summary>True when the data folder lies inside that folder, so that an agent working there can write it.</summary>
    public bool Reaches(string folder) =>
        (DataFolder + "/").StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    public string RunFolder(string runId) => Path.Combine(DataFolder, "runs", runId);
}

/// <summary>A run ready to be held, or the reason why it cannot be.</summary>
sealed record Prepared(AgentOrder Order, IAgent Agent, HoldOrder Hold, string TokenHash, string Protection);

/// <summary>A start that fails for a reason worth telling apart.</summary>
sealed class StartRefused(string reason, string message) : Exception(message)
{
    /// <summary>One of <see cref="EndReason"/>.</summary>
    public string Reason { get; } = reason;
}

/// <summary>Turns a claimed run and its workspace into a command line, an environment and a run folder.</summary>
sealed class Launcher(Database store, ProjectStore projects, Func<string, string?, Profile?> findProfile, DaemonFacts facts)
{
    const string OrderFile = "order.json";

    /// <summary>The first lines for a two-way agent, until they stand in the store.</summary>
    public const string OpeningFile = "opening";

    /// <summary>Settings files larger than this are not looked into, in bytes.</summary>
    const long LargestSettings = 1 << 20;

    /// <summary>The order for the adapter; also rebuilt when a run is adopted.</summary>
    public AgentOrder Order(Run run, Workspace workspace)
    {
        var profile = KeptProfile.Read(run.ProfileSettings) ?? Present(run, workspace);
        profile = run.Overrides?.On(profile) ?? profile;
        var thread = run.NewThread ? null : store.Read(db => SessionStore.Thread(db, run.SessionId, run.Agent));
        return new AgentOrder
        {
            RunId = run.Id,
            Prompt = run.Prompt,
            Workspace = workspace.Start,
            RunFolder = facts.RunFolder(run.Id),
            Profile = profile,
            ThreadId = thread?.Item1,
            ThreadTotal = ThreadTotals.Read(thread?.Item2),
            OutputSchema = run.OutputSchema,
            DaemonArgs = facts.AgentArgs.GetValueOrDefault(run.Agent, []),
            OwnProgram = facts.OwnProgram,
            KeepFolder = Path.Combine(facts.DataFolder, "conversations"),
            InRepository = workspace.Kind is WorkspaceKinds.Worktree or WorkspaceKinds.Shared,
            Tools = facts.Tools,
            AsRoot = Environment.UserName == "root",
        };
    }

    /// <summary>The profile as the configuration has it now.</summary>
    Profile Present(Run run, Workspace workspace)
    {
        // The project's own folder, never the worktree: an agent could write a profile there.
        var project = workspace.Project is { } name ? projects.Find(name)?.Path : null;
        return findProfile(run.Profile, project)
            ?? throw new StartRefused(EndReason.SpawnFailed, $"The profile '{run.Profile}' is gone from the configuration.");
    }

    /// <summary>Writes the run folder. Throws <see cref="StartRefused"/> when the agent is missing.</summary>
    public Prepared Prepare(Run run, Workspace workspace)
    {
        var order = Order(run, workspace);
        // Variables are never kept: they may hold keys.
        order = order with { Profile = order.Profile with { Env = Present(run, workspace).Env } };
        var agent = AgentCatalog.Find(run.Agent, run.Protocol)
            ?? throw new StartRefused(EndReason.AgentMissing, $"There is no agent '{run.Agent}'.");
        order = WithOwnFiles(order, agent);
        var settings = order.Settings;
        var launch = PlanOf(agent, order);
        var folder = new RunFolder(order.RunFolder);
        folder.Create();
        folder.Write("prompt", run.Prompt);
        if (launch.TwoWay)
        {
            folder.MakeTwoWay();
            folder.Write(OpeningFile, launch.Stdin);
        }
        else
        {
            folder.Write("stdin", launch.Stdin);
        }

        foreach (var (name, content) in launch.Files)
            folder.Write(name, content);

        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var own = OwnVariables(run, folder, token);
        workspace.AddPorts(own);
        Dictionary<string, string> With(IReadOnlyList<string> passed) =>
            AgentEnvironment.Build(facts.Environment, passed, launch.DefaultEnvironment, order.Profile.Env, own);
        var environment = With([.. agent.PassedVariables, .. settings is null ? [] : agent.VariablesIn(settings)]);
        var argv = Locate(agent, launch, environment, workspace.Start);
        var protection = ProtectionWord(
            agent.ProtectionOf(order.Profile with { Args = [.. order.DaemonArgs, .. order.Profile.Args] }));
        folder.Write(OrderFile, Describe(run, workspace, argv, order, Hash(token), protection));
        return new Prepared(order, agent, new HoldOrder
        {
            RunId = run.Id,
            Fence = (int)run.Fence,
            Folder = folder,
            Argv = argv,
            WorkingFolder = workspace.Start,
            Environment = environment,
        }, Hash(token), protection);
    }

    /// <summary>An order the agent's adapter cannot carry out is no fault of the workspace.</summary>
    static Launch PlanOf(IAgent agent, AgentOrder order)
    {
        try
        {
            return agent.Plan(order);
        }
        catch (Fault fault)
        {
            throw new StartRefused(EndReason.SpawnFailed, fault.Hint is { } hint ? $"{fault.Message} {hint}" : fault.Message);
        }
    }

    /// <summary>The order with the user's own settings of the agent, and the profile of theirs that the arguments choose.</summary>
    AgentOrder WithOwnFiles(AgentOrder order, IAgent agent)
    {
        var environment = AgentEnvironment.Build(facts.Environment, agent.PassedVariables, NoVariables, order.Profile.Env, NoVariables);
        return order with
        {
            Settings = TextOf(agent.SettingsFile(environment)),
            OwnProfile = TextOf(agent.OwnProfileFile(environment, [.. order.DaemonArgs, .. order.Profile.Args])),
        };
    }

    /// <summary>A file of the user's; null when it cannot be read: the agent will say so itself.</summary>
    static string? TextOf(string? path)
    {
        try
        {
            return path is not null && RefFiles.HasContent(path, LargestSettings) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static readonly Dictionary<string, string> NoVariables = [];

    /// <summary>How a token is stored and compared: SHA-256, so that the store holds none.</summary>
    public static string Hash(string token) => Tokens.Secret.Hash(token);

    Dictionary<string, string> OwnVariables(Run run, RunFolder folder, string token) => new()
    {
        ["AGENTCTL_URL"] = facts.Url,
        ["AGENTCTL_RUN_ID"] = run.Id,
        ["AGENTCTL_SESSION_ID"] = run.SessionId,
        ["AGENTCTL_AUTH_TOKEN"] = token,
        ["AGENTCTL_PROMPT_FILE"] = folder.PromptPath,
    };

    static List<string> Locate(IAgent agent, Launch launch, Dictionary<string, string> environment, string workspace)
    {
        List<string> argv = [.. launch.Argv];
        if (argv.Count == 0)
            throw new StartRefused(EndReason.AgentMissing,
                "The profile names no command: set 'command: [program, argument, …]' in config.yaml.");
        foreach (var place in (int[])[0, launch.ProgramAt])
            argv[place] = Executable.Find(argv[place], environment.GetValueOrDefault("PATH"), workspace, out var problem)
                ?? throw new StartRefused(EndReason.AgentMissing,
                    $"{problem} {AgentProbes.HowToGet(agent.Program is null ? null : agent.Name)}, or set 'command' in the profile.");
        return argv;
    }

    // Without the environment: it may hold keys.
    static string Describe(Run run, Workspace workspace, IReadOnlyList<string> argv, AgentOrder order,
        string tokenHash, string protection) => new JsonObject
        {
            ["run_id"] = run.Id,
            ["fence"] = run.Fence,
            ["argv"] = new JsonArray([.. argv.Select(a => (JsonNode)a)]),
            ["folder"] = workspace.Start,
            ["profile"] = order.Profile.Name,
            ["daemon_args"] = new JsonArray([.. order.DaemonArgs.Select(a => (JsonNode)a)]),
            ["args"] = new JsonArray([.. order.Profile.Args.Select(a => (JsonNode)a)]),
            ["thread_id"] = order.ThreadId,
            ["token_hash"] = tokenHash,
            ["protection"] = protection,
        }.ToJsonString(Json.PlainOptions);

    /// <summary>What a daemon that died before it could store a start had given the run: its token's hash and its protection.</summary>
    public static (string? TokenHash, string? Protection) Recorded(RunFolder folder)
    {
        try
        {
            var order = folder.Read(OrderFile) is { Length: > 0 } text ? JsonNode.Parse(text) as JsonObject : null;
            return ((string?)order?["token_hash"], (string?)order?["protection"]);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or FormatException)
        {
            // Torn by a power cut, or written over by the agent: the run goes on without what it said.
            return (null, null);
        }
    }

    /// <summary>The words shown on every run.</summary>
    public static string ProtectionWord(Protection protection) => protection switch
    {
        Protection.Enforced => "enforced",
        Protection.AgentsOwnRules => "agent's own rules",
        _ => "none",
    };
}
