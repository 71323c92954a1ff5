using System.Diagnostics;

namespace Orchestrator;

/// <summary>
/// Named places between "accepted" and "ended" where a crash would be interesting. In production they cost one comparison; the crash
/// tests start the daemon with AGENTD_CRASH_AT=name and it kills itself there, without any clean-up.
/// </summary>
static class Checkpoint
{
    public const string RequestCommitted = "request-committed";
    public const string RunClaimed = "run-claimed";
    public const string WorkspacePlanned = "workspace-planned";
    public const string WorkspaceMade = "workspace-made";
    public const string CommandRecorded = "command-recorded";
    public const string WorkspaceReady = "workspace-ready";
    public const string OrderWritten = "order-written";
    public const string HolderStarted = "holder-started";
    public const string StartRecorded = "start-recorded";
    public const string OutputCommitted = "output-committed";
    public const string ProcessEnded = "process-ended";
    public const string LeftoversSwept = "leftovers-swept";
    public const string OutputDrained = "output-drained";
    public const string BranchMoved = "branch-moved";
    public const string WorkCaptured = "work-captured";
    public const string EndCommitted = "end-committed";
    public const string StopRequested = "stop-requested";
    public const string StopClimbed = "stop-climbed";
    public const string ChildSpawned = "child-spawned";
    public const string RequestAsked = "request-asked";
    public const string RequestAnswered = "request-answered";
    public const string ChildReported = "child-reported";
    public const string RetryQueued = "retry-queued";
    public const string InputStored = "input-stored";
    public const string InputWritten = "input-written";

    /// <summary>The places of a project's setup and teardown; only projects that have some meet them.</summary>
    public static readonly IReadOnlyList<string> OfCommands = [CommandRecorded, CheckCommandStarted];

    /// <summary>Met without any run being at work, so it is not among those of a run's life.</summary>
    public const string NotificationSent = "notification-sent";

    // Those of checks and deliveries, likewise.
    public const string CheckClaimed = "check-claimed";
    public const string CheckCommandStarted = "check-command-started";
    public const string CheckCommandEnded = "check-command-ended";
    public const string CheckFinished = "check-finished";
    public const string DeliveryClaimed = "delivery-claimed";
    public const string DeliveryIntegrated = "delivery-integrated";
    public const string DeliveryVerified = "delivery-verified";
    public const string DeliveryLanding = "delivery-landing";
    public const string DeliveryMoved = "delivery-moved";
    public const string DeliveryLanded = "delivery-landed";

    // Those of pull requests.
    public const string PullPushed = "pull-pushed";
    public const string PullOpened = "pull-opened";
    public const string PullMerged = "pull-merged";
    public const string OutputMade = "output-made";
    public const string OutputPushed = "output-pushed";

    // Those of reviews.
    public const string ReviewWanted = "review-wanted";
    public const string ReviewPlaced = "review-placed";
    public const string ReviewBegun = "review-begun";
    public const string ReviewGiven = "review-given";

    /// <summary>An item of the queue and its first run are stored, and nobody has been told.</summary>
    public const string ItemStarted = "item-started";

    /// <summary>A setup for a worker outside is over and its file is written; its row does not know yet.</summary>
    public const string SetupEnded = "setup-ended";

    // Those of an item's accepted work.
    public const string LandingBegun = "landing-begun";
    public const string LandingCaughtUp = "landing-caught-up";
    public const string LandingHanded = "landing-handed";

    /// <summary>A pass over a plan is stored: phases opened, items admitted, a person asked.</summary>
    public const string PlanMoved = "plan-moved";

    // Those of wishes: the planner has ended and nothing is stored yet; the plan is stored.
    public const string WishRead = "wish-read";
    public const string WishKept = "wish-kept";

    // Those of healing: a verdict is stored; it was told of; the agent is to be asked; a stop stands in its row; the run is told to stop.
    public const string HealthKept = "health-kept";
    public const string HealingNoticed = "healing-noticed";
    public const string HealingAsked = "healing-asked";
    public const string HealingPlanned = "healing-planned";
    public const string HealingStopped = "healing-stopped";

    /// <summary>What follows from a controller's answer is stored.</summary>
    public const string ConsultKept = "consult-kept";

    /// <summary>All of them, in the order a run meets them; the last ones are met in families and two-way runs only.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        RequestCommitted, RunClaimed, WorkspacePlanned, WorkspaceMade, WorkspaceReady, OrderWritten, HolderStarted, StartRecorded,
        OutputCommitted, StopRequested, StopClimbed, ProcessEnded, LeftoversSwept, OutputDrained, BranchMoved, WorkCaptured, EndCommitted,
        ChildSpawned, RequestAsked, RequestAnswered, ChildReported, InputStored, InputWritten, RetryQueued,
    ];

    static readonly string? CrashAt = Environment.GetEnvironmentVariable("AGENTD_CRASH_AT");

    /// <summary>Dies here, as by kill -9, when a test asked for it.</summary>
    public static void Reach(string name)
    {
        if (CrashAt is not null && CrashAt == name)
            Process.GetCurrentProcess().Kill();
    }
}
