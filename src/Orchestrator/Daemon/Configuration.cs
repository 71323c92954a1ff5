using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Cli;
using Orchestrator.Profiles;
using Orchestrator.Requests;
using Orchestrator.Routing;
using Orchestrator.Workspaces;

namespace Orchestrator.Daemon;

/// <summary>Something that happened to a configuration file, for the event log.</summary>
sealed record ConfigNews(string Type, JsonObject Data);

/// <summary>
/// config.yaml of the data folder and, per project, .agent-orchestrator.yaml. Both are looked at in the background and before a profile is
/// chosen; an edit holds from then on, for what is accepted from then on. A broken one is told of, and what held before still does.
/// </summary>
sealed class Configuration
{
    /// <summary>Projects whose files are watched; beyond it they are read when they are asked for.</summary>
    const int MostWatched = 500;

    readonly Lock gate = new();
    readonly LiveFile user;
    readonly Dictionary<string, LiveFile> own = [];
    readonly ConcurrentQueue<ConfigNews> news = new();

    readonly AgentConfig agents;

    Configuration(string dataFolder, IReadOnlyDictionary<string, string> environment)
    {
        agents = new AgentConfig(environment);
        user = new LiveFile(System.IO.Path.Combine(dataFolder, ConfigFile.UserName), OfUser);
        user.See();
        RequestRules = new RuleSources(() => ConfigRules.Of(User, "config"), RulesOfProject,
            name => User.Projects.GetValueOrDefault(name)?.TrustRequestRules == true);
    }

    /// <summary>Where rules for requests come from besides the store, as they hold now.</summary>
    public RuleSources RequestRules { get; }

    /// <summary>Throws <see cref="Fault"/> naming file, line and key of every mistake.</summary>
    public static Configuration Load(string dataFolder, IReadOnlyDictionary<string, string> environment) => new(dataFolder, environment);

    /// <summary>The hash of what a person has trusted in the file of that project folder; set once the store is open.</summary>
    public Func<string, string?> Trusted { get; set; } = _ => null;

    /// <summary>Projects the user's file names.</summary>
    public IReadOnlyList<Project> Projects =>
    [
        .. User.Projects.Values.Where(project => project.Path is not null).Select(project => new Project
        {
            Name = project.Name,
            Path = project.Path!,
            DefaultProfile = project.Profiles.GetValueOrDefault(Phases.Code)?.Profile,
            Isolation = project.Isolation ?? "worktree",
            Origin = User.File,
        }),
    ];

    /// <summary>Where the user's file is, or would be.</summary>
    public string Path => user.Path;

    /// <summary>The user's file as it holds.</summary>
    public ConfigFile User => user.Holds.User;

