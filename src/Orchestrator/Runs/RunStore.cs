using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Terminals;

namespace Orchestrator.Runs;

/// <summary>
/// Runs in the store. <see cref="Advance"/> is the one place that writes a run's status: it checks the expected one and the fence, asks
/// the pure lifecycle, updates the row and appends the event, in the caller's transaction.
/// </summary>
sealed class RunStore(Database store, EventLog events)
{
    readonly List<RunEnding> beforeEnd = [];
    readonly List<RunEnding> afterEnd = [];
    readonly List<Action<WriteTransaction, Run>> afterStart = [];
    readonly List<Action<WriteTransaction, Run, Signal>> whenAsked = [];
    readonly List<Action<WriteTransaction, RunCommand>> whenTaken = [];
    readonly List<Func<Run, Signal, Signal>> beforeAsked = [];
    readonly List<Action<WriteTransaction, Run, Usage?>> whenUsed = [];
    Func<Usage, string?, Usage> priced = (usage, _) => usage;

    Func<WriteTransaction, Run, RunStatus, RunChange, Sequel> recovery = (_, _, _, _) => Sequel.None;

    /// <summary>Called after COMMIT when a run was queued, waits or goes on, was told to stop or ended: the dispatcher and the run's
    /// owner look again.</summary>
    public event Action<string>? Stirred;

    /// <summary>Adds what follows from a run's end, in the same transaction, just before its last event.</summary>
    public void BeforeEnd(RunEnding follow) => beforeEnd.Add(follow);

    /// <summary>Adds what follows from a run's end, in the same transaction, after its last event.</summary>
    public void AfterEnd(RunEnding follow) => afterEnd.Add(follow);

    /// <summary>Sets who decides what follows a run's end: asked in the same transaction, before its messages are dropped.</summary>
    public void Recover(Func<WriteTransaction, Run, RunStatus, RunChange, Sequel> decide) => recovery = decide;

    /// <summary>Adds what follows once a run's process is held, in the same transaction, after its event.</summary>
    public void AfterStart(Action<WriteTransaction, Run> follow) => afterStart.Add(follow);

    /// <summary>Adds what follows when an agent asks in its own protocol, or no longer asks (<see cref="ApprovalAsked"/>,
    /// <see cref="ApprovalDropped"/>), in the transaction that stores it.</summary>
    public void WhenAsked(Action<WriteTransaction, Run, Signal> follow) => whenAsked.Add(follow);

    /// <summary>Adds what is looked up, in files too, before what an agent asks is stored; its answer is what is stored.</summary>
    public void BeforeAsked(Func<Run, Signal, Signal> look) => beforeAsked.Add(look);

    /// <summary>What was read, with what has to be looked up before it is stored.</summary>
    public Progress LookedUp(Run run, Progress progress) => progress.Asks.Count == 0 ? progress
        : progress with { Asks = [.. progress.Asks.Select(ask => beforeAsked.Aggregate(ask, (signal, look) => look(run, signal)))] };

    /// <summary>Adds what follows when a command is handed to the agent, in the same transaction.</summary>
    public void WhenTaken(Action<WriteTransaction, RunCommand> follow) => whenTaken.Add(follow);

    /// <summary>Looks up what a usage of a model costs, before it is stored.</summary>
    public void PriceBy(Func<Usage, string?, Usage> prices) => priced = prices;

    /// <summary>Adds what follows when an agent told of its usage or took a step, in the transaction that stores it: the run as it is then,
    /// and what it had used before.</summary>
    public void WhenUsed(Action<WriteTransaction, Run, Usage?> follow) => whenUsed.Add(follow);

    public Database Store => store;

    public EventLog Events => events;

