using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Requests;

/// <summary>
/// Requests in the store. <see cref="Close"/> is the one place that writes a request's state: it asks the pure lifecycle, updates the row,
/// appends the events and lets the run go on when it waits for nothing more, in the caller's transaction.
/// </summary>
sealed class RequestStore(RunStore runs, ChildWaits waits)
{
    /// <summary>Most open requests of one run.</summary>
    public const int MostOpen = 50;

    // Bytes of the text in an event.
    const int EventText = 2000;

    readonly List<Action<WriteTransaction, RunRequest>> whenClosed = [];

    public RunStore Runs => runs;

    /// <summary>Adds what follows when a request was answered or its time is over, in that transaction, before its run goes on.</summary>
    public void WhenClosed(Action<WriteTransaction, RunRequest> follow) => whenClosed.Add(follow);

    /// <summary>
    /// Asks; the run waits from now on, unless a rule has answered. Also returns the event that tells the parent (the asker's own without
    /// one).
    /// </summary>
    public (RunRequest Request, Event Told) Create(WriteTransaction transaction, NewRequest order, string actor)
    {
        var open = transaction.Db.Number("select count(*) from requests where run_id = @run and state = 'open'", ("@run", order.Run.Id));
        if (open >= MostOpen)
            throw new Fault(FaultCode.Conflict, $"Run {order.Run.Id} has {MostOpen} open requests, the most there may be.",
                "Wait for an answer first.")
            {
                Details = new Dictionary<string, object?> { ["limit"] = "open_requests", ["value"] = MostOpen },
            };
        var id = Ids.New();
        transaction.Db.Execute(
            "insert into requests (id, created_no, kind, run_id, session_id, to_session_id, text, options, detail, risk, state, on_expiry, "
            + "expires_at, created_at, agent_ask_id) values (@id, @no, @kind, @run, @session, @to, @text, @options, @detail, @risk, "
            + "'open', @on_expiry, "
            + "@expires, @now, @ask)",
            ("@id", id), ("@no", transaction.Next("queue_no")), ("@kind", order.Kind), ("@run", order.Run.Id),
            ("@session", order.Run.SessionId), ("@to", order.ToSessionId), ("@text", order.Text),
            ("@options", JsonSerializer.Serialize(order.Options, RequestJson.Default.IReadOnlyListString)), ("@detail", order.Detail),
            ("@risk", order.Risk), ("@on_expiry", order.OnExpiry),
            ("@expires", order.ExpiresIn is { } time ? transaction.Now + (long)time.TotalMicroseconds : null),
            ("@now", transaction.Now), ("@ask", order.AgentAskId));
        var request = RequestRows.Get(transaction.Db, id);
        var told = Tell(transaction, RequestEvents.Created, request, actor, Asked(request));
        if (order.Judged is { Decides: true } judged)
            request = CloseByRule(transaction, id, judged);
        else
            Settle(transaction, order.Run.Id);
        transaction.AfterCommit(() => Checkpoint.Reach(Checkpoint.RequestAsked));
        return (request, told);
    }

    /// <summary>
    /// Closes an open request; null when it is closed already, and the first answer stands.
    /// </summary>
    /// <param name="transaction">The write it belongs to.</param>
    /// <param name="id">The request.</param>
    /// <param name="step">What happens to it.</param>
    /// <param name="actor">Who did it.</param>
    /// <param name="answer">What was answered; null for an expiry or a withdrawal.</param>
    /// <param name="messageId">The message the answer came in.</param>
    /// <param name="rule">The rule that answered.</param>
    public RunRequest? Close(WriteTransaction transaction, string id, RequestStep step, string actor, RequestAnswer? answer = null,
        string? messageId = null, string? rule = null)
    {
        var request = RequestRows.Get(transaction.Db, id);
        if (RequestLifecycle.Next(request.State, step) is not { } next)
            return null;
        transaction.Db.Execute(
            "update requests set state = @state, answer = @answer, answered_by = @by, answered_at = @now, message_id = @message, "
            + "rule = @rule where id = @id",
            ("@state", RequestLifecycle.Word(next)),
            ("@answer", answer is null ? null : JsonSerializer.Serialize(answer, RequestJson.Default.RequestAnswer)),
            ("@by", step == RequestStep.Withdraw ? null : actor), ("@now", transaction.Now), ("@message", messageId),
            ("@rule", rule), ("@id", id));
        var after = RequestRows.Get(transaction.Db, id);
        Tell(transaction, EventOf(next), after, actor, Ended(after));
        if (step == RequestStep.Withdraw)
            return after;
        whenClosed.ForEach(follow => follow(transaction, after));
        if (AgentQuestions.AnswerOf(after) is { } command)
            RunCommands.Add(transaction, runs, after.RunId, command, requestId: after.Id);
        Settle(transaction, after.RunId);
        transaction.AfterCommit(() => Checkpoint.Reach(Checkpoint.RequestAnswered));
        return after;
    }

