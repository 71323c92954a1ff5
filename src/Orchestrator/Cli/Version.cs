using System.Reflection;

namespace Orchestrator.Cli;

/// <summary>The version of this program, as both daemon and client say it.</summary>
static class Version
{
    public static string Text { get; } =
        typeof(Version).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
