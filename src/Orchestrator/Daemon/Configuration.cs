using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Requests;
using Orchestrator.Workspaces;

namespace Orchestrator.Daemon;

/// <summary>config.yaml of the data folder and, per project, .agent-orchestrator.yaml: read at start, the project's when it is asked
/// for.</summary>
sealed class Configuration
{
    readonly ConfigFile user;
    readonly ProfileBook book;

    Configuration(ConfigFile user)
    {
        this.user = user;
        book = Checked(ProfileBook.Merge(BuiltIn, user));
        // Read now: a mistake is told at the start.
        var rules = ConfigRules.Of(user, "config");
        RequestRules = new RuleSources(() => rules, OfProjectFile,
            name => user.Projects.GetValueOrDefault(name)?.TrustRequestRules == true);
        Projects =
        [
            .. user.Projects.Values.Where(project => project.Path is not null).Select(project => new Project
            {
                Name = project.Name,
                Path = project.Path!,
                DefaultProfile = project.Profiles.GetValueOrDefault("code"),
                Isolation = project.Isolation ?? "worktree",
                Origin = user.File,
            }),
        ];
    }

    /// <summary>Where rules for requests come from besides the store.</summary>
    public RuleSources RequestRules { get; }

    /// <summary>Projects the file names.</summary>
    public IReadOnlyList<Project> Projects { get; }

    /// <summary>Slots for runs, when the file says so.</summary>
    public int? MaxConcurrency => user.MaxConcurrency;

    /// <summary>The whole user's file.</summary>
    public ConfigFile User => user;

    /// <summary>Requests a minute for each token, when the file says so.</summary>
    public int? RequestsPerMinute => user.RequestsPerMinute;

    /// <summary>Bad tokens a minute for each address, when the file says so.</summary>
    public int? BadTokensPerMinute => user.BadTokensPerMinute;

    /// <summary>Every profile that holds without a project's file.</summary>
    public IReadOnlyDictionary<string, Profile> Profiles => book.All;

    static IReadOnlyList<string> Agents { get; } = AgentCatalog.Names;

    static IReadOnlyList<Profile> BuiltIn => BuiltInProfiles.All;

    /// <summary>Throws <see cref="Fault"/> naming file, line and key of every mistake.</summary>
    public static Configuration Load(string dataFolder) => new(ConfigFile.Load(Path.Combine(dataFolder, ConfigFile.UserName), Agents));

    /// <summary>Which protocols there are only the agents know.</summary>
    static ProfileBook Checked(ProfileBook book)
    {
        foreach (var profile in book.All.Values)
            if (AgentCatalog.Find(profile.Agent) is not null && AgentCatalog.Find(profile.Agent, profile.Protocol) is null)
                throw new Fault(FaultCode.InvalidRequest,
                    $"{profile.Origin}: profiles.{profile.Name}.protocol: {AgentCatalog.NoProtocol(profile)}");
        return book;
    }

    /// <summary>The profile as it holds in a project, or null when there is none of that name.</summary>
    public Profile? FindProfile(string name, string? projectFolder) => BookOf(projectFolder).All.GetValueOrDefault(name);

    /// <summary>The names there are for a project in that folder, or for none.</summary>
    public IReadOnlyCollection<string> ProfileNames(string? projectFolder) => [.. BookOf(projectFolder).All.Keys];

    static IReadOnlyList<RequestRule> OfProjectFile(string folder) =>
        ConfigRules.Of(ConfigFile.Load(Path.Combine(folder, ConfigFile.ProjectName), Agents), "project");

    ProfileBook BookOf(string? projectFolder)
    {
        if (projectFolder is null)
            return book;
        var own = ConfigFile.Load(Path.Combine(projectFolder, ConfigFile.ProjectName), Agents);
        return own == ConfigFile.None ? book : Checked(ProfileBook.Merge(BuiltIn, user, own));
    }
}

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
        })), doc: Doc);
    }

    static JsonArray Profiles(Configuration configuration) => new([.. configuration.Profiles.Values.Select(profile => new JsonObject
    {
        ["name"] = profile.Name,
        ["agent"] = profile.Agent,
        ["model"] = profile.Model,
        ["effort"] = profile.Effort,
        ["sandbox"] = SandboxWord(profile.Sandbox),
        ["protection"] = Runs.Launcher.ProtectionWord(AgentCatalog.Of(profile).ProtectionOf(profile)),
        ["escalates_to"] = profile.EscalatesTo,
        ["origin"] = profile.Origin,
    })]);

    static string SandboxWord(Sandbox sandbox) => sandbox switch
    {
        Sandbox.ReadOnly => "read-only",
        Sandbox.FullAccess => "full-access",
        _ => "workspace-write",
    };

    static RouteDoc Doc() => RouteDoc.Of("The settings in force, and where each comes from.")
        .Gives("profiles", ProfileShapes())
        .Gives("projects", Shape.List(Shape.Members(
            ("name", Shape.Text), ("path", Shape.Text), ("isolation", Shape.Text), ("origin", Shape.Text))))
        .Gives("limits", Shape.Members(("max_concurrency", Shape.Maybe(Shape.Whole))));

    static JsonObject ProfileShapes() => Shape.List(Shape.Members(
        ("name", Shape.Text), ("agent", Shape.Text), ("model", Shape.Maybe(Shape.Text)), ("effort", Shape.Maybe(Shape.Text)),
        ("sandbox", Shape.Word("read-only", "workspace-write", "full-access")), ("protection", Shape.Text),
        ("escalates_to", Shape.Maybe(Shape.Text)), ("origin", Shape.Text)));
}