    public Run Insert(WriteTransaction transaction, NewRun order, string actor)
    {
        var id = Ids.New();
        transaction.Db.Execute(
            "insert into runs (id, queue_no, session_id, parent_run_id, retry_of, status, trigger_kind, profile, agent, protocol, model, "
                + "profile_why, profile_settings, attempt, fence, prompt, provider, retry_plan, retry_how, not_before, new_thread, "
                + "title, overrides, limit_turns, limit_tokens, limit_micros, "
            + "output_schema, total_limit_us, idle_limit_us, created_at, stdout_offset, stderr_offset, line_events, item_id) "
            + "values (@id, @no, @session, @parent, @retry, 'queued', @trigger, @profile, @agent, @protocol, @model, @why, @settings, "
            + "@attempt, 0, @prompt, @provider, @plan, @how, @not_before, @new_thread, "
            + "@title, @overrides, @turns, @tokens, @micros, "
            + "@schema, @total, @idle, @now, 0, 0, 0, @item)",
            ("@id", id), ("@no", transaction.Next("queue_no")), ("@session", order.SessionId), ("@parent", order.ParentRunId),
                ("@retry", order.RetryOf),
            ("@trigger", order.Trigger), ("@profile", order.Profile), ("@agent", order.Agent), ("@protocol", order.Protocol),
                ("@model", order.Model), ("@why", order.ProfileWhy), ("@settings", order.ProfileSettings),
                ("@attempt", order.Attempt),
            ("@provider", order.Provider),
            ("@plan", order.Plan is null ? null : JsonSerializer.Serialize(order.Plan, PlanJson.Default.RetryPlan)),
            ("@how", order.RetryHow), ("@not_before", order.NotBefore?.Micros()), ("@new_thread", order.NewThread ? 1 : 0),
            ("@prompt", order.Prompt), ("@title", order.Title),
            ("@overrides", order.Overrides is { } changed ? JsonSerializer.Serialize(changed, RunJson.Default.RunOverrides) : null),
            ("@turns", order.Budget.Turns), ("@tokens", order.Budget.Tokens), ("@micros", order.Budget.Micros),
            ("@schema", order.OutputSchema), ("@total", (long)order.TotalLimit.TotalMicroseconds),
            ("@idle", (long)order.IdleLimit.TotalMicroseconds), ("@now", transaction.Now), ("@item", order.ItemId));
        events.Append(transaction, new NewEvent(RunEvents.Queued, actor, RunEvents.QueuedData(order), order.SessionId, id, order.ItemId));
        Stir(transaction, id);
        return RunRows.Get(transaction.Db, id);
    }

    /// <summary>
    /// Moves a run one step. Returns the run after it, or null when the run is no longer what the caller believes: another status, or a
    /// newer fence. <paramref name="fence"/> null is for callers that own nothing (a person's cancel).
    /// </summary>
    public Run? Advance(WriteTransaction transaction, string runId, long? fence, RunStep step, RunChange change)
    {
        var run = RunRows.Find(transaction.Db, runId);
        if (run is null || (fence is { } mine && run.Fence != mine) || RunLifecycle.Next(run.Status, step) is not { } next)
            return null;
        var final = RunLifecycle.IsFinal(next);
        // Before its messages are answered or dropped: one that came too late for this run is not of this run any more.
        if (final)
            beforeEnd.ForEach(follow => follow(transaction, run, next, change.Reason));
        var sequel = final ? recovery(transaction, run, next, change) : Sequel.None;
        if (next == RunStatus.Succeeded)
            Delivery.Answer(transaction, runId);
        else if (final)
            Delivery.Drop(transaction, events, runId, run.SessionId,
                $"Its run ended {RunLifecycle.Word(next)}{(change.Reason is { } why ? $": {why}" : "")}.");
        transaction.Db.Execute(
            "update runs set status = @status, fence = fence + @claimed, reason = coalesce(@reason, reason), node_id = coalesce(@node, "
                + "node_id), "
            + "worker_id = coalesce(@worker, worker_id), stop_reason = coalesce(@stop_reason, stop_reason), stop_actor = "
            + "coalesce(@stop_actor, stop_actor), "
            + "started_at = coalesce(started_at, @started), ended_at = @ended, exit_code = coalesce(@exit, exit_code), error_code = "
            + "@error_code, "
            + "error_message = @error_message, result = coalesce(@result, result), token_hash = case when @final = 1 then null else "
            + "coalesce(@token, token_hash) end, "
            + "protection = coalesce(@protection, protection), unstarted = @unstarted, last_event_at = @now "
            + "where id = @id and status = @expected",
            ("@status", RunLifecycle.Word(next)), ("@claimed", step == RunStep.Claim ? 1 : 0), ("@reason", change.Reason),
                ("@node", change.Node),
            ("@worker", change.Worker), ("@stop_reason", change.StopReason), ("@stop_actor", change.StopActor),
            ("@started", step == RunStep.Start ? transaction.Now : null), ("@ended", final ? transaction.Now : null),
                ("@exit", change.ExitCode),
            ("@error_code", change.ErrorMessage is null ? null : change.Reason), ("@error_message", change.ErrorMessage),
            ("@result", change.Result is null ? null : JsonSerializer.Serialize(change.Result, RunJson.Default.RunResult)),
            ("@unstarted", change.Unstarted ? 1 : 0),
            ("@final", final ? 1 : 0), ("@token", change.TokenHash), ("@protection", change.Protection), ("@now", transaction.Now),
            ("@id", runId), ("@expected", RunLifecycle.Word(run.Status)));
        if (change.Holder is { } holder)
            transaction.Db.Execute("update runs set pid = @pid, pid_start = @start, boot_id = @boot where id = @id",
                ("@pid", holder.Pid), ("@start", holder.StartTime), ("@boot", holder.BootId), ("@id", runId));
        if (step == RunStep.Wait || run.Status == RunStatus.Waiting)
            KeepWait(transaction, run, step == RunStep.Wait ? change.WaitingFor : null);
        if (EventOf(step, next) is { } type)
            events.Append(transaction, new NewEvent(type, change.Actor, EventData(type, change, sequel.NextRunId), run.SessionId, runId,
                run.ItemId));
        sequel.Then?.Invoke(transaction);
        if (final || step is RunStep.Stop or RunStep.GiveBack or RunStep.Wait or RunStep.GoOn)
            Stir(transaction, runId);
        var after = RunRows.Get(transaction.Db, runId);
        if (final)
            afterEnd.ForEach(follow => follow(transaction, after, next, change.Reason));
        if (step == RunStep.Start)
            afterStart.ForEach(follow => follow(transaction, after));
        return after;
    }

