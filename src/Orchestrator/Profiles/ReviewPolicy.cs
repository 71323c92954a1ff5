namespace Orchestrator.Profiles;

/// <summary>
/// config.yaml: <c>reviews</c> of a project, over <c>reviews</c> of the file. Only the user's own file is asked: a repository must not
/// choose how closely it is looked at.
/// </summary>
sealed record ReviewPolicy
{
    /// <summary>Most reviewers of one round.</summary>
    public const int Most = 2;

    /// <summary>Runs of the review profile for work of each criticality.</summary>
    public int Low { get; init; }

    /// <inheritdoc cref="Low"/>
    public int Normal { get; init; } = 1;

    /// <inheritdoc cref="Low"/>
    public int High { get; init; } = 2;

    /// <summary>Findings of medium severity go back to the author; otherwise they are debt.</summary>
    public bool MediumBlocks { get; init; }

    /// <summary>Rounds of fixing by the same profile that nobody is asked about.</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>The criticality from which a person accepts what reviewers passed; null for never.</summary>
    public string? PersonFrom { get; init; } = "high";

    /// <summary>Profiles of the first reviewer, the second, and so on from the beginning; empty for what routing says.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    static readonly string[] Counts = ["0", "1", "2"];

    const string Never = "never";

    /// <summary>Criticalities, the least first.</summary>
    static readonly string[] Criticalities = ["low", "normal", "high"];

    /// <summary>How many reviewers work of that criticality gets.</summary>
    public int Reviewers(string criticality) => criticality switch
    {
        "low" => Low,
        "high" => High,
        _ => Normal,
    };

    /// <summary>The profile of a reviewer, counted from 1; null for what routing says.</summary>
    public string? ProfileOf(int reviewer) => Profiles.Count == 0 ? null : Profiles[(reviewer - 1) % Profiles.Count];

    /// <summary>True when a person accepts it, too.</summary>
    public bool NeedsPerson(string criticality) =>
        PersonFrom is { } from && Array.IndexOf(Criticalities, criticality) >= Array.IndexOf(Criticalities, from);

    /// <summary>The keys of a group over those of this one.</summary>
    public ReviewPolicy With(ConfigGroup group) => this with
    {
        Low = Count(group, "low") ?? Low,
        Normal = Count(group, "normal") ?? Normal,
        High = Count(group, "high") ?? High,
        MediumBlocks = group.Get<string>("medium") is { } word ? word == "fix" : MediumBlocks,
        Rounds = (int?)group.Number<long>("rounds") ?? Rounds,
        PersonFrom = group.Get<string>("person_from") is { } from ? from == Never ? null : from : PersonFrom,
        Profiles = group.Get<List<string>>("profiles") ?? Profiles,
    };

    static int? Count(ConfigGroup group, string key) => group.Get<string>(key) is { } word ? Array.IndexOf(Counts, word) : null;

    /// <summary>The group's key in the schema.</summary>
    public static ConfigKey Key(string meaning) => new("reviews", ConfigKind.Group, meaning)
    {
        Members =
        [
            OfCriticality("low", "0"),
            OfCriticality("normal", "1"),
            OfCriticality("high", "2"),
            new("medium", ConfigKind.Word, "What becomes of findings of medium severity: fix sends them back, defer (the default) keeps "
                + "them as debt.") { Words = ["fix", "defer"] },
            new("rounds", ConfigKind.Count, "Rounds of fixing before the profile that is escalated to has one, and then a person looks; "
                + "unset: 2."),
            new("person_from", ConfigKind.Word, "The criticality from which a person accepts what reviewers passed; unset: high.")
            {
                Words = [.. Criticalities, Never],
            },
            new("profiles", ConfigKind.Texts, "Profiles of the reviewers of one round, the first one's first: [review, deep] lets two of "
                + "another kind look. Unset: what routing says for the phase review, for each of them."),
        ],
    };

    static ConfigKey OfCriticality(string name, string usual) =>
        new(name, ConfigKind.Word, $"Runs of the review profile for an item of criticality {name}; unset: {usual}.") { Words = Counts };
}
