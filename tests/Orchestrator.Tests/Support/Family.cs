using System.Text.Json.Nodes;
using Orchestrator.Store;

namespace Orchestrator.Tests.Support;

/// <summary>A daemon with three sessions whose runs go on: a parent, the session it spawned, and somebody else's.</summary>
public sealed class Family : IAsyncLifetime
{
    readonly Dictionary<string, string> sessions = [];
    readonly Dictionary<string, string> runs = [];
    readonly Dictionary<string, string> messages = [];

    internal TestDaemon Daemon { get; } = TestDaemon.Prepare("limits: {max_concurrency: 8}");

    /// <summary>The own token of the parent's run.</summary>
    public string RunToken { get; private set; } = "";

    /// <summary>Ids by whose they are.</summary>
    public IReadOnlyDictionary<string, string> Sessions => sessions;

    /// <inheritdoc cref="Sessions"/>
    public IReadOnlyDictionary<string, string> Runs => runs;

    /// <inheritdoc cref="Sessions"/>
    public IReadOnlyDictionary<string, string> Messages => messages;

    /// <param name="members">Names of the three: the parent, the spawned one, the stranger.</param>
    public async Task Grow(params string[] members)
    {
        await Daemon.Start();
        foreach (var whose in members)
            sessions[whose] = (string)(await Daemon.Post("/sessions", new JsonObject { ["profile"] = "fake" }))["session"]!["id"]!;
        await Daemon.Stop();
        using (var store = Database.Open(Path.Combine(Daemon.Data, "agent-orchestrator.db"), TimeProvider.System))
            await store.Write(transaction => { transaction.Db.Execute(
                "update sessions set parent_session_id = @parent where id = @id",
                ("@parent", sessions[members[0]]), ("@id", sessions[members[1]])); });
        await Daemon.Start();
        foreach (var whose in members)
        {
            var text = $"!env AGENTCTL_AUTH_TOKEN\n!wait-file {Path.Combine(Daemon.Root, "never")}";
            var sent = await Daemon.Post($"/sessions/{sessions[whose]}/messages", new JsonObject { ["role"] = "user", ["text"] = text });
            (messages[whose], runs[whose]) = ((string)sent["message"]!["id"]!, (string)sent["run"]!["id"]!);
        }

        RunToken = await Daemon.TokenOf(runs[members[0]]);
    }

    public ValueTask InitializeAsync() => new(Grow(Docs.Access.Own, Docs.Access.Below, Docs.Access.Stranger));

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();
}
