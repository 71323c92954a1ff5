using System.Text.Json.Nodes;

namespace Orchestrator.FakeModel;

/// <summary>Token counts of one answer; <c>Input</c> is everything read, cached or not, whatever the API calls it.</summary>
sealed record Usage(int Input, int Cached, int CacheWrite, int Output, int Reasoning)
{
    /// <summary>Reads a step like <c>usage input=100 cached=40 cachewrite=5 output=7 reasoning=3</c>.</summary>
    public static Usage Of(IEnumerable<Step> steps)
    {
        var step = steps.FirstOrDefault(step => step.Verb == "usage");
        return new(step?.Setting("input") ?? 100, step?.Setting("cached") ?? 0, step?.Setting("cachewrite") ?? 0,
            step?.Setting("output") ?? 10, step?.Setting("reasoning") ?? 0);
    }
}

/// <summary>One answer as server-sent events; the APIs differ only in how each part is written.</summary>
abstract class AnswerStream(HttpContext http, Ask ask, Usage usage)
{
    protected HttpContext Http { get; } = http;
    protected Ask Ask { get; } = ask;
    protected Usage Usage { get; } = usage;

    /// <summary>Plays the steps of one answer. Ends early, without the closing event, at a <c>cut</c> or <c>fail</c>.</summary>
    public async Task Play(IReadOnlyList<Step> steps, Gates gates)
    {
        Http.Response.ContentType = "text/event-stream";
        await Open();
        foreach (var step in steps)
        {
            if (step.Verb == "hang") await gates.Wait(step.Argument, Http.RequestAborted);
            else if (step.Verb == "cut") { await Cut(step.Text); return; }
            else if (step.Verb == "fail") { await Fail(step.Text.Length > 0 ? step.Text : "scripted failure"); return; }
            else await Say(step);
        }

        await Close();
    }

    Task Say(Step step)
    {
        var (word, after) = step.FirstWord;
        return step.Verb switch
        {
            "text" or "say" => Text(step.Text),
            "think" => Reasoning(step.Text),
            "shell" => Shell(step.Text),
            "write" => Write(word, Step.Unescape(after) + "\n"),
            "patch" => Patch(step.Text),
            "json" => Structured(JsonNode.Parse(step.Argument)!),
            "malformed" => Malformed(word, after),
            "garbage" => Garbage(),
            "tool" => Tool(word, JsonNode.Parse(after.Length > 0 ? after : "{}")!),
            "end" => Ask.Schema is { } schema ? Structured(SchemaExample.Of(schema)) : Text(step.Text),
            _ => Task.CompletedTask,
        };
    }

    /// <summary>Says the text, then breaks the connection as a lost network would.</summary>
    async Task Cut(string text)
    {
        if (text.Length > 0) await Text(text);
        Http.Abort();
    }

    protected abstract Task Open();
    protected abstract Task Text(string text);
    protected abstract Task Reasoning(string text);
    protected abstract Task Shell(string command);
    protected abstract Task Write(string path, string content);
    protected abstract Task Patch(string patch);
    protected abstract Task Structured(JsonNode result);
    protected abstract Task Tool(string name, JsonNode input);

    /// <summary>A call whose arguments are no JSON; said as text where the API cannot carry that.</summary>
    protected virtual Task Malformed(string name, string arguments) => Text($"{name} {arguments}");

    /// <summary>Events nobody can read.</summary>
    protected virtual Task Garbage() => Task.CompletedTask;

    protected abstract Task Fail(string message);
    protected abstract Task Close();

    /// <summary>Writes one event: <c>event: TYPE</c>, <c>data: JSON</c> and an empty line; flushed at once.</summary>
    protected async Task Send(string type, JsonObject data)
    {
        data.Insert(0, "type", type);
        await Http.Response.WriteAsync($"event: {type}\ndata: {data.ToJsonString()}\n\n", Http.RequestAborted);
        await Http.Response.Body.FlushAsync(Http.RequestAborted);
    }

    /// <summary>Writes one event of an API whose events have no names.</summary>
    protected Task Data(JsonObject data) => Line(data.ToJsonString());

    /// <summary>The same for what is no JSON.</summary>
    protected async Task Line(string data)
    {
        await Http.Response.WriteAsync($"data: {data}\n\n", Http.RequestAborted);
        await Http.Response.Body.FlushAsync(Http.RequestAborted);
    }

    /// <summary>A fresh id with the prefix the API uses, e.g. <c>msg_0f…</c>.</summary>
    protected static string NewId(string prefix) => prefix + Guid.NewGuid().ToString("N")[..20];

    /// <summary>The text in a few pieces, so that a client that joins deltas has something to join.</summary>
    protected static IEnumerable<string> Pieces(string text)
    {
        var size = Math.Max(1, (text.Length + 2) / 3);
        for (var at = 0; at < text.Length; at += size) yield return text.Substring(at, Math.Min(size, text.Length - at));
    }
}
