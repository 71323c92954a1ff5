using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.FakeAgent;

/// <summary>
/// What an agent asks of the daemon, over HTTP with its run's own token. A daemon that goes away is tried again for two minutes: every
/// request that makes something carries a key, so that it is made once.
/// </summary>
sealed class Gateway
{
    static readonly HttpClient Http = new() { Timeout = TimeSpan.FromMinutes(2) };
    readonly string run = Environment.GetEnvironmentVariable("AGENTCTL_RUN_ID") ?? throw new FormatException("AGENTCTL_RUN_ID is not set");
    readonly string url = Environment.GetEnvironmentVariable("AGENTCTL_URL")!;
    readonly string data = Environment.GetEnvironmentVariable("FAKE_AGENT_DATA") ?? "";
    readonly List<string> children = [];
    int asked;

    static Gateway() => Http.DefaultRequestHeaders.Authorization =
        new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("AGENTCTL_AUTH_TOKEN"));

    /// <summary>Runs spawned so far by this process.</summary>
    public IReadOnlyList<string> Children => children;

    /// <summary>Spawns a child with the parent's own profile, or another one; its run's id.</summary>
    public string Spawn(string task, string? profile = null)
    {
        var body = new JsonObject { ["task"] = task, ["idempotency_key"] = $"{run}-spawn-{children.Count}" };
        if (profile is not null) body["profile"] = profile;
        var id = (string)Send(HttpMethod.Post, $"/runs/{run}/spawn", body)["run"]!["id"]!;
        children.Add(id);
        return id;
    }

    /// <summary>Waits until all children have ended and answers what they ask meanwhile; one line for each: "child ID STATUS".</summary>
    public IEnumerable<string> WaitForChildren()
    {
        while (true)
        {
            var seen = Send(HttpMethod.Get, $"/runs/wait?ids={string.Join(',', children)}&mode=all&timeout_s=30", null);
            foreach (var request in seen["requests"]!.AsArray())
                Send(HttpMethod.Post, $"/requests/{request!["id"]}/answer",
                    new JsonObject { ["decision"] = "answer", ["text"] = $"yes to {request["text"]}", ["idempotency_key"] = "once" }, 409);
            if ((bool)seen["timed_out"]! || seen["requests"]!.AsArray().Count > 0) continue;
            return [.. seen["runs"]!.AsArray().Select(child => $"child {child!["id"]} {child["status"]}")];
        }
    }

    /// <summary>Asks the parent and waits for the answer: "answered yes to …".</summary>
    public string Ask(string kind, string text)
    {
        var body = new JsonObject { ["text"] = text, ["request_kind"] = kind, ["idempotency_key"] = $"{run}-ask-{asked++}" };
        var reply = Send(HttpMethod.Post, $"/runs/{run}/reply-parent", body);
        if (reply["request"] is not { } request) return "told";
        while (true)
        {
            var seen = Send(HttpMethod.Get, $"/requests/{request["id"]}/wait?timeout_s=30", null)["request"]!;
            if ((string?)seen["state"] != "open") return $"{seen["state"]} {seen["answer"]?["text"]}".TrimEnd();
        }
    }

    JsonNode Send(HttpMethod method, string path, JsonObject? body, int alsoFine = 0)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var request = new HttpRequestMessage(method, Address() + path);
                if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
                using var answer = Http.Send(request);
                using var reader = new StreamReader(answer.Content.ReadAsStream());
                var text = reader.ReadToEnd();
                if (answer.IsSuccessStatusCode || (int)answer.StatusCode == alsoFine) return JsonNode.Parse(text)!;
                if ((int)answer.StatusCode != 503 || tries > 1200)
                    throw new IOException($"{method} {path}: {(int)answer.StatusCode} {text}");
            }
            catch (HttpRequestException e) when (tries <= 1200)
            {
                // Away for a moment.
                _ = e;
            }

            Thread.Sleep(100);
        }
    }

    // A test's daemon may come back on another port: its data folder then says where.
    string Address()
    {
        try
        {
            return data.Length == 0 ? url : (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(data, "daemon.json")))?["url"] ?? url;
        }
        catch (Exception e) when (e is IOException or System.Text.Json.JsonException)
        {
            return url;
        }
    }
}
