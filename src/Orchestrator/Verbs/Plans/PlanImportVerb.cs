using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Plans;

namespace Orchestrator.Verbs;

/// <summary>The parts of <c>plan</c> that touch files or ask a person: import, start and export.</summary>
static class PlanImportVerb
{
    const long MostBytes = 9 * 1024 * 1024;
    const int MostFiles = 100;
    const string OfGitHub = "github:";

    static readonly string[] Endings = [".json", ".md", ".txt", ".kiro"];

    public static Symbol[] Symbols() =>
    [
        Verb.Word("source", "The file or folder; - for standard input; github:owner/repo for the issues of a repository."),
        Verb.Text("--project", "The registered project it is about.", "NAME"),
        Verb.Text("--plan", "The plan that it changes: an export of it that was edited, for example.", "PLAN"),
        Verb.Text("--source", "What tells it from other documents, instead of where it lies.", "NAME"),
        Verb.Texts("--label", "Of a repository: only issues that have this label; may be repeated.", "NAME"),
        Verb.Text("--state", "Of a repository: open issues, or all.", "STATE"),
        Verb.Text("--limit", "Of a repository: most issues; 500 when not said.", "N"),
        Verb.Flag("--dry-run", "Store nothing: only say what would be."),
        Verb.Text("--idempotency-key", "The same key again imports nothing and prints the same answer.", "KEY"),
    ];

    public static int Import(Invocation call)
    {
        try
        {
            var answer = call.Need("source") is var source && source.StartsWith(OfGitHub, StringComparison.Ordinal)
                ? Issues(call, source[OfGitHub.Length..]) : Document(call, source);
            foreach (var finding in answer.Entries("findings").Where(one => one.Text("severity") != "info"))
                call.Output.Remark(Finding(finding));
            if (answer.Text("plan.id") is { } id && answer.Text("plan.status") == "draft")
                call.Output.Remark($"{answer.Cell("plan.total")} items. Nothing runs yet: agentctl plan start {id}");
            return call.Output.Document(answer);
        }
        catch (Fault fault) when (fault.Details?.GetValueOrDefault("findings") is JsonArray findings)
        {
            call.Output.Remark(fault.Message);
            foreach (var finding in findings)
                call.Output.Remark(Finding(finding!));
            call.Output.Document(new JsonObject { ["plan"] = null, ["items"] = new JsonArray(), ["findings"] = findings.DeepClone() });
            return ExitCodes.Failed;
        }
    }

    static JsonNode Document(Invocation call, string source)
    {
        if (call.Texts("--label").Length > 0 || call.Text("--state") is not null || call.Text("--limit") is not null)
            throw Invocation.Usage("--label, --state and --limit are about the issues of a repository.",
                $"agentctl plan import {OfGitHub}OWNER/REPO");
        var (files, text, place) = Read(call, source);
        return call.Api().Plans.Import(new ImportPlan.Request(files, text, call.Format is { } said and not ("text" or "json")
            ? said : null, call.Text("--project"),
            call.Text("--source") ?? place, call.Flag("--dry-run") ? true : null, call.Text("--idempotency-key"), call.Text("--plan")));
    }

    static JsonNode Issues(Invocation call, string repository)
    {
        if (call.Text("--source") is not null || call.Text("--plan") is not null)
            throw Invocation.Usage("--source and --plan are about documents: a repository is told from others by its name and the labels.");
        return call.Api().Plans.ImportIssues(new ImportIssues.Request(repository, call.Texts("--label") is { Length: > 0 } labels ? labels
            : null, call.Text("--state"), call.Text("--project"), call.Number("--limit", 1, 2000),
            call.Flag("--dry-run") ? true : null, call.Text("--idempotency-key")));
    }

    /// <summary><c>error    $.phases[1].tasks[0]: t4 depends on t99, and no task has that id. Correct the id, or take it
    /// away.</c></summary>
    public static string Finding(JsonNode one) => $"{one.Text("severity"),-7}  {(one.Text("place") is { } place ? $"{place}: " : "")}"
        + $"{one.Text("text")} {one.Text("done")} {one.Text("fix")}".TrimEnd();

