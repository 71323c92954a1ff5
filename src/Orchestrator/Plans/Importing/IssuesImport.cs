using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Items;

namespace Orchestrator.Plans;

/// <summary>
/// Reads a list of issues as the forge's API and its command line give it: labels say the phase, files named in the text what each changes,
/// and words like "depends on #12" what it waits for. Pure.
/// <code>
/// [{"number": 12, "title": "Crash on empty input", "body": "In `src/parser.js` …\nDepends on #9.", "labels": [{"name": "critical"}]}]
/// </code>
/// </summary>
static partial class IssuesImport
{
    static readonly string[] Known = ["number", "title", "body", "labels", "state", "state_reason"];
    static readonly (string Name, string Priority)[] Levels =
        [("Phase 1: Critical", "urgent"), ("Phase 2: High", "high"), ("Phase 3: Medium and low", "medium")];

    const int MostFiles = 50;

    public static bool Fits(JsonElement root) => root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0
        && root.EnumerateArray().All(issue => issue.ValueKind == JsonValueKind.Object && issue.TryGetProperty("number", out _)
            && issue.TryGetProperty("title", out _));

    /// <param name="source">The list.</param>
    /// <param name="withClosed">Closed issues are items that are done, or left out where they were closed as not planned; else they are no
    /// part of the plan.</param>
    public static Imported Read(SourceText source, bool withClosed = false)
    {
        var (parsed, problem) = JsonSource.Parse(source);
        if (parsed is not { } root)
            return Imported.Refused(problem!);
        if (root.ValueKind != JsonValueKind.Array)
            return Imported.Refused(ImportFinding.Of(FindingWeight.Error, "no_list", "$", "It is no list of issues.", null,
                "Give a list of objects with number, title, body and labels."));
        var findings = new List<ImportFinding>();
        var issues = new List<Issue>();
        foreach (var (at, entry) in root.EnumerateArray().Index())
            if (Take(entry, $"$[{at}]", withClosed, findings) is { } issue)
                issues.Add(issue);
        Unwound(issues, findings);
        Needed(issues, findings);
        var listed = issues.Select(issue => issue.Number).ToHashSet();
        var levels = issues.Select(issue => issue.Level).Distinct().Order().ToList();
        var repository = issues.Select(issue => issue.Repository).FirstOrDefault(name => name is not null);
        return Imported.Of(new PlanDraft
        {
            Title = repository is null ? "Issues" : $"Issues of {repository}",
            SourceKind = SourceKinds.Issues,
            SourceKey = repository,
            Phases = [.. levels.Select(level => new PhaseDraft { Id = $"level-{level + 1}", Name = Levels[level].Name })],
            Items = [.. issues.Select(issue => Item(issue, listed))],
        }, findings);
    }

    /// <summary>An issue as far as it was read.</summary>
    sealed record Issue(long Number, string Title, string Body, IReadOnlyList<string> Labels, string? Repository, string? Unknown,
        string Path)
    {
        public int Level { get; set; }
        public ItemStatus Status { get; init; }
        public IReadOnlyList<long> Needs { get; set; } = [];
        public IReadOnlyList<string> Files { get; init; } = [];
    }

