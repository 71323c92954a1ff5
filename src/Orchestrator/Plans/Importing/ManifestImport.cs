using System.Text.Json;
using Orchestrator.Items;
using Orchestrator.Plans.Assigning;

namespace Orchestrator.Plans;

/// <summary>
/// Reads a task manifest: one JSON file with phases of tasks. Every member but a task's id may be missing; what is not known here is kept
/// and given back. Pure.
/// <code>
/// {"project": "demo", "repo": "owner/demo", "model": "m", "phases": [{"name": "Phase 1: Critical", "tasks": [
///   {"id": "t1", "issue": 1, "title": "Fix X", "files": ["src/foo.js"], "dependsOn": [], "status": "pending", "worktree": null}]}]}
/// </code>
/// </summary>
static class ManifestImport
{
    static readonly string[] OfPlan = ["project", "phases", "tasks", "title", "description", "heartbeat"];
    /// <summary>Other names that people write for members that matter, and those they stand for.</summary>
    static readonly (string Name, string For)[] Aliases =
        [("depends_on", "dependsOn"), ("dependencies", "dependsOn"), ("writes", "files"), ("acceptance_criteria", "acceptanceCriteria"),
            ("blockedBy", "dependsOn"), ("blocked_by", "dependsOn")];

    static readonly string[] OfPhase = ["id", "name", "tasks", "gate"];

    /// <summary>Members of a task that mean something here.</summary>
    public static readonly IReadOnlyList<string> OfTask =
    [
        "id", "issue", "title", "description", "files", "reads", "dependsOn", "status", "type", "kind", "acceptanceCriteria", "steps",
        "subtasks", "optional", "priority", "effort", "criticality", "profile", "requirements",
        .. Aliases.Select(alias => alias.Name),
    ];

    /// <summary>True when the document looks like one.</summary>
    public static bool Fits(JsonElement root) => root.ValueKind == JsonValueKind.Object
        && (root.TryGetProperty("phases", out var phases) ? phases.ValueKind is JsonValueKind.Array or JsonValueKind.Object
            : root.TryGetProperty("tasks", out var tasks) && tasks.ValueKind == JsonValueKind.Array
                && tasks.EnumerateArray().All(task => task.ValueKind == JsonValueKind.Object
                    && (task.TryGetProperty("id", out _) || task.TryGetProperty("title", out _))));

    public static Imported Read(SourceText source)
    {
        var (parsed, problem) = JsonSource.Parse(source);
        if (parsed is not { } root)
            return Imported.Refused(problem!);
        if (root.ValueKind != JsonValueKind.Object || (!root.TryGetProperty("phases", out _) && !root.TryGetProperty("tasks", out _)))
            return Imported.Refused(ImportFinding.Of(FindingWeight.Error, "no_phases", "$", "There are neither phases nor tasks in it.",
                null, "A manifest is an object with phases, each with a name and tasks."));
        var findings = new List<ImportFinding>();
        var top = new JsonFields(root, "$", findings);
        var (phases, items) = (new List<PhaseDraft>(), new List<ItemDraft>());
        foreach (var (at, phase) in top.Objects("phases").Index())
            Add(phases, items, phase, Phase(phase, at));
        if (top.Has("tasks"))
            Add(phases, items, top, new PhaseDraft { Id = "tasks", Name = "Tasks" });
        var name = Clean(top.Text("project"));
        if (Clean(top.Text("model")) is { } model)
            top.Say(FindingWeight.Info, "model_kept", "model", $"It names the model '{Texts.Short(model)}'.",
                "It is kept; which agent and model work is said by profiles.", "agentctl route try shows which it is.");
        return Imported.Of(new PlanDraft
        {
            Title = Clean(top.Text("title")) ?? name ?? "Manifest",
            Description = top.Text("description") ?? "",
            SourceKind = SourceKinds.Manifest,
            SourceKey = $"{top.Text("repo")} {name}".Trim() is { Length: > 0 } key ? key : null,
            Project = name,
            HeartbeatS = Heartbeat(top),
            Phases = phases,
            Items = items,
            Unknown = top.Others(OfPlan),
        }, findings);
    }

    // "heartbeat": "15m"
    static double? Heartbeat(JsonFields top)
    {
        var said = Clean(top.Text("heartbeat"));
        var parsed = PlanHeartbeat.Parse(said);
        if (said is not null && parsed is null)
            top.Say(FindingWeight.Warning, "bad_heartbeat", "heartbeat", $"'{Texts.Short(said)}' is no length of time.",
                "The plan's state is told as often as that of any plan.", "Write it like 15m, 90s or 1h30m: a second to a week.");
        return parsed?.TotalSeconds;
    }

