using Orchestrator.Profiles;
using Orchestrator.Workspaces;

namespace Orchestrator.Routing;

/// <summary>The profile a run gets, and why: kept with the run, so that "why this agent?" has an answer.</summary>
/// <param name="Profile">The profile as it holds now.</param>
/// <param name="By">request, session, project, rule or default.</param>
/// <param name="Why">One line for a person.</param>
sealed record Chosen(Profile Profile, string By, string Why);

/// <summary>What is asked of the configuration; it reads files, so never on the writing thread.</summary>
/// <param name="Find">The profile of a name, for a project's folder; null when there is none.</param>
/// <param name="Names">The names there are, for a project's folder.</param>
/// <param name="TableOf">What says how to choose, for a project.</param>
/// <param name="NeedTrust">Refuses a profile whose dangerous settings come from a project's file nobody has trusted yet.</param>
sealed record ProfileSource(
    Func<string, string?, Profile?> Find, Func<string?, IReadOnlyCollection<string>> Names, Func<Project?, RouteTable> TableOf,
    Action<Profile, string?, RouteStep?> NeedTrust);

/// <summary>Chooses the profile of a run, and refuses one that does not exist with the nearest that does.</summary>
sealed class ProfileChooser(ProjectStore projects, ProfileSource source)
{
    /// <summary>Throws <see cref="Fault"/> when the chosen name is nobody's, or needs somebody's trust first.</summary>
    public Chosen Choose(RouteAsk ask)
    {
        var project = ask.Project is null ? null : projects.Find(ask.Project);
        var choice = Router.Choose(ask, source.TableOf(project));
        var name = choice.Taken.Profile!;
        var profile = source.Find(name, project?.Path) ?? throw Unknown("profile", name, project?.Path);
        source.NeedTrust(profile, project?.Path, choice.Taken);
        return new Chosen(profile, choice.Taken.Source, choice.Why);
    }

    /// <summary>The same without taking it: what would be chosen, and everything that was looked at.</summary>
    public (RouteChoice Choice, Profile Profile) Try(RouteAsk ask)
    {
        var project = ask.Project is null ? null : projects.Require(ask.Project);
        var choice = Router.Choose(ask, source.TableOf(project));
        var name = choice.Taken.Profile!;
        return (choice, source.Find(name, project?.Path) ?? throw Unknown("profile", name, project?.Path));
    }

    /// <summary>Refuses a profile that does not exist for that project folder, with the nearest that does.</summary>
    public void Need(string field, string profile, string? projectFolder)
    {
        if (source.Find(profile, projectFolder) is null)
            throw Unknown(field, profile, projectFolder);
    }

    Fault Unknown(string field, string name, string? folder)
    {
        var known = source.Names(folder);
        var guess = NearestWord.To(name, known) is { } near ? $" Did you mean '{near}'?" : "";
        return new Fault(FaultCode.Unprocessable, $"{field}: there is no profile '{Texts.Short(name)}'.{guess}",
            $"Profiles: {string.Join(", ", known)}.")
        {
            Details = new Dictionary<string, object?> { ["field"] = field },
        };
    }

    /// <summary>Refuses a phase that is none, with the nearest that is.</summary>
    public static string? CheckPhase(string? phase)
    {
        if (phase is null || Phases.All.Contains(phase))
            return phase;
        var guess = NearestWord.To(phase, Phases.All) is { } near ? $" Did you mean '{near}'?" : "";
        throw Fault.Unprocessable("phase", $"must be one of {string.Join(", ", Phases.All)}.{guess}");
    }
}
