using System.Text.Json;
using Orchestrator.Runs;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Requests;

/// <summary>
/// Every rule there is, by where it comes from: the user's file, the project's file, and those people made. Reads files and folders: never
/// asked on the writing thread.
/// </summary>
sealed class RuleBook(Database store, ProjectStore projects, RuleSources sources)
{
    /// <summary>Most past requests a rule is tried on.</summary>
    const int MostTried = 500;

    /// <summary>Most of them that are shown.</summary>
    const int MostShown = 20;

    const string Past = """
        select q.id, q.text, q.kind, q.detail, q.state, q.answered_by, q.run_id, r.profile, s.project, w.path
        from requests q join runs r on r.id = q.run_id join sessions s on s.id = q.session_id
        left join workspaces w on w.id = r.workspace_id
        where q.state in ('approved', 'denied') and q.rule is null and q.kind in ('approval_request', 'permission_request')
        and q.id <> @but order by q.created_no desc limit @most
        """;

    /// <summary>Those that count for a run, or for no run in particular.</summary>
    /// <param name="projectName">Its project; null for none.</param>
    /// <param name="runId">The run; null for none.</param>
    /// <param name="workspace">Where it works; null when that is not known.</param>
    public IReadOnlyList<RequestRule> For(string? projectName, string? runId, string? workspace)
    {
        var stored = store.Read(db => RuleStore.Live(db, runId));
        var project = projectName is null ? null : projects.Find(projectName);
        if (project is null)
            return [.. sources.OfUser(), .. stored];
        try
        {
            return [.. sources.OfUser(), .. sources.OfProject(project.Path).Select(rule => Trusted(rule, project, workspace)), .. stored];
        }
        catch (Fault unreadable)
        {
            // What it would forbid is not known: nobody is allowed anything until it can be read.
            return [.. sources.OfUser().Concat(stored).Select(rule => rule.Action is not (RuleActions.Allow or RuleActions.Answer) ? rule
                : rule with { Ignored = $"nothing is allowed while the project's file cannot be read: {unreadable.Message}" })];
        }
    }

    /// <summary>What the rules say of something a run asks.</summary>
    public Judgment Judge(Run run, string kind, JsonElement? detail, string text, IReadOnlyList<string> options)
    {
        if (kind is not (RequestKinds.Approval or RequestKinds.Permission or RequestKinds.Question))
            return Judgment.Nothing($"A {kind} is never answered by a rule.");
        var asker = AskerOf(run);
        if (kind == RequestKinds.Question)
            return QuestionMatch.Judge(For(asker.Project, run.Id, asker.Workspace),
                new AskedQuestion(text, options, asker.Project, asker.Profile, run.Id));
        return RuleMatch.Judge(For(asker.Project, run.Id, asker.Workspace), AskedReading.Of(kind, detail, asker));
    }

    /// <summary>Whose requests a run's are.</summary>
    public Asker AskerOf(Run run) => store.Read(db =>
    {
        var now = RunRows.Get(db, run.Id);
        return new Asker(now.Id, now.Profile, Sessions.SessionStore.Get(db, now.SessionId).Project, now.Workspace?.Path);
    });

    /// <summary>What a rule would have made of past requests that somebody approved or denied, together with the rules there are.</summary>
    public Trial Try(RequestRule rule, string? butRequest = null)
    {
        var past = store.Read(db => db.Query(Past, row => (
            Request: new PastRequest(row.GetString(0), Texts.Short(row.GetString(1)), row.GetString(4), row.TextOrNull(5)),
            Kind: row.GetString(2), Detail: row.TextOrNull(3),
            Asker: new Asker(row.GetString(6), row.GetString(7), row.TextOrNull(8), row.TextOrNull(9))), ("@but", butRequest ?? ""),
            ("@most", MostTried)));
        var rulesOf = new Dictionary<string, IReadOnlyList<RequestRule>>();
        var hits = new List<TriedRequest>();
        foreach (var (request, kind, detail, asker) in past)
        {
            var place = asker.Project ?? "";
            if (!rulesOf.TryGetValue(place, out var others))
                rulesOf[place] = others = For(asker.Project, null, null);
            using var parsed = detail is null ? null : JsonDocument.Parse(detail);
            var asked = AskedReading.Of(kind, parsed?.RootElement, asker);
            var before = RuleMatch.Judge(others, asked);
            var after = RuleMatch.Judge([.. others, rule], asked);
            if (after.Verdict != before.Verdict)
                hits.Add(new(request.Id, request.Text, request.State, request.AnsweredBy, after.Verdict,
                    (after.Verdict, request.State) is (RuleActions.Allow, "denied") or (RuleActions.Deny, "approved")));
        }
        return new Trial(past.Count, hits.Count, hits.Count(each => each.Contradicts),
            [.. hits.OrderByDescending(each => each.Contradicts).Take(MostShown)]);
    }

    RequestRule Trusted(RequestRule rule, Project project, string? workspace)
    {
        if (rule.Action is not (RuleActions.Allow or RuleActions.Answer))
            return rule;
        if (!sources.Trusts(project.Name))
            return rule with
            {
                Ignored = "a project's file may deny and ask; that it may allow and answer, your own config.yaml says: "
                    + $"projects.{project.Name}.trust_request_rules: true",
            };
        return workspace is not null && new RealPlaces(workspace) is var places && places.Inside(RealPlaces.Real(project.Path)) is not null
            ? rule with { Ignored = "the run works in the folder of this file and could write itself a rule" }
            : rule;
    }

    /// <summary>A request that somebody answered.</summary>
    readonly record struct PastRequest(string Id, string Text, string State, string? AnsweredBy);
}

/// <summary>Where rules come from besides the store.</summary>
/// <param name="OfUser">Those of the user's file.</param>
/// <param name="OfProject">Those of the file in a project's folder.</param>
/// <param name="Trusts">Whether the user lets that project's file allow things.</param>
sealed record RuleSources(Func<IReadOnlyList<RequestRule>> OfUser, Func<string, IReadOnlyList<RequestRule>> OfProject,
    Func<string, bool> Trusts);

/// <summary>A rule tried on past requests.</summary>
/// <param name="Looked">How many it was tried on, the newest ones that somebody answered.</param>
/// <param name="Changed">How many of them it would have answered, or have had asked again.</param>
/// <param name="Contradictions">How many it would have answered otherwise than somebody did.</param>
/// <param name="Requests">Some of those it changes, contradictions first.</param>
sealed record Trial(int Looked, int Changed, int Contradictions, IReadOnlyList<TriedRequest> Requests);

/// <summary>A past request a rule would have changed.</summary>
/// <param name="RequestId">Which one.</param>
/// <param name="Text">What was asked, shortened.</param>
/// <param name="State">How it was answered: approved or denied.</param>
/// <param name="AnsweredBy">By whom.</param>
/// <param name="Verdict">What the rules would say with this one: allow, deny or ask.</param>
/// <param name="Contradicts">The opposite was answered.</param>
sealed record TriedRequest(string RequestId, string Text, string State, string? AnsweredBy, string Verdict, bool Contradicts);
