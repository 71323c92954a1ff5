using System.Text.Json;

namespace Orchestrator.Agents.Codex;

/// <summary>Understands the lines of <c>codex exec --json</c>. The end is turn.completed or turn.failed, never <c>error</c>.</summary>
static class CodexLines
{
    // {"type":"thread.started","thread_id":"01a1f8a1-cade-7752-b271-7bf284de5591"}
    // {"type":"turn.started"}
    // {"type":"item.completed","item":{"id":"item_1","type":"agent_message","text":"hi there"}}
    // {"type":"turn.completed","usage":{"input_tokens":1200,"cached_input_tokens":1000,"output_tokens":34,"reasoning_output_tokens":12}}
    // {"type":"error","message":"Reconnecting... 1/2 (exceeded retry limit, last status: 429 Too Many Requests)"}
    // {"type":"turn.failed","error":{"message":"Quota exceeded. Check your plan and billing details."}}
    public static Reading? Understand(Transcript soFar, JsonElement line) => line.Text("type") switch
    {
        "thread.started" => JsonLines.Silent(soFar with { ThreadId = line.Text("thread_id") ?? soFar.ThreadId }),
        "turn.started" => JsonLines.Silent(soFar),
        "item.started" => CodexItems.Started(soFar, line.Field("item")),
        "item.updated" => CodexItems.Updated(soFar, line.Field("item")),
        "item.completed" => CodexItems.Completed(soFar, line.Field("item")),
        "turn.completed" => Completed(soFar, line.Field("usage")),
        "turn.failed" => Failed(soFar, line.Field("error").Text("message") ?? ""),
        "error" => Notice(soFar, line.Text("message") ?? ""),
        _ => null,
    };

    /// <summary>Failures before the first event, which Codex tells on standard error only.</summary>
    /// <remarks>
    /// Raw: <c>Error: thread/resume: thread/resume failed: no rollout found for thread id 0000… (code -32600)</c>,
    /// <c>Not inside a trusted directory and --skip-git-repo-check was not specified.</c>
    /// </remarks>
    public static (string Reason, string Text)? StartFailure(string stderr)
    {
        if (LineWith(stderr, "no rollout found") is { } unknown)
            return (EndReason.ThreadNotFound, unknown);
        if (LineWith(stderr, "already has an active writer") is { } busy)
            return (EndReason.AgentError, $"Another process is working on this conversation: {busy}");
        return LineWith(stderr, "Not inside a trusted directory") is { } untrusted ? (EndReason.AgentError, untrusted) : null;
    }

    /// <summary>The usage of a turn is the running total of the thread, and its input includes what came from the cache.</summary>
    static Reading Completed(Transcript soFar, JsonElement usage)
    {
        var cached = usage.Whole("cached_input_tokens");
        var total = new Usage(Math.Max(0, usage.Whole("input_tokens") - cached), cached, usage.Whole("output_tokens"));
        var run = total.Since(soFar.ThreadTotal);
        run = soFar.Usage is null ? run : soFar.Usage + run;
        var ended = soFar with { EndSeen = true, EndedWell = true, FailureReason = null, FailureText = null };
        return usage.ValueKind == JsonValueKind.Object
            ? JsonLines.Says(ended with { Usage = run, ThreadTotal = total }, new Used(run))
            : JsonLines.Silent(ended);
    }

    static Reading Failed(Transcript soFar, string message) => JsonLines.Silent(soFar with
    {
        EndSeen = true,
        EndedWell = false,
        FailureReason = FailureWords.Reason(message),
        FailureText = ClippedText.Clip(FailureWords.Sentence(message)),
    });

    /// <summary>A retry, or a copy of the final failure just before it; either way nothing ends here.</summary>
    static Reading Notice(Transcript soFar, string message) =>
        message.StartsWith("Reconnecting", StringComparison.Ordinal)
            ? JsonLines.Says(soFar, new Warned("retry", message))
            : JsonLines.Says(
                soFar with { FailureText = ClippedText.Clip(FailureWords.Sentence(message)) },
                new Warned(FailureWords.Reason(message), FailureWords.Sentence(message)));

    static string? LineWith(string text, string words) =>
        Array.Find(text.Split('\n', StringSplitOptions.TrimEntries), line => line.Contains(words, StringComparison.Ordinal));
}