    /// <summary>The files of a source, or its text from standard input, and where it lies.</summary>
    public static (Dictionary<string, string?>? Files, string? Text, string? Place) Read(Invocation call, string source)
    {
        if (source == "-")
            return (null, call.ReadPrompt("-"), null);
        var path = Path.GetFullPath(source, call.Around.Folder);
        try
        {
            if (!Directory.Exists(path))
                return (new() { [NameOf(path)] = Text(path) }, null, path);
            var found = Directory.EnumerateFiles(path).Where(file =>
                Endings.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal)
                .Take(MostFiles + 1).ToList();
            if (found.Count is 0 or > MostFiles)
                throw Invocation.Usage(found.Count == 0 ? $"In {source} is no file that a plan could be made of."
                    : $"In {source} are too many files.",
                    "Name the file itself.");
            var total = found.Sum(file => new FileInfo(file).Length);
            if (total > MostBytes)
                throw new Fault(FaultCode.TooLarge, $"The files in {source} have {total} bytes together, too many.",
                    "Name the file itself.");
            // A spec is called as its folder.
            var folder = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
            return (found.ToDictionary(file => $"{folder}/{Path.GetFileName(file)}", file => (string?)Text(file)), null, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Fault(FaultCode.NotFound, $"{source} cannot be read: {e.Message}", "Give a file, a folder, or - for standard input.");
        }
    }

    // tasks.md says nothing by itself: it is called as its folder, too.
    static string NameOf(string path) => Path.GetFileName(path) is "tasks.md" and var name
        && Path.GetFileName(Path.GetDirectoryName(path)) is { Length: > 0 } folder ? $"{folder}/{name}" : Path.GetFileName(path);

    static string Text(string path)
    {
        if (new FileInfo(path).Length > MostBytes)
            throw new Fault(FaultCode.TooLarge, $"{path} has more than {MostBytes} bytes.");
        var bytes = File.ReadAllBytes(path);
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            throw Invocation.Usage($"{path} is not UTF-8.", "Convert it first, for example with iconv.");
        return Encoding.UTF8.GetString(bytes);
    }

    public static int Start(Invocation call)
    {
        var plans = call.Api().Plans;
        var shown = plans.Show(call.Id("plan"));
        var id = shown.Text("plan.id")!;
        if (shown.Text("plan.status") == "draft" && !Consent(call, shown, $"agentctl plan start {id} --yes"))
            return ExitCodes.PersonMustDecide;
        return PlanVerbs.Print(call, plans.Start(id, new MovePlan.Request(null, call.Flag("--with-optional") ? true : null,
            call.Text("--idempotency-key"), call.Text("--mode"))));
    }

    /// <summary>Shows what would run and asks, unless --yes was said.</summary>
    /// <param name="how">What to type where nobody can be asked.</param>
    public static bool Consent(Invocation call, JsonNode shown, string how)
    {
        if (call.Flag("--yes"))
            return true;
        Explain(call, shown);
        if (!call.Around.InputIsTerminal)
        {
            call.Output.Remark($"Nobody can be asked here. To start it: {how}");
            return false;
        }

        call.Around.Error.Write("Start it? [y/N] ");
        if (Answer(call.Around.RawIn()).StartsWith('y'))
            return true;
        call.Output.Remark("Canceled: nothing was started.");
        return false;
    }

    static void Explain(Invocation call, JsonNode shown)
    {
        var project = shown.Text("plan.project") is { } name ? $"project {name}" : "no project";
        call.Output.Remark($"Plan '{shown.Text("plan.title")}' for {project}: "
            + $"{shown.Cell("plan.total")} items in {shown["plan"].Entries("phases").Count()} phases. Agents will work on them by "
                + $"themselves.");
        foreach (var phase in shown["plan"].Entries("phases"))
            call.Output.Remark($"  {phase.Text("name")}: {phase.Cell("total")} {(phase.Cell("total") == "1" ? "item" : "items")}, then "
                + $"{phase.Text("gate")}");
        foreach (var finding in shown.Entries("findings").Where(one => one.Text("severity") != "info"))
            call.Output.Remark($"  {Finding(finding)}");
        call.Output.Remark(shown.Text("estimate.text") ?? "");
    }

    static string Answer(Stream input)
    {
        using var reader = new StreamReader(input, Encoding.UTF8, false, 16, leaveOpen: true);
        return reader.ReadLine()?.Trim().ToLowerInvariant() ?? "";
    }

    public static int Export(Invocation call)
    {
        var format = call.Format is { } said and not ("text" or "json") ? said : "manifest";
        var path = call.Text("--output") is { } file ? Path.GetFullPath(file, call.Around.Folder) : null;
        var current = path is not null && File.Exists(path) && format is "pulse" or "tasks-md" ? Text(path) : null;
        var answer = call.Api().Plans.Export(call.Id("plan"), new ExportPlan.Request(format, current));
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        var bytes = Encoding.UTF8.GetBytes(answer.Text("text") ?? "");
        if (path is null)
        {
            using var output = call.Around.RawOut();
            output.Write(bytes);
            return ExitCodes.Ok;
        }

        if (current is not null && bytes.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(current)))
            return ExitCodes.Ok;
        WholeFile.Replace(path, bytes, SyncedText.Mode, FaultCode.Conflict);
        return ExitCodes.Ok;
    }
}
