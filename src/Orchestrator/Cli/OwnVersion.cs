using System.Reflection;

namespace Orchestrator.Cli;

/// <summary>The version of this program, as both daemon and client say it.</summary>
static class OwnVersion
{
    /// <summary>Header of every answer of the daemon that names its version.</summary>
    public const string Header = "Agentctl-Version";

    public static string Text { get; } =
        typeof(OwnVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
