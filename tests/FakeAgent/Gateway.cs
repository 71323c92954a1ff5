using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.FakeAgent;

/// <summary>
/// What an agent asks of the daemon, over HTTP with its run's own token. A daemon that goes away is tried again for two minutes: every
/// request that makes something carries a key, so that it is made once.
/// </summary>
sealed class Gateway
{
    readonly string run = Environment.GetEnvironmentVariable("AGENTCTL_RUN_ID") ?? throw new FormatException("AGENTCTL_RUN_ID is not set");
    readonly string url = Environment.GetEnvironmentVariable("AGENTCTL_URL")!;
    readonly string? token = Environment.GetEnvironmentVariable("AGENTCTL_AUTH_TOKEN");
    readonly string data = Environment.GetEnvironmentVariable("FAKE_AGENT_DATA") ?? "";
    readonly List<string> children = [];
    int asked;

    /// <summary>Runs spawned so far by this process.</summary>
    public IReadOnlyList<string> Children => children;

    /// <summary>Spawns a child with the parent's own profile, or another one; its run's id.</summary>
    public string Spawn(string task, string? profile = null)
    {
        var body = new JsonObject { ["task"] = task, ["idempotency_key"] = $"{run}-spawn-{children.Count}" };
        if (profile is not null) body["profile"] = profile;
        var id = (string)Send("POST", $"/runs/{run}/spawn", body)["run"]!["id"]!;
        children.Add(id);
        return id;
    }

    /// <summary>Waits until all children have ended and answers what they ask meanwhile; one line for each: "child ID STATUS".</summary>
    public IEnumerable<string> WaitForChildren()
    {
        while (true)
        {
            var seen = Send("GET", $"/runs/wait?ids={string.Join(',', children)}&mode=all&timeout_s=30", null);
            foreach (var request in seen["requests"]!.AsArray())
                Send("POST", $"/requests/{request!["id"]}/answer",
                    new JsonObject { ["decision"] = "answer", ["text"] = $"yes to {request["text"]}", ["idempotency_key"] = "once" }, 409);
            if ((bool)seen["timed_out"]! || seen["requests"]!.AsArray().Count > 0) continue;
            return [.. seen["runs"]!.AsArray().Select(child => $"child {child!["id"]} {child["status"]}")];
        }
    }

    /// <summary>Asks the parent and waits for the answer: "answered yes to …".</summary>
    public string Ask(string kind, string text)
    {
        var body = new JsonObject { ["text"] = text, ["request_kind"] = kind, ["idempotency_key"] = $"{run}-ask-{asked++}" };
        var reply = Send("POST", $"/runs/{run}/reply-parent", body);
        if (reply["request"] is not { } request) return "told";
        while (true)
        {
            var seen = Send("GET", $"/requests/{request["id"]}/wait?timeout_s=30", null)["request"]!;
            if ((string?)seen["state"] != "open") return $"{seen["state"]} {seen["answer"]?["text"]}".TrimEnd();
        }
    }

    JsonNode Send(string method, string path, JsonObject? body, int alsoFine = 0)
    {
        for (int tries = 0, strange = 0; ; tries++)
        {
            try
            {
                var (status, text) = Exchange(method, new Uri(Address() + path), body?.ToJsonString() ?? "");
                if (status is >= 200 and < 300 || status == alsoFine) return JsonNode.Parse(text)!;
                // A daemon that has just come back may not have taken up this run yet, and so not know its token.
                var notYet = status == 401 && ++strange < 100;
                if ((status != 503 && !notYet) || tries > 1200) throw new FormatException($"{method} {path}: {status} {text}");
            }
            catch (Exception e) when (e is SocketException or IOException && tries <= 1200)
            {
                // Away for a moment.
            }

            Thread.Sleep(100);
        }
    }

    // A socket and these lines: an HTTP client would double the time this program takes, and a family is 156 of it.
    (int Status, string Body) Exchange(string method, Uri url, string body)
    {
        using var client = new TcpClient { NoDelay = true, ReceiveTimeout = 120_000 };
        client.Connect(IPAddress.Parse(url.Host), url.Port);
        using var stream = client.GetStream();
        // 1.0: the answer is one piece, and the connection ends with it.
        stream.Write(Encoding.UTF8.GetBytes($"{method} {url.PathAndQuery} HTTP/1.0\r\nHost: {url.Authority}\r\n"
            + $"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
        using var all = new MemoryStream();
        stream.CopyTo(all);
        var bytes = all.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var head = Encoding.ASCII.GetString(bytes, 0, Math.Max(end, 0)).Split("\r\n");
        var length = head.FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        // Killed over its answer, a daemon leaves the half of it.
        if (end < 0 || (length is not null && int.Parse(length[16..]) != bytes.Length - end - 4)) throw new IOException("half an answer");
        return (int.Parse(head[0].Split(' ')[1]), Encoding.UTF8.GetString(bytes.AsSpan(end + 4)));
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
