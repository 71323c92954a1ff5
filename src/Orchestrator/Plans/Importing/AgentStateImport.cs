using System.Text.Json;
using Orchestrator.Items;
using Orchestrator.Plans.Assigning;

namespace Orchestrator.Plans;

/// <summary>
/// Reads AGENT_STATE.json and TASKS_PARSED.json. A task with subtasks is one unit whose steps they are; a standalone task is a unit; a
/// subtask is never one of its own. What else a task or the top holds is kept and given back. Pure.
/// <code>
/// {"spec_path": ".kiro/specs/demo", "session_name": "s", "review_findings": [], …, "tasks": [
///   {"task_id": "1", "description": "First group", "status": "not_started", "subtasks": ["1.1"], "dependencies": []},
///   {"task_id": "1.1", "description": "do a", "status": "not_started", "parent_id": "1", "writes": ["a.txt"]}]}
/// </code>
/// </summary>
static class AgentStateImport
{
    /// <summary>Members the format demands; without them a file of that name is somebody else's.</summary>
    public static readonly IReadOnlyList<string> Required =
    [
        "spec_path", "session_name", "tasks", "review_findings", "final_reports", "blocked_items", "pending_decisions", "deferred_fixes",
        "window_mapping",
    ];

    /// <summary>Members of a task that mean something here.</summary>
    public static readonly IReadOnlyList<string> OfTask =
    [
        "task_id", "description", "type", "status", "dependencies", "is_optional", "subtasks", "parent_id", "writes", "reads", "details",
    ];

    /// <summary>True when the document looks like one of the two.</summary>
    public static bool Fits(JsonElement root) => root.ValueKind == JsonValueKind.Object && !root.TryGetProperty("phases", out _)
        && (IsParsed(root) || Required.Count(name => root.TryGetProperty(name, out _)) >= 3);

    /// <summary>The tasks alone: of what only a state has nothing is there.</summary>
    static bool IsParsed(JsonElement root) => Required.Where(name => root.TryGetProperty(name, out _)).Order(StringComparer.Ordinal)
        .SequenceEqual(["spec_path", "tasks"])
        && (root.GetProperty("tasks").ValueKind != JsonValueKind.Array || root.GetProperty("tasks").EnumerateArray()
            .All(task => task.ValueKind == JsonValueKind.Object && !task.TryGetProperty("id", out _)));

    public static Imported Read(SourceText source)
    {
        var (parsed, problem) = JsonSource.Parse(source);
        if (parsed is not { } root)
            return Imported.Refused(problem!);
        if (root.ValueKind != JsonValueKind.Object)
            return Imported.Refused(Missing(Required));
        if (!IsParsed(root) && Required.Where(name => !root.TryGetProperty(name, out _)).ToList() is { Count: > 0 } missing)
            return Imported.Refused(Missing(missing));
        var findings = new List<ImportFinding>();
        var top = new JsonFields(root, "$", findings);
        var spec = top.Text("spec_path") ?? "";
        return Imported.Of(new PlanDraft
        {
            Title = spec.TrimEnd('/').Split('/')[^1] is { Length: > 0 } name ? name : top.Text("session_name") ?? "Spec",
            SourceKind = SourceKinds.AgentState,
            SourceKey = spec.Length > 0 ? spec : null,
            Phases = [new PhaseDraft { Id = "tasks", Name = "Tasks" }],
            Items = new Tasks(top.Objects("tasks"), findings).Units(),
            Unknown = top.Others(["tasks"]),
        }, findings);
    }

    static ImportFinding Missing(IReadOnlyList<string> names) => ImportFinding.Of(FindingWeight.Error, "missing_keys", "$",
        $"It lacks {string.Join(", ", names)}: it is no AGENT_STATE.json of this format.", null,
        "Other programs use that file name, too; import the spec folder instead.");

    /// <summary>Turns a flat list of tasks into units with steps.</summary>
    sealed class Tasks(IReadOnlyList<JsonFields> all, List<ImportFinding> findings)
    {
        public IReadOnlyList<ItemDraft> Units()
        {
            var tasks = Placed();
            var tops = tasks.Where(task => task.Parent.Length == 0).Select(task => task.Id).ToHashSet();
            foreach (var lost in tasks.Where(task => task.Parent.Length > 0 && !tops.Contains(task.Parent)))
                findings.Add(ImportFinding.Of(FindingWeight.Warning, "unknown_parent", $"{lost.Fields.Path}.parent_id",
                    $"Task {lost.Id} names the parent {lost.Parent}, which is no task without a parent.", "It is a unit of its own.",
                    "Add the parent, or take parent_id away."));
            bool IsStep(Task task) => task.Parent.Length > 0 && tops.Contains(task.Parent);
            var steps = tasks.Where(IsStep).ToLookup(task => task.Parent);
            var unitOf = new Dictionary<string, string>();
            foreach (var task in tasks)
                unitOf.TryAdd(task.Id, IsStep(task) ? task.Parent : task.Id);
            return [.. tasks.Where(task => !IsStep(task)).Select(unit => Unit(unit.Id, unit.Fields,
                steps[unit.Id].Select(step => (step.Id, step.Fields)), unitOf))];
        }

