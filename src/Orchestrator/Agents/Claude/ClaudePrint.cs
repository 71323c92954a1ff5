using System.Text;
using Orchestrator.Profiles;

namespace Orchestrator.Agents.Claude;

/// <summary>
/// Claude Code by print mode with stream-json: one process per turn, prompt on standard input, one JSON object per line of output.
/// Checked with 2.1.329 (prompt from a file as standard input, --effort up to xhigh, --json-schema inline).
/// </summary>
sealed class ClaudePrint : IAgent
{
    /// <summary>Longest single argument Linux takes is 128 KiB, its terminating zero included; the schema is one argument.</summary>
    const int MaxSchemaBytes = (128 * 1024) - 1;

    public string Name => "claude";

    public string? Protocol => "print";

    public string? Program => "claude";

    public IReadOnlyList<string> PassedVariables { get; } =
        ["ANTHROPIC_*", "CLAUDE_*", "IS_SANDBOX", "DISABLE_*", "API_TIMEOUT_MS", "AWS_REGION", "CLOUD_ML_REGION"];

    /// <summary>Without a way to ask, it refuses by itself what its mode does not allow.</summary>
    public IReadOnlyList<Approval> Approvals { get; } = [Approval.Deny];

    /// <summary>No news to anybody, no update of itself, and a dead provider is noticed in seconds instead of minutes.</summary>
    public static readonly IReadOnlyDictionary<string, string> Quiet = new Dictionary<string, string>
    {
        ["CLAUDE_CODE_MAX_RETRIES"] = "2",
        ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
        ["DISABLE_AUTOUPDATER"] = "1",
        ["DISABLE_TELEMETRY"] = "1",
        ["DISABLE_ERROR_REPORTING"] = "1",
    };

    public Protection ProtectionOf(Profile profile) =>
        profile.Sandbox == Sandbox.FullAccess
        || profile.Args.Any(arg => arg is "--dangerously-skip-permissions" || arg.EndsWith("bypassPermissions", StringComparison.Ordinal))
            ? Protection.None
            : Protection.AgentsOwnRules;

    public Launch Plan(AgentOrder order)
    {
        return new Launch
        {
            Argv = CommandLine(order), Stdin = order.Prompt, DefaultEnvironment = Quiet, Files = FilesOf(order),
        };
    }

    /// <summary>The files both protocols need.</summary>
    public static IReadOnlyDictionary<string, string> FilesOf(AgentOrder order) => order.Tools is null
        ? new Dictionary<string, string>()
        : new Dictionary<string, string> { [ClaudeTools.FileName] = ClaudeTools.Settings(order.Tools) };

    /// <summary>The command line both protocols share, with the arguments one of them adds.</summary>
    public static IReadOnlyList<string> CommandLine(AgentOrder order, params IReadOnlyList<string> more)
    {
        var profile = order.Profile;
        List<string> argv = profile.Command.Count > 0 ? [.. profile.Command] : ["claude"];
        argv.AddRange(["-p", "--output-format", "stream-json", "--verbose", "--permission-mode", ModeWord(profile)]);
        argv.AddRange(more);
        if (order.ThreadId is not null)
            argv.AddRange(["--resume", order.ThreadId]);
        if (profile.Model is not null)
            argv.AddRange(["--model", profile.Model]);
        if (profile.Effort is not null)
            argv.AddRange(["--effort", profile.Effort]);
        if (order.OutputSchema is not null)
        {
            if (Encoding.UTF8.GetByteCount(order.OutputSchema) > MaxSchemaBytes)
                throw Fault.Unprocessable("output_schema", "Claude Code takes a schema of at most 128 KiB.");
            argv.AddRange(["--json-schema", order.OutputSchema]);
        }
        if (order.Tools is not null)
            argv.AddRange(ClaudeTools.Arguments(order.RunFolder));
        // Last, so that a list-valued option of the profile (--allowedTools a b) cannot swallow one of ours.
        argv.AddRange(order.DaemonArgs);
        argv.AddRange(profile.Args);
        return argv;
    }

    public Transcript Begin(AgentOrder order) => new() { ThreadId = order.ThreadId, ThreadTotal = order.ThreadTotal };

    public Reading Read(Transcript soFar, OutputLine line) => JsonLines.Read(soFar, line, ClaudeLines.Understand);

    public Ending Conclude(Transcript soFar, Finish finish)
    {
        if (!soFar.EndSeen && StartFailure(finish.StderrTail) is { } failure)
            return Verdict.Failed(failure.Reason, failure.Text, StructuredResult.Find(soFar, finish)).Added(Name);
        return Verdict.OfReportingAgent(soFar, finish).Added(Name);
    }

    /// <summary>Failures before the first event, which are told on standard error only.</summary>
    /// <remarks>
    /// Raw: <c>--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons</c>,
    /// <c>No conversation found with session ID: 1111…</c>, <c>Error: Session ID 2a0d… is already in use.</c>
    /// </remarks>
    static (string Reason, string Text)? StartFailure(string stderr)
    {
        if (stderr.Contains("root/sudo privileges", StringComparison.Ordinal))
            // IS_SANDBOX is a statement about the machine that only its owner can make: it is not set for them.
            return (EndReason.AgentError, "Claude Code refuses full-access as the superuser. Run the daemon as another user, "
                + "or set IS_SANDBOX=1 in the profile's env when this machine is a throw-away sandbox.");
        return stderr.Contains("No conversation found", StringComparison.Ordinal)
            ? (EndReason.ThreadNotFound, Verdict.LastLine(stderr) ?? "")
            : null;
    }

    static string ModeWord(Profile profile) => profile.Sandbox switch
    {
        Sandbox.ReadOnly => "plan",
        // The mode that asks before every change and command.
        _ when profile.Approval == Approval.AskFirst => "default",
        Sandbox.FullAccess => "bypassPermissions",
        _ => "acceptEdits",
    };
}
