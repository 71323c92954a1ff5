using System.Text.Json.Nodes;
using Orchestrator.Store;
using Orchestrator.Tests.Docs;

namespace Orchestrator.Tests.Support;

/// <summary>
/// A daemon with a family whose runs go on: an elder, its two children (<see cref="Access.Own"/> and, as near as a stranger can be,
/// <see cref="Access.Stranger"/>), and what the first of them spawned (<see cref="Access.Below"/>).
/// </summary>
public sealed class Family : IAsyncLifetime
{
    const string Elder = "elder";

    static readonly string[] Members = [Access.Own, Access.Below, Access.Stranger];

    readonly Dictionary<string, string> sessions = [];
    readonly Dictionary<string, string> runs = [];
    readonly Dictionary<string, string> messages = [];

    internal TestDaemon Daemon { get; } = TestDaemon.Prepare("limits: {max_concurrency: 8}");

    /// <summary>The own token of the run of <see cref="Access.Own"/>.</summary>
    public string RunToken { get; private set; } = "";

    /// <summary>Ids by whose they are.</summary>
    public IReadOnlyDictionary<string, string> Sessions => sessions;

    /// <inheritdoc cref="Sessions"/>
    public IReadOnlyDictionary<string, string> Runs => runs;

    /// <inheritdoc cref="Sessions"/>
    public IReadOnlyDictionary<string, string> Messages => messages;

    public async ValueTask InitializeAsync()
    {
        await Daemon.Start();
        foreach (var whose in Members.Append(Elder))
            sessions[whose] = (string)(await Daemon.Post("/sessions", new JsonObject { ["profile"] = "fake" }))["session"]!["id"]!;
        await Daemon.Stop();
        await Relate();
        await Daemon.Start();
        foreach (var whose in Members)
        {
            var text = $"!env AGENTCTL_AUTH_TOKEN\n!wait-file {Path.Combine(Daemon.Root, "never")}";
            var sent = await Daemon.Post($"/sessions/{sessions[whose]}/messages", new JsonObject { ["role"] = "user", ["text"] = text });
            (messages[whose], runs[whose]) = ((string)sent["message"]!["id"]!, (string)sent["run"]!["id"]!);
        }

        RunToken = await Daemon.TokenOf(runs[Access.Own]);
    }

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();

    /// <summary>Says who spawned whom, in the store itself: what is tested is who reaches whom, not how they came to be.</summary>
    async Task Relate()
    {
        using var store = Database.Open(Path.Combine(Daemon.Data, "agent-orchestrator.db"), TimeProvider.System);
        foreach (var (child, parent) in new[] { (Access.Own, Elder), (Access.Below, Access.Own), (Access.Stranger, Elder) })
            await store.Write(transaction =>
            {
                transaction.Db.Execute("update sessions set parent_session_id = @parent where id = @id",
                    ("@parent", sessions[parent]), ("@id", sessions[child]));
            });
    }
}
