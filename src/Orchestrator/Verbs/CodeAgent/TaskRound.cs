using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Profiles;
using Orchestrator.Runs;

namespace Orchestrator.Verbs;

/// <summary>How the tasks of one call are handed over.</summary>
/// <param name="Limits">How long each may take, and how many at once.</param>
/// <param name="Review">They only look.</param>
/// <param name="Begun">Told of each run that was started.</param>
sealed record RoundOrder(TaskLimits Limits, bool Review, Action<TaskOrder, JsonNode> Begun);

/// <summary>
/// Has the daemon do the tasks of one call, layer by layer, and waits for them, across its restarts. Each is a run in a session; leaving by
/// an error touches none of them, an interrupt cancels them.
/// </summary>
sealed class TaskRound(Invocation call, RoundOrder order, CancellationToken stop)
{
    /// <summary>How long one question to the daemon is held, and how long while questions of runs are open that were told.</summary>
    static readonly TimeSpan Slice = TimeSpan.FromSeconds(15), WhileAsked = TimeSpan.FromSeconds(5);

    /// <summary>How long a run that was canceled may take to end.</summary>
    static readonly TimeSpan Ending = TimeSpan.FromSeconds(30);

    /// <summary>Names this call to the daemon: a start that is tried again starts nothing twice.</summary>
    readonly string key = Ids.New();

    readonly Dictionary<string, TaskOutcome> done = [];
    readonly List<TaskAtWork> open = [];
    readonly HashSet<string> told = [];
    readonly Patience patience = new(call.Around.Clock, call.Output.Remark, stop);
    readonly Api api = call.Api(stop);

    /// <summary>What became of the tasks, in their order. Throws a <see cref="Fault"/> when the daemon stays away.</summary>
    public IReadOnlyList<TaskOutcome> Do(IReadOnlyList<TaskOrder> tasks)
    {
        try
        {
            foreach (var layer in TaskLayers.Of(tasks)) Layer(layer);
        }
        catch (OperationCanceledException)
        {
            Interrupt(tasks);
        }
        catch (Fault)
        {
            foreach (var one in open) call.Output.Remark($"{one.Task.Name} goes on without us: run {one.Run}, session {one.Session}.");
            throw;
        }
        return [.. tasks.Select(task => done[task.Id])];
    }

    void Layer(IReadOnlyList<TaskOrder> layer)
    {
        var waiting = new Queue<TaskOrder>(layer);
        while (waiting.Count > 0 || open.Count > 0)
        {
            while (waiting.Count > 0 && open.Count < order.Limits.AtOnce) Begin(waiting.Dequeue());
            if (open.Count > 0) WaitForOne();
        }
    }

    void Begin(TaskOrder task)
    {
        stop.ThrowIfCancellationRequested();
        var failed = task.DependsOn.Where(on => done[on].ExitCode != 0).ToList();
        if (failed.Count > 0)
        {
            End(TaskOutcome.Skipped(task, failed), task);
            return;
        }
        JsonNode? run;
        try
        {
            run = Insist(() => Start(task))["run"];
        }
        catch (Fault fault) when (fault.Code != FaultCode.Unavailable)
        {
            End(TaskOutcome.NotBegun(task, TaskOutcome.General, fault.Message), task);
            return;
        }
        var one = new TaskAtWork(task, run.Text("id") ?? throw Odd(), run.Text("session_id") ?? throw Odd(),
            call.Around.Clock.GetTimestamp());
        open.Add(one);
        call.Output.Remark($"{task.Name}: run {one.Run}, session {one.Session}, profile {run.Text("profile")}.");
        order.Begun(task, run!);
    }

    JsonNode Start(TaskOrder task)
    {
        var sandbox = order.Review ? "read-only" : null;
        // Not by the token that the interrupt ends: whoever asks for a run has to learn its id.
        var calls = call.Api();
        var last = task.Session is null ? null
            : calls.Runs.List(null, task.Session, null, null, new Page(1)).Entries("runs").FirstOrDefault();
        var (title, own) = (Title(task), $"wrapper-{key}-{task.Block}");
        if (last.Text("id") is { } before)
            return calls.Runs.Resume(before, new ResumeRun.Request(task.Prompt, task.Backend, own, title, null, sandbox));
        // What is handed out by this command is code, as by 'start', unless somebody says otherwise.
        var phase = task.Backend is null ? order.Review ? Phases.Review : Phases.Code : null;
        return calls.Runs.Start(new StartRun.Request(task.Session, null, task.Session is null ? task.Folder : null,
            task.Session is null ? title : null, null, task.Prompt, task.Backend, phase, null, null, null, own, null, sandbox));
    }

    static string Title(TaskOrder task)
    {
        var line = SafeText.Line(task.Id.Length > 0 ? task.Id
            : task.Prompt.Split('\n').First(one => !string.IsNullOrWhiteSpace(one)).Trim());
        return line.Length <= 80 ? line : line[..(char.IsHighSurrogate(line[79]) ? 79 : 80)];
    }

