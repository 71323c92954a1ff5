namespace Orchestrator.Workspaces;

/// <summary>Where a path really leads, with every symbolic link followed, and whether that is inside a workspace.</summary>
sealed class RealPlaces
{
    const int MostLinks = 40;

    readonly string? root;

    public RealPlaces(string workspace) => root = Real(Path.GetFullPath(workspace));

    /// <summary>
    /// The real path of an absolute one; what does not exist yet is taken as it is written. Null when that cannot be told: links that go
    /// round, a way up out of what does not exist, a NUL.
    /// </summary>
    public static string? Real(string path)
    {
        if (path.Length == 0 || path[0] != '/' || path.Contains('\0', StringComparison.Ordinal))
            return null;
        var links = 0;
        var rest = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var real = "";
        while (rest.TryPop(out var step))
        {
            if (step is ".")
                continue;
            if (step is "..")
            {
                if (real.Length > 0 && !Directory.Exists(real))
                    return null;
                real = real.Length == 0 ? "" : real[..real.LastIndexOf('/')];
                continue;
            }
            var here = $"{real}/{step}";
            if (Target(here) is not { } target)
            {
                real = here;
                continue;
            }
            if (++links > MostLinks)
                return null;
            if (target.StartsWith('/'))
                real = "";
            foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                rest.Push(part);
        }
        return real.Length == 0 ? "/" : real;
    }

    /// <summary>A real path from the workspace down, <c>.</c> for itself; null when it is outside.</summary>
    public string? Inside(string? real) =>
        real is null || root is null ? null
        : real == root ? "."
        : real.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal) ? real[(root.TrimEnd('/').Length + 1)..] : null;

    static string? Target(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
