using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Cli;

namespace Orchestrator.Verbs;

/// <summary>How a line is to look; without colours the mark alone tells.</summary>
enum Tone
{
    /// <summary>As the terminal writes.</summary>
    Plain,
    /// <summary>Stands back.</summary>
    Faint,
    /// <summary>What the agent says.</summary>
    Said,
    /// <summary>What it does.</summary>
    Tool,
    /// <summary>What it changed.</summary>
    Change,
    /// <summary>A person should look.</summary>
    Warning,
    /// <summary>Somebody must answer.</summary>
    Asked,
    /// <summary>It went well.</summary>
    Good,
    /// <summary>It did not.</summary>
    Bad,
}

/// <summary>A line of a run's live view, harmless, not wrapped yet.</summary>
/// <param name="Tone">How it looks.</param>
/// <param name="Mark">One sign that says what it is; a blank on lines that go on with the one before.</param>
/// <param name="Text">The text.</param>
/// <param name="At">Local time, on the first line of what has one.</param>
readonly record struct ShownLine(Tone Tone, char Mark, string Text, string? At = null);

/// <summary>What each event of a run looks like in its live view: a pure function over the documented events.</summary>
static class EventLines
{
    /// <summary>Most lines shown of one message, thought or plan; of what a tool gave back fewer.</summary>
    const int MostLines = 400, MostResultLines = 12;

    /// <summary>Most characters shown of a tool's input.</summary>
    const int MostInput = 400;

    /// <summary>The lines of an event; none for one that says nothing to a person who looks on.</summary>
    /// <param name="entry">The event.</param>
    /// <param name="sessionId">The run's session: what its parent is told of it is not shown again.</param>
    /// <param name="zone">The person's time zone.</param>
    // {"cursor":"7","event_type":"run.tool_call","run_id":"…","data":{"id":"c1","name":"shell","input":{"command":["ls"]}}}
    public static List<ShownLine> Of(JsonNode entry, string? sessionId, TimeZoneInfo zone)
    {
        if (sessionId is not null && entry.Text("session_id") is { } session && session != sessionId) return [];
        var lines = Of(entry.Text("event_type") ?? "", entry["data"]);
        if (lines.Count > 0 && entry.Text("event_type") is not "run.output" && Time(entry.Text("created_at"), zone) is { } at)
            lines[0] = lines[0] with { At = at };
        return lines;
    }

    static List<ShownLine> Of(string type, JsonNode? data) => type switch
    {
        "run.output" => Block(data.Text("stream") == "stderr" ? Tone.Faint : Tone.Plain, ' ', Words(data)),
        "run.message" => Block(Tone.Said, '●', Words(data)),
        "run.reasoning" => Block(Tone.Faint, '~', Words(data)),
        "run.tool_call" => [One(Tone.Tool, '$', $"{data.Text("name") ?? "tool"} {Input(data?["input"])}")],
        "run.tool_result" => Result(data),
        "run.file_change" => [.. data.Entries("changes").Select(change =>
            One(Tone.Change, '±', $"{change.Text("path") ?? change.ToString()}{(change.Text("kind") is { } kind ? $" ({kind})" : "")}"))],
        "run.plan" => [.. data.Entries("steps").Take(MostLines).Select((step, no) =>
            One(Tone.Plain, no == 0 ? '#' : ' ', $"[{(Flag(step["done"]) ? 'x' : ' ')}] {step.Text("text")}"))],
        "run.question" or "request.created" => Asks(type, data),
        "run.warning" => Block(Tone.Warning, '!', $"warning {data.Text("code")}: {Words(data)}"),
        "message.created" or "message.moved" => Block(Tone.Good, '>', Words(data)),
        "message.dropped" => [One(Tone.Warning, '!', $"a message will not be answered: {data.Text("reason")}")],
        "message.delivered" => [One(Tone.Faint, '>', "the agent has the message")],
        _ => OfLife(type, data),
    };

    /// <summary>What happens to the run itself.</summary>
    static List<ShownLine> OfLife(string type, JsonNode? data) => type switch
    {
        "run.queued" => [One(Tone.Faint, '-', $"queued for profile {data.Text("profile")}")],
        "run.started" => [One(Tone.Faint, '-', $"{data.Text("agent")} started in {data.Text("workspace")}; protection: "
            + data.Text("protection"))],
        "run.adopted" => [One(Tone.Faint, '-', "the daemon was restarted and goes on with this run")],
        "run.waiting" => [One(Tone.Warning, '=', data.Text("for") == "children" ? "waits for its children" : "waits for an answer")],
        "run.resumed" => [One(Tone.Faint, '-', "goes on")],
        "run.outcome" => [One(Tone.Faint, '-', $"reports: goal {(Flag(data?["goal_met"]) ? "met" : "not met")}: {data.Text("summary")}")],
        "run.stopping" => [One(Tone.Warning, '!', $"was told to stop: {data.Text("note") ?? data.Text("reason")}")],
        "run.health" => [One(Tone.Faint, '-', HealthLine.Of(data, data.Text("verdict") ?? ""))],
        "run.healing" => [One(Tone.Warning, '!', $"healing, {data.Text("step")}: {data.Text("why")}")],
        "run.stop_step" => [One(Tone.Faint, '-', data.Text("text") ?? data.Text("action") ?? "")],
        "request.answered" => [One(Tone.Good, '?', Answered(data))],
        "request.expired" => [One(Tone.Warning, '?', $"nobody answered {Short(data)} in time: {data.Text("on_expiry")}")],
        "request.withdrawn" => [One(Tone.Faint, '?', $"question {Short(data)} is void")],
        "request.forwarded" => [One(Tone.Faint, '?', $"question {Short(data)} is a person's now: {data.Text("why")}")],
        _ => [],
    };

