namespace Orchestrator.Terminals;

/// <summary>Finds the program a command names.</summary>
static class Executable
{
    /// <summary>The absolute path; null when it is missing or may not be executed.</summary>
    public static string? Find(string name, string? pathVariable, string workingFolder) => Find(name, pathVariable, workingFolder, out _);

    /// <summary>The absolute path; null with a sentence that tells missing from not executable.</summary>
    public static string? Find(string name, string? pathVariable, string workingFolder, out string problem) =>
        throw new NotImplementedException();
}
