using System.Text.Json;
using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Routing;
using Orchestrator.Sessions;

namespace Orchestrator.Runs;

/// <summary>Queues a run directly: in a session, or in a new one made for it.</summary>
static class StartRun
{
    /// <summary>POST /runs. Without <c>session_id</c> a session is made from the other members.</summary>
    public sealed record Request(string? SessionId, string? Project, string? Workdir, string? Title, string? Isolation, string? Prompt,
        string? Profile, string? Phase, string? Kind, IReadOnlyList<string>? Labels, JsonElement? OutputSchema, string? IdempotencyKey);

    /// <summary>Longest kind or label, in characters, and most labels of one run.</summary>
    const int WordLength = 100, MostLabels = 50;

    public static void Map(Routes routes, SessionStore sessions, SessionRules rules, Admission admission, RunStore runs) =>
        routes.Post("/runs", nameof(StartRun), async call =>
        {
            var request = await call.Body(RunJson.Default.StartRunRequest);
            var prompt = Texts.Body("prompt", request.Prompt, SessionStore.TextLimit);
            var schema = Schema(request.OutputSchema);
            var (session, order) = Place(request, sessions, rules);
            var profile = admission.Choose(Asked(request) with
            {
                Project = session?.Project ?? order?.Project,
                Kept = session is null ? null : session.Profile ?? (IsRouted(request) ? null : sessions.LastProfile(session.Id)),
            });
            return await Once.Write(runs.Store, call, "", request.IdempotencyKey, request with { IdempotencyKey = null },
                RunJson.Default.StartRunRequest, transaction =>
            {
                var home = order is null ? SessionStore.Get(transaction.Db, session!.Id)
                    : sessions.Create(transaction, order, call.Principal.Name);
                var run = admission.Queue(transaction, home, profile, new RunWish(prompt, "direct") { OutputSchema = schema },
                    call.Principal.Name);
                sessions.AddMessage(transaction, home.Id, "user", prompt, call.Principal.Name, run.Id);
                return Reply.Created(json =>
                {
                    json.Member("run", run, RunJson.Default.Run);
                    json.Member("session", SessionStore.Get(transaction.Db, home.Id), SessionJson.Default.Session);
                });
            });
        }, doc: () => RouteDoc.Of("Queues a run: in a session, or in a new one made from project, workdir, title and isolation. Without a "
            + "profile one is chosen by phase, kind and labels.")
            .Takes(RunJson.Default.StartRunRequest, "prompt").Creates()
            .Gives("run", RunJson.Default.Run).Gives("session", SessionJson.Default.Session));

    /// <summary>Who says what the work is wants it routed by that, whatever the conversation had before.</summary>
    static bool IsRouted(Request request) => request.Phase is not null || request.Kind is not null || request.Labels is { Count: > 0 };

    static RouteAsk Asked(Request request)
    {
        Texts.Line("kind", request.Kind, WordLength);
        var labels = request.Labels ?? [];
        if (labels.Count > MostLabels)
            throw Fault.Unprocessable("labels", "must be 50 at most.");
        foreach (var label in labels)
            Texts.Line("labels", label, WordLength);
        return new RouteAsk
        {
            Requested = request.Profile,
            Phase = ProfileChooser.CheckPhase(request.Phase),
            Kind = request.Kind,
            Labels = labels,
        };
    }

    static (Session?, NewSession?) Place(Request request, SessionStore sessions, SessionRules rules)
    {
        if (request.SessionId is null)
            return (null, rules.Check(new CreateSession.Request(request.Title, request.Project, request.Profile, request.Workdir,
                request.Isolation, null, null)));
        if (request.Project is not null || request.Workdir is not null || request.Isolation is not null)
            throw Fault.Unprocessable("session_id", "give a session, or what to make a new one from, not both.");
        return (sessions.Get(request.SessionId), null);
    }

    static string? Schema(JsonElement? schema)
    {
        if (schema is not { ValueKind: not JsonValueKind.Null } given)
            return null;
        if (given.ValueKind != JsonValueKind.Object)
            throw Fault.Unprocessable("output_schema", "must be a JSON Schema object.");
        var text = given.GetRawText();
        return text.Length <= StructuredResult.MaxLength ? text
            : throw new Fault(FaultCode.TooLarge, $"output_schema: is longer than {StructuredResult.MaxLength} characters.");
    }
}