    /// <summary>The clock of a wait: begun when <paramref name="waitingFor"/> is something, ended and added up when it is null.</summary>
    static void KeepWait(WriteTransaction transaction, Run run, string? waitingFor) => transaction.Db.Execute(
        "update runs set waiting_for = @for, waiting_since = @since, waited_us = waited_us + @more where id = @id",
        ("@for", waitingFor), ("@since", waitingFor is null ? null : transaction.Now),
        ("@more", run.WaitingSince is { } since ? Math.Max(0, transaction.Now - since.Micros()) : 0), ("@id", run.Id));

    /// <summary>
    /// Stores what was read of a run's output: the events, the journal offsets and the transcript, as one. Refused (false) when the fence
    /// is
    /// no longer the caller's.
    /// </summary>
    public bool Keep(WriteTransaction transaction, Run run, Progress progress)
    {
        var transcript = progress.Transcript;
        var before = transaction.Db.Text("select usage from runs where id = @id", ("@id", run.Id));
        var usage = transcript.Usage is { } used
            ? JsonSerializer.Serialize(priced(used, transcript.Model ?? run.Model), RunJson.Default.Usage) : null;
        var changed = transaction.Db.Execute(
            "update runs set stdout_offset = @out, stderr_offset = @err, line_events = @lines, transcript = @transcript, model = "
                + "coalesce(model, @model), "
            + "last_message = @last, usage = @usage, output_cut = @cut, last_event_at = @now where id = @id and fence = @fence and "
            + "ended_at is null",
            ("@out", progress.StdoutOffset), ("@err", progress.StderrOffset), ("@lines", progress.LineEvents),
            ("@transcript", JsonSerializer.Serialize(transcript, RunJson.Default.Transcript)), ("@model", transcript.Model),
            ("@last", transcript.LastMessage),
                ("@usage", usage),
            ("@cut", progress.OutputCut), ("@now", transaction.Now), ("@id", run.Id), ("@fence", run.Fence));
        if (changed == 0)
            return false;
        if (transcript.ThreadId is { } thread)
            SessionStore.KeepThread(transaction, run.SessionId, run.Agent, thread, ThreadTotals.Write(transcript));
        if (progress.Begins)
            Delivery.StartTurn(transaction, run.Id);
        foreach (var news in progress.Events)
            events.Append(transaction, news);
        KeepTalk(transaction, run, progress);
        if (usage != before || run.Budget.Turns is not null)
            whenUsed.ForEach(follow => follow(transaction, RunRows.Get(transaction.Db, run.Id),
                before is null ? null : JsonSerializer.Deserialize(before, RunJson.Default.Usage)));
        return true;
    }

