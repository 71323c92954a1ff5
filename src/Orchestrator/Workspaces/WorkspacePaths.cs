namespace Orchestrator.Workspaces;

/// <summary>A path is not used for whoever named it; the message says why, for a person or a model.</summary>
sealed class PathRefusal(string message) : Exception(message)
{
    /// <summary>True when there simply is no such file.</summary>
    public bool Missing { get; init; }
}

/// <summary>
/// Keeps what reads and writes for an agent inside the workspace: no absolute path elsewhere, no way up, no symbolic link that leads out.
/// What a command of the agent does meanwhile is not in its hands; it could do the same without any tool.
/// </summary>
sealed class WorkspacePaths
{
    const int MostLinks = 40;

    public WorkspacePaths(string workspace) => Root = Real(Path.GetFullPath(workspace), null);

    /// <summary>The workspace's real path, without a slash at its end.</summary>
    public string Root { get; }

    /// <summary>The real path of what the agent names.</summary>
    /// <param name="given">Relative to the workspace, or absolute inside it.</param>
    /// <param name="toChange">True refuses git's own files too: what is written there runs outside the workspace later.</param>
    /// <exception cref="PathRefusal">It is outside.</exception>
    public string Inside(string given, bool toChange = false)
    {
        if (given.Contains('\0', StringComparison.Ordinal))
            throw new PathRefusal("The path holds a NUL character.");
        var path = Path.GetFullPath(given.Length == 0 ? "." : given, Root).TrimEnd('/');
        if (!Holds(path))
            throw Outside(given);
        var real = Real(path, given);
        if (!Holds(real))
            throw Outside(given);
        if (toChange && Relative(real).Split('/').Contains(".git", StringComparer.OrdinalIgnoreCase))
            throw new PathRefusal($"'{given}' belongs to git itself and is not written by hand.");
        return real;
    }

    /// <summary>A real path as the agent knows it.</summary>
    public string Relative(string path) => path.Length <= Root.Length ? "." : path[(Root.Length + 1)..];

    /// <summary>True when the path is the workspace or below it, as far as its letters say.</summary>
    public bool Holds(string path) => path == Root || path.StartsWith(Root + "/", StringComparison.Ordinal);

    /// <summary>The path with every link followed; what does not exist yet is taken as it is written.</summary>
    static string Real(string path, string? given)
    {
        var links = 0;
        var rest = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var real = "";
        while (rest.TryPop(out var step))
        {
            if (step is ".")
                continue;
            if (step is "..")
            {
                real = real.Length == 0 ? "" : real[..real.LastIndexOf('/')];
                continue;
            }
            var here = $"{real}/{step}";
            if (new FileInfo(here).LinkTarget is not { } target)
            {
                real = here;
                continue;
            }
            if (++links > MostLinks)
                throw new PathRefusal($"'{given ?? path}' goes round in links.");
            if (target.StartsWith('/'))
                real = "";
            foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                rest.Push(part);
        }
        return real;
    }

    static PathRefusal Outside(string given) => new($"'{given}' is outside the workspace. Only paths inside it can be used.");
}
