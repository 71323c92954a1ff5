using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Profiles;

namespace Orchestrator.Verbs;

/// <summary>
/// <c>wrapper</c>: takes the words, the text and the options of codeagent-wrapper and answers in its shape; what runs are runs of the
/// daemon. Exit codes are those of that program, besides 2 for an option without its value and 7 for a daemon that is not there.
/// </summary>
static class CodeAgentVerb
{
    public static Command Wrapper() => Verb.Do("wrapper",
        "Do a task, or the tasks of a text, as codeagent-wrapper is called and answers: TASK [DIR], - [DIR], resume SESSION TASK|-, "
        + "or --parallel.", Run,
        Verb.Words("words", "The task (- for standard input) and its folder; or resume, a session and the task."),
        Verb.Flag("--parallel", "Tasks of a text on standard input; the answer is a report in JSON."),
        Verb.Text("--backend", "Profile that does it, built in or of config.yaml; without it the daemon chooses.", "PROFILE"),
        Verb.Flag("--full-output", "With --parallel: the report holds the agents' messages."),
        Verb.Flag("--review", "The tasks are reviews: their agents may only read."),
        Verb.Flag("--skip-permissions", "Gives no rights: the profile's hold, and are told."),
        Verb.Text("--tmux-session", "Show the runs in tmux panes; config.yaml names the session (panes).", "NAME"),
        Verb.Flag("--tmux-attach", "Taken; a pane is only a view here."),
        Verb.Flag("--tmux-no-main-window", "Taken; a pane is only a view here."),
        Verb.Text("--window-for", "Taken; a pane is only a view here.", "ID"),
        Verb.Text("--state-file", "Taken; the daemon keeps the state.", "FILE"),
        Verb.Flag("--cleanup", "Taken; the daemon keeps its logs in order by itself."),
        Verb.Flag("--version", "Print the version."));

    static int Run(Invocation call)
    {
        try
        {
            if (call.Flag("--version"))
            {
                call.Output.Line($"agentctl wrapper {OwnVersion.Text}");
                return ExitCodes.Ok;
            }
            if (call.Flag("--cleanup"))
            {
                call.Output.Remark("--cleanup: there is nothing to do; the daemon keeps what runs left as long as config.yaml says.");
                return ExitCodes.Ok;
            }
            return Work(call);
        }
        catch (Fault fault) when (fault.Code != FaultCode.Unavailable)
        {
            foreach (var line in fault.Message.Split('\n')) call.Around.Error.WriteLine(Output.Printable(line));
            if (fault.Hint is not null) call.Around.Error.WriteLine(Output.Printable(fault.Hint));
            return TaskOutcome.General;
        }
    }

    static int Work(Invocation call)
    {
        // An agent that calls this again would wait for itself: its own children have a way of their own.
        if (call.Settings.WithinRun)
            throw new Fault(FaultCode.Forbidden, "This is a command for people and scripts; an agent within a run hands work to children.",
                "agentctl tool session-spawn, then agentctl wait.");
        var parallel = call.Flag("--parallel");
        var (tasks, remarks) = parallel ? ReadText(call) : ([ReadWords(call)], []);
        var limits = TaskLimits.Read(call.Around.Variable(TaskLimits.TimeoutVariable), call.Around.Variable(TaskLimits.WorkersVariable));
        // The first question: a daemon that is not there is told before anything else.
        var configuration = call.Api().Daemon.Configuration(null);
        (tasks, var profiles) = Checked(call, tasks);
        foreach (var text in remarks.Concat(limits.Remarks)) call.Output.Remark(text);
        Explain(call, tasks, profiles, configuration);
        using var stop = new CancellationTokenSource();
        using var signals = CommandLine.OnInterrupt(stop.Cancel);
        var begun = new BegunRuns(call, configuration);
        var outcomes = new TaskRound(call, new RoundOrder(limits, call.Flag("--review"), begun.Tell), stop.Token).Do(tasks);
        return parallel ? Report(call, outcomes) : Answer(call, outcomes[0]);
    }

    static TaskOrder ReadWords(Invocation call)
    {
        var words = CallWords.Read(call.Texts("words"));
        return new TaskOrder
        {
            Prompt = words.Task is { } task ? Invocation.CheckText(task, "The task") : call.ReadPrompt(null),
            Folder = ProjectVerbs.ExistingFolder(call, words.Folder ?? "."),
            Placed = words.Folder is not null,
            Session = words.Session,
            Backend = call.Text("--backend"),
        };
    }

    static (IReadOnlyList<TaskOrder>, IReadOnlyList<string>) ReadText(Invocation call)
    {
        CallWords.RefuseAll(call.Texts("words"));
        return TaskText.Read(call.ReadText(null, "The text"), call.Around.Folder, call.Text("--backend"));
    }

    /// <summary>The tasks with their sessions' whole ids, and the profiles they get. All that is wrong is told at once, before any
    /// begins.</summary>
    static (IReadOnlyList<TaskOrder>, IReadOnlyList<string>) Checked(Invocation call, IReadOnlyList<TaskOrder> tasks)
    {
        var wrong = new List<string>();
        var (checkedTasks, profiles) = (new List<TaskOrder>(), new List<string>());
        var chosen = new Dictionary<string, (string? Profile, string? Problem)>();
        foreach (var task in tasks)
        {
            var profile = chosen.TryGetValue(task.Backend ?? "", out var known) ? known : chosen[task.Backend ?? ""] = Choose(call, task);
            if (profile.Problem is { } problem) wrong.Add($"{task.Name}: backend: {problem}");
            else if (profile.Profile is { } name) profiles.Add(name);
            if (task.Session is null && !Directory.Exists(task.Folder))
                wrong.Add($"{task.Name}: workdir: there is no folder '{task.Folder}'.");
            var session = task.Session is { } said ? SessionSearch.Find(call.Api().Sessions, said) : null;
            if (task.Session is not null && session is null)
                wrong.Add($"{task.Name}: session_id: nobody knows '{Texts.Short(task.Session)}', neither as a session nor as an agent's "
                    + "own.");
            checkedTasks.Add(task with { Session = session.Text("id") });
        }
        return wrong.Count == 0 ? (checkedTasks, profiles) : throw TaskText.Refused(wrong);
    }

