using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Requests;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Families;

/// <summary>
/// A child's word to its parent session, without knowing its id: a question that the run waits for, or a report that nothing waits for. A
/// parent that is gone is said to be so, and its questions go to a person.
/// </summary>
sealed class ReplyParent(SessionStore sessions, RequestStore requests, ParentSettings settings, RuleBook rules)
{
    /// <summary>POST /runs/{id}/reply-parent.</summary>
    public sealed record Request(string? Text, string? RequestKind, IReadOnlyList<string>? Options, JsonElement? Detail, string? Risk,
        double? ExpiresInS, string? OnExpiry, string? IdempotencyKey);

    const string StatusKind = "status";
    const int MostOptions = 20;
    const int OptionLength = 200;
    const int DetailLimit = 64 * 1024;
    const double LongestExpiry = 30 * 86_400;

    static readonly string[] Kinds = [RequestKinds.Approval, RequestKinds.Permission, RequestKinds.Question, StatusKind];
    static readonly string[] Risks = ["low", "medium", "high"];

    readonly RunStore runs = requests.Runs;

    public void Map(Routes routes) =>
        routes.Post("/runs/{id}/reply-parent", nameof(ReplyParent), async call =>
        {
            var request = await call.Body(FamilyJson.Default.ReplyParentRequest);
            var run = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id")));
            var order = Check(request, run);
            return await Once.Write(runs.Store, call, run.Id, request.IdempotencyKey, request with { IdempotencyKey = null },
                FamilyJson.Default.ReplyParentRequest, transaction => Tell(transaction, order, request.RequestKind == StatusKind,
                    call.Principal.Name));
        }, ownRun: RunAccess.OwnRun, doc: Doc);

    NewRequest Check(Request request, Run run)
    {
        var text = Texts.Body("text", request.Text, SessionStore.TextLimit);
        var kind = request.RequestKind ?? throw Fault.Invalid("request_kind", $"is required: {string.Join(", ", Kinds)}.");
        if (!Kinds.Contains(kind))
            throw Fault.Unprocessable("request_kind", $"must be one of {string.Join(", ", Kinds)}.");
        var options = request.Options ?? [];
        if (options.Count > MostOptions || options.Any(string.IsNullOrWhiteSpace) || options.Distinct().Count() != options.Count)
            throw Fault.Unprocessable("options", $"are {MostOptions} different texts at most, none empty.");
        foreach (var option in options)
            Texts.Line("options", option, OptionLength);
        if (request.Risk is not null && !Risks.Contains(request.Risk))
            throw Fault.Unprocessable("risk", "must be low, medium or high.");
        if (request.OnExpiry is not null && !OnExpiry.All.Contains(request.OnExpiry))
            throw Fault.Unprocessable("on_expiry", $"must be one of {string.Join(", ", OnExpiry.All)}.");
        if (request.ExpiresInS is <= 0 or > LongestExpiry)
            throw Fault.Unprocessable("expires_in_s", $"must be more than 0 and at most {LongestExpiry:0} seconds.");
        return new NewRequest(run, kind, text)
        {
            Options = options,
            Detail = Detail(request.Detail),
            Risk = request.Risk,
            ExpiresIn = request.ExpiresInS is { } seconds ? TimeSpan.FromSeconds(seconds) : settings.Expiry,
            OnExpiry = request.OnExpiry ?? settings.OnExpiry,
            Judged = kind == StatusKind ? null : rules.Judge(run, kind, request.Detail, text, options),
        };
    }

    static string? Detail(JsonElement? detail)
    {
        if (detail is not { ValueKind: not JsonValueKind.Null } given)
            return null;
        if (given.ValueKind != JsonValueKind.Object)
            throw Fault.Unprocessable("detail", "must be an object, such as {\"command\": …, \"folder\": …}.");
        var text = given.GetRawText();
        return text.Length <= DetailLimit ? text : throw new Fault(FaultCode.TooLarge, $"detail: is larger than {DetailLimit} bytes.");
    }

    Reply Tell(WriteTransaction transaction, NewRequest order, bool statusOnly, string actor)
    {
        var run = RunRows.Get(transaction.Db, order.Run.Id);
        // One that has not begun may be spoken for by whoever spawned it; it rests as soon as it has.
        if (RunLifecycle.IsFinal(run.Status) || run.Status is RunStatus.Stopping)
            throw new Fault(FaultCode.Conflict,
                $"Run {run.Id} is {RunLifecycle.Word(run.Status)}: it speaks to its parent no more.");
        var mine = SessionStore.Get(transaction.Db, run.SessionId);
        var parentId = mine.ParentSessionId ?? throw new Fault(FaultCode.NoParent, $"Session {mine.Id} has no parent.",
            "Only a spawned session has one.");
        var parent = SessionStore.Get(transaction.Db, parentId);
        var gone = parent.Status == "archived";
        // What a rule has answered the parent may read, and need not mind.
        var ruled = order.Judged is { Decides: true };
        var message = sessions.AddMessage(transaction, parentId, "system", order.Text, "run:" + run.Id, null, wakes: !gone && !ruled);
        runs.Stir(transaction, run.Id);
        var (request, told) = statusOnly
            ? (null, Report(transaction, mine, run, order.Text, message.Id, actor))
            : requests.Create(transaction, order with { Run = run, ToSessionId = gone || ruled ? null : parentId }, actor);
        return Reply.Created(json =>
        {
            json.Member("message", message, SessionJson.Default.Message);
            json.WritePropertyName("event");
            json.WriteRawValue(told.Frame.Span, skipInputValidation: true);
            json.Member("request", request!, RequestJson.Default.RunRequest);
            json.WriteStartObject("parent_session");
            json.WriteString("id", parentId);
            json.WriteString("status", parent.Status);
            if (gone)
                json.WriteString("note", "The parent session is archived: "
                    + (statusOnly ? "the report is stored, and nobody is there to read it." : "a person is asked instead."));
            json.WriteEndObject();
        });
    }

    Event Report(WriteTransaction transaction, Session mine, Run run, string text, string messageId, string actor) =>
        runs.Events.Append(transaction, new NewEvent(FamilyEvents.ChildStatus, actor, new JsonObject
        {
            ["child_session_id"] = mine.Id,
            ["run_id"] = run.Id,
            ["text"] = ClippedText.Clip(text),
            ["truncated"] = ClippedText.Clip(text).Length < text.Length,
            ["message_id"] = messageId,
        }, mine.ParentSessionId));

    static RouteDoc Doc() => RouteDoc.Of("Asks the parent session, or reports to it (request_kind status: request is null).")
        .Takes(FamilyJson.Default.ReplyParentRequest, "text", "request_kind").Creates().Refuses(FaultCode.NoParent, FaultCode.Conflict)
        .Gives("message", SessionJson.Default.Message).Gives("event", Shape.Named(Event.Schema))
        .GivesMaybe("request", RequestJson.Default.RunRequest)
        .Gives("parent_session", Shape.Perhaps(Shape.Members(("id", Shape.Text), ("status", Shape.Text)), "note", Shape.Text));
}
