using System.Text.Json.Nodes;

namespace Orchestrator.Plans.Kiro;

/// <summary>Makes a plan of a spec folder. Pure: the same texts give the same plan.</summary>
sealed class KiroImporter
{
    readonly KiroSpec spec;
    readonly FindingList findings;
    readonly IReadOnlyList<SpecTask> units;
    readonly HashSet<string> named = new(StringComparer.OrdinalIgnoreCase);

    KiroImporter(KiroSpec spec)
    {
        this.spec = spec;
        findings = new(Path.GetFileName(spec.TasksFile) is { Length: > 0 } name ? name : "tasks.md");
        units = spec.Tasks?.Tasks ?? [];
    }

    /// <summary>True for a file that a spec folder has, and for any other text that holds a task.</summary>
    public static bool Fits(SourceText file) => KiroSpec.IsPart(file.Name)
        || (KiroSpec.IsText(file.Name) && TasksReader.Read(file.Text, new(file.Name)).Tasks.Count > 0);

    /// <summary>Reads a folder's files and makes a plan of them, or says why not.</summary>
    public static Imported Import(IReadOnlyList<SourceText> files) => Import(KiroSpec.Read(files));

    public static Imported Import(KiroSpec spec)
    {
        var importer = new KiroImporter(spec);
        if (importer.Problem() is { } problem)
            return Imported.Refused([.. spec.Findings, problem]);
        var order = new UnitOrder(spec.Tasks!, importer.findings);
        var (phases, phaseOf) = UnitPhases.Of(spec.Tasks!, order);
        var plan = new PlanDraft
        {
            Title = UnitText.Line(spec.Name), SourceKind = SourceKinds.Kiro, Description = importer.Description(), SourceKey = spec.Folder,
            Phases = phases, Items = [.. importer.units.Select(unit => importer.Item(unit, order, phaseOf[unit]))],
            Unknown = importer.Settings(),
        };
        importer.Uncovered();
        return Imported.Of(plan, [.. spec.Findings, .. importer.findings.All]);
    }

    /// <summary>What makes a plan impossible: nothing that could be handed out, or open boxes that nobody would ever look at.</summary>
    ImportFinding? Problem()
    {
        if (spec.Findings.FirstOrDefault(finding => finding.IsError) is not null)
            return ImportFinding.Of(KiroCode.NoUnit.Weight, KiroCode.NoUnit.Word, spec.TasksFile, "Nothing was made of it.");
        if (spec.Tasks is null)
            return ImportFinding.Of(KiroCode.NoTasks.Weight, KiroCode.NoTasks.Word, "tasks.md", "There is no tasks.md, or it is empty.",
                null,
                "Give the file with the tasks.");
        if (units.Count == 0)
            return ImportFinding.Of(KiroCode.NoUnit.Weight, KiroCode.NoUnit.Word, spec.TasksFile, "No task could be read.", null,
                "Write tasks as lines with a box: - [ ] 1. Title");
        var kept = spec.Tasks.All().Sum(task => (task.Box is null ? 0 : 1) + task.Checks.Count);
        return kept == spec.Tasks.Boxes ? null
            : ImportFinding.Of(KiroCode.LostBoxes.Weight, KiroCode.LostBoxes.Word, spec.TasksFile,
                $"{spec.Tasks.Boxes - kept} of {spec.Tasks.Boxes} boxes belong to no task.", null, "Give each box a line of its own.");
    }

    string Description()
    {
        var overview = spec.Design.Overview.Length > 0 ? spec.Design.Overview : spec.Tasks!.Overview;
        return spec.Folder is null ? overview : $"Spec: {spec.Folder}\n\n{overview}".TrimEnd();
    }

    /// <summary>What the settings say that has no place in a plan.</summary>
    string? Settings()
    {
        var said = new JsonObject();
        foreach (var (name, value) in new[] { ("spec_path", spec.Folder), ("specId", spec.Settings.SpecId),
            ("specType", spec.Settings.SpecType),
                     ("workflowType", spec.Settings.Workflow), ("language", spec.Settings.Language) })
            if (value is not null)
                said[name] = value;
        return said.Count == 0 ? null : said.ToJsonString(Json.PlainOptions);
    }

    ItemDraft Item(SpecTask unit, UnitOrder order, string phase)
    {
        var steps = unit.Children.Count == 0 ? [] : unit.Leaves().Select(leaf => Step(leaf, unit, order)).ToList();
        var fields = unit.WithAll().Select(task => task.Fields).ToList();
        var requirements = unit.WithAll().SelectMany(RequirementsOf).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var title = Title(unit);
        if (unit.Struck && !unit.Done)
            findings.Add(KiroCode.Struck, unit.Line, $"'{Texts.Short(unit.Title)}' is struck through.", "It is skipped.");
        return new()
        {
            ForeignId = unit.Id, Title = title, Description = UnitText.Of(unit, title, spec.Folder), Kind = UnitText.Kind(unit),
            Type = UnitText.Type(unit), Criteria = Criteria(unit, requirements), Requirements = requirements,
            DependsOn = order.Explicit(unit), After = order.Added(unit), Phase = phase, Optional = unit.Optional, Steps = steps,
            Parent = unit.Section.Length == 0 ? null : UnitText.Line(unit.Section),
            Writes = Claims(fields.SelectMany(one => one.Writes)), Reads = Claims(fields.SelectMany(one => one.Reads)),
            Priority = fields.Select(one => UnitText.Priority(one.Priority)).FirstOrDefault(one => one is not null),
            Effort = unit.Fields.Effort is { } effort ? UnitText.Line(effort) : null,
            Status = unit.Done ? Items.ItemStatus.Done : unit.Struck ? Items.ItemStatus.Skipped : Items.ItemStatus.Inbox,
            ForeignStatus = UnitText.Status(unit), Unknown = UnitText.Unknown(unit.Fields),
            Line = unit.Line, Place = $"tasks.md:{unit.Line}",
        };
    }

