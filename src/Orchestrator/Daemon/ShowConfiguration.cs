using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Workspaces;

namespace Orchestrator.Daemon;

/// <summary>GET /profiles and GET /config: what holds, and where each value comes from.</summary>
static class ShowConfiguration
{
    public static void Map(Routes routes, Configuration configuration, ProjectStore projects, Func<SettingRow> concurrency)
    {
        routes.Get("/profiles", "ListProfiles", _ => Task.FromResult(Reply.Ok(new JsonObject
        {
            ["profiles"] = Profiles(configuration.Of(null)),
        })), doc: () => RouteDoc.Of("The profiles that hold without a project's own file.").Gives("profiles", ProfileShapes()));
        routes.Get("/config", nameof(ShowConfiguration), call =>
        {
            var holds = configuration.Of(call.Query("project") is { } name ? projects.Require(name).Path : null);
            var row = concurrency();
            return Task.FromResult(Reply.Ok(new JsonObject
            {
                ["profiles"] = Profiles(holds),
                ["projects"] = new JsonArray([.. configuration.Projects.Select(project => new JsonObject
                {
                    ["name"] = project.Name,
                    ["path"] = project.Path,
                    ["isolation"] = project.Isolation,
                    ["origin"] = project.Origin,
                })]),
                ["limits"] = new JsonObject { ["max_concurrency"] = row.Value?.DeepClone() },
                ["settings"] = Settings([.. holds.Rows().Where(each => each.Key != row.Key), row]),
                ["file"] = configuration.Path,
                ["warnings"] = Texts(holds.Warnings),
                ["problems"] = Texts(configuration.Problems),
            }));
        }, doc: Doc);
    }

    static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    static JsonArray Settings(IEnumerable<SettingRow> rows) => new([.. rows.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row =>
        new JsonObject { ["key"] = row.Key, ["value"] = row.Value?.DeepClone(), ["origin"] = row.Origin })]);

    static JsonArray Profiles(InForce holds) => new([.. holds.Book.All.Values.Select(profile => new JsonObject
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
        .Asks("project", "With the own file of this project (name or folder) on top.")
        .Gives("profiles", ProfileShapes())
        .Gives("projects", Shape.List(Shape.Members(
            ("name", Shape.Text), ("path", Shape.Text), ("isolation", Shape.Text), ("origin", Shape.Text))))
        .Gives("limits", Shape.Members(("max_concurrency", Shape.Whole)))
        .Gives("settings", Shape.List(Shape.Members(("key", Shape.Text), ("value", Shape.Any), ("origin", Shape.Text))))
        .Gives("file", Shape.Text)
        .Gives("warnings", Shape.List(Shape.Text))
        .Gives("problems", Shape.List(Shape.Text));

    static JsonObject ProfileShapes() => Shape.List(Shape.Members(
        ("name", Shape.Text), ("agent", Shape.Text), ("model", Shape.Maybe(Shape.Text)), ("effort", Shape.Maybe(Shape.Text)),
        ("protocol", Shape.Maybe(Shape.Text)), ("verbosity", Shape.Maybe(Shape.Text)),
        ("sandbox", Shape.Word([.. ConfigKeys.Sandboxes.Keys])), ("approval", Shape.Maybe(Shape.Word([.. ConfigKeys.Approvals.Keys]))),
        ("protection", Shape.Text),
        ("escalates_to", Shape.Maybe(Shape.Text)), ("origin", Shape.Text)));
}
