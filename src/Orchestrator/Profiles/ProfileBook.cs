using System.Globalization;

namespace Orchestrator.Profiles;

/// <summary>Every profile there is: the built-in ones, under the user's file, under a project's file.</summary>
sealed class ProfileBook
{
    readonly SortedDictionary<string, Profile> _profiles = new(StringComparer.Ordinal);

    /// <summary>Every profile by name.</summary>
    public IReadOnlyDictionary<string, Profile> All => _profiles;

    /// <summary>Lays the files over the built-in profiles, later ones above; a profile that stays without an agent is refused.</summary>
    public static ProfileBook Merge(IEnumerable<Profile> builtIn, params IReadOnlyList<ConfigFile> files)
    {
        var book = new ProfileBook();
        foreach (var profile in builtIn)
            book._profiles[profile.Name] = profile;
        var layers = new Dictionary<string, ConfigGroup>();
        foreach (var file in files)
        {
            foreach (var (name, group) in file.Profiles)
            {
                layers[name] = layers.TryGetValue(name, out var lower) ? lower.Under(group) : group;
                var origin = $"{file.File}:{group.Line.ToString(CultureInfo.InvariantCulture)}";
                book._profiles[name] = Applied(builtIn.FirstOrDefault(p => p.Name == name), name, layers[name], origin);
            }
        }
        foreach (var profile in book._profiles.Values)
            if (profile.EscalatesTo is { } next && !book._profiles.ContainsKey(next))
                throw new Fault(
                    FaultCode.InvalidRequest, $"{profile.Origin}: profiles.{profile.Name}.escalates_to: {book.Unknown(next)}");
        book.Complete(files.Aggregate(ConfigGroup.None, (lower, file) => lower.Under(file.Retry)),
            files.Aggregate(ConfigGroup.None, (lower, file) => lower.Under(file.Healing)), layers);
        return book;
    }

    /// <summary>Longest row of profiles that escalate to each other.</summary>
    const int LongestChain = 5;

    /// <summary>What needs all profiles: the settings of failures and silence that hold for each, and where each escalates to.</summary>
    void Complete(ConfigGroup retry, ConfigGroup healing, Dictionary<string, ConfigGroup> layers)
    {
        foreach (var (name, profile) in _profiles.ToList())
        {
            ConfigGroup Own(string key) => layers.GetValueOrDefault(name)?.Get<ConfigGroup>(key) ?? ConfigGroup.None;
            _profiles[name] = profile with
            {
                Retry = RetryPolicy.Of(retry.Under(Own("retry"))),
                Healing = HealingPolicy.Of(healing.Under(Own("healing"))),
            };
        }
        var bare = new Dictionary<string, Profile>(_profiles);
        foreach (var (name, profile) in bare)
        {
            var chain = new List<Profile>();
            // One that comes round to itself ends there.
            for (var next = profile.EscalatesTo; next is not null && next != name && chain.Count < LongestChain
                && chain.TrueForAll(known => known.Name != next); next = chain[^1].EscalatesTo)
                chain.Add(bare[next]);
            _profiles[name] = profile with { Chain = chain };
        }
    }

    /// <summary>The profile of that name, or a refusal that names the nearest.</summary>
    public Profile Of(string name) =>
        _profiles.TryGetValue(name, out var profile)
            ? profile
            : throw new Fault(
                FaultCode.Unprocessable, Unknown(name), $"Profiles: {string.Join(", ", _profiles.Keys)}. Own ones go into config.yaml.")
            {
                Details = new Dictionary<string, object?> { ["field"] = "profile" },
            };

    /// <summary>The sentence about a name nobody has, with the nearest that somebody has.</summary>
    public string Unknown(string name) => Unknown(name, _profiles.Keys);

    /// <summary>The same for the names there are.</summary>
    public static string Unknown(string name, IReadOnlyCollection<string> known) =>
        $"there is no profile '{name}'{(NearestWord.To(name, known) is { } near ? $"; did you mean '{near}'?" : "")}";

    /// <summary>A built-in profile, or an empty one, with the keys of the files laid over it.</summary>
    static Profile Applied(Profile? lower, string name, ConfigGroup keys, string origin)
    {
        var agent = keys.Get<string>("agent") ?? lower?.Agent
            ?? throw new Fault(FaultCode.InvalidRequest, $"{origin}: profiles.{name}: 'agent' is missing: which agent runs it?");
        // Settings of another agent make no sense for this one.
        lower = lower?.Agent == agent ? lower : null;
        var limits = keys.Get<ConfigGroup>("limits") ?? ConfigGroup.None;
        return new Profile
        {
            Name = name,
            Agent = agent,
            Origin = origin,
            Protocol = Text(keys, "protocol", lower?.Protocol),
            Command = keys.Get<List<string>>("command") ?? lower?.Command ?? [],
            Args = keys.Get<List<string>>("args") ?? lower?.Args ?? [],
            Env = keys.Get<Dictionary<string, string>>("env") ?? lower?.Env ?? new Dictionary<string, string>(),
            Model = Text(keys, "model", lower?.Model),
            Effort = Text(keys, "effort", lower?.Effort),
            Verbosity = Text(keys, "verbosity", lower?.Verbosity),
            Approval = keys.Values.ContainsKey("approval")
                ? keys.Get<string>("approval") is { } rule ? ConfigKeys.Approvals[rule] : null
                : lower?.Approval,
            Sandbox = keys.Get<string>("sandbox") is { } word ? ConfigKeys.Sandboxes[word] : lower?.Sandbox ?? Sandbox.WorkspaceWrite,
            StructuredResult = keys.Number<bool>("structured_result") ?? lower?.StructuredResult ?? false,
            TotalLimit = Limit(limits, "total_s", lower?.TotalLimit),
            IdleLimit = Limit(limits, "idle_s", lower?.IdleLimit),
            TurnLimit = Number<long>(limits, "turns", lower?.TurnLimit),
            TokenLimit = Number<long>(limits, "tokens", lower?.TokenLimit),
            CostLimit = Number<decimal>(limits, "cost_usd", lower?.CostLimit),
            EscalatesTo = Text(keys, "escalates_to", lower?.EscalatesTo),
            OnChildRun = keys.Get<string>("on_child") is { } onChild ? onChild == "run" : lower?.OnChildRun ?? false,
        };
    }

    /// <summary>A key written as null undoes what is below.</summary>
    static string? Text(ConfigGroup keys, string key, string? lower) => keys.Values.ContainsKey(key) ? keys.Get<string>(key) : lower;

    static T? Number<T>(ConfigGroup limits, string key, T? lower)
        where T : struct => limits.Values.ContainsKey(key) ? limits.Number<T>(key) : lower;

    static TimeSpan? Limit(ConfigGroup limits, string key, TimeSpan? lower)
    {
        if (!limits.Values.ContainsKey(key))
            return lower;
        return limits.Number<double>(key) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
    }
}
