using System.Text.Json;
using System.Text;
using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>
/// The dependency graph at the end of a tasks.md: which tasks may run at the same time, wave by wave.
/// </summary>
sealed class GraphText(FindingList findings)
{
    const int MostCharacters = 1 << 20;

    readonly StringBuilder code = new();
    readonly List<(string Id, int Line)[]> waves = [];
    readonly List<(string Id, int Line)[]> worded = [];
    int codeLine;
    bool isJson;

    /// <summary>A line of code: blocks of JSON are gathered, and read when they end.</summary>
    public void Code(MarkedLine line, bool inGraph)
    {
        if (line.Opens is { } info)
        {
            code.Clear();
            (codeLine, isJson) = (line.Line.Number, info.StartsWith("json", StringComparison.OrdinalIgnoreCase)
                || (inGraph && info.Length == 0));
        }
        else if (isJson && Fence.Open(line.Text) is { Info: "" })
        {
            isJson = false;
            var text = code.ToString();
            if (inGraph || text.Contains("\"waves\"", StringComparison.Ordinal))
                Json(text);
        }
        else if (isJson && code.Length < MostCharacters)
            code.Append(line.Text).Append('\n');
    }

    // - **Wave 1**: 1.1, 2.1
    // Wave 2: 1.2
    /// <summary>A line of text below the graph's heading.</summary>
    public void Line(MarkedLine line)
    {
        var bare = MarkdownText.Bare(line.Text).TrimStart('-', ' ', '+');
        if (SpecHeading.PhaseNumber(bare) is null || bare.IndexOfAny([':', '：']) is not (> 0 and var colon))
            return;
        if (References.Tasks(bare[(colon + 1)..]) is { Ids.Count: > 0, Rest: "" } found)
            worded.Add([.. found.Ids.Select(id => (id, line.Line.Number))]);
    }

    // {"waves": [{"id": 0, "tasks": ["1.1", "2.1"]}]}
    // {"waves": [{"wave": 1, "description": "…", "tasks": [1, 2]}]}
    // [["1.1"], ["1.2", "2.1"]]
    void Json(string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text, new JsonDocumentOptions
            {
                AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = Orchestrator.Json.MaxDepth,
            });
            var root = parsed.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("waves", out var list))
                root = list;
            if (root.ValueKind != JsonValueKind.Array)
                return;
            foreach (var wave in root.EnumerateArray())
            {
                var of = wave.ValueKind == JsonValueKind.Object && wave.TryGetProperty("tasks", out var inner) ? inner : wave;
                if (of.ValueKind == JsonValueKind.Array)
                    waves.Add([.. of.EnumerateArray().Select(IdOf).OfType<string>().Select(id => (id, codeLine))]);
            }
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or ArgumentException)
        {
            findings.Add(KiroCode.WavesUnreadable, codeLine, $"The dependency graph is no JSON: {Texts.Short(problem.Message)}",
                "It was left out.",
                "Correct it, or take it away.");
        }
    }

    static string? IdOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetRawText(),
        JsonValueKind.Object when element.TryGetProperty("id", out var id) => IdOf(id),
        _ => null,
    };

    /// <summary>Ids of tasks that are there, wave by wave.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Waves(IReadOnlyList<SpecTask> tops)
    {
        var chosen = waves.Count > 0 ? waves : worded;
        if (chosen.Count == 0)
            return [];
        var ids = tops.SelectMany(top => top.WithAll()).Select(task => task.Id).ToHashSet(StringComparer.Ordinal);
        var known = new List<IReadOnlyList<string>>();
        foreach (var wave in chosen)
        {
            var of = new List<string>();
            foreach (var (said, line) in wave)
            {
                var id = References.Tasks(said).Ids is [var one] ? one : said;
                if (ids.Contains(id))
                    of.Add(id);
                else
                    findings.Add(KiroCode.UnknownInWave, line,
                        $"The dependency graph names '{Texts.Short(said)}', and there is no such task.", "It was left out.");
            }
            if (of.Count > 0)
                known.Add(of);
        }
        return known;
    }
}