    // What the agent asked and what is to be said to it, with the commands this follows from.
    void KeepTalk(WriteTransaction transaction, Run run, Progress progress)
    {
        foreach (var ask in progress.Asks)
            whenAsked.ForEach(follow => follow(transaction, run, ask));
        if (progress.Send.Count > 0)
            RunLines.Add(transaction, run.Id, string.Concat(progress.Send.Select(line => line + "\n")));
        RunCommands.Take(transaction, progress.Taken);
        foreach (var command in progress.Taken)
        {
            if (command.MessageId is { } message)
                Delivery.TakeAsAnswer(transaction, events, message, run.Id, run.SessionId);
            whenTaken.ForEach(follow => follow(transaction, command));
        }
    }

    /// <summary>
    /// Lets a run rest while it waits for something and go on when it waits for nothing more; returns whether its status changed.
    /// </summary>
    /// <param name="transaction">The write it belongs to.</param>
    /// <param name="runId">The run.</param>
    /// <param name="waitingFor"><c>request</c> or <c>children</c>; null when it waits for nothing.</param>
    /// <param name="data">What it waits for, for the event.</param>
    public bool Settle(WriteTransaction transaction, string runId, string? waitingFor, JsonObject? data = null)
    {
        if (waitingFor is not null && RunRows.Find(transaction.Db, runId) is { Status: RunStatus.Waiting } waiting)
            return WaitForOther(transaction, waiting, waitingFor, data);
        var step = waitingFor is null ? RunStep.GoOn : RunStep.Wait;
        return Advance(transaction, runId, null, step, new RunChange("daemon") { WaitingFor = waitingFor, Data = data }) is not null;
    }

    // It rests already, for something else from now on: no other status, but "waiting for whom" must stay true.
    bool WaitForOther(WriteTransaction transaction, Run run, string waitingFor, JsonObject? data)
    {
        if (run.WaitingFor == waitingFor)
            return false;
        transaction.Db.Execute("update runs set waiting_for = @for where id = @id", ("@for", waitingFor), ("@id", run.Id));
        var change = new RunChange("daemon") { WaitingFor = waitingFor, Data = data };
        events.Append(transaction, new NewEvent(RunEvents.Waiting, change.Actor, EventData(RunEvents.Waiting, change), run.SessionId,
            run.Id));
        return true;
    }

    /// <summary>Keeps what the agent reported as its outcome; the last report counts.</summary>
    public Run KeepOutcome(WriteTransaction transaction, Run run, RunResult outcome, string actor)
    {
        var told = new JsonObject
        {
            ["goal_met"] = outcome.GoalMet,
            ["summary"] = outcome.Summary,
            ["followup_prompt"] = outcome.FollowupPrompt,
            ["notes"] = outcome.Notes,
        };
        var json = told.ToJsonString(Json.PlainOptions);
        transaction.Db.Execute("update runs set outcome = @outcome where id = @id", ("@outcome", json), ("@id", run.Id));
        events.Append(transaction, new NewEvent(RunEvents.Outcome, actor, json, run.SessionId, run.Id));
        return RunRows.Get(transaction.Db, run.Id);
    }

    /// <summary>A queued run's prompt follows the messages it is made of.</summary>
    public static Run Reword(WriteTransaction transaction, string runId, string prompt)
    {
        transaction.Db.Execute("update runs set prompt = @prompt where id = @id and status = 'queued'", ("@prompt", prompt),
            ("@id", runId));
        return RunRows.Get(transaction.Db, runId);
    }

