namespace Orchestrator.Terminals;

/// <summary>Finds the program a command names.</summary>
static class Executable
{
    /// <summary>The absolute path; null when it is missing or may not be executed.</summary>
    public static string? Find(string name, string? pathVariable, string workingFolder) => Find(name, pathVariable, workingFolder, out _);

    /// <summary>The absolute path; null with a sentence that tells missing from not executable.</summary>
    /// <param name="name">A name looked up on PATH, or a path, relative to the working folder.</param>
    /// <param name="pathVariable">The PATH the program itself will have. Empty and relative entries are passed over: a
    /// repository must not be able to put its own `git` first.</param>
    /// <param name="workingFolder">Absolute.</param>
    /// <param name="problem">Empty when it was found.</param>
    public static string? Find(string name, string? pathVariable, string workingFolder, out string problem)
    {
        if (name.Length == 0)
        {
            problem = "No program is named.";
            return null;
        }
        if (name.Contains('/'))
        {
            var path = Path.GetFullPath(name, workingFolder);
            problem = Refusal(path) ?? "";
            return problem.Length == 0 ? path : null;
        }
        string? nearMiss = null;
        foreach (var folder in (pathVariable ?? "").Split(':').Where(Path.IsPathRooted))
        {
            var path = Path.Combine(folder, name);
            if (Refusal(path) is not { } refusal)
            {
                problem = "";
                return path;
            }
            if (File.Exists(path))
                nearMiss ??= refusal;
        }
        problem = nearMiss ?? (string.IsNullOrEmpty(pathVariable)
            ? $"{name} cannot be looked up: PATH is empty."
            : $"{name} is not installed: it is in no folder of PATH ({pathVariable}).");
        return null;
    }

    static string? Refusal(string path)
    {
        if (Directory.Exists(path))
            return $"{path} is a folder, not a program.";
        if (!File.Exists(path))
            return $"{path} does not exist.";
        return Native.Access(path, Native.ExecuteOk) == 0 ? null : $"{path} is there but not executable ({Native.LastError}).";
    }
}
