using Orchestrator.Profiles;

namespace Orchestrator.Agents.Codex;

/// <summary>
/// OpenAI Codex by <c>codex exec --json</c>: one process per turn, prompt on standard input, one JSON object per line of output.
/// Checked with 0.169. The user's own configuration (model provider, login) stays as it is; ours is added by <c>-c</c> for this run only.
/// </summary>
sealed class CodexExec : IAgent
{
    /// <summary>Without this a server that is not there is waited for without end; turned off unless the arguments speak of it.</summary>
    const string RetryFeature = "unbounded_connection_retries";

    const string SchemaFile = "schema.json";

    /// <summary>Arguments that take the sandbox away, whatever the profile's <c>sandbox</c> says.</summary>
    /// <remarks>The last one before the subcommand is overruled in a first turn, but not in a resumed one.</remarks>
    static readonly string[] Unsandboxed = ["--yolo", "--dangerously-bypass-approvals-and-sandbox", FullAccessWord];

    const string FullAccessWord = "danger-full-access";

    public string Name => "codex";

    public string? Protocol => "exec";

    public string? Program => "codex";

    /// <summary>Model providers of the user's own name their key's variable as they like: see <see cref="VariablesIn"/>.</summary>
    public IReadOnlyList<string> PassedVariables { get; } = ["CODEX_*", "OPENAI_*", "AZURE_OPENAI_*", "*_API_KEY"];

    /// <summary>It asks nobody, whatever its settings say: what is not allowed is refused.</summary>
    public IReadOnlyList<Approval> Approvals { get; } = [Approval.Deny];

    public IReadOnlyList<string> UnusedKeys => [];

    public string? SettingsFile(IReadOnlyDictionary<string, string> environment) => CodexSettings.PathIn(environment);

    public string? OwnProfileFile(IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> args) =>
        CodexProfiles.NameIn(args) is { } name ? OwnProfileFile(environment, name) : null;

    public string? OwnProfileFile(IReadOnlyDictionary<string, string> environment, string name) =>
        CodexProfiles.FileOf(SettingsFile(environment), name);

    public Profile? OwnProfile(string name, string? file, string? settings) => CodexProfiles.Of(name, file, settings);

    public IEnumerable<string> OwnProfileNames(IReadOnlyList<string> files, string? settings) => CodexProfiles.Names(files, settings);

    public IReadOnlyList<string> VariablesIn(string settings) => CodexSettings.KeyVariables(settings);

    /// <summary>Arguments for every run from the daemon's <c>--codex-profile</c> and <c>--codex-extra-arg</c> (seed fact G34).</summary>
    public static IReadOnlyList<string> DaemonArgs(string? profile, IReadOnlyList<string> extra) =>
        profile is null ? extra : [ProfileOption, profile, .. extra];

    const string ProfileOption = "--profile";

    /// <summary>The agent's own profile (null: the user's plain settings) and the other arguments, taken apart again for people.</summary>
    public static (string? Profile, IReadOnlyList<string> Extra) TakeApart(IReadOnlyList<string> args) =>
        args.Count > 1 && args[0] == ProfileOption ? (args[1], [.. args.Skip(2)]) : (null, args);

    public Protection ProtectionOf(Profile profile) =>
        profile.Sandbox == Sandbox.FullAccess
        || profile.Args.Any(arg => Unsandboxed.Any(word => arg.Contains(word, StringComparison.Ordinal)))
            ? Protection.None
            : Protection.Enforced;

    public Launch Plan(AgentOrder order)
    {
        var profile = order.Profile;
        var argv = Beginning(order, takesOption: true);
        argv.Add("exec");
        // `exec resume` has no -s; the same setting by -c works.
        if (order.ThreadId is null)
            argv.AddRange(["--json", "-s", SandboxWord(profile.Sandbox)]);
        else
            argv.AddRange(["resume", "--json", "-c", $"sandbox_mode=\"{SandboxWord(profile.Sandbox)}\""]);
        if (profile.Sandbox == Sandbox.WorkspaceWrite)
            argv.AddRange(WithoutTemp);
        if (profile.Model is not null)
            argv.AddRange(["-m", profile.Model]);
        if (profile.Effort is not null)
            argv.AddRange(["-c", $"model_reasoning_effort=\"{profile.Effort}\""]);
        argv.AddRange(VerbosityOf(profile));
        argv.AddRange(ToolsOf(order));
        if (!order.InRepository)
            argv.Add("--skip-git-repo-check");
        if (order.OutputSchema is not null)
            argv.AddRange(["--output-schema", Path.Combine(order.RunFolder, SchemaFile)]);
        if (order.ThreadId is not null)
            argv.Add(order.ThreadId);
        argv.Add("-");
        return new Launch
        {
            Argv = argv,
            Stdin = order.Prompt,
            Files = order.OutputSchema is null
                ? new Dictionary<string, string>()
                : new Dictionary<string, string> { [SchemaFile] = StrictSchema.Of(order.OutputSchema) },
        };
    }

