using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>
/// Cancels a run and its children. The wish is a row: a queued run ends at once, a running one is <c>stopping</c> until its process
/// is gone. Repeating it is no error and no event.
/// </summary>
static class CancelRun
{
    /// <summary>POST /runs/{id}/cancel (reason) and POST /runs/{id}/transition (to_status, reason).</summary>
    public sealed record Request(string? ToStatus, string? Reason);

    public static void Map(Routes routes, RunStore runs)
    {
        routes.Post("/runs/{id}/cancel", nameof(CancelRun), async call =>
        {
            var request = await call.Body(RunJson.Default.CancelRunRequest);
            return await Answer(runs, call, request);
        }, ownRun: RunAccess.RunBelow, doc: () => RouteDoc.Of("Cancels a run and its children. Repeating it is no error and no event.")
            .Takes(RunJson.Default.CancelRunRequest).Refuses(FaultCode.Conflict).Gives("run", RunJson.Default.Run));
        routes.Post("/runs/{id}/transition", "TransitionRun", async call =>
        {
            var request = await call.Body(RunJson.Default.CancelRunRequest);
            var to = request.ToStatus ?? throw Fault.Invalid("to_status", "is required.");
            var run = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id")));
            return to == RunLifecycle.Word(RunStatus.Canceled) ? await Answer(runs, call, request) : throw Refused(run, to);
        }, ownRun: RunAccess.RunBelow, doc: () => RouteDoc.Of("Moves a run to another status; from outside only to canceled.")
            .Takes(RunJson.Default.CancelRunRequest, "to_status").Refuses(FaultCode.Conflict).Gives("run", RunJson.Default.Run));
    }

    /// <summary>Cancels within one transaction, children included; returns the run after it.</summary>
    public static Run Cancel(RunStore runs, WriteTransaction transaction, string runId, string actor, string? note)
    {
        var run = RunRows.Get(transaction.Db, runId);
        var below = Descendants(transaction.Db, runId);
        // A run that has ended keeps its end; what it spawned, and the attempt that follows it by itself, is canceled all the same.
        if (RunLifecycle.IsFinal(run.Status) && run.Status != RunStatus.Canceled && below.Count == 0)
            throw Refused(run, "canceled");
        One(runs, transaction, run, actor, EndReason.User, note);
        foreach (var child in below)
            One(runs, transaction, RunRows.Get(transaction.Db, child), actor, EndReason.ParentCanceled, null);
        return RunRows.Get(transaction.Db, runId);
    }

    static async Task<Reply> Answer(RunStore runs, Call call, Request request)
    {
        Texts.Line("reason", request.Reason, 2000);
        var id = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id"))).Id;
        var run = await runs.Store.Write(transaction => Cancel(runs, transaction, id, call.Principal.Name, request.Reason));
        return Reply.Ok(json => json.Member("run", run, RunJson.Default.Run));
    }

    static void One(RunStore runs, WriteTransaction transaction, Run run, string actor, string reason, string? note)
    {
        var data = note is null ? null : new System.Text.Json.Nodes.JsonObject { ["note"] = note };
        if (run.Status == RunStatus.Queued)
            runs.Advance(transaction, run.Id, null, RunStep.Cancel, new RunChange(actor) { Reason = reason, Data = data });
        else if (!RunLifecycle.IsFinal(run.Status) && run.Status != RunStatus.Stopping)
            runs.Advance(transaction, run.Id, null, RunStep.Stop, new RunChange(actor)
            {
                StopReason = reason, StopActor = actor,
                Data = data
            });
    }

    static List<string> Descendants(Connection db, string runId) => db.Query(
        "with recursive below (id) as (select id from runs where parent_run_id = @id or (retry_of = @id and retry_how is not null) "
            + "union select r.id from runs r join below b on r.parent_run_id = b.id or (r.retry_of = b.id and r.retry_how is not null)) "
        + "select r.id from runs r join below b on b.id = r.id where r.ended_at is null", row => row.GetString(0), ("@id", runId));

    static Fault Refused(Run run, string to) => new(FaultCode.Conflict,
        $"Run {run.Id} is {RunLifecycle.Word(run.Status)}: it cannot become '{Texts.Short(to)}' from outside.")
    {
        Details = new Dictionary<string, object?>
        {
            ["from"] = RunLifecycle.Word(run.Status),
            ["to"] = Texts.Short(to),
            ["allowed"] = RunLifecycle.IsFinal(run.Status) ? Array.Empty<string>() : ["canceled"],
        },
    };
}