    /// <summary>How a run ended, from the run itself.</summary>
    public static List<ShownLine> End(JsonNode run)
    {
        var status = run.Text("status") ?? "";
        var met = run["result"]?["goal_met"];
        var good = status == "succeeded" && (met is null || Flag(met));
        string?[] facts =
        [
            status.Replace('_', ' '), run.Text("reason"), run["exit_code"] is { } code ? $"exit {code}" : null,
            met is null ? null : Flag(met) ? "goal met" : "goal not met", Duration(run),
        ];
        var lines = new List<ShownLine>
        {
            One(good ? Tone.Good : status == "succeeded" ? Tone.Warning : Tone.Bad, good ? '✓' : status == "succeeded" ? '!' : '✗',
                string.Join(", ", facts.Where(fact => fact is not null))),
        };
        var why = run.Text("error.message") ?? run.Text("result.summary");
        if (why is not null) lines.AddRange(Block(Tone.Plain, ' ', why));
        if (run.Text("git_diff_stat") is { Length: > 0 } stat) lines.AddRange(Block(Tone.Change, '±', stat));
        return lines;
    }

    static List<ShownLine> Asks(string type, JsonNode? data)
    {
        var lines = Block(Tone.Asked, '?', type == "run.question" ? Words(data) : $"{Kind(data)} {Short(data)}: {Words(data)}");
        if (data?["detail"] is JsonObject detail && detail.Count > 0)
            lines.Add(One(Tone.Asked, ' ', Cut(Output.Text(detail, indented: false), MostInput)));
        var options = (data?["options"] as JsonArray ?? []).Select(option => option?.ToString()).ToList();
        if (options.Count > 0) lines.Add(One(Tone.Asked, ' ', $"options: {string.Join(" | ", options)}"));
        return lines;
    }

    static string Kind(JsonNode? data) => (data.Text("kind") ?? "question").Replace("_request", "").Replace('_', ' ');

    static string Answered(JsonNode? data) =>
        $"{Short(data)} {data.Text("state")} by {data.Text("by")}"
        + ((data.Text("answer.option") ?? data.Text("answer.text")) is { } said ? $": {said}" : "");

    /// <summary>The first eight characters of a request's id: enough to name it.</summary>
    static string Short(JsonNode? data) => data.Text("request_id") is { Length: > 8 } id ? id[..8] : data.Text("request_id") ?? "";

    static List<ShownLine> Result(JsonNode? data)
    {
        var failed = Flag(data?["failed"]) || data?["exit_code"] is JsonValue code && code.ToString() != "0";
        var lines = Block(Tone.Faint, '|', Plain(data?["output"]), MostResultLines);
        if (failed) lines.Add(One(Tone.Bad, '|', data?["exit_code"] is { } exit ? $"exit code {exit}" : "failed"));
        return lines;
    }

    static List<ShownLine> Block(Tone tone, char mark, string text, int most = MostLines)
    {
        var lines = new List<ShownLine>();
        var all = 0;
        foreach (var line in SafeText.Lines(text))
        {
            if (all++ < most) lines.Add(new ShownLine(tone, all == 1 || mark == '|' ? mark : ' ', line));
        }
        if (all > most) lines.Add(new ShownLine(Tone.Faint, ' ', $"… {all - most} more lines"));
        return lines.Count == 1 && lines[0].Text.Length == 0 && mark != ' ' ? [] : lines;
    }

    static ShownLine One(Tone tone, char mark, string text) =>
        new(tone, mark, SafeText.Line(text.ReplaceLineEndings(" ")).Trim());

    static string Words(JsonNode? data) =>
        (data.Text("text") ?? data.Text("message") ?? "") + (Flag(data?["truncated"]) ? " …" : "");

    static string Plain(JsonNode? node) => node switch
    {
        null => "",
        JsonValue value => value.ToString(),
        _ => Output.Text(node, indented: false),
    };

    static string Input(JsonNode? input) => Cut(input switch
    {
        JsonObject members when (members["command"] ?? members["file_path"] ?? members["path"]) is { } main =>
            main is JsonArray words ? string.Join(' ', words.Select(word => word?.ToString())) : main.ToString(),
        _ => Plain(input),
    }, MostInput);

    static string Cut(string text, int most) => text.Length <= most ? text : text[..most] + "…";

    static bool Flag(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    static string? Time(string? text, TimeZoneInfo zone) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var at)
            ? TimeZoneInfo.ConvertTime(at, zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            : null;

    static string? Duration(JsonNode run) =>
        DateTimeOffset.TryParse(run.Text("started_at"), CultureInfo.InvariantCulture, out var begun)
        && DateTimeOffset.TryParse(run.Text("ended_at"), CultureInfo.InvariantCulture, out var ended)
            ? (ended - begun) is { TotalHours: >= 1 } hours ? $"{(int)hours.TotalHours}:{hours:mm\\:ss}"
                : (ended - begun) is { TotalSeconds: >= 10 } some ? $"{some:mm\\:ss}"
                : string.Create(CultureInfo.InvariantCulture, $"{(ended - begun).TotalSeconds:0.0} s")
            : null;
}
