using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.GitHub;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Plans;

/// <summary>
/// Makes a plan of a repository's issues, asked for at GitHub by the daemon, where the token is. The caller waits for it: half a minute at
/// most, and who goes away calls it off. The transaction comes after everything that was asked.
/// </summary>
sealed class ImportIssues(PlanStore plans, ProjectStore projects, Func<IssueCalls> issues, TimeProvider clock)
{
    /// <summary>POST /plans/import-issues. <c>repository</c>: owner/name; <c>labels</c>: only issues that have them all; <c>state</c>:
    /// open or all; <c>limit</c>: most issues; <c>dry_run</c>: stores nothing.</summary>
    public sealed record Request(string? Repository, IReadOnlyList<string>? Labels, string? State, string? Project, int? Limit,
        bool? DryRun, string? IdempotencyKey);

    /// <summary>Longest that GitHub is asked for one request.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    const int UsualLimit = 500, MostIssues = 2000, MostLabels = 20, MostLookedUp = 30, MostText = 16 * 1024 * 1024;

    static readonly string[] States = ["open", "all"];

    public void Map(Routes routes) => routes.Post("/plans/import-issues", nameof(ImportIssues), Import,
        doc: () => RouteDoc.Of("Makes a plan of the issues of a repository at GitHub, or brings the one it made before up to date: issues "
            + "that were closed since are done. Pull requests are left out. Public repositories need no token.")
            .Takes(PlansJson.Default.ImportIssuesRequest, "repository").Creates()
            .Refuses(FaultCode.NotFound, FaultCode.Conflict, FaultCode.RateLimited, FaultCode.Unavailable)
            .GivesMaybe("plan", PlansJson.Default.Plan).Gives("items", PlansJson.Default.IReadOnlyListPlanEntry)
            .Gives("findings", PlansJson.Default.IReadOnlyListImportFinding).Gives(ImportPlan.Updates, Shape.Maybe(Shape.Text)));

    /// <summary>What is asked for, checked.</summary>
    sealed record Wanted(RepositoryName Repository, IReadOnlyList<string> Labels, string State, int Limit)
    {
        /// <summary>GitHub does not tell A from a, neither in names nor in labels.</summary>
        public string Key { get; } = $"{SourceKinds.Issues} github:{Repository.ToString().ToLowerInvariant()}"
            + string.Concat(Labels.Select(label => label.ToLowerInvariant()).Order(StringComparer.Ordinal)
                .Select((label, at) => $"{(at == 0 ? ' ' : ',')}{label}"));
    }

    async Task<Reply> Import(Call call)
    {
        var request = await call.Body(PlansJson.Default.ImportIssuesRequest);
        var wanted = Check(request);
        var named = request.Project is null ? null : projects.Require(request.Project).Name;
        var (listed, asked) = await Ask(wanted, call.Gone);
        var source = new SourceText($"github:{wanted.Repository}", listed.ToJsonString(Json.PlainOptions));
        var read = listed.Count == 0 ? Nothing(wanted) : DraftCheck.Finish(IssuesImport.Read(source, withClosed: true));
        if (read.Plan is not { } draft)
            throw ImportPlan.Refused(read.Findings);
        var (project, findings) = ImportPlan.ProjectOf(draft, named, projects, [.. asked, .. read.Findings]);
        var order = new PlanOrder(draft, [source], wanted.Key, project, findings) { Repository = wanted.Repository.ToString() };
        if (request.DryRun == true)
            return ImportPlan.Preview(plans, order);
        return await Once.Write(plans.Store, call, "", request.IdempotencyKey, request with { IdempotencyKey = null },
            PlansJson.Default.ImportIssuesRequest, transaction => ImportPlan.Keep(transaction, plans, order, call.Principal.Name));
    }

    static Wanted Check(Request request)
    {
        if (request.Repository is not { } name)
            throw Fault.Invalid("repository", "is required, as owner/name.");
        Texts.Line("repository", name, 200);
        var repository = RepositoryName.Parse(name)
            ?? throw Fault.Unprocessable("repository", $"'{Texts.Short(name)}' must be owner/name, as in its address.");
        var labels = (request.Labels ?? []).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (labels.Count > MostLabels)
            throw Fault.Unprocessable("labels", $"must be {MostLabels} at most.");
        foreach (var label in labels)
        {
            Texts.Line("labels", label, 100);
            if (string.IsNullOrWhiteSpace(label) || label.Contains(',', StringComparison.Ordinal))
                throw Fault.Unprocessable("labels", "must be names of labels, each on its own and without a comma.");
        }

        if (request.Limit is < 1 or > MostIssues)
            throw Fault.Unprocessable("limit", $"must be a whole number from 1 to {MostIssues}.");
        return new Wanted(repository, labels, Intake.Word("state", request.State, States) ?? "open", request.Limit ?? UsualLimit);
    }

    /// <summary>What GitHub says, and what is to be said of it.</summary>
    async Task<(JsonArray Listed, List<ImportFinding> Findings)> Ask(Wanted wanted, CancellationToken gone)
    {
        using var late = new CancellationTokenSource(Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, late.Token);
        var findings = new List<ImportFinding>();
        try
        {
            var (listed, isCut) = await List(wanted, findings, either.Token);
            await Missing(wanted, listed, isCut, findings, either.Token);
            return (new JsonArray([.. listed.OrderBy(Number)]), findings);
        }
        catch (GitHubFailure failure)
        {
            throw Told(failure, wanted, failure.Elsewhere is { } there ? await issues().NameNow(there, either.Token) : null);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !gone.IsCancellationRequested)
        {
            throw new Fault(FaultCode.Unavailable,
                $"GitHub did not list the issues of {wanted.Repository} within {Longest.TotalSeconds:0} s.",
                "Ask for fewer: --limit, --label.");
        }
    }