    StepDraft Step(SpecTask leaf, SpecTask unit, UnitOrder order)
    {
        if (leaf.Struck && !leaf.Done)
            findings.Add(KiroCode.Struck, leaf.Line, $"'{Texts.Short(leaf.Title)}' is struck through.", "It counts as optional.");
        var title = Title(leaf);
        return new()
        {
            ForeignId = leaf.Id, Title = title, Details = UnitText.Of(leaf, title, unit), Optional = leaf.Optional || leaf.Struck,
            Done = leaf.Done,
            ForeignStatus = UnitText.Status(leaf),
            DependsOn = order.Inside(leaf, unit),
            Writes = Claims(leaf.Fields.Writes), Reads = Claims(leaf.Fields.Reads),
            Requirements = [.. RequirementsOf(leaf).Distinct(StringComparer.OrdinalIgnoreCase)], Unknown = UnitText.Unknown(leaf.Fields),
            Line = leaf.Line, Place = $"tasks.md:{leaf.Line}",
        };
    }

    string Title(SpecTask task)
    {
        if (task.Title.Length <= Items.Intake.TitleLength)
            return task.Title;
        findings.Add(KiroCode.LongTitle, task.Line, $"The title has {task.Title.Length} characters.",
            "It was cut; the description has it whole.");
        return UnitText.Line(task.Title);
    }

    /// <summary>Ids of requirements with ranges counted out; those that are not there are reported once for each task.</summary>
    List<string> RequirementsOf(SpecTask task)
    {
        if (known.TryGetValue(task, out var ids))
            return ids;
        ids = [.. task.Fields.Requirements.SelectMany(spec.Requirements.Expand).Take(500)];
        foreach (var number in task.Fields.Properties)
        {
            var property = spec.Design.Properties.FirstOrDefault(one => one.Number == number);
            if (property is null && spec.Design.Properties.Count > 0)
                findings.Add(KiroCode.UnknownProperty, task.Line, $"Task {task.Id} names property {number}, and the design has none such.");
            if (ids.Count == 0 && property is not null)
                ids.AddRange(property.Requirements.SelectMany(spec.Requirements.Expand));
        }
        if (spec.Requirements.All.Count > 0)
            foreach (var id in ids.Where(id => !spec.Requirements.Has(id)).Distinct())
                findings.Add(KiroCode.UnknownRequirement, task.Line, $"Task {task.Id} names requirement {id}, and there is none such.",
                    "It was kept as it stands.", spec.Requirements.Nearest(id) is { } near ? $"Is {near} meant?" : null);
        named.UnionWith(ids);
        return known[task] = ids;
    }

    readonly Dictionary<SpecTask, List<string>> known = [];

    List<string> Criteria(SpecTask unit, List<string> requirements)
    {
        var fromRequirements = requirements.SelectMany(spec.Requirements.CriteriaOf).DistinctBy(one => one.Id)
            .Select(one => UnitText.Cut($"{one.Id} {one.Text}", UnitText.CriterionLength));
        return [.. fromRequirements.Concat(unit.Checks.Where(check => check.Criterion).Select(check =>
            UnitText.Cut(check.Title, UnitText.CriterionLength)))
            .Take(UnitText.MostCriteria)];
    }

    List<string> Claims(IEnumerable<(string Path, int Line)> claims)
    {
        var paths = new List<string>();
        foreach (var (path, line) in claims.DistinctBy(one => one.Path).Take(UnitText.MostPaths))
        {
            if (UnitText.IsPath(path))
                paths.Add(path);
            else
                findings.Add(KiroCode.BadPath, line, $"'{Texts.Short(path)}' is no path below the project's folder.", "It was left out.",
                    "Write it like src/a.ts, src/folder or src/**/*.ts.");
        }
        return paths;
    }

    /// <summary>Requirements that no task names, when tasks name any.</summary>
    void Uncovered()
    {
        if (named.Count == 0 || spec.Tasks!.All().Any(task => task.Fields.AllRequirements))
            return;
        foreach (var requirement in spec.Requirements.All)
            if (!named.Contains(requirement.Id) && !requirement.Criteria.Any(one => named.Contains(one.Id)))
                findings.Add(KiroCode.UncoveredRequirement, null,
                    $"No task names requirement {requirement.Id}: {Texts.Short(requirement.Title)}");
    }
}