        /// <summary>Each with the unit it belongs to: by its parent, or by the list of its parent's subtasks, as far up as there is
        /// one.</summary>
        List<Task> Placed()
        {
            var listed = new Dictionary<string, string>();
            foreach (var task in all)
                foreach (var child in task.Texts("subtasks"))
                    listed.TryAdd(child.Trim(), task.Text("task_id")?.Trim() ?? "");
            var parents = new Dictionary<string, string>();
            string Above(string id, JsonFields task) =>
                task.Text("parent_id")?.Trim() is { Length: > 0 } said ? said : listed.GetValueOrDefault(id, "");
            foreach (var task in all)
                if (task.Text("task_id")?.Trim() is { } id)
                    parents.TryAdd(id, Above(id, task));
            string Top(string parent)
            {
                var seen = new HashSet<string>();
                while (parents.GetValueOrDefault(parent, "") is { Length: > 0 } above && seen.Add(parent))
                    parent = above;
                return parent;
            }

            return [.. all.Select(task => (Id: task.Text("task_id")?.Trim() ?? "", Fields: task))
                .Select(task => new Task(task.Id, Above(task.Id, task.Fields) is { Length: > 0 } parent ? Top(parent) : "", task.Fields))];
        }

        /// <summary>A task with the two members that say where it belongs.</summary>
        sealed record Task(string Id, string Parent, JsonFields Fields);

        static ItemDraft Unit(string id, JsonFields task, IEnumerable<(string Id, JsonFields Task)> children, Dictionary<string,
            string> unitOf)
        {
            if (id.Length == 0)
                task.Say(FindingWeight.Error, "no_id", "task_id", "A task has no task_id.", null, "Give every task an id of its own.");
            var steps = children.Select(child => Step(child.Id, child.Task)).ToList();
            var word = task.Text("status");
            var status = Status(task, word);
            var said = task.Text("criticality")?.Trim().ToLowerInvariant();
            var care = said is not null && CareWords.All.Contains(said) ? said : null;
            return new ItemDraft
            {
                ForeignId = id,
                Title = task.Text("description") is { Length: > 0 } text ? text : $"Task {id}",
                Description = string.Join('\n', task.Texts("details")),
                Type = task.Text("type")?.Trim().ToLowerInvariant() is { } type && WorkTypes.All.Contains(type) ? type : WorkTypes.Code,
                DependsOn = [.. steps.SelectMany(step => step.DependsOn).Concat(task.Texts("dependencies"))
                    .Select(on => unitOf.GetValueOrDefault(on, on)).Where(on => on != id).Distinct()],
                Writes = [.. task.Texts("writes").Concat(steps.SelectMany(step => step.Writes)).Distinct()],
                Reads = [.. task.Texts("reads").Concat(steps.SelectMany(step => step.Reads)).Distinct()],
                Phase = "tasks",
                Steps = steps,
                Optional = task.Flag("is_optional"),
                Criticality = care is null ? said : CareWords.Criticality(care),
                Care = care,
                Status = status,
                ForeignStatus = word,
                Unknown = task.Others(OfTask),
                Place = task.Path,
            };
        }

        static StepDraft Step(string id, JsonFields task) => new()
        {
            ForeignId = id,
            Title = task.Text("description") is { Length: > 0 } text ? text : $"Task {id}",
            Details = string.Join('\n', task.Texts("details")),
            Optional = task.Flag("is_optional"),
            Done = StateWords.IsDone(task.Text("status")),
            ForeignStatus = task.Text("status"),
            DependsOn = task.Texts("dependencies"),
            Writes = task.Texts("writes"),
            Reads = task.Texts("reads"),
            Unknown = task.Others(OfTask),
            Place = task.Path,
        };

        static ItemStatus Status(JsonFields task, string? word)
        {
            if (StateWords.IsDone(word))
                return ItemStatus.Done;
            if (word is not null && !StateWords.All.Contains(ManifestWords.Plain(word)))
                task.Say(FindingWeight.Warning, "unknown_status", "status", $"The status '{Texts.Short(word)}' is not known.",
                    "It counts as not_started; the word is kept.", $"Write one of {string.Join(", ", StateWords.All)}.");
            else if (word is not null && ManifestWords.Plain(word) != "not_started")
                task.Say(FindingWeight.Info, "was_running", "status", $"It is '{word}' in the source, and not at work here.",
                    "It starts when its turn comes.");
            return ItemStatus.Inbox;
        }
    }
}

/// <summary>Status words of AGENT_STATE.json. Pure.</summary>
static class StateWords
{
    public static readonly IReadOnlyList<string> All =
    [
        "not_started", "in_progress", "pending_review", "under_review", "fix_required", "final_review", "completed", "blocked",
    ];

    /// <summary>Whether a task's word says that it is done; other programs' words for it are known, too.</summary>
    public static bool IsDone(string? word) => word is not null && ManifestWords.Plain(word) is "completed" or "complete" or "done";

    /// <summary>The word for where an item is now.</summary>
    /// <param name="heldBack">Something it depends on cannot go on.</param>
    public static string Out(ItemStatus status, bool heldBack) => status switch
    {
        ItemStatus.InFlight => "in_progress",
        ItemStatus.Review => "under_review",
        ItemStatus.Done or ItemStatus.Skipped => "completed",
        ItemStatus.Blocked or ItemStatus.Failed or ItemStatus.Canceled => "blocked",
        _ => heldBack ? "blocked" : "not_started",
    };
}
