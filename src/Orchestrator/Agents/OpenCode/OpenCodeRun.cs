using System.Text.Json.Nodes;
using Orchestrator.Profiles;

namespace Orchestrator.Agents.OpenCode;

/// <summary>
/// OpenCode by <c>opencode run --format json</c>: one process per turn, prompt on standard input (as an argument it would reach the model
/// in quotes), one JSON object per line of output. Checked with 1.18. It has no option for a schema, and none for the retries: a provider
/// that fails is asked five more times in about a minute, without a word.
/// </summary>
sealed class OpenCodeRun : IAgent
{
    const string PermissionVariable = "OPENCODE_PERMISSION";

    public string Name => "opencode";

    public string? Protocol => "run";

    public string? Program => "opencode";

    /// <summary>Keys of its many providers; the permission variable only by the profile, because it decides what read-only means.</summary>
    public IReadOnlyList<string> PassedVariables { get; } =
    [
        "OPENCODE_CONFIG*", "OPENCODE_DISABLE_*", "OPENCODE_ENABLE_*", "OPENCODE_EXPERIMENTAL*", "OPENCODE_MODELS_*",
        "OPENCODE_AUTH_CONTENT", "ANTHROPIC_*", "OPENAI_*", "*_API_KEY",
    ];

    /// <summary>In this mode a question is a refusal.</summary>
    public IReadOnlyList<Approval> Approvals { get; } = [Approval.Deny];

    public string? SettingsFile(IReadOnlyDictionary<string, string> environment) => OpenCodeSettings.PathIn(environment);

    public IReadOnlyList<string> VariablesIn(string settings) => OpenCodeSettings.Variables(settings);

    /// <summary>No update of itself, nothing published, no downloads of language servers.</summary>
    public static readonly IReadOnlyDictionary<string, string> Quiet = new Dictionary<string, string>
    {
        ["OPENCODE_DISABLE_AUTOUPDATE"] = "1",
        ["OPENCODE_DISABLE_SHARE"] = "1",
        ["OPENCODE_DISABLE_LSP_DOWNLOAD"] = "1",
    };

    /// <summary>Tools that are denied are not offered to the model at all.</summary>
    static readonly Dictionary<string, string> QuietReadOnly = new(Quiet)
    {
        [PermissionVariable] = new JsonObject { ["edit"] = "deny", ["bash"] = "deny" }.ToJsonString(),
    };

    /// <summary>Its file tools ask before they leave the workspace, which is a refusal here, but a command writes where it likes.</summary>
    public Protection ProtectionOf(Profile profile) =>
        profile.Sandbox == Sandbox.ReadOnly && !profile.Env.ContainsKey(PermissionVariable) ? Protection.AgentsOwnRules : Protection.None;

    /// <summary>It speaks with many providers; a model's name begins with its own.</summary>
    public string ProviderOf(Profile profile) => ProviderName.Plain(profile.Model?.Split('/') is [var provider, _, ..]
        ? $"{ProviderName.Of(profile, this)}.{provider}" : ProviderName.Of(profile, this));

    public Launch Plan(AgentOrder order)
    {
        var profile = order.Profile;
        List<string> argv = profile.Command.Count > 0 ? [.. profile.Command] : ["opencode"];
        argv.AddRange(["run", "--format", "json", "--thinking"]);
        if (order.ThreadId is not null)
            argv.AddRange(["--session", order.ThreadId]);
        else
            // A title of ours saves the call that would find one.
            argv.AddRange(["--title", $"run {order.RunId}"]);
        if (profile.Sandbox == Sandbox.FullAccess)
            argv.Add("--auto");
        if (profile.Model is not null)
            argv.AddRange(["--model", profile.Model]);
        if (profile.Effort is not null)
            argv.AddRange(["--variant", profile.Effort]);
        argv.AddRange(order.DaemonArgs);
        argv.AddRange(profile.Args);
        var variables = new Dictionary<string, string>(profile.Sandbox == Sandbox.ReadOnly ? QuietReadOnly : Quiet);
        if (order.Tools is not null)
            variables[OpenCodeTools.Variable] = OpenCodeTools.Settings(order.Tools);
        return new Launch { Argv = argv, Stdin = SchemaInWords.Prompt(order), DefaultEnvironment = variables };
    }

    /// <summary>The stream never names the model: what the profile says is all there is to know.</summary>
    public Transcript Begin(AgentOrder order) =>
        new() { ThreadId = order.ThreadId, ThreadTotal = order.ThreadTotal, Model = order.Profile.Model };

    public Reading Read(Transcript soFar, OutputLine line) => line.FromStderr && Refusal(line.Text) is { } refusal
        ? JsonLines.Says(soFar, refusal)
        : JsonLines.Read(soFar, line, OpenCodeLines.Understand);

    // ␛[93m␛[1m! ␛[0mpermission requested: bash (touch z); auto-rejecting
    static Warned? Refusal(string line) => PlainText.Of(line) is var text && text.EndsWith("; auto-rejecting", StringComparison.Ordinal)
        ? new Warned("permission_denied", text.TrimStart('!', ' '))
        : null;

    public Ending Conclude(Transcript soFar, Finish finish)
    {
        // ␛[91m␛[1mError: ␛[0mSession not found
        if (!soFar.EndSeen && finish.StderrTail.Contains("Session not found", StringComparison.Ordinal))
            return Verdict.Failed(
                EndReason.ThreadNotFound, $"Session not found: {soFar.ThreadId}", StructuredResult.Find(soFar, finish)).Added(Name);
        var plain = finish with { StderrTail = PlainText.Of(finish.StderrTail) };
        return NeverBegan(Verdict.OfReportingAgent(soFar, plain), plain).Added(Name);
    }

    // Error: Unexpected error⏎⏎Failed query: ⏎        CREATE TABLE `workspace` (⏎          `id` text PRIMARY KEY,…
    /// <summary>
    /// Two first starts at once make the tables of one database; the second one ends before it has asked anything of anybody. To say
    /// nothing on standard output is no proof of that by itself.
    /// </summary>
    public static Ending NeverBegan(Ending ending, Finish finish) => ending with
    {
        Unstarted = ending.Reason == EndReason.NoEndEvent && finish.SaidNothing
            && finish.StderrTail.Contains("Failed query:", StringComparison.Ordinal)
            && finish.StderrTail.Contains("CREATE TABLE", StringComparison.Ordinal),
    };
}
