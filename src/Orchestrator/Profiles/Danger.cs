using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Profiles;

/// <summary>One setting of a project's own file that could do harm: it comes with the repository, whoever wrote that.</summary>
/// <param name="Key">Its path.</param>
/// <param name="Value">What it says, in one line.</param>
/// <param name="Place">File and line.</param>
/// <param name="Profile">The profile it changes; null when it is no profile's.</param>
sealed record DangerousSetting(string Key, string Value, string Place, string? Profile);

/// <summary>
/// All of them in one file. They name programs to start, give arguments and variables to programs, loosen a profile of the user's, or
/// choose one without protection. The hash stands for what they say, so that a person's word counts for exactly that.
/// </summary>
sealed record Danger(IReadOnlyList<DangerousSetting> Settings)
{
    static readonly string[] Keys = ["command", "args", "env"];

    /// <summary>What a person trusts; null when there is nothing to trust.</summary>
    public string? Hash { get; } = Settings.Count == 0 ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Concat(Settings.Select(setting => $"{setting.Key}={setting.Value}\n").Order(StringComparer.Ordinal)))));

    /// <summary>True when one of them concerns that profile.</summary>
    public bool Touches(string profile) => Settings.Any(setting => setting.Profile == profile);

    /// <param name="own">The project's file.</param>
    /// <param name="book">All profiles as they hold with it.</param>
    /// <param name="without">All profiles as they hold without it.</param>
    public static Danger Of(ConfigFile own, ProfileBook book, ProfileBook without)
    {
        var found = new List<DangerousSetting>();
        foreach (var (name, group) in own.Profiles)
        {
            void Add(string key, string value) => found.Add(new DangerousSetting($"profiles.{name}.{key}", value,
                Place(own, group.Lines.GetValueOrDefault(key, group.Line)), name));
            foreach (var key in Keys)
                if (group.Values.GetValueOrDefault(key) is { } value && Said(value) is { Length: > 0 } text)
                    Add(key, text);
            var (now, before) = (book.All[name], without.All.GetValueOrDefault(name));
            if (now.Sandbox == Sandbox.FullAccess || now.Sandbox > before?.Sandbox)
                Add("sandbox", ConfigKeys.Word(now.Sandbox));
            if (before?.Approval == Approval.AskFirst && now.Approval is not (Approval.AskFirst or Approval.Deny))
                Add("approval", now.Approval is { } rule ? ConfigKeys.Word(rule) : "null");
            if (group.Get<string>("escalates_to") is { } next && HasFullAccess(book, next))
                Add("escalates_to", next);
        }
        foreach (var rule in own.Routes.Where(rule => HasFullAccess(book, rule.Profile)))
            found.Add(new DangerousSetting("routes.profile", rule.Profile, rule.Place, null));
        foreach (var project in own.Projects.Values)
        {
            foreach (var (phase, named) in project.Profiles.Where(phase => HasFullAccess(book, phase.Value.Profile)))
                found.Add(new DangerousSetting($"projects.{project.Name}.profiles.{phase}", named.Profile, named.Place, null));
            foreach (var (key, commands) in ((string, IReadOnlyList<IReadOnlyList<string>>?)[])
                [("verify", project.Verify), ("setup", project.Setup), ("teardown", project.Teardown)])
                if (commands is { Count: > 0 })
                    found.Add(new DangerousSetting(
                        $"projects.{project.Name}.{key}", string.Join(" ; ", commands.Select(Said)), project.Place, null));
        }
        return new Danger(found);
    }

    static bool HasFullAccess(ProfileBook book, string name) => book.All.GetValueOrDefault(name) is { Sandbox: Sandbox.FullAccess };

    // Quoted, so that ["a b"] and ["a", "b"] are not the same to a person, nor to the hash.
    static string Said(object value) => value switch
    {
        IEnumerable<string> texts => string.Join(' ', texts.Select(text => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"")),
        IEnumerable<KeyValuePair<string, string>> map => string.Join(' ', map.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}=\"{pair.Value.Replace("\"", "\\\"", StringComparison.Ordinal)}\"")),
        _ => "",
    };

    static string Place(ConfigFile file, int line) => $"{file.File}:{line.ToString(CultureInfo.InvariantCulture)}";
}