    /// <summary>Files whose last edit does not hold, with what is wrong.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (gate)
                return [.. own.Values.Prepend(user).Select(file => file.Problem?.Message).OfType<string>()];
        }
    }

    /// <summary>Sentences about settings that are valid and have no effect.</summary>
    public IReadOnlyList<string> Warnings => user.Holds.Warnings;

    /// <summary>What holds for a project's folder, or for none, after a look at the files.</summary>
    public InForce Of(string? projectFolder)
    {
        lock (gate)
        {
            See(user, first: false);
            if (projectFolder is null)
                return user.Holds;
            if (!own.TryGetValue(projectFolder, out var file))
            {
                if (own.Count >= MostWatched)
                    own.Clear();
                own[projectFolder] = file = new LiveFile(System.IO.Path.Combine(projectFolder, ConfigFile.ProjectName),
                    found => found == ConfigFile.None ? user.Holds : OfProject(found));
                See(file, first: true);
            }
            else
            {
                See(file, first: false);
            }

            return file.Holds;
        }
    }

    /// <summary>Throws while the file is broken: what it would deny nobody knows, so nothing is allowed by what it said before.</summary>
    IReadOnlyList<RequestRule> RulesOfProject(string folder)
    {
        lock (gate)
        {
            var holds = Of(folder);
            return own.GetValueOrDefault(folder)?.Problem is { } problem ? throw problem : ConfigRules.Of(holds.Own, "project");
        }
    }

    InForce OfUser(ConfigFile file)
    {
        ConfigRules.Of(file, "config");
        return agents.Of(file, ConfigFile.None);
    }

    InForce OfProject(ConfigFile file)
    {
        ConfigRules.Of(file, "project");
        return agents.Of(User, file);
    }

    /// <summary>Looks at every file that is known.</summary>
    public void See()
    {
        lock (gate)
        {
            See(user, first: false);
            foreach (var file in own.Values)
                See(file, first: false);
        }
    }

    /// <summary>The oldest of what happened and is not told yet.</summary>
    public bool TryNews(out ConfigNews? next) => news.TryPeek(out next);

    /// <summary>What <see cref="TryNews"/> gave is told.</summary>
    public void Told() => news.TryDequeue(out _);

    /// <summary>All profiles for a project's folder.</summary>
    public IReadOnlyList<Profile> ProfilesOf(string? folder) =>
        [.. Of(folder).Names.Select(name => FindProfile(name, folder)).OfType<Profile>()];

    /// <summary>The profile as it holds in a project, or null when there is none of that name.</summary>
    public Profile? FindProfile(string name, string? projectFolder) => Of(projectFolder).Find(name);

    /// <summary>The same to be started with: refused when a project's file brings danger nobody trusted.</summary>
    public Profile? FindTrusted(string name, string? projectFolder)
    {
        if (FindProfile(name, projectFolder) is not { } profile)
            return null;
        NeedTrust(profile, projectFolder, null);
        return profile;
    }

    /// <summary>How worktrees of a project are made and removed.</summary>
    public WorktreeSettings WorktreesOf(Project project)
    {
        var holds = Of(project.Path);
        return WorktreeSettings.Of(holds, project.Name,
            () => holds.Danger.Hash is not { } hash || Trusted(project.Path) == hash);
    }

    /// <summary>
    /// How work in a project is verified. What the user's own file says wins: it is a person's word. The project's file is read where the
    /// project is, never in a worktree, where an agent could write it, and counts once somebody trusts it.
    /// </summary>
    public VerifyPlan VerifyOf(Project project)
    {
        var holds = Of(project.Path);
        var (mine, theirs) = (holds.User.Projects.GetValueOrDefault(project.Name), holds.Own.Projects.GetValueOrDefault(project.Name));
        var limit = mine?.VerifyLimit ?? theirs?.VerifyLimit ?? VerifyPlan.DefaultLimit;
        var plan = new VerifyPlan(mine?.Verify ?? theirs?.Verify ?? [], limit);
        var needsTrust = mine?.Verify is null && plan.Commands.Count > 0 && holds.Danger.Hash is { } hash
            && Trusted(project.Path) != hash;
        return !needsTrust ? plan : plan with
        {
            Problem = $"The verify commands of {System.IO.Path.Combine(project.Path, ConfigFile.ProjectName)} need a person's trust first: "
                + $"agentctl project trust '{project.Name}'",
        };
    }

    /// <summary>What the choosing of profiles asks for.</summary>
    public ProfileSource Source => new(FindProfile, folder => Of(folder).Names, TableOf, NeedTrust);

    /// <summary>Sets one key of the user's file: checked first, then written whole. Throws <see cref="Fault"/>; then nothing has changed.
    /// </summary>
    public void Set(string key, string value)
    {
        lock (gate)
        {
            if (See(user, first: false) == Look.Broken || user.Problem is not null)
                throw new Fault(
                    FaultCode.Conflict, $"The file does not hold as it stands: {user.Problem!.Message}", "Mend it by hand first.");
            var text = File.Exists(user.Path) ? File.ReadAllText(user.Path) : "";
            var edited = ConfigEdit.Set(text, key, value, AgentConfig.Keys);
            try
            {
                OfUser(AgentConfig.Parse(edited, user.Path));
            }
            catch (Fault fault)
            {
                throw new Fault(FaultCode.Unprocessable, $"value: {fault.Message}", "Nothing was changed.");
            }

            WholeFile.Replace(user.Path, System.Text.Encoding.UTF8.GetBytes(edited), UnixFileMode.UserRead | UnixFileMode.UserWrite,
                FaultCode.Unavailable);
            See(user, first: false);
        }
    }

    RouteTable TableOf(Project? project)
    {
        var holds = Of(project?.Path);
        var phases = project is null ? [] : holds.PhasesOf(project.Name);
        if (project?.DefaultProfile is { } registered)
            phases.TryAdd(Phases.Code, new PhaseProfile(registered, $"project {project.Name}", OfProjectFile: false));
        return new RouteTable { OfProject = phases, Rules = holds.Routes, Default = AgentCatalog.DefaultProfile };
    }

    void NeedTrust(Profile profile, string? folder, RouteStep? step)
    {
        if (folder is null || Of(folder).Danger is not { Hash: { } hash } danger)
            return;
        var isDangerous = danger.Touches(profile.Name) || (step is { OfProjectFile: true } && profile.Sandbox == Sandbox.FullAccess);
        if (!isDangerous || Trusted(folder) is var trusted && trusted == hash)
            return;
        var what = string.Join(", ", danger.Settings.Take(3).Select(setting => setting.Key));
        throw new Fault(FaultCode.Conflict,
            $"The profile '{profile.Name}' needs trust: {System.IO.Path.Combine(folder, ConfigFile.ProjectName)} sets {what}, and "
            + (Trusted(folder) is null ? "nobody has trusted that file yet." : "it says something else than what was trusted."),
            $"Look at it, then: agentctl project trust '{folder}'")
        {
            Details = new Dictionary<string, object?> { ["needs"] = "trust", ["project"] = folder },
        };
    }

    Look See(LiveFile file, bool first)
    {
        var before = first || file.Problem is not null ? null : file.Holds;
        var found = file.See();
        if (found == Look.Same || first)
            return found;
        Tell(file, found, before);
        if (file == user && found == Look.Changed)
            foreach (var other in own.Values)
                if (other.Build() == Look.Broken)
                    Tell(other, Look.Broken, null);
        return found;
    }

    void Tell(LiveFile file, Look found, InForce? before) => news.Enqueue(found == Look.Broken
        ? new ConfigNews(ConfigEvents.Rejected, new JsonObject { ["file"] = file.Path, ["problem"] = file.Problem!.Message })
        : new ConfigNews(ConfigEvents.Changed, new JsonObject
        {
            ["file"] = file.Path,
            ["keys"] = new JsonArray([.. Differences(before, file.Holds).Select(key => (JsonNode)key)]),
        }));

    /// <summary>Keys that say something else than before, 50 at most.</summary>
    static IEnumerable<string> Differences(InForce? before, InForce now)
    {
        static Dictionary<string, string> Said(InForce? holds) =>
            holds?.Rows().ToDictionary(row => row.Key, row => row.Value?.ToJsonString() ?? "") ?? [];
        var (old, current) = (Said(before), Said(now));
        return old.Keys.Union(current.Keys).Where(key => old.GetValueOrDefault(key) != current.GetValueOrDefault(key))
            .Order(StringComparer.Ordinal).Take(50);
    }
}