    static void Add(List<PhaseDraft> phases, List<ItemDraft> items, JsonFields place, PhaseDraft phase)
    {
        phases.Add(phase);
        foreach (var (at, task) in place.Objects("tasks").Index())
            items.Add(Item(task, phase, at));
    }

    static PhaseDraft Phase(JsonFields phase, int at) => new()
    {
        Id = Clean(phase.Text("id")) ?? $"phase-{at + 1}",
        Name = Clean(phase.Text("name")) ?? $"Phase {at + 1}",
        Gate = Gate(phase),
        Unknown = phase.Others(OfPhase),
    };

    static PhaseGate Gate(JsonFields phase)
    {
        var word = phase.Text("gate");
        if (PhaseGates.Parse(word) is { } gate)
            return gate;
        if (word is not null)
            phase.Say(FindingWeight.Warning, "unknown_gate", "gate", $"The gate '{Texts.Short(word)}' is not known.",
                "all_done holds.", $"Write one of {string.Join(", ", PhaseGates.Words)}.");
        return PhaseGate.AllDone;
    }

    static ItemDraft Item(JsonFields task, PhaseDraft phase, int at)
    {
        var id = Clean(task.Text("id"));
        if (id is null)
            task.Say(FindingWeight.Error, "no_id", "id", $"Task {at + 1} of {phase.Name} has no id.", null,
                "Give every task an id of its own: dependsOn names it.");
        var issue = task.Whole("issue");
        var (status, word) = Status(task);
        var type = Word(task, "type", WorkTypes.All);
        var care = Word(task, "criticality", [.. ItemWords.Criticalities, .. CareWords.All]);
        return new ItemDraft
        {
            ForeignId = id ?? "",
            Title = Clean(task.Text("title")) ?? (issue is { } number ? $"Issue #{number}" : $"Task {id}"),
            Description = task.Text("description") ?? "",
            Type = type ?? WorkTypes.Code,
            TypeSaid = type is not null,
            Kind = Clean(task.Text("kind")),
            Criteria = Listed(task, "acceptanceCriteria"),
            DependsOn = Listed(task, "dependsOn"),
            Writes = Listed(task, "files"),
            Reads = Listed(task, "reads"),
            Phase = phase.Id,
            Steps = Steps(task, id),
            Optional = task.Flag("optional"),
            Priority = Word(task, "priority", ItemWords.Priorities, Urgencies),
            Effort = Clean(task.Text("effort")),
            Criticality = care is null || ItemWords.Criticalities.Contains(care) ? care : CareWords.Criticality(care),
            Care = care is not null && CareWords.All.Contains(care) ? care : null,
            Profile = Clean(task.Text("profile")),
            Issue = issue,
            Status = status,
            ForeignStatus = word,
            Requirements = task.Texts("requirements"),
            Unknown = task.Others(OfTask),
            Place = task.Path,
        };
    }

    /// <summary>Objects, or titles alone.</summary>
    static IReadOnlyList<StepDraft> Steps(JsonFields task, string? id)
    {
        var name = task.Find("steps") is null ? "subtasks" : "steps";
        if (task.Find(name) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0
            && list.EnumerateArray().All(step => step.ValueKind == JsonValueKind.String))
            return [.. task.Texts(name).Index().Select(step => new StepDraft
            {
                ForeignId = $"{id}.{step.Index + 1}", Title = step.Item, Place = $"{task.Path}.{name}[{step.Index}]",
            })];
        return [.. task.Objects(name).Index().Select(step => Step(step.Item, $"{id}.{step.Index + 1}"))];
    }

    static StepDraft Step(JsonFields step, string id) => new()
    {
        ForeignId = Clean(step.Text("id")) ?? id,
        Title = Clean(step.Text("title")) ?? $"Step {step.Text("id") ?? id}",
        Details = step.Text("details") ?? "",
        Optional = step.Flag("optional"),
        Done = step.Flag("done"),
        Place = step.Path,
    };

