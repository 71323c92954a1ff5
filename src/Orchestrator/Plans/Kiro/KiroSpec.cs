using System.Text.Json;

namespace Orchestrator.Plans.Kiro;

/// <summary>A spec folder as it was read: .kiro/specs/NAME with its files.</summary>
/// <param name="Name">The folder's name, or what the files call it.</param>
/// <param name="Folder">The folder with '/'; null when the files' names have none.</param>
/// <param name="Tasks">Null when there is no tasks.md.</param>
/// <param name="TasksFile">Name of the tasks file as given.</param>
sealed record KiroSpec(string Name, string? Folder, SpecSettings Settings, TasksDocument? Tasks, string TasksFile,
    RequirementSet Requirements, SpecDesign Design, IReadOnlyList<ImportFinding> Findings)
{
    /// <summary>Reads the texts of a folder; others beside them are left alone. Pure, and throws on no text.</summary>
    public static KiroSpec Read(IReadOnlyList<SourceText> files)
    {
        var found = new List<ImportFinding>();
        var all = files.Where(file => Base(file.Name) == "tasks.md").ToList();
        if (all.Count > 1)
            found.Add(ImportFinding.Of(KiroCode.SeveralSpecs.Weight, KiroCode.SeveralSpecs.Word, null,
                $"There is more than one tasks.md: {Texts.Short(string.Join(", ", all.Select(file => file.Name)))}", null,
                    "Import one folder at a time."));
        var tasksFile = all.Count > 0 ? all[0] : files is [{ } only] && IsText(only.Name) ? only : null;
        var folder = FolderOf(tasksFile?.Name ?? (files.Count > 0 ? files[0].Name : ""));
        SourceText? Beside(string name) => files.FirstOrDefault(file => Base(file.Name) == name && FolderOf(file.Name) == folder);

        var settings = SpecSettings.Read(Beside(".config.kiro"), Beside("spec.json"), found);
        var requirements = RequirementsOf(Beside("requirements.md") ?? Beside("bugfix.md"), found);
        var design = Beside("design.md") is { } designFile ? Read(designFile, DesignReader.Read, found) : new(null, "", []);
        var tasks = tasksFile is null || tasksFile.Text.AsSpan().Trim().Length == 0 ? null : Read(tasksFile, TasksReader.Read, found);
        var name = folder?.Split('/')[^1] ?? settings.Name ?? Title(tasks?.Title ?? design.Title) ?? "spec";
        return new(name, folder, settings, tasks, tasksFile?.Name ?? "tasks.md", requirements, design, found);
    }

    /// <summary>True for the names of a spec folder's files.</summary>
    public static bool IsPart(string name) =>
        Base(name) is "tasks.md" or "requirements.md" or "bugfix.md" or "design.md" or ".config.kiro" or "spec.json";

    static T Read<T>(SourceText file, Func<string, FindingList, T> read, List<ImportFinding> found)
    {
        var findings = new FindingList(Base(file.Name));
        var result = read(file.Text, findings);
        found.AddRange(findings.All);
        return result;
    }

    static RequirementSet RequirementsOf(SourceText? file, List<ImportFinding> found)
    {
        if (file is null)
        {
            found.Add(ImportFinding.Of(KiroCode.NoRequirements.Weight, KiroCode.NoRequirements.Word, null,
                "There is no requirements.md and no bugfix.md.", "Ids of requirements were taken as they stand."));
            return new([]);
        }
        var read = Read(file, RequirementsReader.Read, found);
        if (read.Count == 0)
            found.Add(ImportFinding.Of(KiroCode.OddRequirements.Weight, KiroCode.OddRequirements.Word, Base(file.Name),
                "No requirement could be read.", "Ids of requirements were taken as they stand."));
        return new(read);
    }

    static string Base(string name) => name[(name.LastIndexOfAny(['/', '\\']) + 1)..].ToLowerInvariant();

    /// <summary>True for a name that a text with tasks may have, whatever it is called.</summary>
    public static bool IsText(string name) => Path.GetExtension(Base(name)) is "" or ".md" or ".markdown" or ".txt";

    static string? FolderOf(string name)
    {
        var plain = name.Replace('\\', '/');
        while (plain.StartsWith("./", StringComparison.Ordinal))
            plain = plain[2..];
        var end = plain.LastIndexOf('/');
        return end > 0 ? plain[..end].TrimEnd('/') : null;
    }

    // # Implementation Plan: Notification Channels
    static string? Title(string? heading)
    {
        if (heading is null)
            return null;
        var colon = heading.IndexOfAny([':', '：']);
        var title = (colon > 0 ? heading[(colon + 1)..] : heading).Trim();
        return title.Length == 0 ? null : title.Length > 200 ? title[..200] : title;
    }
}

/// <summary>What .config.kiro and spec.json say; null for what they do not.</summary>
/// <param name="SpecType">feature or bugfix.</param>
/// <param name="Workflow">requirements-first, design-first, or spec.json's phase.</param>
/// <param name="TasksApproved">spec.json's approvals.tasks.approved.</param>
sealed record SpecSettings(string? SpecId, string? Name, string? SpecType, string? Workflow, string? Language, bool? TasksApproved)
{
    // .config.kiro  {"specId": "a105d274-…", "workflowType": "requirements-first", "specType": "bugfix"}
    // spec.json     {"feature_name": "x", "language": "ja", "phase": "tasks-generated", "approvals": {"tasks": {"generated": true,
    // "approved": false}}}
    public static SpecSettings Read(SourceText? config, SourceText? spec, List<ImportFinding> found)
    {
        var settings = new SpecSettings(null, null, null, null, null, null);
        With(config, found, root => settings = settings with
        {
            SpecId = Text(root, "specId"),
            SpecType = Text(root, "specType"),
            Workflow = Text(root, "workflowType"),
        });
        With(spec, found, root => settings = settings with
        {
            Name = Text(root, "feature_name"),
            Language = Text(root, "language"),
            Workflow = settings.Workflow ?? Text(root, "phase"),
            TasksApproved = Member(Member(Member(root, "approvals"), "tasks"), "approved") is
            {
                ValueKind: JsonValueKind.True
                or JsonValueKind.False
            } is_
                ? is_.GetBoolean() : null,
        });
        if (settings.TasksApproved == false)
            found.Add(ImportFinding.Of(KiroCode.NotApproved.Weight, KiroCode.NotApproved.Word, "spec.json", "The tasks are not approved."));
        return settings;
    }

    static void With(SourceText? file, List<ImportFinding> found, Action<JsonElement> read)
    {
        if (file is null)
            return;
        try
        {
            using var parsed = JsonDocument.Parse(file.Text.TrimStart('\uFEFF'), new JsonDocumentOptions
            {
                AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = Json.MaxDepth,
            });
            read(parsed.RootElement);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or ArgumentException)
        {
            found.Add(ImportFinding.Of(KiroCode.SettingsUnreadable.Weight, KiroCode.SettingsUnreadable.Word, file.Name,
                $"It is no JSON: {Texts.Short(problem.Message)}", "It was left out.", "Correct it, or take it away."));
        }
    }

    static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } of && of.TryGetProperty(name, out var member) ? member : null;

    static string? Text(JsonElement root, string name) =>
        Member(root, name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 and <= 500 } said ? said : null;
}
