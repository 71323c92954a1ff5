using System.Text.Json;

namespace Orchestrator.Agents.Command;

/// <summary>
/// Reads a plain program's output. This is the hot path of a flood: only a line that begins with a brace and names one of
/// our words is parsed as JSON.
/// </summary>
static class CommandLines
{
    const string Fence = "```json";

    /// <summary>Longest object over several lines: it is kept with the transcript while it is read.</summary>
    const int LongestBlock = 32 * 1024;

    public static Reading Read(Transcript before, OutputLine line)
    {
        var text = line.Text;
        var soFar = line.FromStderr ? before : InBlock(before, text, line.Truncated);
        if (!line.FromStderr && text.Length > 0 && text[0] == '{' && !line.Truncated
            && (text.Contains("\"agentctl\"", StringComparison.Ordinal) || text.Contains("\"goal_met\"", StringComparison.Ordinal))
            && Structured(soFar, text) is { } reading)
            return reading;
        var printed = new Signal[] { new Printed(line.FromStderr, text, line.Truncated) };
        return line.FromStderr || string.IsNullOrWhiteSpace(text)
            ? new Reading(soFar, printed)
            : new Reading(soFar with { LastMessage = ClippedText.Clip(text) }, printed);
    }

    // {                            ```json
    //   "goal_met": true           {"title": "…", "items": []}
    // }                            ```
    /// <summary>An object over several lines, as programs print them for people, or between fences, as models write them, is a result,
    /// too; one that says whether the goal is met is not replaced by one that does not.</summary>
    static Transcript InBlock(Transcript soFar, string text, bool truncated)
    {
        if (soFar.Unfinished is not { } open)
            return text.Length is 0 or > 16 || (text[0] is not ('{' or '`')) || !(text.AsSpan().TrimEnd() is "{"
                || text.AsSpan().TrimEnd().Equals(Fence, StringComparison.OrdinalIgnoreCase)) ? soFar : soFar with { Unfinished = text };
        var isFenced = open[0] == '`';
        var isOver = text.AsSpan().TrimEnd().SequenceEqual(isFenced ? "```" : "}");
        if (truncated || open.Length + text.Length > LongestBlock)
            return soFar with { Unfinished = null };
        if (!isOver)
            return soFar with { Unfinished = $"{open}\n{text}" };
        var json = isFenced ? open[(open.IndexOf('\n', StringComparison.Ordinal) + 1)..] : $"{open}\n{text}";
        var isResult = StructuredResult.Parse(json) is { } found && (found.GoalMet is not null
            || soFar.StructuredJson is not { } known || StructuredResult.Parse(known)?.GoalMet is null);
        return soFar with { Unfinished = null, StructuredJson = isResult ? json : soFar.StructuredJson };
    }

