using Orchestrator.Profiles;

namespace Orchestrator.Agents;

/// <summary>Configuration files, held against what the agents can do.</summary>
static class AgentConfig
{
    static readonly ProfileRules Rules = new(BuiltInProfiles.All, ProfileCheck.Mistake, ProfileCheck.Warnings, _ => null);

    /// <summary>Reads one file. Throws <see cref="Fault"/> naming file, line and key of every mistake.</summary>
    public static ConfigFile Read(string path) => ConfigFile.Load(path, AgentCatalog.Names);

    /// <summary>The same for a text that is in no file yet.</summary>
    public static ConfigFile Parse(string text, string path) => ConfigFile.Parse(text, path, AgentCatalog.Names);

    /// <summary>What holds with these files. Throws <see cref="Fault"/> naming file, line and key of what is wrong.</summary>
    public static InForce Of(ConfigFile user, ConfigFile own) => InForce.Of(Rules, user, own);
}
