using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Profiles;

/// <summary>What a configuration must be held against and does not know itself, because only the agents do.</summary>
/// <param name="BuiltIn">Profiles that are there without any file.</param>
/// <param name="Mistake">Why a profile cannot be, or null.</param>
/// <param name="Warnings">Settings of a profile that have no effect.</param>
/// <param name="Foreign">A profile that an agent's own settings define, by name; null for none.</param>
/// <param name="ForeignNames">Their names.</param>
sealed record ProfileRules(
    IReadOnlyList<Profile> BuiltIn, Func<Profile, string?> Mistake, Func<Profile, IEnumerable<string>> Warnings,
    Func<string, Profile?> Foreign, Func<IReadOnlyList<string>> ForeignNames);

/// <summary>One setting with the place it comes from.</summary>
/// <param name="Key">Its path, like <c>profiles.spark.effort</c>.</param>
/// <param name="Value">What holds; a variable of a profile's environment only as <c>(set)</c>.</param>
/// <param name="Origin">File and line, a flag, <c>built in</c> or <c>default</c>.</param>
sealed record SettingRow(string Key, JsonNode? Value, string Origin);

/// <summary>What holds for one project, or for none: the built-in profiles, under the user's file, under the project's. It never changes;
/// after an edit there is a new one.</summary>
sealed class InForce
{
    readonly ProfileRules rules;

    InForce(ProfileRules rules, ConfigFile user, ConfigFile own)
    {
        this.rules = rules;
        (User, Own) = (user, own);
        var without = ProfileBook.Merge(rules.BuiltIn, user);
        Book = own == ConfigFile.None ? without : ProfileBook.Merge(rules.BuiltIn, user, own);
        Routes = [.. own.Routes, .. user.Routes];
        Danger = Danger.Of(own, Book, without);
    }

    /// <summary>The user's file; says nothing when there is none.</summary>
    public ConfigFile User { get; }

    /// <summary>The project's file; says nothing when there is none.</summary>
    public ConfigFile Own { get; }

    public ProfileBook Book { get; }

    /// <summary>Rules that choose a profile; the project's own stand first.</summary>
    public IReadOnlyList<RouteRule> Routes { get; }

    /// <summary>What the project's file asks for and nobody gets without a person's word.</summary>
    public Danger Danger { get; }

    /// <summary>Throws <see cref="Fault"/> naming file, line and key of what is wrong.</summary>
    public static InForce Of(ProfileRules rules, ConfigFile user, ConfigFile own)
    {
        var made = new InForce(rules, user, own);
        foreach (var profile in made.Book.All.Values)
            if (rules.Mistake(profile) is { } mistake)
                throw new Fault(FaultCode.InvalidRequest, mistake);
        foreach (var rule in made.Routes)
            if (made.Find(rule.Profile) is null)
                throw new Fault(FaultCode.InvalidRequest, $"{rule.Place}: routes.profile: {made.Unknown(rule.Profile)}");
        return made;
    }

    /// <summary>The profile of that name: ours, else one of an agent's own settings; null for none.</summary>
    public Profile? Find(string name) => Book.All.GetValueOrDefault(name) ?? rules.Foreign(name);

    /// <summary>Every name <see cref="Find"/> knows, those of agents' own settings included.</summary>
    public IReadOnlyCollection<string> Names => [.. Book.All.Keys.Union(rules.ForeignNames())];

    string Unknown(string name) => ProfileBook.Unknown(name, Names);

    /// <summary>The profile a project names for each phase; what the project's own file says wins.</summary>
    public Dictionary<string, PhaseProfile> PhasesOf(string projectName)
    {
        var phases = new Dictionary<string, PhaseProfile>();
        foreach (var file in (ConfigFile[])[User, Own])
            foreach (var (phase, named) in file.Projects.GetValueOrDefault(projectName)?.Profiles ?? new Dictionary<string, PhaseProfile>())
                phases[phase] = named;
        return phases;
    }

