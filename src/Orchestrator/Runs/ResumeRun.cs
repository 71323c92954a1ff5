using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>A new run that goes on with an earlier one: same session, same agent conversation, same workspace.</summary>
static class ResumeRun
{
    /// <summary>POST /runs/{id}/resume.</summary>
    public sealed record Request(string? Prompt, string? Profile, string? IdempotencyKey);

    public static void Map(Routes routes, SessionStore sessions, Admission admission, RunStore runs) =>
        routes.Post("/runs/{id}/resume", nameof(ResumeRun), async call =>
        {
            var request = await call.Body(RunJson.Default.ResumeRunRequest);
            var prompt = Texts.Body("prompt", request.Prompt, SessionStore.TextLimit);
            var old = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id")));
            var home = SessionOf(runs, old);
            var profile = admission.Choose(home.Project, home.Profile, request.Profile ?? old.Profile);
            return await Once.Write(runs.Store, call, old.Id, request.IdempotencyKey, request with { IdempotencyKey = null },
                RunJson.Default.ResumeRunRequest, transaction =>
            {
                var session = SessionStore.Get(transaction.Db, old.SessionId);
                TakeOver(runs, transaction, old.Id, call.Principal.Name);
                var run = admission.Queue(transaction, session, profile, new RunWish(prompt, "message")
                {
                    OutputSchema = old.OutputSchema,
                    RetryOf = old.Id,
                    Attempt = old.Attempt + 1,
                }, call.Principal.Name);
                sessions.AddMessage(transaction, session.Id, "user", prompt, call.Principal.Name, run.Id);
                return Reply.Created(json => json.Member("run", run, RunJson.Default.Run));
            });
        }, doc: () => RouteDoc.Of("Goes on with an earlier run: a new one in the same session, conversation and workspace.")
            .Takes(RunJson.Default.ResumeRunRequest, "prompt").Creates().Gives("run", RunJson.Default.Run));

    /// <summary>An attempt that waits to do by itself what somebody now asks for would do it twice.</summary>
    static void TakeOver(RunStore runs, WriteTransaction transaction, string runId, string actor)
    {
        var waiting = transaction.Db.Query(
            "select id from runs where retry_of = @run and retry_how is not null and status = 'queued' and ended_at is null",
            row => row.GetString(0), ("@run", runId));
        foreach (var id in waiting)
            runs.Advance(transaction, id, null, RunStep.Cancel, new RunChange(actor)
            {
                Reason = EndReason.User,
                Data = new JsonObject { ["note"] = $"run {runId} was resumed by hand" },
            });
    }

    static Session SessionOf(RunStore runs, Run run) => runs.Store.Read(db => SessionStore.Get(db, run.SessionId));
}
