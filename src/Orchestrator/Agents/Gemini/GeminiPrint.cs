using Orchestrator.Profiles;

namespace Orchestrator.Agents.Gemini;

/// <summary>
/// Gemini CLI without a terminal, by stream-json: one process per turn, prompt on standard input, one JSON object per line of output.
/// Checked with 0.61. It has no options for effort and schema, and its settings (number of retries, tool servers) can only be given in
/// files of the user's, which stay as they are.
/// </summary>
sealed class GeminiPrint : IAgent
{
    public string Name => "gemini";

    public string? Protocol => "stream-json";

    public string? Program => "gemini";

    public IReadOnlyList<string> PassedVariables { get; } = ["GEMINI_*", "GOOGLE_*"];

    /// <summary>Without a terminal it asks nobody.</summary>
    public IReadOnlyList<Approval> Approvals { get; } = [Approval.Deny];

    public IReadOnlyList<string> UnusedKeys { get; } = [ProfileCheck.Verbosity, ProfileCheck.Effort];

    public string? SettingsFile(IReadOnlyDictionary<string, string> environment) => GeminiSettings.PathIn(environment);

    public IReadOnlyList<string> VariablesIn(string settings) => GeminiSettings.Variables(settings);

    /// <summary>One process that hears signals, no questions about the folder it was told to work in, no telemetry.</summary>
    public static readonly IReadOnlyDictionary<string, string> Quiet = new Dictionary<string, string>
    {
        ["GEMINI_CLI_NO_RELAUNCH"] = "true",
        ["GEMINI_CLI_TRUST_WORKSPACE"] = "true",
        ["GEMINI_TELEMETRY_ENABLED"] = "false",
    };

    /// <summary>Its file tools keep to the workspace in every mode, but the shell, which only the third mode has, does not.</summary>
    public Protection ProtectionOf(Profile profile) =>
        profile.Sandbox == Sandbox.FullAccess
        || profile.Args.Any(arg => arg is "-y" || arg.EndsWith(FullAccessWord, StringComparison.Ordinal))
            ? Protection.None
            : Protection.AgentsOwnRules;

    public Launch Plan(AgentOrder order)
    {
        var profile = order.Profile;
        List<string> argv = profile.Command.Count > 0 ? [.. profile.Command] : ["gemini"];
        argv.AddRange(["--output-format", "stream-json", "--approval-mode", ModeWord(profile.Sandbox)]);
        if (order.ThreadId is not null)
            argv.AddRange(["--resume", order.ThreadId]);
        if (profile.Model is not null)
            argv.AddRange(["--model", profile.Model]);
        argv.AddRange(order.DaemonArgs);
        argv.AddRange(profile.Args);
        return new Launch { Argv = argv, Stdin = SchemaInWords.Prompt(order), DefaultEnvironment = Quiet };
    }

    public Transcript Begin(AgentOrder order) => new() { ThreadId = order.ThreadId, ThreadTotal = order.ThreadTotal };

    public Reading Read(Transcript soFar, OutputLine line) => line.FromStderr
        ? GeminiNoise.Read(soFar, line)
        : JsonLines.Read(soFar, line, GeminiLines.Understand);

    public Ending Conclude(Transcript soFar, Finish finish)
    {
        if (!soFar.EndSeen && GeminiNoise.StartFailure(finish) is { } failure)
            return Verdict.Failed(failure.Reason, failure.Text, StructuredResult.Find(soFar, finish)).Added(Name);
        return Verdict.OfReportingAgent(soFar, finish).Added(Name);
    }

    const string FullAccessWord = "yolo";

    /// <summary>Without a terminal the tools that would need a question are not offered: no writing, then no shell, then all.</summary>
    public static string ModeWord(Sandbox sandbox) => sandbox switch
    {
        Sandbox.ReadOnly => "default",
        Sandbox.FullAccess => FullAccessWord,
        _ => "auto_edit",
    };
}
