using Orchestrator.Cli;

namespace Orchestrator.Client;

/// <summary>
/// The daemon's routes as typed calls, by noun: the only way a command reaches the daemon. A test holds them and the OpenAPI document
/// together. Answers are documents, because a command prints what comes, members of a newer daemon included.
/// </summary>
/// <param name="settings">Which daemon, and as whom.</param>
/// <param name="stop">Ends a call that waits.</param>
sealed class Api(Settings settings, CancellationToken stop)
{
    readonly Line line = new(new DaemonClient(settings, stop));

    public DaemonCalls Daemon => new(line);

    public ProjectCalls Projects => new(line);

    public RouteCalls Routes => new(line);

    public WorktreeCalls Worktrees => new(line);

    public SessionCalls Sessions => new(line);

    public MessageCalls Messages => new(line);

    public ProviderCalls Providers => new(line);

    public RequestCalls Requests => new(line);

    public RuleCalls Rules => new(line);

    public RunCalls Runs => new(line);

    public CheckCalls Checks => new(line);

    public DeliveryCalls Deliveries => new(line);

    public ItemCalls Items => new(line);

    public ReviewCalls Reviews => new(line);

    public PlanCalls Plans => new(line);

    public BoardCalls Board => new(line);

    public UsageCalls Usage => new(line);

    public TokenCalls Tokens => new(line);

    public NotificationCalls Notifications => new(line);

    public EventCalls Events => new(line);
}

/// <summary>The calls as a command asks for them.</summary>
static class ApiOfInvocation
{
    public static Api Api(this Invocation call) => new(call.Settings, call.Stop);

    /// <summary>The same, ended by another token than the command's own.</summary>
    public static Api Api(this Invocation call, CancellationToken stop) => new(call.Settings, stop);
}