    static (ItemStatus, string?) Status(JsonFields task)
    {
        var word = Clean(task.Text("status"));
        if (word is null)
            return (ItemStatus.Inbox, null);
        if (ManifestWords.In(word) is not { } status)
        {
            task.Say(FindingWeight.Warning, "unknown_status", "status", $"The status '{Texts.Short(word)}' is not known.",
                "It counts as pending; the word is kept.", $"Write one of {string.Join(", ", ManifestWords.All)}.");
            return (ItemStatus.Inbox, word);
        }

        if (ManifestWords.Plain(word) is "running" or "stuck" or "in_progress" or "review" or "in_review" or "queued")
            task.Say(FindingWeight.Info, "was_running", "status", $"It is '{word}' in the source; what runs elsewhere does not run here.",
                "It starts when its turn comes.");
        return (status, word);
    }

    static IReadOnlyList<string> Listed(JsonFields task, string name)
    {
        var said = Aliases.Where(alias => alias.For == name).SelectMany(alias => task.Texts(alias.Name)).ToList();
        // "a.js, b.js" instead of a list
        var own = task.Find(name) is { ValueKind: JsonValueKind.String } && name != "acceptanceCriteria"
            ? task.Text(name)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : task.Texts(name);
        return [.. own.Concat(said).Distinct()];
    }

    /// <summary>Words of other programs for how urgent something is.</summary>
    static readonly IReadOnlyDictionary<string, string> Urgencies = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["critical"] = "urgent", ["normal"] = "medium", ["P0"] = "urgent", ["P1"] = "high", ["P2"] = "medium", ["P3"] = "low",
    };

    static string? Word(JsonFields task, string name, IReadOnlyList<string> words, IReadOnlyDictionary<string, string>? others = null)
    {
        if (Clean(task.Text(name)) is not { } word)
            return null;
        if (others?.GetValueOrDefault(word) is { } meant)
            return meant;
        if (words.FirstOrDefault(known => known.Equals(word, StringComparison.OrdinalIgnoreCase)) is { } said)
            return said;
        task.Say(FindingWeight.Warning, "unknown_word", name, $"'{Texts.Short(word)}' is no {name}.", "It was left out.",
            $"Write one of {string.Join(", ", words)}.");
        return null;
    }

    static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>Words of gates in sources and in the store.</summary>
static class PhaseGates
{
    public static readonly IReadOnlyList<string> Words = ["all_done", "all_merged", "person"];

    public static string Word(PhaseGate gate) => Words[(int)gate];

    /// <summary>The gate a word names; null for none.</summary>
    public static PhaseGate? Parse(string? word) => word is null ? null : ManifestWords.Plain(word) switch
    {
        "manual" or "human" or "approval" => PhaseGate.Person,
        "merged" => PhaseGate.AllMerged,
        "done" => PhaseGate.AllDone,
        var plain => Words.ToList().IndexOf(plain) is >= 0 and var at ? (PhaseGate)at : null,
    };
}

/// <summary>Status words of manifests, both ways. Pure.</summary>
static class ManifestWords
{
    public static readonly IReadOnlyList<string> All =
        ["pending", "blocked", "running", "stuck", "error", "complete", "pr_open", "merged"];

    /// <summary>A word as it is compared: In-Progress is in_progress.</summary>
    public static string Plain(string word) => word.Trim().ToLowerInvariant().Replace('-', '_').Replace(' ', '_');

    /// <summary>What a word means for an item that comes in; null for no such word. Other programs' words for the same are known, too:
    /// what is done must not be done again.</summary>
    public static ItemStatus? In(string word) => Plain(word) switch
    {
        "pending" or "blocked" or "running" or "stuck" or "error" => ItemStatus.Inbox,
        "todo" or "open" or "not_started" or "ready" or "queued" or "in_progress" or "review" or "in_review" or "failed" =>
            ItemStatus.Inbox,
        "complete" or "pr_open" or "merged" or "completed" or "done" or "closed" or "finished" => ItemStatus.Done,
        "skipped" => ItemStatus.Skipped,
        "canceled" or "cancelled" => ItemStatus.Canceled,
        _ => null,
    };

    /// <summary>The word for where an item is now.</summary>
    /// <param name="waits">Something it depends on is not done.</param>
    /// <param name="merged">Its work is on its branch.</param>
    /// <param name="isOpen">Its work is a pull request that is open.</param>
    public static string Out(ItemStatus status, bool waits, bool merged, bool isOpen) => status switch
    {
        ItemStatus.InFlight or ItemStatus.Review => isOpen ? "pr_open" : "running",
        ItemStatus.Done => merged ? "merged" : isOpen ? "pr_open" : "complete",
        ItemStatus.Blocked => "stuck",
        ItemStatus.Failed => "error",
        ItemStatus.Canceled => "canceled",
        ItemStatus.Skipped => "skipped",
        _ => waits ? "blocked" : "pending",
    };
}
