using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Plans;

namespace Orchestrator.Verbs;

/// <summary>What a <c>spec</c> command is about: a spec's folder or a state file, its project, and the plan made of it.</summary>
/// <param name="Folder">The spec's folder; null for a state file.</param>
/// <param name="State">The state file; null for a folder.</param>
sealed record SpecSource(string? Folder, string? State)
{
    /// <summary>Where the files beside it go: the folder above the spec, or that of the state file.</summary>
    public string Beside => Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Folder ?? State!))!;

    public string? TasksMd => (Folder ?? OfState()) is { } folder && Path.Combine(folder, "tasks.md") is var path && File.Exists(path)
        ? path : null;

    /// <summary>The spec beside which a state file was written.</summary>
    string? OfState() => Read() is { } state && state.Text("plan_id") is { Length: > 0 } && state.Text("spec_path") is { Length: > 0 } spec
        ? Path.Combine(Beside, Path.GetFileName(Path.TrimEndingDirectorySeparator(spec))) : null;

    JsonNode? Read()
    {
        try
        {
            return State is null ? null : JsonNode.Parse(File.ReadAllText(State));
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or IOException or UnauthorizedAccessException)
        {
            // What is wrong with it is told by the import.
            return null;
        }
    }

    /// <summary>The folder or file that was named.</summary>
    /// <exception cref="Fault">It is not there.</exception>
    public static SpecSource Of(Invocation call, string? folder, string? state)
    {
        if (folder is null == state is null)
            throw Invocation.Usage("Exactly one of --spec and --state is wanted.", "agentctl spec run --spec .kiro/specs/NAME");
        var path = Path.GetFullPath(folder ?? state!, call.Around.Folder);
        if (folder is not null ? !Directory.Exists(path) : !File.Exists(path))
            throw new Fault(FaultCode.NotFound, $"{folder ?? state} is not there.", folder is not null
                ? "Name the folder that holds requirements.md, design.md and tasks.md." : "Name an AGENT_STATE.json.");
        return folder is not null ? new SpecSource(path, null) : new SpecSource(null, path);
    }

    /// <summary>
    /// The project that is named, or the one whose folder the work is in. One that is not known yet is registered where that was agreed to,
    /// and said so; null where nothing says which.
    /// </summary>
    public static string? Project(Invocation call, bool mayAdd)
    {
        if (call.Text("--project") is { } named)
            return named;
        var work = Path.GetFullPath(call.Text("--workdir") ?? ".", call.Around.Folder);
        var projects = call.Api().Projects;
        var known = projects.List().Entries("projects").ToList();
        for (var at = work; at is not null; at = Path.GetDirectoryName(at))
        {
            if (known.FirstOrDefault(project => project.Text("path") == at) is { } project)
                return project.Text("name");
            if (!Directory.Exists(Path.Combine(at, ".git")))
                continue;
            if (!mayAdd)
                return null;
            var name = NameFor(Path.GetFileName(at), known);
            projects.Add(new Workspaces.AddProject.Request(name, at, null, null, null));
            call.Output.Remark($"Registered the project {name} for {at}.");
            return name;
        }

        return null;
    }

    /// <summary>The tasks.md that the daemon itself is to keep up to date: where it lies in the project's own folder.</summary>
    public string? Kept(Invocation call, string? project) => project is not null && TasksMd is { } file
        && call.Api().Projects.List().Entries("projects").FirstOrDefault(one => one.Text("name") == project).Text("path") is { } folder
        && BoxKeeper.Fits(folder, file) ? file : null;

    static string NameFor(string folder, IReadOnlyList<JsonNode> known)
    {
        var name = new string([.. folder.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]).Trim('-', '.');
        name = name.Length == 0 ? "project" : name;
        var free = name;
        for (var no = 2; known.Any(project => project.Text("name") == free); no++)
            free = FormattableString.Invariant($"{name}-{no}");
        return free;
    }

    /// <summary>The folder or file of a command that takes either as its word.</summary>
    public static SpecSource Named(Invocation call)
    {
        var word = call.Need("spec");
        return Directory.Exists(Path.GetFullPath(word, call.Around.Folder)) ? Of(call, word, null) : Of(call, null, word);
    }

    /// <summary>The plan that a state file was written from; null where it was not, or where this daemon has no such plan.</summary>
    JsonNode? Written(Invocation call)
    {
        try
        {
            return Read().Text("plan_id") is { Length: > 0 } id ? call.Api().Plans.Show(id)["plan"] : null;
        }
        catch (Fault fault) when (fault.Code == FaultCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Makes the plan, or brings it up to date; what was found is told. Null when it is refused.</summary>
    public JsonNode? Import(Invocation call, string? project)
    {
        if (Written(call) is { } known)
            return known;
        var (files, text, place) = PlanImportVerb.Read(call, Folder ?? State!);
        try
        {
            var answer = call.Api().Plans.Import(new ImportPlan.Request(files, text, Folder is null ? SourceKinds.AgentState
                : SourceKinds.Kiro, project, place, null, null));
            foreach (var finding in answer.Entries("findings").Where(one => one.Text("severity") != "info"))
                call.Output.Remark(PlanImportVerb.Finding(finding));
            return answer["plan"];
        }
        catch (Fault fault) when (fault.Details?.GetValueOrDefault("findings") is JsonArray findings)
        {
            call.Output.Remark(fault.Message);
            foreach (var finding in findings)
                call.Output.Remark(PlanImportVerb.Finding(finding!));
            return null;
        }
    }
}
