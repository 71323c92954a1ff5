using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>A tool call without its result.</summary>
/// <param name="Name">The agent's own name of the tool.</param>
/// <param name="Input">Its input as JSON.</param>
/// <param name="Since">When it was called.</param>
/// <param name="Limit">How long it may take, as the call itself says; null when it does not.</param>
sealed record OpenTool(string Name, string Input, DateTimeOffset Since, TimeSpan? Limit = null)
{
    /// <summary>In a few words: a command where it has one, else its name.</summary>
    public string InWords() => JsonNode.Parse(Input.Length > 0 ? Input : "null") is JsonObject input
        && Command(input) is { Length: > 0 } line ? Texts.Short(line) : Texts.Short(Name);

    // {"command":"dotnet test","timeout":600000}      {"command":["bash","-lc","make"]}
    static string? Command(JsonObject input) => input["command"] switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonArray words => string.Join(' ', words.Select(word => word?.ToString())),
        _ => null,
    };
}

/// <summary>Finds the tool call of a run that has no result yet, among its newest events.</summary>
static class OpenCalls
{
    // A call that lies further back has long been followed by others.
    const string Newest = """
        select at, type, data from (select seq, at, type, data from events where run_id = @run order by seq desc limit 2000) newest
        where type in (@call, @result) order by seq desc
        """;

    public static OpenTool? Find(Connection db, string runId)
    {
        var closed = new HashSet<string>();
        foreach (var (at, type, data) in db.Query(Newest, row => (row.Time(0), row.GetString(1), row.GetString(2)),
            ("@run", runId), ("@call", RunEvents.ToolCall), ("@result", RunEvents.ToolResult)))
        {
            var facts = JsonNode.Parse(data)!.AsObject();
            var id = facts["id"]?.ToString() ?? "";
            if (type == RunEvents.ToolResult)
                closed.Add(id);
            else if (!closed.Contains(id))
                return new(facts["name"]?.ToString() ?? "?", facts["input"]?.ToJsonString(Json.PlainOptions) ?? "", at,
                    LimitOf(facts["input"]));
        }

        return null;
    }

    /// <summary>The limit a call gives itself. A bare <c>timeout</c> is in milliseconds, unless so few would be nothing.</summary>
    // {"command":"make","timeout":120000}      {"command":["make"],"timeout_ms":10000}      {"cmd":"make","timeout_s":90}
    public static TimeSpan? LimitOf(JsonNode? input)
    {
        foreach (var (name, unit) in Limits)
            if (input is JsonObject members && members[name] is JsonValue value
                && double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && number > 0 && number <= LongestMs)
                return TimeSpan.FromMilliseconds(name == Bare && number < 1000 ? number * 1000 : number * unit);
        return null;
    }

    const string Bare = "timeout";
    const double LongestMs = 7 * 86_400_000d;
    static readonly (string Name, double Unit)[] Limits =
        [("timeout_ms", 1), ("timeoutMs", 1), ("timeout_s", 1000), ("timeout_seconds", 1000), (Bare, 1)];
}
