using Orchestrator.Http;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Requests;

/// <summary>Makes a rule for requests. It is first tried on past requests: one that would have contradicted people is refused.</summary>
static class AddRule
{
    const int NameLength = 200;
    const int NoteLength = 500;

    /// <summary>POST /request-rules.</summary>
    public sealed record Request(string? Action, string? Command, string? Exact, string? Path, string? Tool, string? Kind, string? Profile,
        string? Project, string? RunId, string? Question, string? Reply, string? Note, bool? Force, bool? DryRun, string? IdempotencyKey);

    public static void Map(Routes routes, RuleBook book, RuleStore rules) =>
        routes.Post("/request-rules", nameof(AddRule), async call =>
        {
            var body = await call.Body(RequestJson.Default.AddRuleRequest);
            var rule = Rule(body, rules.Store);
            var trial = book.Try(rule);
            if (body.DryRun == true)
                return Answer(StatusCodes.Status200OK, null, trial);
            if (body.Force != true)
                RefuseContradiction(trial);
            return await Once.Write(rules.Store, call, "", body.IdempotencyKey, body with { IdempotencyKey = null },
                RequestJson.Default.AddRuleRequest, transaction =>
                    Answer(StatusCodes.Status201Created, rules.Add(transaction, rule, call.Principal.Name), trial));
        }, Scope.Approve, doc: () => RouteDoc.Of("Makes a rule for requests, after trying it on past ones; with dry_run it is only tried.")
            .Takes(RequestJson.Default.AddRuleRequest, "action").Creates().Refuses(FaultCode.Conflict)
            .GivesMaybe("rule", RequestJson.Default.RequestRule).Gives("tried", RequestJson.Default.Trial));

    /// <summary>Refuses a rule that would have answered otherwise than somebody did.</summary>
    public static void RefuseContradiction(Trial trial)
    {
        if (trial.Contradictions == 0)
            return;
        var first = trial.Requests[0];
        throw new Fault(FaultCode.Conflict, $"This rule would have answered {trial.Contradictions} past "
            + $"{(trial.Contradictions == 1 ? "request" : "requests")} otherwise than somebody did: {first.RequestId} was {first.State} by "
            + $"{first.AnsweredBy ?? "somebody"} (\"{first.Text}\").", "Make it narrower, or say --force.")
        {
            Details = new Dictionary<string, object?>
            {
                ["tried"] = System.Text.Json.JsonSerializer.SerializeToNode(trial, RequestJson.Default.Trial),
            },
        };
    }

    static RequestRule Rule(Request body, Database store)
    {
        var rule = new RequestRule
        {
            Id = "new",
            Action = body.Action ?? throw Fault.Invalid("action", $"is required: {string.Join(", ", RuleActions.All)}."),
            Command = body.Command,
            Exact = body.Exact,
            Path = body.Path,
            Tool = body.Tool,
            Kind = body.Kind,
            Profile = body.Profile,
            Project = body.Project,
            RunId = body.RunId is { } id ? store.Read(db => RunRows.Resolve(db, id)).Id : null,
            Question = body.Question,
            Reply = body.Reply,
            Note = string.IsNullOrWhiteSpace(body.Note) ? null : body.Note,
        };
        foreach (var (field, text) in new[]
        {
            ("command", rule.Command), ("path", rule.Path), ("tool", rule.Tool), ("profile", rule.Profile), ("project", rule.Project),
        })
            Texts.Line(field, text, field == "command" ? CommandPattern.Longest : field == "path" ? PathPattern.Longest : NameLength);
        Texts.Line("note", rule.Note, NoteLength);
        Texts.Line("question", rule.Question, QuestionMatch.Longest);
        Texts.Line("reply", rule.Reply, QuestionMatch.Longest);
        return rule.Wrong() is { } wrong ? throw Fault.Unprocessable(wrong.Field, wrong.Problem) : rule;
    }

    static Reply Answer(int status, RequestRule? rule, Trial trial)
    {
        var answer = Reply.Created(json =>
        {
            json.Member("rule", rule!, RequestJson.Default.RequestRule);
            json.Member("tried", trial, RequestJson.Default.Trial);
        });
        return answer with { Status = status };
    }
}
