using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Routing;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>A new run that goes on with an earlier one: same session, same agent conversation, same workspace.</summary>
static class ResumeRun
{
    /// <summary>POST /runs/{id}/resume. Without a profile the earlier run's holds, with what was changed of it for that run.</summary>
    public sealed record Request(string? Prompt, string? Profile, string? IdempotencyKey, string? Title = null, string? Model = null,
        string? Sandbox = null, JsonElement? OutputSchema = null);

    /// <param name="note">Why a run would wait, for a person; null when nothing holds it back.</param>
    public static void Map(Routes routes, SessionStore sessions, Admission admission, RunStore runs,
        Func<Connection, string?, string?> note) =>
        routes.Post("/runs/{id}/resume", nameof(ResumeRun), async call =>
        {
            var request = await call.Body(RunJson.Default.ResumeRunRequest);
            var prompt = Texts.Body("prompt", request.Prompt, SessionStore.TextLimit);
            Texts.Line("title", request.Title, SessionRules.TitleLimit);
            var schema = OutputSchemas.Check(request.OutputSchema);
            var overrides = RunOverrides.Check(request.Model, request.Sandbox);
            var old = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id")));
            var home = SessionOf(runs, old);
            var profile = admission.Choose(new RouteAsk
            {
                Requested = request.Profile, Kept = old.Profile, Project = home.Project,
            });
            return await Once.Write(runs.Store, call, old.Id, request.IdempotencyKey, request with { IdempotencyKey = null },
                RunJson.Default.ResumeRunRequest, transaction =>
            {
                var session = SessionStore.Get(transaction.Db, old.SessionId);
                NeedConversation(transaction.Db, session, old.Id, profile().Profile);
                TakeOver(runs, transaction, old.Id, call.Principal.Name);
                var run = admission.Queue(transaction, session, profile, new RunWish(prompt, "message")
                {
                    OutputSchema = schema ?? old.OutputSchema,
                    RetryOf = old.Id,
                    ItemId = old.ItemId,
                    Attempt = old.Attempt + 1,
                    Title = request.Title,
                    Overrides = overrides ?? (request.Profile is null ? old.Overrides : null),
                }, call.Principal.Name);
                sessions.AddMessage(transaction, session.Id, "user", prompt, call.Principal.Name, run.Id);
                return Reply.Created(json =>
                {
                    json.Member("run", run, RunJson.Default.Run);
                    json.WriteString("note", note(transaction.Db, session.Project));
                });
            });
        }, doc: () => RouteDoc.Of("Goes on with an earlier run: a new one in the same session, conversation and workspace.")
            .Takes(RunJson.Default.ResumeRunRequest, "prompt").Creates().Gives("run", RunJson.Default.Run)
            .Gives("note", Shape.Maybe(Shape.Text)));

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

    /// <summary>
    /// Refuses to go on with a conversation that is not there: the agent would begin a new one, and nobody would know that it knows
    /// nothing. While the session's runs go on, one may still come of them.
    /// </summary>
    static void NeedConversation(Connection db, Session session, string runId, Profile profile)
    {
        var old = RunRows.Get(db, runId);
        if (AgentCatalog.Of(profile).IsPlainProgram || SessionStore.Thread(db, session.Id, profile.Agent) is not null
            || db.Number("select 1 from runs where session_id = @id and ended_at is null limit 1", ("@id", session.Id)) is not null)
            return;
        var others = session.Threads.Keys.Order(StringComparer.Ordinal).ToList();
        throw others.Count > 0
            ? new Fault(FaultCode.Unprocessable, $"profile: the conversation of run {old.Id} is with {string.Join(" and ", others)}, "
                + $"and the profile '{profile.Name}' runs {profile.Agent}, which cannot go on with it.",
                $"Name a profile of {others[0]}, or start a new run and tell it what it needs to know.")
            : new Fault(FaultCode.Unprocessable, $"Run {old.Id} left no conversation to go on with: it ended "
                + $"{RunLifecycle.Word(old.Status)}{(old.Reason is { } why ? $" ({why})" : "")} before its agent began one.",
                "Nothing was started. Give the prompt to a new run: agentctl start.");
    }
}
