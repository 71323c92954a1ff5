using System.Text.Json.Nodes;

namespace Orchestrator.Cli;

/// <summary>Says in a few words what an event means to somebody who waits.</summary>
static class EventWords
{
    /// <summary>Longest description in characters; a terminal line cuts it further.</summary>
    const int Limit = 160;

    /// <summary>Words for an event, null for one that is of no interest to a waiting person.</summary>
    // {"cursor":"7","event_type":"run.tool_call","run_id":"…","data":{"id":"c1","name":"shell","input":{"command":["ls"]}}}
    public static string? Of(JsonNode entry)
    {
        var data = entry["data"];
        var words = Text(entry["event_type"]) switch
        {
            "run.queued" => "queued",
            "run.started" => "started",
            "run.adopted" => "adopted by the restarted daemon",
            "run.output" => Text(data?["text"]),
            "run.message" => Text(data?["text"]),
            "run.reasoning" => "thinks: " + Text(data?["text"]),
            "run.tool_call" => $"uses {Text(data?["name"]) ?? "a tool"} {Input(data?["input"])}",
            "run.tool_result" => data?["exit_code"] is { } code ? $"tool ended with exit code {code}" : null,
            "run.file_change" => Changes(data?["changes"] as JsonArray),
            "run.plan" => "made a plan",
            "run.warning" => "warning: " + (Text(data?["text"]) ?? Text(data?["message"]) ?? Text(data?["code"])),
            "run.waiting" => "waits for an answer",
            "run.resumed" => "goes on",
            "run.succeeded" => "succeeded",
            "run.failed" => "failed" + (Text(data?["reason"]) is { } reason ? $": {reason}" : ""),
            "run.canceled" => "canceled",
            "run.timed_out" => "timed out",
            "run.lost" => "lost",
            "request.created" => "asks: " + Text(data?["text"]),
            _ => null,
        };
        return words is null ? null : Short(words);
    }

    /// <summary>Words for a run that has ended: how, and what its result or its error says.</summary>
    public static string End(JsonNode run)
    {
        var why = Text(run["error"]?["message"]) ?? Text(run["result"]?["summary"]) ?? Text(run["last_message"]);
        string?[] words = [Text(run["status"])?.Replace('_', ' '), Text(run["reason"]), why];
        return Short(string.Join(": ", words.Where(word => word is not null)));
    }

    /// <summary>
    /// True for the events that change what state a run is in: the only ones shown where lines stay. The end is not among them: the
    /// waiting command says it itself, from the run, so that it is neither missed nor said twice.
    /// </summary>
    public static bool IsMilestone(JsonNode entry) => Text(entry["event_type"]) is
        "run.queued" or "run.started" or "run.adopted" or "run.waiting" or "run.resumed" or "run.warning" or "request.created";

    static string Short(string words)
    {
        var line = string.Join(' ', Output.Printable(words).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Limit ? line : line[..(Limit - 1)] + "…";
    }

    static string Input(JsonNode? input) => input switch
    {
        JsonValue => input.ToString(),
        JsonObject members when (members["command"] ?? members["path"] ?? members["file_path"]) is { } main =>
            main is JsonArray words ? string.Join(' ', words.Select(word => word?.ToString())) : main.ToString(),
        null => "",
        _ => Output.Text(input, indented: false),
    };

    static string Changes(JsonArray? changes)
    {
        var paths = (changes ?? []).Select(change => Text(change?["path"]) ?? change?.ToString()).ToList();
        return paths.Count == 1 ? $"changed {paths[0]}" : $"changed {paths.Count} files";
    }

    static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