    RunRequest CloseByRule(WriteTransaction transaction, string id, Judgment judged)
    {
        var offered = judged.Reply is { } reply && RequestRows.Get(transaction.Db, id).Options.Contains(reply);
        var (step, answer) = judged.Verdict switch
        {
            RuleActions.Allow => (RequestStep.Approve, new RequestAnswer("approve", judged.Why, null, "once")),
            RuleActions.Answer => (RequestStep.Answer,
                new RequestAnswer("answer", offered ? null : judged.Reply, offered ? judged.Reply : null, "once")),
            _ => (RequestStep.Deny, new RequestAnswer("deny", judged.Why, null, "once")),
        };
        return Close(transaction, id, step, "rule:" + judged.RuleId, answer, null, judged.RuleId)!;
    }

    /// <summary>The run that asked has ended: its open questions are void.</summary>
    public void WithdrawAll(WriteTransaction transaction, Run run)
    {
        foreach (var request in RequestRows.OpenOf(transaction.Db, run.Id))
            Close(transaction, request.Id, RequestStep.Withdraw, "daemon");
    }

    /// <summary>Open requests to a session that is gone are a person's now.</summary>
    public int Forward(WriteTransaction transaction, string toSessionId, string why)
    {
        var open = transaction.Db.Query("select id from requests where to_session_id = @to and state = 'open' order by created_no",
            row => row.GetString(0), ("@to", toSessionId));
        foreach (var request in open.Select(id => RequestRows.Get(transaction.Db, id)))
        {
            transaction.Db.Execute("update requests set to_session_id = null where id = @id", ("@id", request.Id));
            Tell(transaction, RequestEvents.Forwarded, request, "daemon", new JsonObject { ["why"] = why });
        }

        return open.Count;
    }

    /// <summary>The asker has taken the answer: from now on "answered" also means "delivered".</summary>
    public RunRequest PickUp(WriteTransaction transaction, string id)
    {
        var taken = transaction.Db.Execute("update requests set picked_up_at = @now where id = @id and picked_up_at is null",
            ("@now", transaction.Now), ("@id", id)) == 1;
        var request = RequestRows.Get(transaction.Db, id);
        // Its run may have ended since the call was let in, and then its end is its last event.
        if (taken && request.MessageId is { } message && RunRows.Get(transaction.Db, request.RunId) is { EndedAt: null } run)
            Delivery.TakeAsAnswer(transaction, runs.Events, message, run.Id, run.SessionId);
        return request;
    }

    /// <summary>
    /// Makes a run's status fit what it waits for now: an open request of its own before children that it awaits, before nothing.
    /// </summary>
    public void Settle(WriteTransaction transaction, string runId)
    {
        var open = transaction.Db.Text("select id from requests where run_id = @run and state = 'open' order by created_no limit 1",
            ("@run", runId));
        if (open is not null)
            runs.Settle(transaction, runId, "request", new JsonObject { ["request_id"] = open });
        else if (waits.Of(runId) is { Count: > 0 } awaited)
            runs.Settle(transaction, runId, "children",
                new JsonObject { ["run_ids"] = new JsonArray([.. awaited.Select(id => (JsonNode)id)]) });
        else
            runs.Settle(transaction, runId, null);
    }

