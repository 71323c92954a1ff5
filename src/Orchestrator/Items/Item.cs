using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Orchestrator.Items;

/// <summary>A piece of work, as it is stored and as clients get it.</summary>
record Item
{
    public required string Id { get; init; }

    /// <summary>Counts up over the whole store; people can say it.</summary>
    public required long Number { get; init; }
    public required string Title { get; init; }
    public required string Description { get; init; }

    /// <summary>What must be true for it to be done.</summary>
    public required IReadOnlyList<string> AcceptanceCriteria { get; init; }

    [Words("inbox", "planning", "ready", "in_flight", "review", "done", "blocked", "failed", "canceled", "skipped")]
    public string Status => ItemLifecycle.Word(State);

    [Words("low", "medium", "high", "urgent")]
    public required string Priority { get; init; }

    [Words("xs", "s", "m", "l", "xl")]
    public required string Complexity { get; init; }
    public string? Project { get; init; }
    public string? Plan { get; init; }

    /// <summary>Phase of its plan or kind of work: plan, manage, code, ui or review choose the profile.</summary>
    public string? Phase { get; init; }

    /// <summary>The item it is a step of.</summary>
    public string? Parent { get; init; }
    public string? Kind { get; init; }
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Files, folders and globs it will change, and those it needs unchanged.</summary>
    public IReadOnlyList<string> Writes { get; init; } = [];
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>What its runs really changed beyond that; it counts as claimed, too.</summary>
    public IReadOnlyList<string> Touched { get; init; } = [];

    /// <summary>The profile asked for; null leaves it to the project and its phase.</summary>
    public string? Profile { get; init; }

    [Words("low", "normal", "high")]
    public required string Criticality { get; init; }

    /// <summary>Reviewers that its work gets when the daemon's check passed, 0 to 2; null leaves it to its criticality.</summary>
    public int? Reviews { get; init; }
    public string? Assignee { get; init; }

    /// <summary>As given: YYYY-MM-DD.</summary>
    public string? DueDate { get; init; }

    /// <summary>What blocks it; empty unless it is blocked, or in review and waits for a person.</summary>
    public IReadOnlyList<ItemCause> Causes { get; init; } = [];

    /// <summary>Items it depends on, and items that depend on it.</summary>
    public IReadOnlyList<string> BlockedBy { get; init; } = [];
    public IReadOnlyList<string> Blocks { get; init; } = [];

    /// <summary>How many of those it depends on are not done.</summary>
    public long OpenDependencies { get; init; }

    /// <summary>How many steps it has.</summary>
    public long Steps { get; init; }

    /// <summary>How often it was taken up.</summary>
    public long Attempts { get; init; }

    /// <summary>Successful runs in a row that changed nothing.</summary>
    public long IdleRuns { get; init; }

    /// <summary>It is not started by itself before this time.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Done only by somebody's word.</summary>
    public bool Unchecked { get; init; }

    /// <summary>The issue it comes from: owner/name#12, or #12 of its project's repository.</summary>
    public string? Issue { get; init; }

    /// <summary>What is to come out of it besides files: {type: "repo", name, template, private, description}.</summary>
    public JsonElement? Output { get; init; }
    public JsonElement? RepoOutput { get; init; }
    public JsonElement? Delivery { get; init; }
    public IReadOnlyList<ItemArtifact> Artifacts { get; init; } = [];

    /// <summary>What the last worker reported: of its completion, or of what stopped it.</summary>
    public string? Report { get; init; }

    /// <summary>The run that works on it, or did last.</summary>
    public string? RunId { get; init; }

    /// <summary>Who has it, or had it last.</summary>
    public string? AssignedAgentId { get; init; }

    /// <summary>The conversation of its run.</summary>
    public string? AssignedSessionKey { get; init; }
    public required string CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore] public ItemStatus State { get; init; }
    [JsonIgnore] public string? LeaseId { get; init; }
    [JsonIgnore] public long Fence { get; init; }
    [JsonIgnore] public long Rank { get; init; }

    /// <summary>Number of its phase, 0 for none.</summary>
    [JsonIgnore] public long PhaseNo { get; init; }
}

/// <summary>The same in the words of the first queue: camelCase, with its name of the project's member.</summary>
[method: System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
sealed record QueueItem(Item Whole) : Item(Whole)
{
    [JsonIgnore] public Item Whole { get; } = Whole;

    public string? ProjectId => Project;

    public new JsonElement? RepoOutput { get; init; } = Whole.RepoOutput is { ValueKind: JsonValueKind.Object } made ? Camel(made) : null;

    // {"provider":"github","clone_url":"…"} becomes {"provider":"github","cloneUrl":"…"}
    static JsonElement Camel(JsonElement made)
    {
        var renamed = new JsonObject();
        foreach (var member in made.EnumerateObject())
            renamed[member.Name == "clone_url" ? "cloneUrl" : member.Name] = JsonNode.Parse(member.Value.GetRawText());
        return JsonElement.Parse(renamed.ToJsonString(Orchestrator.Json.PlainOptions));
    }

    public new IReadOnlyList<QueueArtifact> Artifacts { get; init; } = [.. Whole.Artifacts.Select(one => new QueueArtifact(one))];
}

/// <summary>One reason why an item is blocked.</summary>
/// <param name="Kind">One of <see cref="CauseKinds"/>.</param>
/// <param name="Text">In words.</param>
/// <param name="Ref">The run, item or lease it is about; empty for none.</param>
sealed record ItemCause(
    [property: Words("dependency", "file_conflict", "upstream_fix", "limit", "worker_report", "person", "external")] string Kind,
    string Text, string Ref);

/// <summary>The closed list of what blocks.</summary>
static class CauseKinds
{
    public const string Dependency = "dependency";
    public const string Limit = "limit";
    public const string WorkerReport = "worker_report";
    public const string Person = "person";
    public const string External = "external";
}

/// <summary>A file, document or link that belongs to an item's work.</summary>
sealed record ItemArtifact
{
    public required string Id { get; init; }

    [Words("file", "pr", "document", "link")]
    public required string Type { get; init; }
    public string? Name { get; init; }
    public string? Path { get; init; }
    public string? Description { get; init; }

    /// <summary>In bytes; null when it is no file of ours.</summary>
    public long? Size { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The same in the words of the first queue.</summary>
sealed record QueueArtifact(string Id, string Type, string? Name, string? Path, string? Description, long? Size, DateTimeOffset CreatedAt)
{
    public QueueArtifact(ItemArtifact one)
        : this(one.Id, one.Type, one.Name, one.Path, one.Description, one.Size, one.CreatedAt)
    {
    }
}

/// <summary>Words of priorities, complexities and criticalities; a priority's place is its weight.</summary>
static class ItemWords
{
    public static readonly IReadOnlyList<string> Priorities = ["low", "medium", "high", "urgent"];
    public static readonly IReadOnlyList<string> Complexities = ["xs", "s", "m", "l", "xl"];
    public static readonly IReadOnlyList<string> Criticalities = ["low", "normal", "high"];
    public static readonly IReadOnlyList<string> ArtifactTypes = ["file", "pr", "document", "link"];
}