    static Issue? Take(JsonElement entry, string path, bool withClosed, List<ImportFinding> findings)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            findings.Add(ImportFinding.Of(FindingWeight.Warning, "wrong_type", path, "An entry is no object.", "It was left out."));
            return null;
        }

        var fields = new JsonFields(entry, path, findings);
        if (fields.Whole("number") is not { } number)
        {
            fields.Say(FindingWeight.Error, "no_id", "number", "An issue has no number.", null, "Give number, title, body and labels.");
            return null;
        }

        var isClosed = fields.Text("state") is { } state && !state.Equals("open", StringComparison.OrdinalIgnoreCase);
        if (fields.Find("pull_request") is not null || (isClosed && !withClosed))
        {
            fields.Say(FindingWeight.Info, "not_open", "", $"#{number} is closed or a pull request.", "It was left out.");
            return null;
        }

        var body = fields.Text("body") ?? "";
        var labels = fields.Find("labels") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Select(LabelName).OfType<string>().ToList() : [];
        var address = fields.Text("html_url") ?? fields.Text("url") ?? "";
        return new Issue(number, fields.Text("title") is { Length: > 0 } title ? title : $"Issue #{number}", body, labels,
            OwnerAndName().Match(address) is { Success: true } found ? found.Groups[1].Value : null, fields.Others(Known), path)
        {
            Status = !isClosed ? ItemStatus.Inbox
                : fields.Text("state_reason") is "not_planned" or "duplicate" ? ItemStatus.Skipped : ItemStatus.Done,
            Level = Level(labels),
            Needs = [.. Waits().Matches(body).SelectMany(match => Numbers().Matches(match.Value))
                .Select(match => long.TryParse(match.Groups[1].Value, out var on) ? on : -1)
                .Where(on => on >= 0 && on != number).Distinct()],
            Files = [.. FilesIn(body).Take(MostFiles)],
        };
    }

    static string? LabelName(JsonElement label) => label.ValueKind == JsonValueKind.String ? label.GetString()
        : label.ValueKind == JsonValueKind.Object && label.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString() : null;

    /// <summary>0 for critical or blocking, 1 for high, 2 for the rest.</summary>
    static int Level(IReadOnlyList<string> labels)
    {
        // "Priority: High", "sev/critical", "[P0]", "🔥 urgent"
        var words = labels.SelectMany(label => LabelWords().Matches(label.ToLowerInvariant()).Select(word => word.Value)).ToHashSet();
        return words.Overlaps(["critical", "blocker", "blocking", "urgent", "p0"]) ? 0
            : words.Overlaps(["high", "important", "p1"]) ? 1 : 2;
    }

    /// <summary>Words of people are no dependencies anybody checked: issues that say they wait for each other wait in the order in which
    /// they were opened.</summary>
    static void Unwound(List<Issue> issues, List<ImportFinding> findings)
    {
        var at = issues.Index().GroupBy(pair => pair.Item.Number).ToDictionary(group => group.Key, group => group.First().Index);
        var ring = Kiro.Rings.Of([.. issues.Select(issue => issue.Needs.Where(at.ContainsKey).Select(on => at[on]).ToList())]);
        foreach (var (index, issue) in issues.Index())
            foreach (var on in issue.Needs.Where(on => on > issue.Number && at.TryGetValue(on, out var other) && ring[other] == ring[index])
                .ToList())
            {
                issue.Needs = [.. issue.Needs.Where(one => one != on)];
                findings.Add(ImportFinding.Of(FindingWeight.Warning, "dependency_cycle", issue.Path,
                    $"#{issue.Number} and #{on} wait for each other, directly or through others.",
                    $"#{issue.Number} does not wait for #{on}.", "Take one of the words away that say so."));
            }
    }

    /// <summary>What is waited for goes no later than what waits; what is not in the list is said.</summary>
    static void Needed(List<Issue> issues, List<ImportFinding> findings)
    {
        var byNumber = issues.GroupBy(issue => issue.Number).ToDictionary(group => group.Key, group => group.First());
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var issue in issues)
                foreach (var on in issue.Needs.Where(byNumber.ContainsKey).Select(on => byNumber[on]).Where(on => on.Level > issue.Level))
                {
                    findings.Add(ImportFinding.Of(FindingWeight.Info, "moved_earlier", on.Path,
                        $"#{issue.Number} ({Levels[issue.Level].Name}) waits for #{on.Number} ({Levels[on.Level].Name}).",
                        $"#{on.Number} was moved to {Levels[issue.Level].Name}."));
                    on.Level = issue.Level;
                    changed = true;
                }
        }

        foreach (var issue in issues)
            foreach (var on in issue.Needs.Where(on => !byNumber.ContainsKey(on)))
                findings.Add(ImportFinding.Of(FindingWeight.Warning, "dependency_not_listed", issue.Path,
                    $"#{issue.Number} says that it waits for #{on}, which is not in the list.", "It does not wait for it.",
                    "Add that issue to the list if it is still open."));
    }

    static ItemDraft Item(Issue issue, HashSet<long> listed) => new()
    {
        ForeignId = issue.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Title = issue.Title,
        Description = issue.Body,
        Criteria = [.. Boxes().Matches(issue.Body).Select(match => match.Groups[1].Value.Trim()).Where(text => text.Length > 0)],
        DependsOn = [.. issue.Needs.Where(listed.Contains).Select(on => on.ToString(System.Globalization.CultureInfo.InvariantCulture))],
        Writes = issue.Files,
        Phase = $"level-{issue.Level + 1}",
        Priority = issue.Labels.Any(label => label.Contains("low", StringComparison.OrdinalIgnoreCase)) ? "low"
            : Levels[issue.Level].Priority,
        Issue = issue.Number,
        Status = issue.Status,
        ForeignStatus = issue.Status == ItemStatus.Inbox ? null : "closed",
        Unknown = Kept(issue),
        Place = issue.Path,
    };

    static string Kept(Issue issue)
    {
        var kept = issue.Unknown is null ? [] : JsonNode.Parse(issue.Unknown)!.AsObject();
        kept["labels"] = new JsonArray([.. issue.Labels.Select(label => (JsonNode)label)]);
        return kept.ToJsonString(Json.PlainOptions);
    }

    /// <summary>Paths in a text: with a folder or in back-ticks, with an ending, and no address.</summary>
    public static IEnumerable<string> FilesIn(string text) => Paths().Matches(Addresses().Replace(text, " "))
        .Select(match => match.Groups["path"].Value)
        .Where(path => path.Contains('/', StringComparison.Ordinal) || Endings.Contains(Path.GetExtension(path)))
        .Where(path => !path.StartsWith('/') && !path.Split('/').Contains("..")).Distinct();

    static readonly HashSet<string> Endings = [.. ("js ts jsx tsx mjs cjs py rb rs go java kt cs fs c h cc cpp hpp m swift php pl sh "
        + "sql css scss html vue svelte md json yaml yml toml xml ini cfg proto gradle tf lua ex exs erl hs scala")
        .Split(' ').Select(one => "." + one)];

    [GeneratedRegex(@"(?<![\w./-])(?<path>[\w.-]{1,80}(/[\w.-]{1,80}){0,12}\.[A-Za-z][A-Za-z0-9]{0,7})(?![\w/-])")]
    private static partial Regex Paths();

    [GeneratedRegex(@"[a-zA-Z][a-zA-Z0-9+.-]{0,20}://\S{1,500}|\S{1,100}@\S{1,100}")]
    private static partial Regex Addresses();

    [GeneratedRegex(@"(depends on|blocked by|waits for|after|requires)\s*:?\s*#\d+((\s*,\s*|\s+and\s+|\s*,\s*and\s+)#\d+)*",
        RegexOptions.IgnoreCase)]
    private static partial Regex Waits();

    [GeneratedRegex(@"[\p{L}\p{Nd}]{1,60}")]
    private static partial Regex LabelWords();

    [GeneratedRegex(@"#(\d{1,12})")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"^[ \t]{0,20}[-*] \[[ xX]\] (.+)$", RegexOptions.Multiline)]
    private static partial Regex Boxes();

    [GeneratedRegex(@"https?://[^/\s]+/(?:repos/)?([\w.-]+/[\w.-]+)/issues/\d+")]
    private static partial Regex OwnerAndName();
}
