using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Support;

/// <summary>Families and their questions, as tests speak of them: short calls on a daemon.</summary>
static class Kin
{
    /// <summary>Seconds that no test waits in vain.</summary>
    static readonly TimeSpan Patient = TimeSpan.FromSeconds(60);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>An answer, asked for without leaving the thread: for conditions.</summary>
    public static JsonNode Look(this TestDaemon daemon, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var answer = daemon.Http.Send(request, Stop);
        using var body = new StreamReader(answer.Content.ReadAsStream(Stop));
        return JsonNode.Parse(body.ReadToEnd())!;
    }

    /// <summary>Lifts every cool-down: what was refused for its rate would hold up what follows.</summary>
    public static async Task Relieve(this TestDaemon daemon)
    {
        foreach (var provider in daemon.List("/providers", "cool_downs"))
            await daemon.Post("/providers/clear", new JsonObject { ["provider"] = (string?)provider["provider"] });
    }

    /// <summary>Entries of a list.</summary>
    public static List<JsonNode> List(this TestDaemon daemon, string path, string member) =>
        [.. daemon.Look(path)[member]!.AsArray().Select(node => node!.DeepClone())];

    /// <summary>A path that no file has; a step <c>wait-file</c> goes on when <see cref="Open"/> makes one.</summary>
    public static string Gate(this TestDaemon daemon) => Path.Combine(daemon.Root, "gate-" + Ids.New());

    public static void Open(string gate) => File.WriteAllText(gate, "");

    /// <summary>A run that has ended in a session that is idle: a parent that nobody minds.</summary>
    public static async Task<JsonNode> IdleParent(this TestDaemon daemon)
    {
        var run = (await daemon.Post("/runs", TestDaemon.Order("print here")))["run"]!;
        return (await daemon.Ended((string)run["id"]!)).DeepClone();
    }

    /// <summary>A child of a run; each step is a line of its script. The run.</summary>
    public static async Task<JsonNode> Spawn(this TestDaemon daemon, JsonNode parent, params string[] steps) =>
        (await daemon.Post($"/runs/{parent["id"]}/spawn",
            new JsonObject { ["task"] = "work\n" + string.Join("\n", steps.Select(step => "!" + step)) }))["run"]!;

    /// <summary>The run once it is in that status.</summary>
    public static async Task<JsonNode> Becomes(this TestDaemon daemon, JsonNode run, string status) => await Eventually.Value(
        () => daemon.Look($"/runs/{run["id"]}")["run"] is { } now && (string?)now["status"] == status ? now : null,
        $"run {run["id"]} is {status}", Patient);

    /// <summary>The run's open request, once it asks.</summary>
    public static async Task<JsonNode> Asks(this TestDaemon daemon, JsonNode run) => await Eventually.Value(
        () => daemon.List($"/requests?state=open&run_id={run["id"]}", "requests").FirstOrDefault(), $"run {run["id"]} asks", Patient);

    /// <summary>Asks in a run's name.</summary>
    public static async Task<JsonNode> Ask(this TestDaemon daemon, JsonNode run, string text, JsonObject? more = null)
    {
        var body = new JsonObject { ["text"] = text, ["request_kind"] = "question" };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        return (await daemon.Post($"/runs/{run["id"]}/reply-parent", body))["request"]!;
    }

    public static Task<JsonNode> Answer(this TestDaemon daemon, JsonNode request, string decision, string? text = null) =>
        daemon.Post($"/requests/{request["id"]}/answer", new JsonObject { ["decision"] = decision, ["text"] = text });

    public static async Task<JsonNode> Request(this TestDaemon daemon, JsonNode request) =>
        (await daemon.Get($"/requests/{request["id"]}"))["request"]!;

    /// <summary>The run's own token, printed by its step <c>env AGENTCTL_AUTH_TOKEN</c>.</summary>
    public static Task<string> TokenOf(this TestDaemon daemon, JsonNode run) => Eventually.Value(() =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/runs/{run["id"]}/output");
        using var answer = daemon.Http.Send(request, Stop);
        using var body = new StreamReader(answer.Content.ReadAsStream(Stop));
        return body.ReadToEnd().Split('\n')[..^1].FirstOrDefault(line => line.StartsWith("AGENTCTL_AUTH_TOKEN=", StringComparison.Ordinal))
            ?["AGENTCTL_AUTH_TOKEN=".Length..];
    }, "the token is printed", Patient);

    /// <summary>The raw answer to whoever holds that token.</summary>
    public static async Task<HttpResponseMessage> With(this TestDaemon daemon, string token, HttpMethod method, string path,
        JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await daemon.Http.SendAsync(request, Stop);
    }

    /// <summary>The answer as a document; fails when it is a refusal.</summary>
    public static async Task<JsonNode> Fine(this Task<HttpResponseMessage> asking)
    {
        using var answer = await asking;
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Types of the run's events, oldest first, those that begin so.</summary>
    public static async Task<List<string>> TypesOf(this TestDaemon daemon, JsonNode run, params string[] beginnings) =>
        [.. (await daemon.EventsOf((string)run["id"]!)).Select(e => (string)e["event_type"]!)
            .Where(type => beginnings.Any(b => type.StartsWith(b, StringComparison.Ordinal)))];
}
