using Orchestrator.Agents.Codex;
using Orchestrator.Profiles;

namespace Orchestrator.Agents.OpenAi;

/// <summary>
/// Our own small agent for any endpoint that speaks OpenAI's chat completions: this program once more, as <c>agentctl agent-loop</c>.
/// A child process like every other agent, so it outlives the daemon as they do.
/// </summary>
sealed class OpenAiLoop : IAgent
{
    const string SchemaFile = "schema.json";

    const string ResponseFormatFile = "response-format.json";

    /// <summary>The exit code of a command line that is wrong.</summary>
    const int WrongArguments = 2;

    public string Name => "openai";

    public string? Program => null;

    /// <summary>Keys of other providers too: <see cref="LoopProtocol.KeyNameVariable"/> may name any of them.</summary>
    public IReadOnlyList<string> PassedVariables { get; } = ["OPENAI_*", "*_API_KEY"];

    /// <summary>It has nobody to ask: what its sandbox does not allow is refused.</summary>
    public IReadOnlyList<Approval> Approvals { get; } = [Approval.Deny];

    /// <summary>
    /// Paths are confined for the file tools only: a command may do what the daemon's user may. Without commands and writing, what is
    /// left keeps its own rules.
    /// </summary>
    public Protection ProtectionOf(Profile profile) =>
        profile.Sandbox == Sandbox.ReadOnly && profile.Command.Count == 0 ? Protection.AgentsOwnRules : Protection.None;

    public Launch Plan(AgentOrder order)
    {
        var profile = order.Profile;
        List<string> argv = profile.Command.Count > 0 ? [.. profile.Command] : [order.OwnProgram];
        argv.AddRange(["agent-loop", "--conversations", order.KeepFolder, "--sandbox", SandboxWord(profile.Sandbox)]);
        if (order.ThreadId is not null)
            argv.AddRange(["--resume", order.ThreadId]);
        if (profile.Model is not null)
            argv.AddRange(["--model", profile.Model]);
        if (profile.Effort is not null)
            argv.AddRange(["--effort", profile.Effort]);
        var files = new Dictionary<string, string>();
        if (order.OutputSchema is not null)
        {
            files[SchemaFile] = order.OutputSchema;
            files[ResponseFormatFile] = StrictSchema.Of(order.OutputSchema);
            argv.AddRange(["--schema", Path.Combine(order.RunFolder, SchemaFile)]);
            argv.AddRange(["--response-format", Path.Combine(order.RunFolder, ResponseFormatFile)]);
        }
        argv.AddRange(order.DaemonArgs);
        argv.AddRange(profile.Args);
        return new Launch { Argv = argv, Stdin = order.Prompt, Files = files };
    }

    public Transcript Begin(AgentOrder order) => new() { ThreadId = order.ThreadId, Model = order.Profile.Model };

    public Reading Read(Transcript soFar, OutputLine line) => JsonLines.Read(soFar, line, LoopProtocol.Understand);

    public Ending Conclude(Transcript soFar, Finish finish)
    {
        if (!soFar.EndSeen && finish.ExitCode == WrongArguments && Complaint(finish.StderrTail) is { } complaint)
            return Verdict.Failed(EndReason.NoEndEvent, $"The agent did not take its arguments: {complaint}",
                StructuredResult.Find(soFar, finish));
        var ending = Verdict.OfReportingAgent(soFar, finish);
        return ending.Reason == EndReason.AuthRequired
            ? ending with
            {
                Message = $"{ending.Message} Set {LoopProtocol.KeyVariable} in the daemon's environment or in the profile's env, or let "
                    + $"{LoopProtocol.KeyNameVariable} name the variable that holds the key.",
            }
            : ending;
    }

    // Unrecognized command or argument '--nonsense'.⏎⏎See: agentctl agent-loop --help⏎
    static string? Complaint(string stderr) =>
        stderr.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();

    static string SandboxWord(Sandbox sandbox) => sandbox switch
    {
        Sandbox.ReadOnly => "read-only",
        Sandbox.FullAccess => "full-access",
        _ => "workspace-write",
    };
}
