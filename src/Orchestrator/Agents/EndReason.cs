namespace Orchestrator.Agents;

/// <summary>Why a run ended: the closed list. docs/reasons.md is generated from <see cref="All"/>.</summary>
static class EndReason
{
    public const string ExitNonzero = "exit_nonzero";
    public const string NoEndEvent = "no_end_event";
    public const string NoResult = "no_result";
    public const string InvalidResult = "invalid_result";
    public const string AgentError = "agent_error";
    public const string RateLimited = "rate_limited";
    public const string QuotaExhausted = "quota_exhausted";
    public const string AuthRequired = "auth_required";
    public const string ProviderUnavailable = "provider_unavailable";
    public const string ContextExceeded = "context_exceeded";
    public const string BadRequest = "bad_request";
    public const string ThreadNotFound = "thread_not_found";
    public const string MaxTurns = "max_turns";
    public const string Interrupted = "interrupted";
    public const string IdleTimeout = "idle_timeout";
    public const string TotalTimeout = "total_timeout";
    public const string Stalled = "stalled";
    public const string SpawnFailed = "spawn_failed";
    public const string AgentMissing = "agent_missing";
    public const string WorkspaceFailed = "workspace_failed";
    public const string ResultsConflict = "results_conflict";
    public const string User = "user";
    public const string ParentCanceled = "parent_canceled";
    public const string Parked = "parked";
    public const string Budget = "budget";
    public const string WorkerReport = "worker_report";
    public const string HolderVanished = "holder_vanished";
    public const string MachineRestarted = "machine_restarted";

    /// <summary>Every reason with the paragraph a person reads.</summary>
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        [ExitNonzero] = "The agent's process ended with an exit code other than 0 and gave no better reason.",
        [NoEndEvent] = "The process ended without the agent's own end event: it was cut off, crashed, or its stream broke.",
        [NoResult] = "A structured result was demanded and the agent gave none.",
        [InvalidResult] = "A structured result was demanded and what the agent gave does not match the schema.",
        [AgentError] = "The agent reported a failure that fits no other reason; its text says what.",
        [RateLimited] = "The provider refused further requests for now (HTTP 429); waiting helps.",
        [QuotaExhausted] = "The account's quota or credit is used up; it helps to pay, or to wait where the provider names the time.",
        [AuthRequired] = "The provider did not accept the agent's login (HTTP 401 or 403), or the agent is not logged in.",
        [ProviderUnavailable] = "The provider failed or could not be reached (HTTP 5xx, connection refused) after the agent's own retries.",
        [ContextExceeded] = "The conversation no longer fits the model's context window.",
        [BadRequest] = "The provider refused the request as malformed; repeating it unchanged does not help.",
        [ThreadNotFound] = "The agent does not know the conversation it was asked to resume.",
        [MaxTurns] = "The agent reached its own limit of turns.",
        [Interrupted] = "The agent was interrupted by something other than this daemon and said so.",
        [IdleTimeout] = "The run wrote nothing for longer than its idle limit.",
        [TotalTimeout] = "The run took longer than its total limit.",
        [Stalled] = "The run wrote nothing, its processes did nothing, its files stayed, and its profile has such a run stopped.",
        [SpawnFailed] = "The process could not be started; the text names the system's error.",
        [AgentMissing] = "The agent's program is not installed, or not on the PATH the run gets.",
        [WorkspaceFailed] = "The workspace (worktree or folder) could not be prepared.",
        [ResultsConflict] = "The results of other items that the work builds on do not fit together, so it was not begun.",
        [User] = "A person, or a program acting for one, canceled the run.",
        [ParentCanceled] = "The run's parent was canceled, and this run with it.",
        [Parked] = "Nobody answered the run's request in time, and it was set aside; 'resume' goes on with it once there is an answer.",
        [Budget] = "A spending limit was reached.",
        [WorkerReport] = "The worker itself reported that it cannot go on.",
        [HolderVanished] = "The process that held the run is gone and left no exit code: it was killed from outside.",
        [MachineRestarted] = "The machine was restarted while the run was going.",
    };
}