    /// <summary>Sentences about what is valid and has no effect.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. Book.All.Values.SelectMany(rules.Warnings),
        .. from project in User.Projects.Values
           from phase in project.Profiles
           where Find(phase.Value.Profile) is null && Own == ConfigFile.None
           select $"{phase.Value.Place}: projects.{project.Name}.profiles.{phase.Key}: {Unknown(phase.Value.Profile)} "
               + "Only the project's own file could still define it.",
        .. from key in (string[])["limits", "worktrees", "github"]
           where Own.Root.Values.ContainsKey(key)
           select $"{Own.File}: {key}: only the user's config.yaml sets them",
    ];

    /// <summary>Every setting that is set, by key.</summary>
    public IReadOnlyList<SettingRow> Rows()
    {
        var rows = new SortedDictionary<string, SettingRow>(StringComparer.Ordinal);
        foreach (var profile in rules.BuiltIn)
            foreach (var (key, value) in BuiltInKeys(profile).Where(pair => pair.Value is not null))
                Put(rows, $"profiles.{profile.Name}.{key}", value, "built in");
        Walk(rows, User.File, "", User.Root);
        Walk(rows, Own.File, "", Own.Root);
        foreach (var (rule, i) in Routes.Select((rule, i) => (rule, i)))
            Put(rows, $"routes[{i.ToString(CultureInfo.InvariantCulture)}]", Json(rule), rule.Place);
        return [.. rows.Values];
    }

    static IEnumerable<(string Key, JsonNode? Value)> BuiltInKeys(Profile profile) =>
    [
        ("agent", profile.Agent), ("protocol", profile.Protocol), ("model", profile.Model), ("effort", profile.Effort),
        ("verbosity", profile.Verbosity), ("sandbox", ConfigKeys.Word(profile.Sandbox)),
        ("approval", profile.Approval is { } rule ? ConfigKeys.Word(rule) : null), ("escalates_to", profile.EscalatesTo),
        ("args", profile.Args.Count > 0 ? Json(profile.Args) : null),
    ];

    static void Put(SortedDictionary<string, SettingRow> rows, string key, JsonNode? value, string origin) =>
        rows[key] = new SettingRow(key, value, origin);

    static void Walk(SortedDictionary<string, SettingRow> rows, string file, string path, ConfigGroup group)
    {
        // Settings of another agent make no sense for this one, and are not taken over.
        if (group.Get<string>("agent") is { } agent && rows.TryGetValue($"{path}.agent", out var before) && (string?)before.Value != agent)
            Remove(rows, path);
        foreach (var (key, value) in group.Values.Where(pair => pair.Value is not List<ConfigGroup>))
        {
            var inner = path.Length == 0 ? key : $"{path}.{key}";
            var line = value is ConfigGroup named ? named.Line : group.Lines.GetValueOrDefault(key, group.Line);
            var origin = $"{file}:{line.ToString(CultureInfo.InvariantCulture)}";
            if (value is ConfigGroup below)
                Walk(rows, file, inner, below);
            else if (value is null)
                Remove(rows, inner);
            else if (value is Dictionary<string, string> map)
                foreach (var (name, _) in map)
                    Put(rows, $"{inner}.{name}", "(set)", origin);
            else
                Put(rows, inner, Json(value), origin);
        }
    }

    static void Remove(SortedDictionary<string, SettingRow> rows, string path)
    {
        foreach (var key in rows.Keys.Where(key => key == path || key.StartsWith(path + ".", StringComparison.Ordinal)).ToList())
            rows.Remove(key);
    }

    static JsonNode? Json(object? value) => value switch
    {
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        long count => JsonValue.Create(count),
        double number => JsonValue.Create(number),
        IEnumerable<string> texts => new JsonArray([.. texts.Select(text => (JsonNode)text)]),
        IEnumerable<List<string>> lists => new JsonArray([.. lists.Select(Json)]),
        _ => null,
    };

    static JsonObject Json(RouteRule rule)
    {
        var made = new JsonObject();
        if (rule.Name is not null)
            made["name"] = rule.Name;
        foreach (var (key, words) in ((string, IReadOnlyList<string>)[])
            [("project", rule.Projects), ("phase", rule.Phases), ("kind", rule.Kinds), ("labels", rule.Labels)])
            if (words.Count > 0)
                made[key] = Json(words);
        made["profile"] = rule.Profile;
        return made;
    }
}
