using Orchestrator.Profiles;

namespace Orchestrator.Agents.Command;

/// <summary>
/// Any program as an agent (API.md 4): prompt on standard input, exit code 0 is success, every line of output is shown. A program
/// that wants to say more writes lines with an <c>agentctl</c> member, or leaves a JSON object in the file AGENTCTL_RESULT_FILE names.
/// </summary>
sealed class CommandAgent : IAgent
{
    const string SchemaFile = "schema.json";

    public string Name => "command";

    public string? Program => null;

    public bool IsPlainProgram => true;

    /// <summary>Nothing beyond the common list: nobody knows what the program needs, its profile's <c>env</c> says it.</summary>
    public IReadOnlyList<string> PassedVariables => [];

    public IReadOnlyList<string> UnusedKeys { get; } = [ProfileCheck.Verbosity, ProfileCheck.Effort, ProfileCheck.Model];

    public Protection ProtectionOf(Profile profile) => Protection.None;

    /// <summary>Nobody knows whom the program asks: each profile is a provider of its own.</summary>
    public string ProviderOf(Profile profile) => ProviderName.Plain($"{Name}.{profile.Name}");

    public Launch Plan(AgentOrder order)
    {
        if (order.Profile.Command.Count == 0)
            throw new Fault(
                FaultCode.Unprocessable,
                $"The profile '{order.Profile.Name}' runs a program but does not say which one.",
                "Set `command: [\"program\", \"argument\"]` for the profile in config.yaml.");
        var variables = new Dictionary<string, string> { ["AGENTCTL_RESULT_FILE"] = Path.Combine(order.RunFolder, Launch.ResultFileName) };
        var files = new Dictionary<string, string>();
        if (order.OutputSchema is not null)
        {
            variables["AGENTCTL_SCHEMA_FILE"] = Path.Combine(order.RunFolder, SchemaFile);
            files[SchemaFile] = order.OutputSchema;
        }
        if (order.Profile.Model is { } model)
            variables["AGENTCTL_MODEL"] = model;
        variables["AGENTCTL_SANDBOX"] = ConfigKeys.Sandboxes.First(word => word.Value == order.Profile.Sandbox).Key;
        if (order.ThreadId is not null)
            variables["AGENTCTL_THREAD_ID"] = order.ThreadId;
        return new Launch
        {
            Argv = [.. order.Profile.Command, .. order.DaemonArgs, .. order.Profile.Args],
            Stdin = order.Prompt,
            DefaultEnvironment = variables,
            Files = files,
        };
    }

    public Transcript Begin(AgentOrder order) => new() { ThreadId = order.ThreadId, ThreadTotal = order.ThreadTotal };

    public Reading Read(Transcript soFar, OutputLine line) => CommandLines.Read(soFar, line);

    public Ending Conclude(Transcript soFar, Finish finish) => Verdict.OfPlainProgram(soFar, finish);
}