    // {"goal_met":true,"summary":"done"}
    // {"agentctl":{"type":"message","text":"half way"}}
    static Reading? Structured(Transcript soFar, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.Field("agentctl") is { ValueKind: JsonValueKind.Object } said)
                return Understand(soFar, said);
            var isResult = root.Field("goal_met").ValueKind is JsonValueKind.True or JsonValueKind.False;
            if (!isResult || text.Length > StructuredResult.MaxLength)
                return null;
            return JsonLines.Says(soFar with { LastMessage = ClippedText.Clip(text), StructuredJson = text }, new Printed(false, text));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null; // looks like JSON and is none: printed like any other line
        }
    }

    /// <summary>Null for a type nobody knows or one without what it needs: the line stays printed text.</summary>
    static Reading? Understand(Transcript soFar, JsonElement said) => said.Text("type") switch
    {
        "message" when said.Text("text") is { } text =>
            JsonLines.Says(soFar with { LastMessage = text.Length > 0 ? ClippedText.Clip(text) : soFar.LastMessage }, new Said(text)),
        "reasoning" when said.Text("text") is { } text => JsonLines.Says(soFar, new Reasoned(text)),
        "warning" when said.Text("text") is { } text => JsonLines.Says(soFar, new Warned(said.Text("code") ?? "agent_notice", text)),
        "question" when said.Text("text") is { } text =>
            JsonLines.Says(soFar, new Asked(text, [.. said.Items("options").Select(o => o.AsText()).OfType<string>()])),
        "tool_call" when said.Text("name") is { } name =>
            JsonLines.Says(soFar, new ToolCalled(said.Text("id") ?? "", name, said.Field("input").Json())),
        "tool_result" => JsonLines.Says(soFar, new ToolReturned(
            said.Text("id") ?? "", ExitCode(said), said.Text("output") ?? "", said.IsTrue("failed") || ExitCode(said) is not (null or 0))),
        "file_change" when Changes(said) is { Count: > 0 } changes => JsonLines.Says(soFar, new FilesChanged(changes)),
        "plan" => JsonLines.Says(soFar, new Planned(Steps(said))),
        "usage" => OfUsage(soFar, said),
        "thread" when said.Text("id") is { Length: > 0 } id => JsonLines.Silent(soFar with { ThreadId = id }),
        "result" => OfResult(soFar, said),
        "failure" when said.Text("reason") is { } reason && EndReason.All.ContainsKey(reason) => OfFailure(soFar, said, reason),
        _ => null,
    };

    static int? ExitCode(JsonElement said) =>
        said.WholeOrNull("exit_code") is { } code and >= int.MinValue and <= int.MaxValue ? (int)code : null;

    // {"agentctl":{"type":"failure","reason":"rate_limited","text":"429 Too Many Requests","retry_after_s":90}}
    /// <summary>Why it is about to exit with another code than 0: counts only then.</summary>
    static Reading OfFailure(Transcript soFar, JsonElement said, string reason)
    {
        var text = ClippedText.Clip(said.Text("text") ?? EndReason.All[reason]);
        var now = soFar with
        {
            FailureReason = reason,
            FailureText = text,
            Reset = said.Money("retry_after_s") is { } seconds and >= 0 and < 1_000_000_000
                ? new ResetHint { In = TimeSpan.FromSeconds((double)seconds) } : null,
        };
        return JsonLines.Says(now, new Warned(reason, text));
    }

    /// <summary>Several lines add up. "input_tokens" excludes the cached ones, as everywhere here.</summary>
    static Reading OfUsage(Transcript soFar, JsonElement said)
    {
        var part = new Usage(
            said.Whole("input_tokens"), said.Whole("cached_input_tokens"), said.Whole("output_tokens"), said.Money("cost_usd"));
        var run = soFar.Usage is null ? part : soFar.Usage + part;
        return JsonLines.Says(soFar with { Usage = run, Model = said.Text("model") ?? soFar.Model }, new Used(run));
    }

    // {"agentctl":{"type":"result","goal_met":true,"summary":"done"}} or {"agentctl":{"type":"result","result":{…any object…}}}
    static Reading? OfResult(Transcript soFar, JsonElement said)
    {
        var inner = said.Field("result");
        var json = inner.ValueKind == JsonValueKind.Object ? inner.GetRawText() : WithoutType(said);
        if (json.Length > StructuredResult.MaxLength)
            return null;
        return JsonLines.Says(soFar with { StructuredJson = json, LastMessage = ClippedText.Clip(json) }, new Printed(false, json));
    }

    static string WithoutType(JsonElement said)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var member in said.EnumerateObject())
                if (!member.NameEquals("type"))
                    member.WriteTo(writer);
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    static List<FileChange> Changes(JsonElement said) =>
    [
        .. said.Items("changes").Where(c => c.Text("path") is not null)
            .Select(c => new FileChange(c.Text("path")!, c.Text("kind") is "add" or "delete" ? c.Text("kind")! : "update")),
    ];

    /// <summary>Steps as objects with text and done, or plain strings.</summary>
    static List<PlanStep> Steps(JsonElement said) =>
        [.. said.Items("steps").Select(s => new PlanStep(s.Text("text") ?? s.AsText() ?? "", s.IsTrue("done")))];
}