    static (string? Profile, string? Problem) Choose(Invocation call, TaskOrder task)
    {
        try
        {
            var phase = task.Backend is not null ? null : call.Flag("--review") ? Phases.Review : Phases.Code;
            return (call.Api().Routes.Try(null, phase, null, null, task.Backend).Text("profile"), null);
        }
        catch (Fault fault) when (fault.Code is FaultCode.Unprocessable or FaultCode.InvalidRequest)
        {
            const string field = "profile: ";
            var said = fault.Message.StartsWith(field, StringComparison.Ordinal) ? fault.Message[field.Length..] : fault.Message;
            return (null, $"{said} {fault.Hint}".TrimEnd());
        }
    }

    static void Explain(Invocation call, IReadOnlyList<TaskOrder> tasks, IReadOnlyList<string> profiles, JsonNode configuration)
    {
        foreach (var text in CallRemarks.Of(name => call.Flag(name))) call.Output.Remark(text);
        foreach (var task in tasks.Where(task => task is { Session: not null, Placed: true }))
            call.Output.Remark($"{task.Name} goes on where its session works; the folder is not used.");
        if (tasks.Any(task => task.Windowed)) call.Output.Remark("target_window: not used; a pane is only a view here.");
        if (call.Flag("--full-output") && !call.Flag("--parallel"))
            call.Output.Remark("--full-output: a single call always prints the whole message.");
        if (call.Text("--tmux-session") is not null)
            call.Output.Remark(CallRemarks.IsYes(call.Around.Variable(BegunRuns.NoTmux))
                ? $"--tmux-session: no panes, because of {BegunRuns.NoTmux}."
                : "--tmux-session: the runs are shown in the panes of 'agentctl panes'; config.yaml names their session (panes).");
        var rights = call.Flag("--skip-permissions") ? "--skip-permissions"
            : CallRemarks.RightsVariables.FirstOrDefault(name => CallRemarks.IsYes(call.Around.Variable(name)));
        // It must not get lost: whoever wrote it believes that all is allowed, or fears it.
        if (rights is not null) call.Around.Error.WriteLine(Output.Printable(CallRemarks.Rights(rights, profiles, configuration)));
    }

    /// <summary>The last message, three dashes and the session, as scripts look for them.</summary>
    static int Answer(Invocation call, TaskOutcome outcome)
    {
        if (call.Output.WantsJson)
        {
            var printed = call.Output.Document(TaskReport.Task(outcome, full: true));
            return printed == ExitCodes.Ok ? outcome.ExitCode : printed;
        }
        // Without -q it was told when the run ended.
        if (outcome.ExitCode != 0 && call.Settings.Quiet) call.Around.Error.WriteLine(Output.Printable(outcome.Error));
        if (outcome.ExitCode == 0 || outcome.Message.Length > 0) call.Output.Line(outcome.Message);
        if (outcome.Session.Length > 0) call.Output.Line($"\n---\nSESSION_ID: {outcome.Session}");
        return outcome.ExitCode;
    }

    static int Report(Invocation call, IReadOnlyList<TaskOutcome> outcomes)
    {
        var full = call.Flag("--full-output") || CallRemarks.IsYes(call.Around.Variable("CODEAGENT_FULL_OUTPUT"));
        var printed = call.Output.Document(TaskReport.Of(outcomes, full, call.Flag("--review"), call.Around.Clock.GetUtcNow()));
        return printed == ExitCodes.Ok ? TaskReport.ExitCode(outcomes) : printed;
    }
}

/// <summary>What is done about each run that was started: a pane, and a word where a review is not held to reading.</summary>
sealed class BegunRuns(Invocation call, JsonNode configuration)
{
    /// <summary>Variable that forbids panes.</summary>
    public const string NoTmux = "CODEAGENT_NO_TMUX";

    bool panes = call.Text("--tmux-session") is not null && !CallRemarks.IsYes(call.Around.Variable(NoTmux));

    public void Tell(TaskOrder task, JsonNode run)
    {
        var (id, profile) = (run.Text("id") ?? "", run.Text("profile"));
        var known = configuration.Entries("profiles").FirstOrDefault(one => one.Text("name") == profile);
        if (call.Flag("--review") && known.Text("protection") == "none")
            call.Around.Error.WriteLine($"{task.Name} is a review, but the profile '{profile}' has no sandbox: nothing keeps it from "
                + "writing.");
        if (!panes || Pane(id, task.Id) is not { } trouble) return;
        // One trouble is enough: the others would be the same.
        panes = false;
        call.Output.Remark(trouble);
    }

    /// <summary>Opens a pane; why there is none, or null. The run goes on either way.</summary>
    string? Pane(string run, string name)
    {
        try
        {
            return PaneBoard.Of(call, null).Open(run, $"{run[..Math.Min(8, run.Length)]} {name}".TrimEnd())?.ToString();
        }
        catch (Fault fault)
        {
            return $"No pane was opened: {fault.Message}";
        }
    }
}
