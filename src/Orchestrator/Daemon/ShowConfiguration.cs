using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Profiles;

namespace Orchestrator.Daemon;

/// <summary>GET /profiles and GET /config: what holds, and where each value comes from.</summary>
static class ShowConfiguration
{
    public static void Map(Routes routes, Configuration configuration)
    {
        routes.Get("/profiles", "ListProfiles", _ => Task.FromResult(Reply.Ok(new JsonObject { ["profiles"] = Profiles(configuration) })),
            doc: () => RouteDoc.Of("The profiles that hold without a project's own file.").Gives("profiles", ProfileShapes()));
        routes.Get("/config", nameof(ShowConfiguration), _ => Task.FromResult(Reply.Ok(new JsonObject
        {
            ["profiles"] = Profiles(configuration),
            ["projects"] = new JsonArray([.. configuration.Projects.Select(project => new JsonObject
            {
                ["name"] = project.Name,
                ["path"] = project.Path,
                ["isolation"] = project.Isolation,
                ["origin"] = project.Origin,
            })]),
            ["limits"] = new JsonObject { ["max_concurrency"] = configuration.MaxConcurrency },
            ["warnings"] = new JsonArray([.. configuration.Warnings.Select(warning => (JsonNode)warning)]),
        })), doc: Doc);
    }

    static JsonArray Profiles(Configuration configuration) => new([.. configuration.Profiles.Values.Select(profile => new JsonObject
    {
        ["name"] = profile.Name,
        ["agent"] = profile.Agent,
        ["model"] = profile.Model,
        ["effort"] = profile.Effort,
        ["protocol"] = AgentCatalog.Of(profile).Protocol,
        ["verbosity"] = profile.Verbosity,
        ["sandbox"] = ConfigKeys.Word(profile.Sandbox),
        ["approval"] = profile.Approval is { } rule ? ConfigKeys.Word(rule) : null,
        ["protection"] = Runs.Launcher.ProtectionWord(AgentCatalog.Of(profile).ProtectionOf(profile)),
        ["escalates_to"] = profile.EscalatesTo,
        ["origin"] = profile.Origin,
    })]);

    static RouteDoc Doc() => RouteDoc.Of("The settings in force, and where each comes from.")
        .Gives("profiles", ProfileShapes())
        .Gives("projects", Shape.List(Shape.Members(
            ("name", Shape.Text), ("path", Shape.Text), ("isolation", Shape.Text), ("origin", Shape.Text))))
        .Gives("limits", Shape.Members(("max_concurrency", Shape.Maybe(Shape.Whole))))
        .Gives("warnings", Shape.List(Shape.Text));

    static JsonObject ProfileShapes() => Shape.List(Shape.Members(
        ("name", Shape.Text), ("agent", Shape.Text), ("model", Shape.Maybe(Shape.Text)), ("effort", Shape.Maybe(Shape.Text)),
        ("protocol", Shape.Maybe(Shape.Text)), ("verbosity", Shape.Maybe(Shape.Text)),
        ("sandbox", Shape.Word([.. ConfigKeys.Sandboxes.Keys])), ("approval", Shape.Maybe(Shape.Word([.. ConfigKeys.Approvals.Keys]))),
        ("protection", Shape.Text),
        ("escalates_to", Shape.Maybe(Shape.Text)), ("origin", Shape.Text)));
}
