using Orchestrator.Events;

namespace Orchestrator.Reviews;

/// <summary>Event types of reviews; they stand in the session of the run whose work is reviewed.</summary>
static class ReviewEvents
{
    public const string Wanted = "review.wanted";
    public const string Started = "review.started";
    public const string Repeated = "review.repeated";
    public const string Given = "review.given";
    public const string Unusable = "review.unusable";
    public const string Waiting = "review.waiting";
    public const string Passed = "review.passed";
    public const string Fixing = "review.fixing";
    public const string Rejected = "review.rejected";
    public const string Dropped = "review.dropped";
    public const string Commented = "review.commented";
    public const string FindingClosed = "review.finding_closed";

    const string Round = """{"round_id":"5f0c9d3e1a7b2c48","round":1,"decision":"fix","severity":"high","summary":"…","findings":2,""";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Wanted, "An item's work passed the daemon's check and is to be looked at: a round begins.",
            """{"round_id":"5f0c9d3e1a7b2c48","round":1,"reviewers":2,"check_id":"9c3e1a7b2c485f0d","commit":"9b2614a…"}"""),
        new(Started, "A reviewer's run is queued.",
            """
            {"round_id":"5f0c9d3e1a7b2c48","review_id":"7b2c485f0c9d3e1a","reviewer":1,"run_id":"1a7b2c485f0c9d3e",
            "profile":"review"}
            """.ReplaceLineEndings("")),
        new(Repeated, "What a reviewer answered could not be read; it is asked once more.",
            """
            {"round_id":"5f0c9d3e1a7b2c48","review_id":"7b2c485f0c9d3e1a","reviewer":1,"run_id":"1a7b2c485f0c9d3e","profile":"review",
            "problem":"There is no JSON object in it."}
            """.ReplaceLineEndings("")),
        new(Given, "A reviewer's verdict and findings are kept; what it changed went with its copy of the work.",
            """
            {"round_id":"5f0c9d3e1a7b2c48","review_id":"7b2c485f0c9d3e1a","reviewer":1,"run_id":"1a7b2c485f0c9d3e","profile":"review",
            "verdict":"changes","summary":"…","findings":2,"left_out":0,"changed_files":[],"touched":false}
            """.ReplaceLineEndings("")),
        new(Unusable, "A reviewer could not review.",
            """
            {"round_id":"5f0c9d3e1a7b2c48","review_id":"7b2c485f0c9d3e1a","reviewer":1,"run_id":"1a7b2c485f0c9d3e","profile":"review",
            "problem":"Its run ended failed (agent_missing)."}
            """.ReplaceLineEndings("")),
        new(Waiting, "A round waits for a person's word.", Round + "\"follow_run_id\":null}"),
        new(Passed, "The work of a round was accepted.", Round + "\"follow_run_id\":null}"),
        new(Fixing, "The findings of a round went to the author.", Round + "\"follow_run_id\":\"1a7b2c485f0c9d3e\"}"),
        new(Rejected, "A person does not want the work as it is.", Round + "\"follow_run_id\":null}"),
        new(Dropped, "A round is over without a decision: its item went elsewhere.", Round + "\"follow_run_id\":null}"),
        new(Commented, "A person wrote line comments and has not sent them.", """{"finding_ids":["5f0c9d3e1a7b2c48"]}"""),
        new(FindingClosed, "A finding is done with: debt that is paid, or a comment that is taken back.",
            """{"finding_id":"5f0c9d3e1a7b2c48","from":"deferred","title":"No test for empty input","note":"done by hand"}"""),
    ];

    /// <summary>The type that tells of a round's state.</summary>
    public static string Of(RoundState state) => state switch
    {
        RoundState.Waiting => Waiting,
        RoundState.Passed => Passed,
        RoundState.Fixing => Fixing,
        RoundState.Rejected => Rejected,
        RoundState.Dropped => Dropped,
        _ => Wanted,
    };
}
