using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Routing;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>Gives a plan as a file of another format.</summary>
static class ExportPlan
{
    /// <summary>POST /plans/{id}/export. <c>current</c>: the file as it is now, where people write in it, too.</summary>
    public sealed record Request(string? Format, string? Current);

    /// <summary>A format: its file's name, and how it is made; <c>current</c> is null where there is no file yet.</summary>
    sealed record Format(string Name, string File, Func<ExportFacts, string?, string> Make);

    static readonly IReadOnlyList<Format> Formats =
    [
        new("manifest", "manifest.json", (facts, _) => Text(ManifestExport.Of(facts))),
        new("agent-state", "AGENT_STATE.json", (facts, _) => Text(StateExport.Of(facts))),
        new("tasks-parsed", "TASKS_PARSED.json", (facts, _) => Text(StateExport.Parsed(facts))),
        new("pulse", "PROJECT_PULSE.md", PulseExport.Of),
        new("tasks-md", "tasks.md", TasksExport.Of),
        new("status", "STATUS.md", (facts, _) => PlanReport.Status(facts)),
        new("trace", "TRACE.json", (facts, _) => Text(TraceExport.Of(facts))),
        new("summary", "SUMMARY.md", (facts, _) => PlanReport.Summary(facts)),
    ];

    public static IReadOnlyList<string> Names => [.. Formats.Select(format => format.Name)];

    /// <param name="routes">Where it is mapped.</param>
    /// <param name="store">Where plans are read.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="routeOf">The profile an item gets now; null when there is none. Reads files.</param>
    public static void Map(Routes routes, Database store, TimeProvider clock, Func<Item, Chosen?> routeOf)
    {
        routes.Post("/plans/{id}/export", nameof(ExportPlan), async call =>
        {
            var request = await call.Body(PlansJson.Default.ExportPlanRequest);
            var format = Find(request.Format);
            var text = format.Make(Facts(store, call, clock, routeOf), request.Current);
            return Reply.Ok(new JsonObject { ["format"] = format.Name, ["name"] = format.File, ["text"] = text });
        }, Scope.Read, doc: () => RouteDoc.Of("A plan as a file of another format; current is that file as it is now, so that what people "
            + "wrote in it stays.").Takes(PlansJson.Default.ExportPlanRequest, "format")
            .Gives("format", Shape.Word(Names)).Gives("name", Shape.Text).Gives("text", Shape.Text));
        routes.Get("/plans/{id}/export", "DownloadPlan", call =>
        {
            var format = Find(call.Query("format"));
            var text = format.Make(Facts(store, call, clock, routeOf), null);
            return Task.FromResult(new Reply(StatusCodes.Status200OK, System.Text.Encoding.UTF8.GetBytes(text))
            {
                ContentType = "text/plain; charset=utf-8",
            });
        }, doc: () => RouteDoc.Of("A plan as a file of another format.").Asks("format", "Which one.", Shape.Word(Names))
            .GivesRaw("text/plain", "The file, as JSON or Markdown."));
    }

    static ExportFacts Facts(Database store, Call call, TimeProvider clock, Func<Item, Chosen?> routeOf)
    {
        var facts = store.Read(db => ExportFacts.Read(db, PlanRows.Resolve(db, call.Part("id")).Id, clock.GetUtcNow()));
        var routes = new UnitRoutes(routeOf);
        return facts with
        {
            Owners = facts.Units.Where(unit => unit.Item is not null)
                .Select(unit => (unit.ItemId, Owner: routes.Of(unit.Item!)?.Profile.Name)).Where(pair => pair.Owner is not null)
                .ToDictionary(pair => pair.ItemId, pair => pair.Owner!),
        };
    }

    static Format Find(string? name) => Formats.First(format => format.Name ==
        (Intake.Word("format", name, Names) ?? throw Fault.Invalid("format", $"is required: one of {string.Join(", ", Names)}.")));

    static string Text(JsonObject made) => made.ToJsonString(new JsonSerializerOptions(Json.PlainOptions) { WriteIndented = true }) + "\n";
}