    async Task<(List<JsonObject> Listed, bool IsCut)> List(Wanted wanted, List<ImportFinding> findings, CancellationToken stop)
    {
        var (listed, length, isCut) = (new List<JsonObject>(), 0L, false);
        await foreach (var issue in issues().List(wanted.Repository, wanted.Labels, wanted.State, () => isCut = true, stop))
        {
            length += ((string?)issue["body"])?.Length ?? 0;
            isCut = listed.Count == wanted.Limit || length > MostText;
            if (isCut)
                break;
            listed.Add(issue);
        }

        if (isCut)
            findings.Add(ImportFinding.Of(FindingWeight.Warning, "more_issues", null,
                string.Create(CultureInfo.InvariantCulture,
                    $"{wanted.Repository} has more issues than the {listed.Count} that were taken."),
                "The newest were taken.", $"Take more with --limit (at most {MostIssues}, pull requests counted), or those of a label "
                    + "with --label."));
        return (listed, isCut);
    }

    /// <summary>Looks for what the plan has and the list has not: an issue that was closed is told from one that lost its label.</summary>
    async Task Missing(Wanted wanted, List<JsonObject> listed, bool isCut, List<ImportFinding> findings, CancellationToken stop)
    {
        var here = listed.Select(Number).ToHashSet();
        var known = plans.Store.Read(db => PlanRows.OfSource(db, wanted.Key) is { } plan ? PlanRows.Items(db, plan.Id) : [])
            .Where(unit => unit.Draft.Issue is { } number && !here.Contains(number)).ToList();
        // What the source said to be over stays in the plan without being asked for again.
        foreach (var unit in known.Where(unit => unit.Draft.ForeignStatus == "closed"))
            listed.Add(Said(unit));
        var open = known.Where(unit => unit.Draft.ForeignStatus != "closed").ToList();
        foreach (var unit in open.Take(MostLookedUp))
            if (await issues().Find(wanted.Repository, unit.Draft.Issue!.Value, stop) is { } issue
                && ((string?)issue["state"] == "closed" || isCut))
            {
                listed.Add(issue);
                if ((string?)issue["state"] == "closed" && unit.Item is { Attempts: > 0 } item
                    && item.State is not (ItemStatus.Done or ItemStatus.Skipped or ItemStatus.Canceled))
                    findings.Add(ImportFinding.Of(FindingWeight.Warning, "closed_meanwhile", null,
                        $"#{unit.Draft.ForeignId} was closed at GitHub, and is {item.Status} here.", "It goes on here.",
                        $"agentctl item cancel {item.Id}"));
            }

        if (open.Count > MostLookedUp)
            findings.Add(ImportFinding.Of(FindingWeight.Info, "not_looked_up", null,
                string.Create(CultureInfo.InvariantCulture, $"{open.Count} items of the plan are not in the list."),
                $"{MostLookedUp} of them were looked up.", "Import again for the rest."));
    }

    /// <summary>An issue as it was read when it was closed.</summary>
    static JsonObject Said(PlanItem unit) => new()
    {
        ["number"] = unit.Draft.Issue,
        ["title"] = unit.Draft.Title,
        ["body"] = unit.Draft.Description,
        ["state"] = "closed",
        ["state_reason"] = unit.Draft.Status == ItemStatus.Skipped ? "not_planned" : "completed",
        ["html_url"] = ExportFacts.Kept(unit.Draft.Unknown)["html_url"]?.DeepClone(),
        ["labels"] = ExportFacts.Kept(unit.Draft.Unknown)["labels"]?.DeepClone() ?? new JsonArray(),
    };

    static long Number(JsonObject issue) => issue["number"]!.GetValue<long>();

    static Imported Nothing(Wanted wanted) => Imported.Refused(ImportFinding.Of(FindingWeight.Error, "no_items", null,
        $"{wanted.Repository} has no {(wanted.State == "open" ? "open issue" : "issue")}"
        + $"{(wanted.Labels.Count > 0 ? $" with the label {string.Join(" and ", wanted.Labels)}" : "")}.", null,
        wanted.State == "open" ? "Closed ones are taken with --state all." : null));

    Fault Told(GitHubFailure failure, Wanted wanted, string? now)
    {
        var open = issues().HasToken ? "" : "The daemon has no token at hand: it sees public repositories only, and may ask 60 times an "
            + "hour. Set GITHUB_TOKEN in its environment and restart it.";
        var hint = failure.Trouble switch
        {
            GitHubTrouble.Moved => now is { } name ? $"It is called {name} now: agentctl plan import github:{name}"
                : "It was renamed or moved: name it as it is called now.",
            GitHubTrouble.NotFound or GitHubTrouble.Forbidden or GitHubTrouble.Limited when open.Length > 0 => open,
            GitHubTrouble.Refused => $"{failure.Hint} Has {wanted.Repository} issues at all?".Trim(),
            _ => failure.Hint,
        };
        var code = failure.Trouble switch
        {
            GitHubTrouble.NotFound => FaultCode.NotFound,
            GitHubTrouble.Limited => FaultCode.RateLimited,
            GitHubTrouble.Down or GitHubTrouble.Odd => FaultCode.Unavailable,
            _ => FaultCode.Conflict,
        };
        return new Fault(code, failure.Message, hint)
        {
            RetryAfterSeconds = failure.RetryAt is { } at ? (int)Math.Clamp((at - clock.GetUtcNow()).TotalSeconds + 1, 1, 7200) : null,
        };
    }
}
