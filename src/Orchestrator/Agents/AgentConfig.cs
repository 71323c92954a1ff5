using Orchestrator.Profiles;

namespace Orchestrator.Agents;

/// <summary>Configuration files, held against what the agents can do and what the user has in their own settings.</summary>
/// <param name="environment">Where the agents' own settings are looked for.</param>
sealed class AgentConfig(IReadOnlyDictionary<string, string> environment)
{
    /// <summary>Settings files larger than this are not looked into, in bytes.</summary>
    const long LargestSettings = 1 << 20;

    /// <summary>The keys there are.</summary>
    public static ConfigKey Keys { get; } = ConfigKeys.Root(AgentCatalog.Names);

    /// <summary>Reads one file. Throws <see cref="Fault"/> naming file, line and key of every mistake.</summary>
    public static ConfigFile Read(string path) => ConfigFile.Load(path, AgentCatalog.Names);

    /// <summary>The same for a text that is in no file yet.</summary>
    public static ConfigFile Parse(string text, string path) => ConfigFile.Parse(text, path, AgentCatalog.Names);

    /// <summary>What holds with these files. Throws <see cref="Fault"/> naming file, line and key of what is wrong.</summary>
    public InForce Of(ConfigFile user, ConfigFile own) =>
        InForce.Of(new ProfileRules(BuiltInProfiles.All, ProfileCheck.Mistake, ProfileCheck.Warnings, Foreign, ForeignNames), user, own);

    /// <summary>A profile that the user has in an agent's own settings, by its name there; null for none. Read anew each time.</summary>
    Profile? Foreign(string name) => AgentCatalog.All.Values.Select(agent => agent.OwnProfileFile(environment, name) is { } file
        ? agent.OwnProfile(name, TextOf(file), TextOf(agent.SettingsFile(environment)))
        : null).FirstOrDefault(profile => profile is not null);

    /// <summary>The names for which <see cref="Foreign"/> has a profile. Only names are looked at, for "did you mean".</summary>
    IReadOnlyList<string> ForeignNames() => [.. AgentCatalog.All.Values.SelectMany(agent =>
        agent.SettingsFile(environment) is { } file ? agent.OwnProfileNames(FilesBeside(file), TextOf(file)) : []).Distinct()];

    /// <summary>Most files that are looked at.</summary>
    const int MostFiles = 1000;

    static IReadOnlyList<string> FilesBeside(string file)
    {
        try
        {
            return [.. Directory.EnumerateFiles(Path.GetDirectoryName(file) ?? "/").Take(MostFiles).Select(path => Path.GetFileName(path))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    static string? TextOf(string? path)
    {
        try
        {
            return path is not null && new FileInfo(path) is { Exists: true, Length: > 0 and < LargestSettings }
                ? File.ReadAllText(path)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
