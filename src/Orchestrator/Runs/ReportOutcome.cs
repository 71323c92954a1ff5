using Orchestrator.Agents;
using Orchestrator.Http;

namespace Orchestrator.Runs;

/// <summary>
/// The agent says itself what came of its run: that a turn ended is no proof that the work is done. Kept with the run, and its result
/// where its output gives none. The last report counts.
/// </summary>
static class ReportOutcome
{
    /// <summary>Longest text of each member in bytes: all three together are no longer than a result may be.</summary>
    const int TextLimit = 32 * 1024;

    /// <summary>POST /runs/{id}/outcome.</summary>
    public sealed record Request(bool? GoalMet, string? Summary, string? FollowupPrompt, string? Notes);

    public static void Map(Routes routes, RunStore runs) =>
        routes.Post("/runs/{id}/outcome", nameof(ReportOutcome), async call =>
        {
            var request = await call.Body(RunJson.Default.ReportOutcomeRequest);
            var met = request.GoalMet ?? throw Fault.Invalid("goal_met", "is required: true or false.");
            var outcome = new RunResult(met, Texts.Body("summary", request.Summary, TextLimit),
                Short("followup_prompt", request.FollowupPrompt), Short("notes", request.Notes));
            var id = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id"))).Id;
            var run = await runs.Store.Write(transaction =>
            {
                var now = RunRows.Get(transaction.Db, id);
                if (RunLifecycle.IsFinal(now.Status) || now.Status == RunStatus.Queued)
                    throw new Fault(FaultCode.Conflict,
                        $"Run {id} is {RunLifecycle.Word(now.Status)}: only a run at work reports its outcome.");
                return runs.KeepOutcome(transaction, now, outcome, call.Principal.Name);
            });
            return Reply.Ok(json => json.Member("run", run, RunJson.Default.Run));
        }, ownRun: RunAccess.OwnRun, doc: () => RouteDoc.Of("The agent says what came of its run. The last report counts.")
            .Takes(RunJson.Default.ReportOutcomeRequest, "goal_met", "summary").Refuses(FaultCode.Conflict)
            .Gives("run", RunJson.Default.Run));

    static string? Short(string field, string? text) => string.IsNullOrWhiteSpace(text) ? null : Texts.Body(field, text, TextLimit);
}
