using System.Globalization;
using Orchestrator.Profiles;

namespace Orchestrator.Routing;

/// <summary>What is known of the work when a profile is to be chosen.</summary>
sealed record RouteAsk
{
    /// <summary>The profile the request names; null when it names none.</summary>
    public string? Requested { get; init; }

    /// <summary>The profile the session has, or the run that is gone on with; null for none.</summary>
    public string? Kept { get; init; }

    /// <summary>Name of the project, or a folder; null for none.</summary>
    public string? Project { get; init; }

    /// <summary>One of <see cref="Phases"/>; null when nobody said.</summary>
    public string? Phase { get; init; }

    /// <summary>Kind of work in the user's own words; null when nobody said.</summary>
    public string? Kind { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];
}

/// <summary>What configuration says about choosing, for one project or for none.</summary>
sealed record RouteTable
{
    /// <summary>Phase → the profile the project names for it.</summary>
    public IReadOnlyDictionary<string, PhaseProfile> OfProject { get; init; } = new Dictionary<string, PhaseProfile>();

    /// <summary>Rules, the first that fits wins; those of the project's own file stand before the user's.</summary>
    public IReadOnlyList<RouteRule> Rules { get; init; } = [];

    /// <summary>The profile when nothing else names one and no phase is known.</summary>
    public required string Default { get; init; }
}

/// <summary>One place where a profile could have come from.</summary>
/// <param name="Source">request, session, project, rule or default.</param>
/// <param name="Place">File and line, or what else it is; null when there is none.</param>
/// <param name="Profile">What it would give; null when it gives nothing.</param>
/// <param name="Hit">Whether it fits.</param>
/// <param name="Why">In words.</param>
sealed record RouteStep(string Source, string? Place, string? Profile, bool Hit, string Why)
{
    /// <summary>True when the project's own file says it.</summary>
    public bool OfProjectFile { get; init; }
}

/// <summary>A choice with all that was looked at, in order; the first hit is the one that counts.</summary>
sealed record RouteChoice(IReadOnlyList<RouteStep> Steps)
{
    /// <summary>The step that decided.</summary>
    public RouteStep Taken => Steps.First(step => step.Hit);

    /// <summary>Why, in one line.</summary>
    public string Why => Taken.Place is { } place ? $"{Taken.Why} ({place})" : Taken.Why;
}

/// <summary>Which profile a run gets: what the request names, else what the session has, else the project's, else the first rule that
/// fits, else a default. A pure function; nothing is looked up here.</summary>
static class Router
{
    public static RouteChoice Choose(RouteAsk ask, RouteTable table) => new(
    [
        new RouteStep("request", null, ask.Requested, ask.Requested is not null,
            ask.Requested is null ? "the request names no profile" : "the request names it"),
        new RouteStep("session", null, ask.Kept, ask.Kept is not null,
            ask.Kept is null ? "no session or earlier run has a profile" : "its session, or the run it goes on from, has it"),
        OfProject(ask, table),
        .. table.Rules.Select((rule, i) => OfRule(ask, rule, i)),
        OfDefault(ask, table),
    ]);

    /// <summary>A project's word for its code also holds for the user interface, and for work whose phase nobody named.</summary>
    static RouteStep OfProject(RouteAsk ask, RouteTable table)
    {
        if (ask.Project is null)
            return new("project", null, null, false, "no project");
        string[] phases = ask.Phase switch
        {
            null => [Phases.Code],
            Phases.Ui => [Phases.Ui, Phases.Code],
            var phase => [phase],
        };
        foreach (var phase in phases)
            if (table.OfProject.TryGetValue(phase, out var named))
                return new("project", named.Place, named.Profile, true, $"project {ask.Project} names it for the phase {phase}")
                {
                    OfProjectFile = named.OfProjectFile,
                };
        return new("project", null, null, false, $"project {ask.Project} names no profile for the phase {phases[0]}");
    }

    static RouteStep OfRule(RouteAsk ask, RouteRule rule, int index)
    {
        var name = rule.Name is { } own ? $"rule '{own}'" : $"rule {(index + 1).ToString(CultureInfo.InvariantCulture)}";
        var miss = Miss("project", ask.Project, rule.Projects) ?? Miss("phase", ask.Phase, rule.Phases)
            ?? Miss("kind", ask.Kind, rule.Kinds) ?? MissingLabel(ask, rule);
        return new RouteStep("rule", rule.Place, rule.Profile, miss is null, miss is null ? $"{name} fits" : $"{name}: {miss}")
        {
            OfProjectFile = rule.OfProjectFile,
        };
    }

    static string? Miss(string what, string? given, IReadOnlyList<string> wanted)
    {
        if (wanted.Count == 0 || (given is not null && wanted.Contains(given)))
            return null;
        var want = $"it wants {string.Join(" or ", wanted)}";
        return given is null ? $"no {what} was named, {want}" : $"{what} is {given}, {want}";
    }

    static string? MissingLabel(RouteAsk ask, RouteRule rule) =>
        rule.Labels.FirstOrDefault(label => !ask.Labels.Contains(label)) is { } missing ? $"the label {missing} is not there" : null;

    static RouteStep OfDefault(RouteAsk ask, RouteTable table) => ask.Phase switch
    {
        null => new("default", null, table.Default, true, "default"),
        Phases.Code or Phases.Ui => new("default", null, Spark, true, $"default of the phase {ask.Phase}"),
        // The built-in profiles of the other phases have the phases' names.
        var phase => new("default", null, phase, true, $"default of the phase {phase}"),
    };

    /// <summary>What changes code unless somebody says otherwise; it escalates by itself.</summary>
    const string Spark = "spark";
}
