using System.Text.Json.Nodes;
using Orchestrator.Tests.Docs;

namespace Orchestrator.Tests.Support;

/// <summary>
/// A daemon with a family whose runs go on, each with a message and an open request: an elder's two children (<see cref="Access.Own"/>
/// and, as near as a stranger can be, <see cref="Access.Stranger"/>), and what the first of them spawned (<see cref="Access.Below"/>).
/// </summary>
public sealed class Family : IAsyncLifetime
{
    readonly Dictionary<string, string> sessions = [];
    readonly Dictionary<string, string> runs = [];
    readonly Dictionary<string, string> messages = [];
    readonly Dictionary<string, string> requests = [];

    internal TestDaemon Daemon { get; } = TestDaemon.Prepare("limits: {max_concurrency: 8}");

    /// <summary>The own token of the run of <see cref="Access.Own"/>.</summary>
    public string RunToken { get; private set; } = "";

    /// <summary>Ids by whose they are.</summary>
    public IReadOnlyDictionary<string, string> Sessions => sessions;

    /// <inheritdoc cref="Sessions"/>
    public IReadOnlyDictionary<string, string> Runs => runs;

    /// <inheritdoc cref="Sessions"/>
    public IReadOnlyDictionary<string, string> Messages => messages;

    /// <inheritdoc cref="Sessions"/>
    public IReadOnlyDictionary<string, string> Requests => requests;

    public async ValueTask InitializeAsync()
    {
        await Daemon.Start();
        var elder = await Daemon.Run($"wait-file {Path.Combine(Daemon.Root, "never")}");
        await Spawn(elder, Access.Own);
        await Spawn(elder, Access.Stranger);
        await Spawn(runs[Access.Own], Access.Below);
        RunToken = await Daemon.TokenOf(runs[Access.Own]);
        foreach (var (whose, run) in runs)
        {
            var asked = await Daemon.Post($"/runs/{run}/reply-parent",
                new JsonObject { ["text"] = "may I?", ["request_kind"] = "approval_request" });
            requests[whose] = (string)asked["request"]!["id"]!;
        }
    }

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();

    async Task Spawn(string parentRun, string whose)
    {
        var made = await Daemon.Post($"/runs/{parentRun}/spawn", new JsonObject
        {
            ["task"] = $"!env AGENTCTL_AUTH_TOKEN\n!wait-file {Path.Combine(Daemon.Root, "never")}", ["profile"] = "fake",
        });
        (sessions[whose], runs[whose]) = ((string)made["session"]!["id"]!, (string)made["run"]!["id"]!);
        messages[whose] = (string)(await Daemon.Get($"/sessions/{sessions[whose]}/messages"))["messages"]![0]!["id"]!;
        await Eventually.True(() => TestDaemon.ProcessesOf(runs[whose]).Count > 0, $"the run of '{whose}' goes on");
    }
}
