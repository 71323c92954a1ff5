using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Requests;

/// <summary>Answers a request; the run that asked goes on. The first answer counts, a second one is told which that was.</summary>
static class AnswerRequest
{
    /// <summary>
    /// POST /requests/{id}/answer. <c>rule</c>: make a rule of this answer, or refuse it; <c>rule_command</c>: the rule's pattern, wider
    /// than what is asked here; <c>force</c>: also when past answers contradict it.
    /// </summary>
    public sealed record Request(string? Decision, string? Text, string? Option, string? Scope, string? IdempotencyKey, bool? Rule = null,
        string? RuleCommand = null, bool? Force = null);

    static readonly string[] Decisions = ["approve", "deny", "answer"];
    static readonly string[] Scopes = ["once", "run", "project"];

    public static void Map(Routes routes, RequestStore requests, AnswerRule answerRule) =>
        routes.Post("/requests/{id}/answer", nameof(AnswerRequest), async call =>
        {
            var body = await call.Body(RequestJson.Default.AnswerRequestRequest);
            var store = requests.Runs.Store;
            var request = store.Read(db => RequestRows.Resolve(db, call.Part("id")));
            var (step, answer) = Check(body, request);
            var plan = request.State == RequestState.Open ? answerRule.Make(body, request, step, call.Principal) : AnswerRule.Plan.Nothing;
            return await Once.Write(store, call, request.Id, body.IdempotencyKey, body with { IdempotencyKey = null },
                RequestJson.Default.AnswerRequestRequest, transaction =>
            {
                var closed = requests.Close(transaction, request.Id, step, call.Principal.Name, answer)
                    ?? throw Closed(RequestRows.Get(transaction.Db, request.Id));
                var rule = plan.Rule is { } planned ? answerRule.Rules.Add(transaction, planned, call.Principal.Name) : null;
                return Reply.Ok(json =>
                {
                    json.Member("request", closed, RequestJson.Default.RunRequest);
                    json.Member("rule", rule!, RequestJson.Default.RequestRule);
                    json.WriteString("rule_note", plan.Note);
                    json.Member("tried", plan.Tried!, RequestJson.Default.Trial);
                });
            });
        }, Scope.Approve, RunAccess.RequestFromBelow, Doc);

    /// <summary>An answer that came too late: with the first one, so that nobody has to guess.</summary>
    public static Fault Closed(RunRequest request) => new(FaultCode.Conflict,
        $"Request {request.Id} is {RequestLifecycle.Word(request.State)} already"
        + $"{(request.AnsweredBy is { } by ? $", by {by}" : "")}.", $"agentctl request show {request.Id}")
    {
        Details = new Dictionary<string, object?>
        {
            ["state"] = RequestLifecycle.Word(request.State),
            ["answered_by"] = request.AnsweredBy,
            ["request"] = System.Text.Json.JsonSerializer.SerializeToNode(request, RequestJson.Default.RunRequest),
        },
    };

    static (RequestStep, RequestAnswer) Check(Request body, RunRequest request)
    {
        var decision = body.Decision ?? throw Fault.Invalid("decision", "is required: approve, deny or answer.");
        if (!Decisions.Contains(decision))
            throw Fault.Unprocessable("decision", "must be approve, deny or answer.");
        if (body.Scope is not null && !Scopes.Contains(body.Scope))
            throw Fault.Unprocessable("scope", "must be once, run or project.");
        if (body.Option is not null && !request.Options.Contains(body.Option))
            throw Fault.Unprocessable("option", request.Options.Count == 0 ? "this request offers none; answer with a text."
                : $"must be one of: {string.Join(", ", request.Options)}.");
        var text = string.IsNullOrWhiteSpace(body.Text) ? null : Texts.Body("text", body.Text, SessionStore.TextLimit);
        if (decision == "answer" && text is null && body.Option is null)
            throw Fault.Invalid("text", "is required for an answer, unless an option is chosen.");
        var step = decision switch
        {
            "approve" => RequestStep.Approve,
            "deny" => RequestStep.Deny,
            _ => RequestStep.Answer,
        };
        return (step, new RequestAnswer(decision, text, body.Option, body.Scope ?? "once"));
    }

    static RouteDoc Doc() => RouteDoc
        .Of("Answers a request; the run that asked goes on. A second answer is a conflict that shows the first. A scope of run or project "
            + "makes a rule of it, as narrow as what was asked.")
        .Takes(RequestJson.Default.AnswerRequestRequest, "decision").Refuses(FaultCode.Conflict)
        .Gives("request", RequestJson.Default.RunRequest).GivesMaybe("rule", RequestJson.Default.RequestRule)
        .Gives("rule_note", Shape.Maybe(Shape.Text)).GivesMaybe("tried", RequestJson.Default.Trial);
}
