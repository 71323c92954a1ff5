using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Mcp;

/// <summary>Who calls: the run an agent is, or nobody when a person's own client uses the server.</summary>
/// <param name="RunId">AGENTCTL_RUN_ID.</param>
/// <param name="SessionId">AGENTCTL_SESSION_ID.</param>
sealed record Caller(string? RunId, string? SessionId);

/// <summary>How far a wait has come.</summary>
/// <param name="Seconds">Waited so far.</param>
/// <param name="Limit">Longest wait, in seconds.</param>
/// <param name="Words">What is waited for.</param>
readonly record struct WaitProgress(double Seconds, double Limit, string Words);

/// <summary>One call of a tool: its checked arguments, the daemon, who calls, and where progress goes.</summary>
sealed class ToolCall(JsonObject arguments, Gateway daemon, Caller caller, Action<WaitProgress> tell, TimeProvider clock)
{
    /// <summary>Longest time any call takes. Clients give up after a minute, some sooner.</summary>
    public const int LongestWait = 45;

    public Gateway Daemon => daemon;

    public Caller Caller => caller;

    public TimeProvider Clock => clock;

    /// <summary>Sends a progress notification; nothing happens when the client did not ask for any.</summary>
    public void Tell(WaitProgress progress) => tell(progress);

    /// <summary>The value of an argument; null when it was not given.</summary>
    public string? Text(string name) => (string?)arguments[name];

    /// <summary>The value of an argument the schema demands.</summary>
    public string Need(string name) => (string)arguments[name]!;

    public long? Whole(string name) => (long?)arguments[name];

    /// <summary>True when the argument was given.</summary>
    public bool Has(string name) => arguments[name] is not null;

    public bool Flag(string name) => (bool)arguments[name]!;

    public IReadOnlyList<string> Texts(string name) =>
        arguments[name] is JsonArray entries ? [.. entries.Select(entry => (string)entry!)] : [];

    /// <summary>An argument in seconds.</summary>
    public TimeSpan? Seconds(string name) => (double?)arguments[name] is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>The caller's own run; refused when there is none.</summary>
    public string OwnRun(string purpose) => caller.RunId ?? throw new Fault(FaultCode.Conflict,
        $"{purpose}, and this client is not a run of the orchestrator: AGENTCTL_RUN_ID is not set.",
        "An agent that the daemon started has it. Outside of a run, spawn_run, wait_runs and get_run work as they are.");

    /// <summary>The caller's key, or one made up: a call repeated after a cut connection then happens once.</summary>
    public string Key { get; } = (string?)arguments[Members.Key.Name] ?? $"mcp-{Ids.New()}";

    /// <summary>An argument that is an object of its own.</summary>
    public JsonElement? Element(string name) => arguments[name] is { } value ? JsonSerializer.SerializeToElement(value) : null;
}
