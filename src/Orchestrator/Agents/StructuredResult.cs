using System.Text;
using System.Text.Json;

namespace Orchestrator.Agents;

/// <summary>What was found where a structured result was looked for.</summary>
/// <param name="Result">The result; null when there is none that can be read. Present but wrong: read as far as possible.</param>
/// <param name="Problem">Why it does not satisfy the demanded schema; null when it does or none was demanded.</param>
/// <param name="Missing">True when there was no JSON object at all.</param>
readonly record struct FoundResult(RunResult? Result, string? Problem, bool Missing);

/// <summary>The structured result {goal_met, summary, followup_prompt, notes}: its schema, and finding one in what an agent said.</summary>
static class StructuredResult
{
    /// <summary>The schema a result is checked with (seed fact O7): two members required, more allowed.</summary>
    public const string Schema = """
        {"type":"object","properties":{
        "goal_met":{"type":"boolean","description":"Whether the goal is reached."},
        "summary":{"type":"string","description":"What was done."},
        "followup_prompt":{"type":["string","null"],"description":"What to ask next when the goal is not met."},
        "notes":{"type":["string","null"],"description":"Anything else worth knowing."}},
        "required":["goal_met","summary"]}
        """;

    /// <summary>Longest text that is searched or kept as a result, in characters.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>Broken beginnings of objects that are tried before a text is given up: each costs an exception.</summary>
    const int MaxAttempts = 500;

    static readonly string[] Known = ["goal_met", "summary", "followup_prompt", "notes"];

    /// <summary>
    /// Looks in the result file, then in what the agent gave as a result, then in its last message, then in what it reported.
    /// </summary>
    public static FoundResult Find(Transcript soFar, Finish finish)
    {
        string? problem = null;
        RunResult? nearest = null;
        string?[] sources = [finish.ResultFile, soFar.StructuredJson, soFar.LastMessage, finish.Reported];
        foreach (var source in sources)
        {
            foreach (var candidate in source is null ? [] : Candidates(source))
            {
                var result = Parse(candidate);
                if (result is null || (finish.OutputSchema is null && result.GoalMet is null))
                    continue;
                var flaw = finish.OutputSchema is null ? null : SchemaCheck.Mismatch(finish.OutputSchema, candidate);
                if (flaw is null)
                    return new FoundResult(result, null, false);
                problem ??= $"The result does not match the demanded schema: {flaw}";
                nearest ??= result;
            }
        }
        if (finish.OutputSchema is null)
            return new FoundResult(null, null, true);
        return problem is null
            ? new FoundResult(null, "A structured result was demanded, and the agent gave none.", true)
            : new FoundResult(nearest, problem, false);
    }

    /// <summary>True when the text is, as a whole, something that looks like a JSON object of bearable size.</summary>
    public static bool LooksLikeObject(string text)
    {
        var trimmed = text.AsSpan().Trim();
        return trimmed.Length is > 1 and <= MaxLength && trimmed[0] == '{' && trimmed[^1] == '}';
    }

    /// <summary>Reads the known members; null when the text is no JSON object.</summary>
    public static RunResult? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return null;
            bool? goalMet = root.Field("goal_met").ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            };
            var others = root.EnumerateObject().Any(member => !Known.Contains(member.Name));
            return new RunResult(goalMet, root.Text("summary"), root.Text("followup_prompt"), root.Text("notes"), others ? json : null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>JSON objects in a text, the most trustworthy first: the whole text, fenced blocks, free objects; last ones first.</summary>
    public static IEnumerable<string> Candidates(string text)
    {
        if (text.Length > MaxLength)
            text = text[^MaxLength..];
        if (LooksLikeObject(text) && IsObject(text))
        {
            yield return text.Trim();
            yield break;
        }
        foreach (var block in Enumerable.Reverse(FencedBlocks(text)))
            if (LooksLikeObject(block) && IsObject(block))
                yield return block.Trim();
        foreach (var free in Enumerable.Reverse(FreeObjects(text)))
            yield return free;
    }

    static bool IsObject(string text) => Parse(text) is not null;

    /// <summary>Contents between lines that start with three backticks.</summary>
    static List<string> FencedBlocks(string text)
    {
        var blocks = new List<string>();
        StringBuilder? open = null;
        foreach (var line in text.Split('\n'))
        {
            if (!line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                open?.Append(line).Append('\n');
                continue;
            }
            if (open is not null)
                blocks.Add(open.ToString());
            open = open is null ? new StringBuilder() : null;
        }
        return blocks;
    }

    /// <summary>Outermost balanced objects in running text, in order.</summary>
    static List<string> FreeObjects(string text)
    {
        var found = new List<string>();
        var bytes = Encoding.UTF8.GetBytes(text);
        var attempts = 0;
        for (var at = Array.IndexOf(bytes, (byte)'{'); at >= 0 && attempts < MaxAttempts;)
        {
            var length = 0;
            if (MayBegin(bytes.AsSpan(at + 1)))
            {
                attempts++;
                length = ObjectLength(bytes.AsSpan(at));
            }
            if (length > 0)
                found.Add(Encoding.UTF8.GetString(bytes, at, length));
            var next = at + Math.Max(1, length);
            at = next < bytes.Length ? Array.IndexOf(bytes, (byte)'{', next) : -1;
        }
        return found;
    }

    /// <summary>An object goes on with a name or ends: tells most braces of program text apart without an exception.</summary>
    static bool MayBegin(ReadOnlySpan<byte> afterBrace)
    {
        var rest = afterBrace.TrimStart(" \t\r\n"u8);
        return rest.Length > 0 && rest[0] is (byte)'"' or (byte)'}';
    }

    /// <summary>Bytes of the object that starts here, 0 when none does.</summary>
    static int ObjectLength(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, isFinalBlock: true, default);
            reader.Read();
            reader.Skip();
            return (int)reader.BytesConsumed;
        }
        catch (JsonException)
        {
            return 0;
        }
    }
}
