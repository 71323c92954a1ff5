using System.Text.Json.Nodes;
using Orchestrator.Http;

namespace Orchestrator.Routing;

/// <summary>Which profile a run would get, and what every rule says about it. Starts nothing.</summary>
static class TryRoute
{
    /// <summary>GET /route/try.</summary>
    public static void Map(Routes routes, ProfileChooser chooser) =>
        routes.Get("/route/try", nameof(TryRoute), call =>
        {
            var ask = new RouteAsk
            {
                Requested = call.Query("profile"),
                Project = call.Query("project"),
                Phase = ProfileChooser.CheckPhase(call.Query("phase")),
                Kind = call.Query("kind"),
                Labels = (call.Query("labels") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            };
            var (choice, profile) = chooser.Try(ask);
            return Task.FromResult(Reply.Ok(new JsonObject
            {
                ["profile"] = profile.Name,
                ["agent"] = profile.Agent,
                ["model"] = profile.Model,
                ["by"] = choice.Taken.Source,
                ["why"] = choice.Why,
                ["steps"] = new JsonArray([.. choice.Steps.Select(step => (JsonNode)new JsonObject
                {
                    ["source"] = step.Source,
                    ["place"] = step.Place,
                    ["profile"] = step.Profile,
                    ["hit"] = step.Hit,
                    ["chosen"] = ReferenceEquals(step, choice.Taken),
                    ["why"] = step.Why,
                })]),
            }));
        }, doc: Doc);

    static RouteDoc Doc() => RouteDoc
        .Of("Which profile a run would get that names none, and what every rule says about it. Starts nothing.")
        .Asks("project", "Name of the project, or its folder.")
        .Asks("phase", "Part of the work.", Shape.Word(Profiles.Phases.All))
        .Asks("kind", "Kind of work.")
        .Asks("labels", "Labels of the work, separated by commas.")
        .Asks("profile", "A profile the request would name.")
        .Gives("profile", Shape.Text).Gives("agent", Shape.Text).Gives("model", Shape.Maybe(Shape.Text))
        .Gives("by", Shape.Word("request", "session", "project", "rule", "default")).Gives("why", Shape.Text)
        .Gives("steps", Shape.List(Shape.Members(
            ("source", Shape.Text), ("place", Shape.Maybe(Shape.Text)), ("profile", Shape.Maybe(Shape.Text)), ("hit", Shape.Flag),
            ("chosen", Shape.Flag), ("why", Shape.Text))));
}
