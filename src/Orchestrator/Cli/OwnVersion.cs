using System.Reflection;

namespace Orchestrator.Cli;

/// <summary>The version of this program, as both daemon and client say it.</summary>
static class OwnVersion
{
    public static string Text { get; } =
        typeof(OwnVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
