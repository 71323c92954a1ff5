using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Routing;
using Orchestrator.Workspaces;

namespace Orchestrator.Daemon;

/// <summary>config.yaml of the data folder and, per project, .agent-orchestrator.yaml: read at start, the project's when it is asked
/// for.</summary>
sealed class Configuration
{
    readonly InForce user;

    Configuration(ConfigFile file)
    {
        user = AgentConfig.Of(file, ConfigFile.None);
        Projects =
        [
            .. file.Projects.Values.Where(project => project.Path is not null).Select(project => new Project
            {
                Name = project.Name,
                Path = project.Path!,
                DefaultProfile = project.Profiles.GetValueOrDefault(Phases.Code)?.Profile,
                Isolation = project.Isolation ?? "worktree",
                Origin = file.File,
            }),
        ];
    }

    /// <summary>Projects the file names.</summary>
    public IReadOnlyList<Project> Projects { get; }

    /// <summary>Slots for runs, when the file says so.</summary>
    public int? MaxConcurrency => User.MaxConcurrency;

    /// <summary>The whole user's file.</summary>
    public ConfigFile User => user.User;

    /// <summary>Requests a minute for each token, when the file says so.</summary>
    public int? RequestsPerMinute => User.RequestsPerMinute;

    /// <summary>Bad tokens a minute for each address, when the file says so.</summary>
    public int? BadTokensPerMinute => User.BadTokensPerMinute;

    /// <summary>Every profile that holds without a project's file.</summary>
    public IReadOnlyDictionary<string, Profile> Profiles => user.Book.All;

    /// <summary>Sentences about settings that are valid and have no effect.</summary>
    public IReadOnlyList<string> Warnings => user.Warnings;

    /// <summary>Throws <see cref="Fault"/> naming file, line and key of every mistake.</summary>
    public static Configuration Load(string dataFolder) => new(AgentConfig.Read(Path.Combine(dataFolder, ConfigFile.UserName)));

    /// <summary>The profile as it holds in a project, or null when there is none of that name.</summary>
    public Profile? FindProfile(string name, string? projectFolder) => Of(projectFolder).Find(name);

    /// <summary>What the choosing of profiles asks for.</summary>
    public ProfileSource Source => new(FindProfile, folder => [.. Of(folder).Book.All.Keys], TableOf, (_, _, _) => { });

    RouteTable TableOf(Project? project)
    {
        var holds = Of(project?.Path);
        var phases = project is null ? [] : holds.PhasesOf(project.Name);
        if (project?.DefaultProfile is { } registered)
            phases.TryAdd(Phases.Code, new PhaseProfile(registered, $"project {project.Name}", OfProjectFile: false));
        return new RouteTable { OfProject = phases, Rules = holds.Routes, Default = AgentCatalog.DefaultProfile };
    }

    InForce Of(string? projectFolder)
    {
        if (projectFolder is null)
            return user;
        var own = AgentConfig.Read(Path.Combine(projectFolder, ConfigFile.ProjectName));
        return own == ConfigFile.None ? user : AgentConfig.Of(User, own);
    }
}
