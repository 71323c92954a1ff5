using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Support;

/// <summary>
/// A running scripted model server (tests/FakeModel/Program.cs describes its steps). Most tests need no script: a prompt
/// with a line <c>fake: shell echo hi > a.txt; text done</c> says itself what the model answers. The server ends with the
/// test process at the latest.
/// </summary>
sealed class FakeModelServer : IAsyncDisposable
{
    readonly Process _process;
    readonly HttpClient _http;

    FakeModelServer(Process process, string address)
    {
        _process = process;
        Address = address;
        _http = new HttpClient { BaseAddress = new Uri(address) };
    }

    /// <summary>E.g. <c>http://127.0.0.1:41234</c>, no slash at the end. Codex wants <c>/v1</c> behind it, Claude does not.</summary>
    public string Address { get; }

    /// <summary>Starts a server on a free port and returns when it listens.</summary>
    public static async Task<FakeModelServer> Start(CancellationToken stop)
    {
        var process = Process.Start(new ProcessStartInfo(TestPrograms.FakeModel, ["--port", "0", "--until-stdin-closes"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var line = await process.StandardOutput.ReadLineAsync(stop);
        if (line?.Split(' ') is ["listening", var address]) return new FakeModelServer(process, address);
        process.Kill();
        throw new InvalidOperationException($"fake-model did not start: {line}");
    }

    /// <summary>
    /// Sets the steps of every conversation whose prompt has no <c>fake:</c> line, from their beginning, e.g.
    /// <c>SetSteps(stop, "shell ls", "500 x2", "text done")</c>.
    /// </summary>
    public Task SetSteps(CancellationToken stop, params string[] steps) =>
        SetScript(new JsonObject { ["steps"] = new JsonArray([.. steps.Select(step => (JsonNode)step)]) }, stop);

    /// <summary>Sets a whole script: <c>{"rules":[{"when":"TEXT in a prompt","api":"messages|responses","steps":[…]}]}</c>.</summary>
    public async Task SetScript(JsonNode script, CancellationToken stop) =>
        (await _http.PostAsJsonAsync("/__script", script, stop)).EnsureSuccessStatusCode();

    /// <summary>Lets the answers go on that wait at a step <c>hang NAME</c>, and later ones not wait there.</summary>
    public async Task Release(string name, CancellationToken stop) =>
        (await _http.PostAsync($"/__release?name={Uri.EscapeDataString(name)}", null, stop)).EnsureSuccessStatusCode();

    /// <summary>
    /// The requests seen, oldest first: method, path, api, conversation (the CLI's session id), prompt (the last user text),
    /// model, tools[], answer[] (the steps played), headers{} (lower-case names) and, when asked for, body.
    /// </summary>
    public async Task<IReadOnlyList<JsonNode>> Requests(CancellationToken stop, bool bodies = false) =>
        Items(await _http.GetFromJsonAsync<JsonArray>($"/__requests?bodies={bodies}", stop));

    /// <summary>Waits until so many requests were seen in all (a hanging one counts) and returns them.</summary>
    public async Task<IReadOnlyList<JsonNode>> WaitForRequests(int count, CancellationToken stop) =>
        Items(await _http.GetFromJsonAsync<JsonArray>($"/__requests/wait?count={count}", stop));

    /// <summary>Ends the server and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    static List<JsonNode> Items(JsonArray? items) => [.. (items ?? []).OfType<JsonNode>()];
}