    /// <summary>The temp folders are nobody's workspace.</summary>
    public static readonly IReadOnlyList<string> WithoutTemp =
    [
        "-c", "sandbox_workspace_write.exclude_tmpdir_env_var=true",
        "-c", "sandbox_workspace_write.exclude_slash_tmp=true",
    ];

    /// <summary>Program and arguments before the subcommand.</summary>
    public static List<string> Beginning(AgentOrder order, bool takesOption)
    {
        List<string> argv = order.Profile.Command.Count > 0 ? [.. order.Profile.Command] : ["codex"];
        argv.AddRange(CodexProfiles.Arguments(AllArgs(order), order.OwnProfile, order.Settings, takesOption));
        if (!Speaks(order, RetryFeature))
            argv.AddRange(["--disable", RetryFeature]);
        return argv;
    }

    /// <summary>How much it is to write: a setting, for there is no option.</summary>
    public static IReadOnlyList<string> VerbosityOf(Profile profile) =>
        profile.Verbosity is { } words ? ["-c", $"model_verbosity=\"{words}\""] : [];

    static IReadOnlyList<string> AllArgs(AgentOrder order) => [.. order.DaemonArgs, .. order.Profile.Args];

    /// <summary>The setting that gives it our tools; nothing where there are none or the person's own arguments speak of them.</summary>
    public static IReadOnlyList<string> ToolsOf(AgentOrder order) => order.Tools is not null && !Speaks(order, CodexTools.Key)
        ? ["-c", CodexTools.Setting(order.Tools, order.Settings)]
        : [];

    /// <summary>True when the person's own arguments speak of it: then they decide.</summary>
    static bool Speaks(AgentOrder order, string word) =>
        order.DaemonArgs.Concat(order.Profile.Args).Any(arg => arg.Contains(word, StringComparison.Ordinal));

    /// <summary>The stream never names the model: what the arguments say is all there is to know.</summary>
    public Transcript Begin(AgentOrder order) => new()
    {
        ThreadId = order.ThreadId,
        ThreadTotal = order.ThreadTotal,
        Model = order.Profile.Model ?? ModelIn(AllArgs(order)) ?? CodexProfiles.ModelOf(AllArgs(order), order.OwnProfile, order.Settings),
        Notice = CodexProfiles.Missing(AllArgs(order), order.OwnProfile, order.Settings),
    };

    static string? ModelIn(IReadOnlyList<string> args) =>
        args.Zip(args.Skip(1)).Where(pair => pair.First is "-m" or "--model").Select(pair => pair.Second).LastOrDefault();

    /// <summary>Said on standard error at every start with a prompt from standard input.</summary>
    const string StdinNotice = "Reading additional input from stdin...";

    public Reading Read(Transcript soFar, OutputLine line) => line is { FromStderr: true, Text: StdinNotice }
        ? JsonLines.Silent(soFar)
        : JsonLines.Read(soFar, line, CodexLines.Understand);

    public Ending Conclude(Transcript soFar, Finish finish)
    {
        if (!soFar.EndSeen && CodexLines.StartFailure(finish.StderrTail) is { } failure)
            return Verdict.Failed(failure.Reason, failure.Text, StructuredResult.Find(soFar, finish)).Added(Name);
        return Verdict.OfReportingAgent(soFar, finish).Added(Name);
    }

    /// <summary>The agent's word for a sandbox.</summary>
    public static string SandboxWord(Sandbox sandbox) => sandbox switch
    {
        Sandbox.ReadOnly => "read-only",
        Sandbox.FullAccess => FullAccessWord,
        _ => "workspace-write",
    };
}