    /// <summary>Waits until a run ends, asks, or meets its limit.</summary>
    void WaitForOne()
    {
        var left = open.Min(one => one.Left(order.Limits.Each, call.Around.Clock));
        var asked = told.Count > 0 && open.Any(one => one.Asks);
        var longest = asked ? WhileAsked : Slice;
        var slice = left < TimeSpan.Zero ? TimeSpan.Zero : left < longest ? left : longest;
        try
        {
            var answer = api.Runs.WaitForSeveral([.. open.Select(one => one.Run)], "any", slice, requests: !asked);
            patience.Answered();
            foreach (var one in open) one.Asks = false;
            foreach (var run in answer.Entries("runs")) See(run);
            foreach (var request in answer.Entries("requests")) Tell(request);
        }
        catch (Fault fault)
        {
            patience.OnFailure(fault);
        }
        foreach (var one in open.Where(one => one.Left(order.Limits.Each, call.Around.Clock) <= TimeSpan.Zero).ToList()) MeetLimit(one);
    }

    void See(JsonNode run)
    {
        if (open.Find(one => one.Run == run.Text("id")) is not { } at) return;
        at.Latest = run;
        if (ExitCodes.OfRun(run.Text("status")) is null) return;
        // What the daemon tries again by itself is one task, with one limit.
        if (run.Text("next_run_id") is { } next && at.Cut is null) at.Run = next;
        else Close(at);
    }

    void Tell(JsonNode request)
    {
        if (open.Find(one => one.Run == request.Text("run_id")) is not { } at) return;
        at.Asks = true;
        if (request.Text("id") is { } id && told.Add(id))
            call.Output.Remark($"{at.Task.Name} asks: {request.Text("text")} Answer it: agentctl request answer {id}");
    }

    /// <summary>The first time the run is canceled; the second time it has not ended for all that, and is left alone.</summary>
    void MeetLimit(TaskAtWork one)
    {
        if (one.Cut is not null)
        {
            Close(one);
            return;
        }
        one.Cut = TaskOutcome.TimedOut;
        one.Grace = Ending - one.Left(order.Limits.Each, call.Around.Clock);
        Cancel(one, () => Insist(() => api.Runs.Cancel(one.Run)));
    }

    void Interrupt(IReadOnlyList<TaskOrder> tasks)
    {
        var calls = call.Api();
        foreach (var one in open)
        {
            one.Cut = TaskOutcome.Interrupted;
            Cancel(one, () => calls.Runs.Cancel(one.Run));
        }
        try
        {
            var ended = open.Count == 0 ? null : calls.Runs.WaitForSeveral([.. open.Select(one => one.Run)], "all", Ending, false);
            foreach (var run in ended.Entries("runs")) See(run);
        }
        catch (Fault fault)
        {
            call.Output.Remark(fault.Message);
        }
        foreach (var one in open.ToList()) Close(one);
        foreach (var task in tasks.Where(task => !done.ContainsKey(task.Id)))
            done[task.Id] = TaskOutcome.NotBegun(task, TaskOutcome.Interrupted, "interrupted before it began");
    }

    void Cancel(TaskAtWork one, Action ask)
    {
        try
        {
            ask();
        }
        catch (Fault fault)
        {
            // It has just ended, which the next look tells, or it cannot be reached, and then it goes on.
            if (fault.Code != FaultCode.Conflict)
                call.Output.Remark($"{one.Task.Name}: run {one.Run} was not canceled: {fault.Message}");
        }
    }

    void Close(TaskAtWork at)
    {
        open.Remove(at);
        var log = Path.Combine(call.Settings.Data, "runs", at.Run, "stdout");
        var run = at.Latest ?? new JsonObject { ["session_id"] = at.Session };
        End(TaskOutcome.OfRun(at.Task, run, at.Cut, File.Exists(log) ? log : ""), at.Task);
    }

    void End(TaskOutcome outcome, TaskOrder task)
    {
        done[task.Id] = outcome;
        call.Output.Remark(outcome.ExitCode == 0 ? $"{task.Name} succeeded."
            : $"{task.Name} ended with {outcome.ExitCode}: {outcome.Error}");
    }

    /// <summary>Asks again while the daemon is away.</summary>
    JsonNode Insist(Func<JsonNode> ask)
    {
        while (true)
        {
            try
            {
                var answer = ask();
                patience.Answered();
                return answer;
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }

    static Fault Odd() => new(FaultCode.Unavailable, "The daemon's answer holds no run.", "agentctl daemon status shows its version.");
}

/// <summary>A task that was handed over and has not ended.</summary>
/// <param name="task">The task.</param>
/// <param name="run">Its run.</param>
/// <param name="session">Its session.</param>
/// <param name="begun">When it was handed over, as the clock stamps it.</param>
sealed class TaskAtWork(TaskOrder task, string run, string session, long begun)
{
    public TaskOrder Task => task;

    /// <summary>Its run; the last one where the daemon tried again.</summary>
    public string Run { get; set; } = run;
    public string Session => session;

    /// <summary>The run as it was last seen.</summary>
    public JsonNode? Latest { get; set; }

    /// <summary>It waits for an answer.</summary>
    public bool Asks { get; set; }

    /// <summary>Why we stopped it; null when we did not.</summary>
    public int? Cut { get; set; }

    /// <summary>What it gets beyond its limit to end in order.</summary>
    public TimeSpan Grace { get; set; }

    /// <summary>How long it may still take.</summary>
    public TimeSpan Left(TimeSpan limit, TimeProvider clock) => limit + Grace - clock.GetElapsedTime(begun);
}
