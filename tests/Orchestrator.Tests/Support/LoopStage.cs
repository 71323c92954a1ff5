using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Support;

/// <summary>
/// Our own agent behind the real daemon, against a scripted endpoint. One for all tests of a class. Its key is in a variable of another
/// name, as that of most providers is.
/// </summary>
public sealed class LoopStage : IAsyncDisposable
{
    /// <summary>The key the endpoint gets and nobody else sees.</summary>
    internal const string Key = "moonshot-secret-1";

    /// <summary>A profile's lines in config.yaml.</summary>
    static string Profile(string name, string url, string more, string key = "MOONSHOT_API_KEY", string model = "kimi-test") => $$"""

          {{name}}:
            agent: openai
            {{(model.Length > 0 ? $"model: {model}" : "effort: low")}}
            env: {OPENAI_BASE_URL: "{{url}}/v1", OPENAI_API_KEY_VARIABLE: "{{key}}"}
            {{more}}
        """;

    static string Profiles(string url) => string.Concat(
        Profile("kimi", url, "effort: low"),
        Profile("looks", url, "sandbox: read-only"),
        Profile("brief", url, "args: [\"--max-turns\", \"3\"]"),
        Profile("thrifty", url, "args: [\"--max-tokens\", \"250\"]"),
        Profile("small", url, "args: [\"--context\", \"4000\"]"),
        Profile("impatient", url, "args: [\"--silence\", \"1\"]"),
        Profile("structured", url, "structured_result: true"),
        Profile("wrong-flags", url, "args: [\"--nonsense\"]"),
        Profile("dead", "http://127.0.0.1:9", "effort: low"),
        Profile("no-key", url, "effort: low", key: "NOWHERE_API_KEY"),
        Profile("no-model", url, "sandbox: workspace-write", model: ""));

    FakeModelServer? model;
    TestDaemon? daemon;

    internal FakeModelServer Model => model!;

    /// <summary>The running daemon.</summary>
    internal async Task<TestDaemon> Start()
    {
        if (daemon is not null)
            return daemon;
        model = await FakeModelServer.Start(TestContext.Current.CancellationToken);
        var prepared = TestDaemon.Prepare(Profiles(model.Address));
        prepared.With("MOONSHOT_API_KEY", Key).With("AGENTD_AUTH_TOKEN", "daemon-secret-1");
        prepared.Flags.AddRange(["--max-concurrency", "8"]);
        await prepared.Start();
        return daemon = prepared;
    }

    /// <summary>Queues a run; further members of the body as they are given.</summary>
    internal async Task<JsonNode> Queue(string profile, string prompt, JsonObject? more = null)
    {
        await (await Start()).Relieve();
        var body = more ?? [];
        body["profile"] = profile;
        body["prompt"] = prompt;
        return (await daemon!.Post("/runs", body))["run"]!;
    }

    /// <summary>A run from its prompt to its end.</summary>
    internal async Task<JsonNode> Run(string profile, string prompt, JsonObject? more = null) =>
        await (await Start()).Ended((string)(await Queue(profile, prompt, more))["id"]!, seconds: 120);

    /// <summary>A message in the session of a run, until the run it starts has ended.</summary>
    internal async Task<JsonNode> Say(JsonNode run, string text)
    {
        var body = new JsonObject { ["role"] = "user", ["text"] = text };
        var next = (await daemon!.Post($"/sessions/{run["session_id"]}/messages", body))["run"]!;
        return await daemon.Ended((string)next["id"]!, seconds: 120);
    }

    /// <summary>The last request of the run's conversation, with its body.</summary>
    internal async Task<JsonNode> LastRequest() =>
        (await Model.Requests(TestContext.Current.CancellationToken, bodies: true)).Last(request => request["body"] is not null);

    /// <summary>The folder a run without a project works in.</summary>
    internal string Folder(JsonNode run) => Path.Combine(daemon!.Data, "workspaces", (string)run["session_id"]!);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        if (model is not null)
            await model.DisposeAsync();
    }
}
