using Orchestrator.Workspaces;

namespace Orchestrator.Gates;

/// <summary>One verify command as it ended.</summary>
/// <param name="Argv">Program and arguments, as the configuration says them.</param>
/// <param name="ExitCode">Null when it has none.</param>
/// <param name="TimedOut">Its time limit ended it.</param>
/// <param name="Problem">Why it could not be started or followed; null when it could.</param>
sealed record CommandFact(IReadOnlyList<string> Argv, int? ExitCode, bool TimedOut, string? Problem)
{
    public bool Passed => ExitCode == 0 && !TimedOut && Problem is null;

    /// <summary>As a person would type it.</summary>
    public string Line => string.Join(' ', Argv);
}

/// <summary>All that a check found out; <see cref="GateVerdict"/> says what it means.</summary>
sealed record GateFacts
{
    /// <summary>Why nothing could be looked at; null when it could.</summary>
    public string? Impossible { get; init; }

    /// <summary>The place is in a repository, so there is a diff to speak of.</summary>
    public bool HasDiff { get; init; }

    /// <summary>The work is to be on a branch of its own.</summary>
    public bool NeedsCommit { get; init; }

    /// <summary>Files that are not committed.</summary>
    public IReadOnlyList<string> Uncommitted { get; init; } = [];

    /// <summary>Work was asked for that changes something.</summary>
    public bool ExpectsChanges { get; init; }

    /// <summary>What differs from the base.</summary>
    public IReadOnlyList<FileChange> Changed { get; init; } = [];

    /// <summary>Files and patterns the work declared to write; null when it declared nothing.</summary>
    public IReadOnlyList<string>? Writes { get; init; }

    /// <summary>Test files that are gone, and tests that are gone from others.</summary>
    public IReadOnlyList<string> RemovedTests { get; init; } = [];

    /// <summary>Tests that are newly switched off.</summary>
    public IReadOnlyList<string> SkippedTests { get; init; } = [];

    /// <summary>Files with markers of an unsolved conflict.</summary>
    public IReadOnlyList<string> ConflictMarks { get; init; } = [];

    /// <summary>Somebody said that tests may go.</summary>
    public bool AllowRemovedTests { get; init; }

    /// <summary>The commands that were to run.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Asked { get; init; } = [];

    /// <summary>Those that did, in order; the first that fails is the last.</summary>
    public IReadOnlyList<CommandFact> Commands { get; init; } = [];

    /// <summary>What the work is accepted by, in words.</summary>
    public IReadOnlyList<string> Criteria { get; init; } = [];

    /// <summary>The commit under check was no longer there at its end.</summary>
    public bool Moved { get; init; }
}
