using System.Globalization;
using Orchestrator.Profiles;
using Tomlyn;
using Tomlyn.Model;

namespace Orchestrator.Agents.Codex;

/// <summary>
/// The user's own Codex profiles, read and never written. Codex 0.169 knows them as files beside its settings, <c>lean.config.toml</c>,
/// that <c>--profile lean</c> lays over them; only for commands a person types, so not for <c>app-server</c>. The tables
/// <c>[profiles.lean]</c> of older versions it refuses. Where the option does not work the same settings are given one by one, by -c.
/// </summary>
/// <remarks>Measured: a name nobody has is ignored by Codex without a word, which is why it is told of here.</remarks>
static class CodexProfiles
{
    const string Option = "--profile", Short = "-p";

    /// <summary>The file a profile of that name would be in; null for a name that is none.</summary>
    public static string? FileOf(string? settingsFile, string name) =>
        settingsFile is not null && name.Length > 0 && name[0] != '.'
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? Path.Combine(Path.GetDirectoryName(settingsFile) ?? "/", name + Ending)
            : null;

    /// <summary>End of a profile's file name.</summary>
    const string Ending = ".config.toml";

    /// <summary>Names of the profiles there are.</summary>
    /// <param name="files">Names of the files beside the settings.</param>
    /// <param name="settings">The text of the user's settings, for tables in them; null when there are none.</param>
    public static IEnumerable<string> Names(IEnumerable<string> files, string? settings) => files
        .Where(file => file.Length > Ending.Length && file.EndsWith(Ending, StringComparison.Ordinal))
        .Select(file => file[..^Ending.Length])
        .Concat(Below(Parsed(settings ?? ""), "profiles")?.Keys ?? []).Distinct();

    /// <summary>The profile these arguments choose, the last one when there are several; null for none.</summary>
    public static string? NameIn(IReadOnlyList<string> args) => Take(args).Name;

    /// <summary>One of them as a profile of ours; null when there is none of that name, or nobody can read it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="file">The text of <see cref="FileOf"/>; null when there is none.</param>
    /// <param name="settings">The text of the user's settings, for a table in them; null when there are none.</param>
    public static Profile? Of(string name, string? file, string? settings)
    {
        if (Table(name, file, settings) is not { } table)
            return null;
        return new Profile
        {
            Name = name,
            Agent = "codex",
            Args = [Option, name],
            Model = table.GetValueOrDefault("model") as string,
            Effort = table.GetValueOrDefault("model_reasoning_effort") as string,
            // What it says about protection counts only where it is stricter than what holds without it.
            Sandbox = table.GetValueOrDefault("sandbox_mode") is "read-only" ? Sandbox.ReadOnly : Sandbox.WorkspaceWrite,
            Origin = file is not null ? $"your Codex profile {name}.config.toml" : $"[profiles.{name}] in your Codex settings",
        };
    }

    // --profile lean -c a=1   becomes, served:   -c model="gpt-5.2" -c a=1
    /// <summary>The arguments of a run, with the choice of such a profile in a form that works.</summary>
    /// <param name="args">The daemon's arguments and the profile's; a later choice wins.</param>
    /// <param name="file">The text of the chosen profile's file; null when there is none.</param>
    /// <param name="settings">The text of the user's settings; null when there are none.</param>
    /// <param name="takesOption">Whether the subcommand takes the option.</param>
    public static IReadOnlyList<string> Arguments(IReadOnlyList<string> args, string? file, string? settings, bool takesOption)
    {
        var (name, others) = Take(args);
        if (name is null)
            return others;
        // Codex refuses the option while its settings still have a table of that name.
        if (takesOption && Table(name, null, settings) is null)
            return [Option, name, .. others];
        return Table(name, file, settings) is { } table ? [.. Overrides(table, ""), .. others] : others;
    }

    /// <summary>A sentence when the chosen profile is nowhere; null when all is well.</summary>
    public static string? Missing(IReadOnlyList<string> args, string? file, string? settings) =>
        NameIn(args) is { } name && Table(name, file, settings) is null
            ? $"There is no Codex profile '{name}': neither {name}.config.toml nor [profiles.{name}] in the user's settings can be read. "
                + "The plain settings were used."
            : null;

    /// <summary>The model such a profile names; null for none.</summary>
    public static string? ModelOf(IReadOnlyList<string> args, string? file, string? settings) =>
        NameIn(args) is { } name ? Table(name, file, settings)?.GetValueOrDefault("model") as string : null;

    static (string? Name, IReadOnlyList<string> Others) Take(IReadOnlyList<string> args)
    {
        string? name = null;
        var others = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] is Option or Short && i + 1 < args.Count)
                name = args[++i];
            else if (args[i].StartsWith(Option + "=", StringComparison.Ordinal)
                || args[i].StartsWith(Short + "=", StringComparison.Ordinal))
                name = args[i][(args[i].IndexOf('=', StringComparison.Ordinal) + 1)..];
            else
                others.Add(args[i]);
        }
        return (name, others);
    }

    /// <summary>What it sets: its file's content, else its table in the settings.</summary>
    static Dictionary<string, object>? Table(string name, string? file, string? settings)
    {
        var table = file is not null ? Parsed(file) : Below(Below(Parsed(settings ?? ""), "profiles"), name);
        return table?.ToDictionary(pair => pair.Key, pair => pair.Value);
    }

    static TomlTable? Below(TomlTable? table, string key) =>
        table is not null && table.TryGetValue(key, out var inner) ? inner as TomlTable : null;

    static TomlTable? Parsed(string toml)
    {
        try
        {
            return TomlSerializer.Deserialize<TomlTable>(toml);
        }
        catch (TomlException)
        {
            // Codex itself will say what is wrong with it.
            return null;
        }
    }

    // -c model="gpt-5.2" -c features.web_search=true -c tools.view_image={…}
    static IEnumerable<string> Overrides(IEnumerable<KeyValuePair<string, object>> table, string prefix) => table.SelectMany(pair =>
        pair.Value is TomlTable { Count: > 0 } inner && inner.All(below => IsPlain(below.Key))
            ? Overrides(inner, $"{prefix}{pair.Key}.")
            : ["-c", $"{prefix}{pair.Key}={Written(pair.Value)}"]);

    static bool IsPlain(string key) => key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>A value as TOML on one line.</summary>
    static string Written(object? value) => value switch
    {
        string text => CodexTools.Quoted(text),
        bool flag => flag ? "true" : "false",
        double number => number.ToString("0.0###############", CultureInfo.InvariantCulture),
        TomlTable table => $"{{{string.Join(',', table.Select(pair => $"{CodexTools.Quoted(pair.Key)}={Written(pair.Value)}"))}}}",
        TomlTableArray tables => $"[{string.Join(',', tables.Select(Written))}]",
        TomlArray list => $"[{string.Join(',', list.Select(Written))}]",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => "\"\"",
    };
}
