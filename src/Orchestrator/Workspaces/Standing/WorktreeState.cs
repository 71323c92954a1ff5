namespace Orchestrator.Workspaces;

/// <summary>What a worktree is doing, in one word for a person: derived from its row, its folder and its session's open run.</summary>
static class WorktreeState
{
    public const string Making = "making";
    public const string Working = "working";
    public const string Waiting = "waiting";
    public const string Idle = "idle";
    public const string Kept = "kept";
    public const string Removing = "removing";
    public const string Missing = "missing";
    public const string Removed = "removed";

    /// <summary>All words, as the docs list them.</summary>
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        [Making] = "It is being made, or a crash stopped that; the session's next run goes on with it.",
        [Working] = "A run of its session works or is about to.",
        [Waiting] = "A run of its session waits for an answer.",
        [Idle] = "Nobody works in it.",
        [Kept] = "A clean-up left it; the note says why.",
        [Removing] = "The project's teardown runs, then it is removed.",
        [Missing] = "Its folder is not there: deleted by hand, moved, or on a disk that is not there now.",
        [Removed] = "It was removed; the note says where its work is.",
    };

    /// <param name="status">The row's.</param>
    /// <param name="folderThere">Whether its folder exists.</param>
    /// <param name="openRun">Status of its session's oldest open run; null when all have ended.</param>
    /// <param name="removal">Whether its removal is under way.</param>
    public static string Of(string status, bool folderThere, string? openRun, bool removal) => (status, openRun) switch
    {
        ("removed", _) => Removed,
        _ when removal => Removing,
        ("creating", _) => Making,
        _ when !folderThere => Missing,
        (_, "waiting") => Waiting,
        (_, not (null or "queued")) => Working,
        ("kept", _) => Kept,
        _ => Idle,
    };
}
