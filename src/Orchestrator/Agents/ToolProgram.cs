namespace Orchestrator.Agents;

/// <summary>
/// The daemon's tools for an agent: a program that speaks the Model Context Protocol on its standard streams. The agent's own process
/// starts it, outside of the sandbox its commands run in, so it is the way in where the network is closed.
/// </summary>
/// <param name="Program">Absolute path.</param>
/// <param name="Args">Its arguments.</param>
sealed record ToolProgram(string Program, IReadOnlyList<string> Args)
{
    /// <summary>What agents call it; their names for tools begin with it.</summary>
    public const string Name = "agentctl";

    /// <summary>The run's variables it needs: agents pass no others on by themselves.</summary>
    public static readonly IReadOnlyList<string> Variables =
        ["AGENTCTL_URL", "AGENTCTL_RUN_ID", "AGENTCTL_SESSION_ID", "AGENTCTL_AUTH_TOKEN"];

    /// <summary>Variables with which it finds its runtime where that lies in no usual place.</summary>
    public static readonly IReadOnlyList<string> RuntimeVariables = ["DOTNET_ROOT"];

    /// <summary>Seconds it may take to start, on a machine where many agents start at once.</summary>
    public const int StartSeconds = 60;

    /// <summary>Seconds one call may take: more than the tools themselves allow.</summary>
    public const int CallSeconds = 90;

    /// <summary>This very program; null when it does not know its own path.</summary>
    public static ToolProgram? OfThisProcess() =>
        Environment.ProcessPath is { } process ? Of(process, Environment.GetCommandLineArgs()[0]) : null;

    /// <summary>A program as it was started; as a library of the runtime its own path comes first.</summary>
    /// <param name="process">Path of the running program.</param>
    /// <param name="library">Path of the library it runs.</param>
    public static ToolProgram Of(string process, string library) =>
        Path.GetFileNameWithoutExtension(process) == "dotnet" && library.Length > 0
            ? new(process, [library, "mcp"])
            : new(process, ["mcp"]);
}