    /// <summary>Puts a queued run before all others queued in its session: it takes the first one's place, each moves one down.</summary>
    public static void PutFirst(WriteTransaction transaction, Run run)
    {
        var waiting = transaction.Db.Query(
            "select id, queue_no from runs where session_id = @session and ended_at is null and status = 'queued' order by queue_no",
            row => (Id: row.GetString(0), No: row.GetInt64(1)), ("@session", run.SessionId));
        if (waiting.Count < 2)
            return;
        var order = waiting.Where(one => one.Id != run.Id).Select(one => one.Id).Prepend(run.Id).ToList();
        // Numbers are unique: out of the way first.
        foreach (var (id, no) in waiting)
            Renumber(id, -no);
        for (var place = 0; place < order.Count; place++)
            Renumber(order[place], waiting[place].No);

        void Renumber(string id, long no) =>
            transaction.Db.Execute("update runs set queue_no = @no where id = @id", ("@no", no), ("@id", id));
    }

    /// <summary>Tells whoever waits for this run to look again, after COMMIT.</summary>
    public void Stir(WriteTransaction transaction, string runId) => transaction.AfterCommit(() => Stirred?.Invoke(runId));

    static string? EventOf(RunStep step, RunStatus next) => step switch
    {
        RunStep.Claim or RunStep.GiveBack => null,
        RunStep.Start => RunEvents.Started,
        RunStep.Wait => RunEvents.Waiting,
        RunStep.GoOn => RunEvents.Resumed,
        RunStep.Stop => RunEvents.Stopping,
        _ => RunEvents.End(next),
    };

    static JsonObject EventData(string type, RunChange change, string? nextRunId = null)
    {
        var data = change.Data ?? [];
        if (nextRunId is not null)
            data["next_run_id"] = nextRunId;
        if ((change.Reason ?? change.StopReason) is { } reason)
            data["reason"] = reason;
        if (change.WaitingFor is { } waitingFor)
            data["for"] = waitingFor;
        if (change.ErrorMessage is not null)
            data["message"] = change.ErrorMessage;
        if (change.ExitCode is { } code)
            data["exit_code"] = code;
        if (RunEvents.IsEnd(type) && change.Result is { } result)
            data["result"] = JsonSerializer.SerializeToNode(result, RunJson.Default.RunResult);
        return data;
    }
}

/// <summary>What another feature does when a run ends: rows and events only, within the transaction of the end.</summary>
/// <param name="transaction">That transaction.</param>
/// <param name="run">The run as its row says now.</param>
/// <param name="end">How it ends.</param>
/// <param name="reason">Why, when it did not succeed.</param>
delegate void RunEnding(WriteTransaction transaction, Run run, RunStatus end, string? reason);

/// <summary>What a step changes besides the status.</summary>
sealed record RunChange(string Actor)
{
    /// <summary>Why: one of <see cref="EndReason"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>One sentence for a person.</summary>
    public string? ErrorMessage { get; init; }
    public string? StopReason { get; init; }
    public string? StopActor { get; init; }
    public string? Node { get; init; }
    public string? Worker { get; init; }
    public ProcessIdentity? Holder { get; init; }
    public int? ExitCode { get; init; }
    public RunResult? Result { get; init; }
    public string? TokenHash { get; init; }
    public string? Protection { get; init; }

    /// <summary>What a run that begins to wait waits for.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>When the provider takes requests again, as it said; null when it did not.</summary>
    public ResetHint? Reset { get; init; }

    /// <summary>It ended before anything at all had happened.</summary>
    public bool Unstarted { get; init; }

    /// <summary>Further members of the event's data.</summary>
    public JsonObject? Data { get; init; }
}

/// <summary>How far a run's output was read, with the events that this produced.</summary>
sealed record Progress(long StdoutOffset, long StderrOffset, long LineEvents, Transcript Transcript, string? OutputCut,
    IReadOnlyList<NewEvent> Events)
{
    /// <summary>The first sign of an answer is among them.</summary>
    public bool Begins { get; init; }

    /// <summary>What the agent asked, or asks no longer.</summary>
    public IReadOnlyList<Signal> Asks { get; init; } = [];

    /// <summary>Lines for its standard input, without their ends.</summary>
    public IReadOnlyList<string> Send { get; init; } = [];

    /// <summary>Commands that were handed to the adapter.</summary>
    public IReadOnlyList<RunCommand> Taken { get; init; } = [];
}
