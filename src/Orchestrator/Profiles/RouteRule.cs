namespace Orchestrator.Profiles;

/// <summary>What part of the work a run does. Routes choose by it, and a profile belongs to a phase, never to a part of one.</summary>
static class Phases
{
    public const string Plan = "plan", Manage = "manage", Code = "code", Ui = "ui", Review = "review";

    public static readonly IReadOnlyList<string> All = [Plan, Manage, Code, Ui, Review];
}

/// <summary>One entry of <c>routes</c>: who wants a run with all of this, and names no profile, gets this one.</summary>
sealed record RouteRule
{
    /// <summary>What a person calls it; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>The profile it gives.</summary>
    public required string Profile { get; init; }

    /// <summary>File and line.</summary>
    public required string Place { get; init; }

    /// <summary>True for a rule of a project's own file.</summary>
    public bool OfProjectFile { get; init; }

    /// <summary>Names or folders of projects, one of which it must be; empty for any.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>Phases, one of which it must be; empty for any.</summary>
    public IReadOnlyList<string> Phases { get; init; } = [];

    /// <summary>Kinds of work, one of which it must be; empty for any.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Labels, all of which must be there.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}

/// <summary>A profile that a project names for a phase.</summary>
/// <param name="Profile">Its name.</param>
/// <param name="Place">Where that stands: file and line, or the command that registered the project.</param>
/// <param name="OfProjectFile">True when the project's own file says it.</param>
sealed record PhaseProfile(string Profile, string Place, bool OfProjectFile);
