using System.Text.Json;
using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Routing;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>Queues a run directly: in a session, or in a new one made for it.</summary>
static class StartRun
{
    /// <summary>POST /runs. Without <c>session_id</c> a session is made from the other members.</summary>
    public sealed record Request(string? SessionId, string? Project, string? Workdir, string? Title, string? Isolation, string? Prompt,
        string? Profile, string? Phase, string? Kind, IReadOnlyList<string>? Labels, JsonElement? OutputSchema, string? IdempotencyKey,
        string? Model = null, string? Sandbox = null, string? Retry = null);

    /// <summary>Longest kind or label, in characters, and most labels of one run.</summary>
    const int WordLength = 100, MostLabels = 50;

    /// <param name="note">Why a run would wait, for a person; null when nothing holds it back.</param>
    public static void Map(Routes routes, SessionStore sessions, SessionRules rules, Admission admission, RunStore runs,
        Func<Connection, string?, string?> note) =>
        routes.Post("/runs", nameof(StartRun), async call =>
        {
            var request = await call.Body(RunJson.Default.StartRunRequest);
            var prompt = Texts.Body("prompt", request.Prompt, SessionStore.TextLimit);
            var schema = OutputSchemas.Check(request.OutputSchema);
            var overrides = RunOverrides.Check(request.Model, request.Sandbox);
            var retry = RetryModes.Check(request.Retry);
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
                var run = admission.Queue(transaction, home, profile, new RunWish(prompt, "direct")
                {
                    OutputSchema = schema,
                    Overrides = overrides,
                    Retry = retry,
                }, call.Principal.Name);
                sessions.AddMessage(transaction, home.Id, "user", prompt, call.Principal.Name, run.Id);
                return Reply.Created(json =>
                {
                    json.Member("run", run, RunJson.Default.Run);
                    json.Member("session", SessionStore.Get(transaction.Db, home.Id), SessionJson.Default.Session);
                    json.WriteString("note", note(transaction.Db, home.Project));
                });
            });
        }, doc: () => RouteDoc.Of("Queues a run: in a session, or in a new one made from project, workdir, title and isolation. Without a "
            + "profile one is chosen by phase, kind and labels.")
            .Takes(RunJson.Default.StartRunRequest, "prompt").Creates()
            .Gives("run", RunJson.Default.Run).Gives("session", SessionJson.Default.Session).Gives("note", Shape.Maybe(Shape.Text)));

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
}

/// <summary>Schemas that requests give for a run's result.</summary>
static class OutputSchemas
{
    /// <summary>The schema as text; null when none was given. Throws <see cref="Fault"/> for one that is none.</summary>
    public static string? Check(JsonElement? schema)
    {
        if (schema is not { ValueKind: not JsonValueKind.Null } given)
            return null;
        var text = given.GetRawText();
        if (text.Length > StructuredResult.MaxLength)
            throw new Fault(FaultCode.TooLarge, $"output_schema: is longer than {StructuredResult.MaxLength} characters.");
        return SchemaCheck.Flaw(text) is { } flaw ? throw Fault.Unprocessable("output_schema", flaw) : text;
    }
}

/// <summary>What is done by itself after one run that failed, where a request says it.</summary>
static class RetryModes
{
    /// <summary>The mode of a word of config.yaml; null where nothing is said, and the profile's holds.</summary>
    public static RetryMode? Check(string? word) => word is null ? null
        : RetryPolicy.Modes.TryGetValue(word, out var mode) ? mode
        : throw Fault.Unprocessable("retry", $"must be one of {string.Join(", ", RetryPolicy.Modes.Keys)}.");
}

/// <summary>What of a profile is changed for one run.</summary>
/// <param name="Model">Another model.</param>
/// <param name="Sandbox">read-only or workspace-write.</param>
sealed record RunOverrides(string? Model, string? Sandbox)
{
    /// <summary>Checks what a request says; null when it says nothing. Full access is no matter of one request.</summary>
    public static RunOverrides? Check(string? model, string? sandbox)
    {
        if (model is null && sandbox is null)
            return null;
        Texts.Line("model", model, 200);
        if (model is not null && (string.IsNullOrWhiteSpace(model) || model[0] == '-'))
            throw Fault.Unprocessable("model", "must be the name of a model.");
        if (sandbox is "full-access" or "danger-full-access")
            throw new Fault(FaultCode.Unprocessable, $"sandbox: '{sandbox}' is not given to a single run.",
                "Make a profile with 'sandbox: full-access' in config.yaml and name it: each of its runs then shows it.");
        return sandbox is null or "read-only" or "workspace-write" ? new RunOverrides(model, sandbox)
            : throw Fault.Unprocessable("sandbox", "must be read-only or workspace-write.");
    }

    /// <summary>The profile with it.</summary>
    public Profile On(Profile profile) => profile with
    {
        Model = Model ?? profile.Model,
        Sandbox = Sandbox is null ? profile.Sandbox : ConfigKeys.Sandboxes[Sandbox],
    };
}
