namespace Orchestrator.Tests.Support;

/// <summary>
/// Where the programs lie that tests start: built beside the tests, in the same configuration; the product is the published one where
/// AGENTCTL_UNDER_TEST names it (./run test does).
/// </summary>
static class TestPrograms
{
    /// <summary>The folder with the solution file.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The scripted agent (tests/FakeAgent/Program.cs describes its script).</summary>
    public static string FakeAgent { get; } = Built("FakeAgent", "fake-agent");

    /// <summary>The scripted model server; see <see cref="FakeModelServer"/>.</summary>
    public static string FakeModel { get; } = Built("FakeModel", "fake-model");

    /// <summary>The product itself: agentctl, and agentd by its first word.</summary>
    public static string Agentctl { get; } = Environment.GetEnvironmentVariable("AGENTCTL_UNDER_TEST") is { Length: > 0 } published
        ? published : Built("Orchestrator", "agentctl");

    /// <summary>
    /// A folder for a test, not made yet. Outside of this repository: agents look for one above the folder they work in, and index, watch
    /// and take snapshots of all of it.
    /// </summary>
    public static string Scratch(string name) => Path.Combine(Path.GetTempPath(), "ao-tests", name);

    static string Built(string project, string program)
    {
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        return Path.Combine(RepositoryRoot, "artifacts", "bin", project, configuration, program);
    }

    static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Orchestrator.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no Orchestrator.slnx above the tests");
        return folder;
    }
}
