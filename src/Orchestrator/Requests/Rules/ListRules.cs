using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Runs;

namespace Orchestrator.Requests;

/// <summary>The rules for requests, wherever they come from; and what they say of something nobody has asked yet.</summary>
static class ListRules
{
    static readonly string[] Members = ["command", "path", "tool", "input", "folder"];

    public static void Map(Routes routes, RuleBook book, RunStore runs)
    {
        routes.Get("/request-rules", nameof(ListRules), call =>
        {
            var rules = book.For(call.Query("project"), RunOf(call, runs)?.Id, null);
            return Task.FromResult(Reply.Ok(json => json.Member("rules", rules, RequestJson.Default.IReadOnlyListRequestRule)));
        }, doc: () => RouteDoc.Of("The rules for requests: those of the user's file, of a project's file, and those people made.")
            .Asks("project", "With those of this project's file.").Asks("run_id", "With those for this run alone.")
            .Gives("rules", RequestJson.Default.IReadOnlyListRequestRule));
        routes.Get("/request-rules/test", "TestRules", call =>
        {
            var run = RunOf(call, runs);
            var known = run is null ? null : book.AskerOf(run);
            var asker = new Asker(run?.Id, call.Query("profile") ?? known?.Profile, call.Query("project") ?? known?.Project,
                known?.Workspace ?? call.Query("workspace"));
            if (call.Query("question") is { } question)
                return Task.FromResult(Tell(QuestionMatch.Judge(book.For(asker.Project, asker.RunId, asker.Workspace),
                    new AskedQuestion(question, [], asker.Project, asker.Profile, asker.RunId))));
            var detail = new JsonObject();
            foreach (var member in Members)
                if (call.Query(member) is { } value)
                    detail[member] = value;
            if (detail.Count == 0)
                throw Fault.Invalid("command", "is required, or path, tool or input: what would be asked?");
            var kind = call.Query("kind") ?? RequestKinds.Approval;
            if (kind is not (RequestKinds.Approval or RequestKinds.Permission))
                throw Fault.Unprocessable("kind", $"must be {RequestKinds.Approval} or {RequestKinds.Permission}.");
            using var parsed = System.Text.Json.JsonDocument.Parse(detail.ToJsonString());
            var asked = AskedReading.Of(kind, parsed.RootElement, asker);
            var judgment = RuleMatch.Judge(book.For(asker.Project, asker.RunId, asker.Workspace), asked);
            return Task.FromResult(Tell(judgment));
        }, doc: () => RouteDoc.Of("What the rules say of something that would be asked: which hit, which miss, and why.")
            .Asks("question", "A question of an agent; nothing else is said then.")
            .Asks("command", "A whole command line.").Asks("path", "A file.").Asks("tool", "The agent's own name of a tool.")
            .Asks("input", "The input of another tool.").Asks("folder", "Where it would happen.")
            .Asks("workspace", "The workspace it would happen in; that of run_id when a run is named.")
            .Asks("kind", "approval_request or permission_request.").Asks("project", "In this project.")
            .Asks("profile", "Asked by a run of this profile.").Asks("run_id", "Asked by this run.")
            .Gives("judgment", RequestJson.Default.Judgment));
    }

    static Reply Tell(Judgment judgment) => Reply.Ok(json => json.Member("judgment", judgment, RequestJson.Default.Judgment));

    static Run? RunOf(Call call, RunStore runs) =>
        call.Query("run_id") is { } id ? runs.Store.Read(db => RunRows.Resolve(db, id)) : null;
}
