using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Events;

namespace Orchestrator.Runs;

/// <summary>The run's event types, and how signals of an agent become events.</summary>
static class RunEvents
{
    public const string Queued = "run.queued";
    public const string Started = "run.started";
    public const string Adopted = "run.adopted";
    public const string Output = "run.output";
    public const string Warning = "run.warning";
    public const string Waiting = "run.waiting";
    public const string Resumed = "run.resumed";
    public const string Outcome = "run.outcome";
    public const string Stopping = "run.stopping";
    public const string StopStep = "run.stop_step";
    public const string Message = "run.message";
    public const string Reasoning = "run.reasoning";
    public const string Delta = "run.delta";
    public const string ToolCall = "run.tool_call";
    public const string ToolResult = "run.tool_result";
    public const string FileChange = "run.file_change";
    public const string Plan = "run.plan";
    public const string Usage = "run.usage";
    public const string Question = "run.question";

    /// <summary>Most bytes of UTF-8 of one text in an event (64 KiB); the journal has the rest.</summary>
    public const int TextLimit = 64 * 1024;

    /// <summary>The event that tells of a final status.</summary>
    public static string End(RunStatus status) => "run." + RunLifecycle.Word(status);

    /// <summary>True for the five types that end a run.</summary>
    public static bool IsEnd(string type) =>
        type is "run.succeeded" or "run.failed" or "run.canceled" or "run.timed_out" or "run.lost";

    /// <summary>The event a signal becomes.</summary>
    public static NewEvent From(Signal signal, Run run)
    {
        // By far the most frequent: written without building a tree.
        if (signal is Printed { Truncated: false } line && Fits(line.Text))
            return new NewEvent(Output, "agent", Line(line), run.SessionId, run.Id);
        if (signal is Raw raw)
            return new NewEvent(EventFilter.RawType, "agent", RawData(raw.Json), run.SessionId, run.Id);
        var (type, data) = signal switch
        {
            Said said => (Message, Text("text", said.Text)),
            Agents.Delta piece => (Delta, Piece(piece)),
            Reasoned reasoned => (Reasoning, Text("text", reasoned.Text)),
            Printed printed => (Output, Printed(printed)),
            ToolCalled call => (ToolCall, Call(call)),
            ToolReturned back => (ToolResult, Back(back)),
            FilesChanged files => (FileChange, new JsonObject
            {
                ["changes"] = new JsonArray([.. files.Changes.Select(c => new JsonObject { ["path"] = c.Path, ["kind"] = c.Kind })]),
            }),
            Planned plan => (Plan, new JsonObject
            {
                ["steps"] = new JsonArray([.. plan.Steps.Select(s => new JsonObject { ["text"] = s.Text, ["done"] = s.Done })]),
            }),
            Used used => (Usage, UsageData(used.Usage)),
            Warned warned => (Warning, WarningData(warned.Code, warned.Text)),
            Asked asked => (Question, new JsonObject
            {
                ["text"] = asked.Text,
                ["options"] = new JsonArray([.. asked.Options.Select(o => (JsonNode)o)]),
            }),
            _ => throw new InvalidOperationException($"No event for {signal.GetType().Name}."),
        };
        return new NewEvent(type, "agent", data, run.SessionId, run.Id);
    }

    public static JsonObject WarningData(string code, string text) => new() { ["code"] = code, ["text"] = text };

    /// <summary>What a queued run was made from.</summary>
    public static JsonObject QueuedData(NewRun order)
    {
        var data = new JsonObject
        {
            ["trigger"] = order.Trigger,
            ["profile"] = order.Profile,
            ["profile_why"] = order.ProfileWhy,
            ["agent"] = order.Agent,
            ["attempt"] = order.Attempt,
        };
        if (order.RetryHow is null)
            return data;
        data["retry_of"] = order.RetryOf;
        data["retry_how"] = order.RetryHow;
        data["why"] = order.Why;
        data["not_before"] = order.NotBefore?.UtcDateTime;
        return data;
    }

    static JsonObject UsageData(Usage usage) => new()
    {
        ["input_tokens"] = usage.InputTokens,
        ["cached_input_tokens"] = usage.CachedInputTokens,
        ["output_tokens"] = usage.OutputTokens,
        ["cost_usd"] = usage.CostUsd,
    };

    static string Line(Printed line) => string.Concat(
        "{\"stream\":\"", line.FromStderr ? "stderr" : "stdout", "\",\"text\":\"",
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(line.Text) + "\"}");

    static JsonObject Printed(Printed printed)
    {
        var data = Text("text", printed.Text);
        data.Insert(0, "stream", printed.FromStderr ? "stderr" : "stdout");
        if (printed.Truncated)
            data["truncated"] = true;
        return data;
    }

    static JsonObject Call(ToolCalled call)
    {
        var data = new JsonObject { ["id"] = call.Id, ["name"] = call.Name };
        var fits = Fits(call.InputJson);
        if (fits && TryParse(call.InputJson) is { } input)
        {
            data["input"] = input;
            return data;
        }

        data["input"] = Cut(call.InputJson);
        data["truncated"] = !fits;
        return data;
    }

    static JsonObject Piece(Agents.Delta piece)
    {
        var data = Text("text", piece.Text);
        data.Insert(0, "of", piece.Of);
        data.Insert(1, "id", piece.Id);
        return data;
    }

    static JsonObject Back(ToolReturned back)
    {
        var data = Text("output", back.Output);
        data.Insert(0, "id", back.Id);
        data["exit_code"] = back.ExitCode;
        data["failed"] = back.Failed;
        return data;
    }

    static JsonObject Text(string member, string text)
    {
        var data = new JsonObject { [member] = Cut(text) };
        if (!Fits(text))
            data["truncated"] = true;
        return data;
    }

    // A raw line is JSON already: it becomes the data as it stands, unless it is too long or no object. A carriage return between its
    // parts would end the one data line of a server-sent event.
    static string RawData(string line)
    {
        if (Fits(line) && !line.Contains('\r', StringComparison.Ordinal) && TryParse(line) is JsonObject)
            return line;
        return Text("line", line).ToJsonString(Json.PlainOptions);
    }

    static bool Fits(string text) => text.Length <= TextLimit / 3 || Encoding.UTF8.GetByteCount(text) <= TextLimit;

    // The longest beginning that fits, without half a character at its end.
    static string Cut(string text)
    {
        if (Fits(text))
            return text;
        var bytes = new byte[TextLimit];
        Encoding.UTF8.GetEncoder().Convert(text, bytes, flush: false, out var used, out _, out _);
        return text[..(char.IsHighSurrogate(text[used - 1]) ? used - 1 : used)];
    }

    static JsonNode? TryParse(string json)
    {
        try
        {
            var node = JsonNode.Parse(json);
            // Half a surrogate pair passes the parser and fails when it is written.
            if (json.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
                node?.ToJsonString(Json.PlainOptions);
            return node;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