    /// <summary>What connections of the last daemon waited for is over; open requests outlive it. Done once, before adoption.</summary>
    public Task SettleAll() => runs.Store.Write(transaction =>
    {
        foreach (var run in RunRows.Waiting(transaction.Db))
            Settle(transaction, run);
    });

    /// <summary>
    /// Lets runs go on that wait for nothing any more. There are none, unless the store could not be written when their wait ended.
    /// </summary>
    public async Task SettleForgotten()
    {
        var forgotten = runs.Store.Read(db => RunRows.Waiting(db)
            .Where(run => waits.Of(run).Count == 0 && RequestRows.OpenOf(db, run).Count == 0).ToList());
        if (forgotten.Count > 0)
            await runs.Store.Write(transaction => forgotten.ForEach(run => Settle(transaction, run)));
    }

    /// <summary>The same event for the asker's session and, when a parent is asked, for the parent's; returns the last one.</summary>
    Event Tell(WriteTransaction transaction, string type, RunRequest request, string actor, JsonObject rest)
    {
        var data = new JsonObject
        {
            ["request_id"] = request.Id,
            ["kind"] = request.Kind,
            ["run_id"] = request.RunId,
            ["from_session_id"] = request.SessionId,
            ["to_session_id"] = request.ToSessionId,
        };
        foreach (var (name, value) in rest.ToList())
        {
            rest.Remove(name);
            data[name] = value;
        }

        var text = data.ToJsonString(Json.PlainOptions);
        // A question about a run that has ended is told in its session only: the run's last event is its end.
        var asker = RunRows.Get(transaction.Db, request.RunId) is { EndedAt: null } ? request.RunId : null;
        var told = runs.Events.Append(transaction, new NewEvent(type, actor, text, request.SessionId, asker));
        // Not under the asker's run: its last event is its end, whatever the parent hears later.
        return request.ToSessionId is { } parent ? runs.Events.Append(transaction, new NewEvent(type, actor, text, parent)) : told;
    }

    static JsonObject Asked(RunRequest request) => new()
    {
        ["text"] = ClippedText.Clip(request.Text, EventText),
        ["truncated"] = ClippedText.Clip(request.Text, EventText).Length < request.Text.Length,
        ["options"] = new JsonArray([.. request.Options.Select(option => (JsonNode)option)]),
        ["risk"] = request.Risk,
        ["detail"] = request.Detail is { } detail ? JsonNode.Parse(detail.GetRawText()) : null,
        ["expires_at"] = request.ExpiresAt?.UtcDateTime,
        ["on_expiry"] = request.OnExpiry,
    };

    static JsonObject Ended(RunRequest request)
    {
        var data = new JsonObject { ["state"] = RequestLifecycle.Word(request.State) };
        if (request.State == RequestState.Expired)
            data["on_expiry"] = request.OnExpiry;
        if (request.Answer is { } answer)
        {
            data["answer"] = JsonSerializer.SerializeToNode(answer, RequestJson.Default.RequestAnswer);
            data["by"] = request.AnsweredBy;
        }

        if (request.Rule is { } rule)
            data["rule"] = rule;

        return data;
    }

    static string EventOf(RequestState state) => state switch
    {
        RequestState.Expired => RequestEvents.Expired,
        RequestState.Withdrawn => RequestEvents.Withdrawn,
        _ => RequestEvents.Answered,
    };
}

/// <summary>What a new request is made from; already checked.</summary>
sealed record NewRequest(Run Run, string Kind, string Text)
{
    public string? ToSessionId { get; init; }
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>A JSON object as text.</summary>
    public string? Detail { get; init; }
    public string? Risk { get; init; }
    public TimeSpan? ExpiresIn { get; init; }
    public string OnExpiry { get; init; } = Requests.OnExpiry.Deny;

    /// <summary>The agent's own id of the question, where it asks in its protocol and hears the answer there.</summary>
    public string? AgentAskId { get; init; }

    /// <summary>What the rules say of it; one that decides answers it in the same write.</summary>
    public Judgment? Judged { get; init; }
}
