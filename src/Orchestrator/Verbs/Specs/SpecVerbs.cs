using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary>
/// <c>spec</c>: a Kiro spec from its folder to the end, with the flags, files and exit codes of the scripts people used for it: 0 complete,
/// 1 halted or incomplete, 2 a decision is pending.
/// </summary>
static class SpecVerbs
{
    public static Command Spec() => Verb.Group("spec", "A spec folder from its tasks to the end, with its files beside it.",
    [
        Verb.Do("run", "Carry a spec to its end: exit 0 complete, 1 halted or incomplete, 2 a decision by a person is pending.",
            SpecRun.Run,
            [
                Verb.Text("--spec", "The spec's folder.", "DIR"),
                Verb.Text("--state", "An AGENT_STATE.json instead.", "FILE"),
                Verb.Text("--tasks", "Where TASKS_PARSED.json goes.", "FILE"),
                Verb.Text("--pulse", "Where PROJECT_PULSE.md goes.", "FILE"),
                Verb.Text("--output", "Folder of the files beside the spec; the one above it when not said.", "DIR"),
                .. Place(),
                Verb.Text("--session", "Kept for scripts: the state file calls it orch-NAME of the spec.", "NAME"),
                Verb.Text("--mode", "deterministic, or llm: a controller (profile for the phase manage) is asked where there is a choice.",
                    "WORD"),
                Verb.Text("--backend", "Kept for scripts: profiles and routes say which agent works.", "WORD"),
                Verb.Text("--assign-backend", "Kept for scripts, as --backend.", "WORD"),
                Verb.Text("--max-iterations", "Kept for scripts: work ends when it is done or a person must decide.", "N"),
                Verb.Text("--max-actions", "Kept for scripts, as --max-iterations.", "N"),
                Verb.Text("--sleep", "Seconds between two looks (1).", "SECONDS"),
                Verb.Text("--timeout", "Longest wait in seconds; the work goes on after it.", "SECONDS"),
                Verb.Flag("--yes", "Start without asking."),
                Verb.Flag("--with-optional", "Optional tasks are wanted, too."),
            ]),
        Verb.Do("init", "Read a spec and write its files; nothing runs.", Init,
            [
                Verb.Word("spec", "The spec's folder; requirements.md (or bugfix.md), design.md and tasks.md are wanted."),
                Verb.Text("--session", "Kept for scripts: the state file calls it orch-NAME of the spec.", "NAME"),
                Verb.Text("--mode", "Kept for scripts: any word, without a meaning here.", "WORD"),
                Verb.Text("--output", "Folder of the files; the one above the spec when not said.", "DIR"),
                .. Place(),
                Verb.Flag("--json", "Print the answer as JSON; --format json does the same."),
            ]),
        Verb.Do("sync", "Bring a spec's files and the boxes of its tasks.md up to date.", Sync,
            [
                Verb.Word("spec", "The spec's folder."),
                Verb.Text("--output", "Folder of the files; the one above the spec when not said.", "DIR"),
                .. Place(),
                Verb.Flag("--json", "Print the answer as JSON; --format json does the same."),
            ]),
        .. SpecSteps.Verbs(),
    ]);

    /// <summary>Where the work is.</summary>
    public static Symbol[] Place() =>
    [
        Verb.Text("--workdir", "The repository to work in (.); its project, registered when it is not yet.", "DIR"),
        Verb.Text("--project", "The registered project instead.", "NAME"),
    ];

    static int Init(Invocation call)
    {
        var source = SpecSource.Of(call, call.Need("spec"), null);
        var missing = new List<string>();
        foreach (var wanted in (string[][])[["requirements.md", "bugfix.md"], ["design.md"], ["tasks.md"]])
            if (!wanted.Any(name => File.Exists(Path.Combine(source.Folder!, name))))
                missing.Add(wanted[0]);
        if (missing.Count > 0)
            return Failed(call, "The spec is not whole.", [.. missing.Select(name => $"{name} is missing in {source.Folder}.")]);
        if (source.Import(call, SpecSource.Project(call, mayAdd: false)) is not { } plan)
            return Failed(call, "The spec was refused.", ["What was found is on standard error."]);
        return Written(call, source, plan.Text("id")!, $"{plan.Cell("total")} units in {plan.Entries("phases").Count()} phases.");
    }

    static int Sync(Invocation call)
    {
        var source = SpecSource.Of(call, call.Need("spec"), null);
        return source.Import(call, SpecSource.Project(call, mayAdd: false)) is { } plan
            ? Written(call, source, plan.Text("id")!, $"{plan.Cell("decided")} of {plan.Cell("total")} units are done.")
            : Failed(call, "The spec was refused.", ["What was found is on standard error."]);
    }

    static int Written(Invocation call, SpecSource source, string plan, string message)
    {
        var files = new SpecFiles(FolderOf(call, source), source.TasksMd);
        files.Write(call.Api().Plans, plan);
        return Answer(call, files.Document(message), ExitCodes.Ok);
    }

    /// <summary>Where a spec's files go.</summary>
    public static string FolderOf(Invocation call, SpecSource source) =>
        call.Text("--output") is { } output ? Path.GetFullPath(output, call.Around.Folder) : source.Beside;

    /// <summary>The answer of a step that cannot be done.</summary>
    public static int Failed(Invocation call, string message, string[] errors) => Answer(call, new JsonObject
    {
        ["success"] = false,
        ["message"] = message,
        ["tasks_file"] = null,
        ["state_file"] = null,
        ["pulse_file"] = null,
        ["errors"] = new JsonArray([.. errors.Select(error => (JsonNode)error)]),
    }, ExitCodes.Failed);

    /// <summary>Prints an answer: as JSON, or its message and its files, its errors beside it.</summary>
    public static int Answer(Invocation call, JsonObject answer, int code)
    {
        if (call.Output.WantsJson || call.Flag("--json"))
        {
            call.Output.Document(answer);
            return code;
        }

        foreach (var error in (JsonArray)answer["errors"]!)
            call.Output.Remark((string)error!);
        call.Output.Line(SafeText.Line(answer.Text("message")!));
        foreach (var file in (string[])["state_file", "tasks_file", "pulse_file"])
            if (answer.Text(file) is { } path)
                call.Output.Line(path);
        return code;
    }
}
