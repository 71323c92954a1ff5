using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Plans;

/// <summary>Makes a plan of a document, or brings the one it made before up to date.</summary>
static class ImportPlan
{
    /// <summary>
    /// POST /plans. <c>files</c>: name → content, or <c>text</c> alone; <c>format</c> is found out when not said; <c>source</c>: what tells
    /// this document from others, a path for example; <c>plan</c>: the plan that it changes, whatever that was made of;
    /// <c>dry_run</c>: stores nothing.
    /// </summary>
    public sealed record Request(IReadOnlyDictionary<string, string?>? Files, string? Text, string? Format, string? Project, string? Source,
        bool? DryRun, string? IdempotencyKey, string? Plan = null);

    /// <summary>Id of the plan that was there before and is brought up to date by it; null when it becomes a new one.</summary>
    public const string Updates = "updates";

    const int MostFiles = 100;

    public static void Map(Routes routes, PlanStore plans, ProjectStore projects) =>
        routes.Post("/plans", nameof(ImportPlan), call => Import(call, plans, projects),
            doc: () => RouteDoc.Of("Makes a plan of a document: a manifest, a spec folder, a state file, parallel tasks, issues. Imported "
                + "again it updates its plan and takes nothing back that was done. A document with errors is refused, with all findings.")
                .Takes(PlansJson.Default.ImportPlanRequest).Creates().Refuses(FaultCode.Conflict)
                .GivesMaybe("plan", PlansJson.Default.Plan).Gives("items", PlansJson.Default.IReadOnlyListPlanEntry)
                .Gives("findings", PlansJson.Default.IReadOnlyListImportFinding).Gives(Updates, Shape.Maybe(Shape.Text)));

    static async Task<Reply> Import(Call call, PlanStore plans, ProjectStore projects)
    {
        var request = await call.Body(PlansJson.Default.ImportPlanRequest);
        var sources = Sources(request);
        Intake.Word("format", request.Format, ImportText.Kinds);
        Texts.Line("source", request.Source, 2000);
        var named = request.Project is null ? null : projects.Require(request.Project).Name;
        var known = request.Plan is null ? null : plans.Store.Read(db => PlanRows.Resolve(db, request.Plan));
        var read = ImportText.Read(sources, request.Format);
        if (read.Plan is not { } draft)
            throw Refused(read.Findings);
        var (project, findings) = ProjectOf(draft, named, projects, read.Findings);
        var order = new PlanOrder(draft, sources, known?.SourceKey ?? Key(draft, request, sources), project, findings);
        if (request.DryRun == true)
            return Preview(plans, order);
        return await Once.Write(plans.Store, call, "", request.IdempotencyKey, request with { IdempotencyKey = null },
            PlansJson.Default.ImportPlanRequest, transaction => Keep(transaction, plans, order, call.Principal.Name));
    }

    /// <summary>Stores it, with the answer that tells of it.</summary>
    public static Reply Keep(WriteTransaction transaction, PlanStore plans, PlanOrder order, string actor)
    {
        var before = PlanRows.OfSource(transaction.Db, order.Key)?.Id;
        var (plan, found) = new KeepPlan(plans).Keep(transaction, order, actor);
        var items = PlanRows.Items(transaction.Db, plan.Id).Select(unit => PlanEntry.Of(unit, plan)).ToList();
        return Reply.Created(json => Write(json, plan, items, found, before));
    }

    /// <summary>What it would be, and which plan it would change; nothing is stored.</summary>
    public static Reply Preview(PlanStore plans, PlanOrder order)
    {
        var before = plans.Store.Read(db => PlanRows.OfSource(db, order.Key))?.Id;
        var items = order.Draft.Items.Select(item =>
            PlanEntry.Of(item, order.Draft.Phases.First(phase => phase.Id == item.Phase).Name)).ToList();
        return Reply.Ok(json => Write(json, null, items, order.Findings, before));
    }

    static List<SourceText> Sources(Request request)
    {
        if (request.Files is { Count: > 0 } files && request.Text is not null)
            throw Fault.Unprocessable("text", "is given beside files; give one of them.");
        if (request.Files is { Count: > MostFiles })
            throw Fault.Unprocessable("files", $"must be {MostFiles} at most.");
        var sources = request.Text is { } text ? [new SourceText("", text)]
            : (request.Files ?? new Dictionary<string, string?>()).Select(file => new SourceText(file.Key,
                file.Value ?? throw Fault.Unprocessable("files", "must hold a text for each name."))).ToList();
        if (sources.Count == 0)
            throw Fault.Invalid("files", "is required: name → content of each file, or text alone.");
        foreach (var source in sources)
            Texts.Line("files", source.Name, 1000);
        return sources;
    }

    /// <summary>The refusal of a source that has errors.</summary>
    public static Fault Refused(IReadOnlyList<ImportFinding> findings)
    {
        var errors = findings.Where(one => one.IsError).ToList();
        var more = errors.Count > 1 ? $" And {errors.Count - 1} more." : "";
        return new Fault(FaultCode.Unprocessable, $"It cannot be imported. {errors[0].Place}{(errors[0].Place is null ? "" : ": ")}"
            + $"{errors[0].Text}{more}", errors[0].Fix)
        {
            Details = new Dictionary<string, object?>
            {
                ["findings"] = JsonSerializer.SerializeToNode(findings, PlansJson.Default.IReadOnlyListImportFinding),
            },
        };
    }

    /// <summary>The project that was named, or that the source names; a finding when there is none.</summary>
    public static (string? Project, IReadOnlyList<ImportFinding>) ProjectOf(PlanDraft draft, string? named, ProjectStore projects,
        IReadOnlyList<ImportFinding> findings)
    {
        if (named is not null)
            return (named, findings);
        if (draft.Project is { } said && projects.Find(said) is { } known)
            return (known.Name, findings);
        return (null, [.. findings, ImportFinding.Of(FindingWeight.Warning, "no_project", null, draft.Project is { } other
            ? $"There is no project '{Texts.Short(other)}' here." : "The source names no project.",
            "Its items work in empty folders of their own.", "agentctl add-project NAME PATH, then import again with --project NAME.")]);
    }

    /// <summary>The kind, what the source calls itself, and where it came from.</summary>
    static string Key(PlanDraft draft, Request request, IReadOnlyList<SourceText> sources) => string.Join(' ', draft.SourceKind,
        draft.SourceKey ?? draft.Title, request.Source ?? (sources.Count == 1 ? sources[0].Name : "")).Trim();

    static void Write(Utf8JsonWriter json, Plan? plan, IReadOnlyList<PlanEntry> items, IReadOnlyList<ImportFinding> findings,
        string? updates)
    {
        if (plan is null)
            json.WriteNull("plan");
        else
            json.Member("plan", plan, PlansJson.Default.Plan);
        json.Member("items", items, PlansJson.Default.IReadOnlyListPlanEntry);
        json.Member("findings", findings, PlansJson.Default.IReadOnlyListImportFinding);
        json.WriteString(Updates, updates);
    }
}
