using System.Text.Json.Serialization;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>A registered repository or folder.</summary>
sealed record Project
{
    public required string Name { get; init; }
    public required string Path { get; init; }
    public string? DefaultProfile { get; init; }

    /// <summary>worktree: each session its own; shared or none: the folder as it is.</summary>
    public required string Isolation { get; init; }

    /// <summary>Registered by command, or the file that names it.</summary>
    public string Origin { get; init; } = "registered";

    /// <summary>True when the folder is in a git repository now.</summary>
    public bool Repository { get; init; }
}

/// <summary>JSON of projects and their operations.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Project))]
[JsonSerializable(typeof(IReadOnlyList<Project>))]
[JsonSerializable(typeof(AddProject.Request))]
[JsonSerializable(typeof(TrustProject.Request), TypeInfoPropertyName = "TrustRequest")]
[JsonSerializable(typeof(RestoreWorktree.Request), TypeInfoPropertyName = "RestoreRequest")]
[JsonSerializable(typeof(CleanUpWorktrees.Request), TypeInfoPropertyName = "CleanUpRequest")]
sealed partial class ProjectJson : JsonSerializerContext;

/// <summary>Projects: those of config.yaml first, then the registered ones.</summary>
sealed class ProjectStore(Database store, Func<IReadOnlyList<Project>> configured)
{
    const string Select = "select name, path, default_profile, isolation from projects";

    /// <summary>All of them by name.</summary>
    public IReadOnlyList<Project> List()
    {
        var fromFile = configured();
        var registered = store.Read(db => db.Query(Select + " order by name", Read));
        return [.. fromFile.Concat(registered.Where(p => fromFile.All(c => c.Name != p.Name))).OrderBy(p => p.Name,
            StringComparer.Ordinal).Select(Look)];
    }

    /// <summary>By name or, for a folder that is not registered, by absolute path. Throws <see cref="Fault"/> when neither fits.</summary>
    public Project Require(string nameOrPath) => Find(nameOrPath)
        ?? throw new Fault(FaultCode.Unprocessable, $"project: there is no project '{Texts.Short(nameOrPath)}'.",
            "agentctl add-project <name> <path>")
        {
            Details = new Dictionary<string, object?> { ["field"] = "project" },
        };

    public Project? Find(string nameOrPath)
    {
        if (configured().FirstOrDefault(p => p.Name == nameOrPath || p.Path == nameOrPath) is { } fromFile)
            return Look(fromFile);
        var known = store.Read(db =>
            db.First(Select + " where name = @name or path = @path order by name", Read, ("@name", nameOrPath), ("@path", nameOrPath)));
        if (known is not null)
            return Look(known);
        return Path.IsPathFullyQualified(nameOrPath) && Directory.Exists(nameOrPath)
            ? Look(new Project
            {
                Name = Path.GetFullPath(nameOrPath), Path = Path.GetFullPath(nameOrPath), Isolation = "worktree",
                Origin = "path"
            })
            : null;
    }

    /// <summary>Registers or changes one; true when it is new.</summary>
    public static bool Put(WriteTransaction transaction, Project project)
    {
        var known = transaction.Db.Number("select 1 from projects where name = @name", ("@name", project.Name)) is not null;
        transaction.Db.Execute(
            "insert into projects (name, path, default_profile, isolation, created_at, updated_at) values (@name, @path, @profile, "
                + "@isolation, @now, @now2) "
            + "on conflict (name) do update set path = excluded.path, default_profile = excluded.default_profile, isolation = "
            + "excluded.isolation, updated_at = excluded.updated_at",
            ("@name", project.Name), ("@path", project.Path), ("@profile", project.DefaultProfile), ("@isolation", project.Isolation),
            ("@now", transaction.Now), ("@now2", transaction.Now));
        return !known;
    }

    static Project Look(Project project) => project with { Repository = Repository.Look(project.Path) is not null };

    static Project Read(Microsoft.Data.Sqlite.SqliteDataReader row) => new()
    {
        Name = row.GetString(0),
        Path = row.GetString(1),
        DefaultProfile = row.TextOrNull(2),
        Isolation = row.GetString(3),
    };
}
