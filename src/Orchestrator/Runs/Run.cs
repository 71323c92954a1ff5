using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Agents;

namespace Orchestrator.Runs;

/// <summary>One attempt by one agent, as it is stored and as clients get it. Members marked ignored stay inside.</summary>
sealed record Run
{
    public required string Id { get; init; }
    public required string SessionId { get; init; }
    public string? ItemId { get; init; }
    public string? ParentRunId { get; init; }
    public string? RetryOf { get; init; }

    /// <summary>How it follows that one: again, resume, fresh or escalate; null when somebody asked for it.</summary>
    [Words("again", "resume", "fresh", "escalate")]
    public string? RetryHow { get; init; }

    /// <summary>The run that follows it; null for none.</summary>
    public string? NextRunId { get; init; }

    /// <summary>It does not start before this time; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Whose limits it shares: its agent, and the account where the profile names another one.</summary>
    public string Provider { get; init; } = "";
    [JsonConverter(typeof(EnumWordJson<RunStatus>))]
    public required RunStatus Status { get; init; }

    /// <summary>Why it ended: one of <see cref="EndReason"/>; null while it runs and when it succeeded.</summary>
    public string? Reason { get; init; }

    /// <summary>message, spawn, send, direct, item, review, fix or plan.</summary>
    [Words("message", "spawn", "send", "direct", "item", "review", "fix", "plan")]
    public required string Trigger { get; init; }
    public required string Profile { get; init; }

    /// <summary>Why it has this profile, in one line; null for a run of an older version.</summary>
    public string? ProfileWhy { get; init; }
    public required string Agent { get; init; }
    public string? Model { get; init; }

    /// <summary>A name of its own; null for its session's.</summary>
    public string? Title { get; init; }

    /// <summary>What of its profile was changed for this run; null for nothing.</summary>
    public RunOverrides? Overrides { get; init; }
    public int Attempt { get; init; }

    /// <summary>Rises with each claim; every write of the run's owner names it.</summary>
    public long Fence { get; init; }
    public string? NodeId { get; init; }
    public string? WorkerId { get; init; }
    public required string Prompt { get; init; }

    /// <summary>enforced, agent's own rules, or none; null until it is known.</summary>
    public string? Protection { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>What a waiting run waits for: <c>request</c> or <c>children</c>; null while it does not wait.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>Whether it gets on, with reasons; null once it has ended, save for one whose process vanished: that is dead.</summary>
    public RunHealth? Health { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public int? ExitCode { get; init; }
    public int? Pid { get; init; }
    public RunWorkspace? Workspace { get; init; }
    public RunResult? Result { get; init; }
    public string? LastMessage { get; init; }
    public Usage? Usage { get; init; }
    public string? GitDiffStat { get; init; }
    public JsonElement FilesChanged { get; init; }
    public JsonElement Commits { get; init; }

    /// <summary>Private git ref that holds the uncommitted work found at the end; null when there was none.</summary>
    public string? SnapshotRef { get; init; }
    public RunError? Error { get; init; }

    /// <summary>Which bytes of the journal were cut out, and how many lines gave no event; null when nothing was cut.</summary>
    public JsonElement? OutputCut { get; init; }

    /// <summary>How its agent is spoken with, decided when it was queued; null for the agent's plain way.</summary>
    [JsonIgnore] public string? Protocol { get; init; }

    /// <summary>The profile as it was when the run was accepted, without its variables: what is edited later does not reach it.</summary>
    [JsonIgnore] public string? ProfileSettings { get; init; }
    [JsonIgnore] public RetryPlan? Plan { get; init; }
    [JsonIgnore] public bool NewThread { get; init; }
    [JsonIgnore] public bool Unstarted { get; init; }
    [JsonIgnore] public long QueueNo { get; init; }
    [JsonIgnore] public string? OutputSchema { get; init; }
    [JsonIgnore] public DateTimeOffset? WaitingSince { get; init; }
    [JsonIgnore] public TimeSpan Waited { get; init; }

    /// <summary>What the agent reported as its outcome, as JSON; its result where its output gives none.</summary>
    [JsonIgnore] public string? Outcome { get; init; }
    [JsonIgnore] public TimeSpan TotalLimit { get; init; }
    [JsonIgnore] public TimeSpan IdleLimit { get; init; }
    [JsonIgnore] public RunBudget Budget { get; init; }

    /// <summary>Its processes are held still: somebody was asked about a limit.</summary>
    [JsonIgnore] public bool Paused { get; init; }
    [JsonIgnore] public string? StopReason { get; init; }
    [JsonIgnore] public string? StopActor { get; init; }
    [JsonIgnore] public long? PidStart { get; init; }
    [JsonIgnore] public string? BootId { get; init; }
    [JsonIgnore] public long StdoutOffset { get; init; }
    [JsonIgnore] public long StderrOffset { get; init; }
    [JsonIgnore] public long LineEvents { get; init; }
    [JsonIgnore] public Transcript? Transcript { get; init; }
    [JsonIgnore] public DateTimeOffset? LastEventAt { get; init; }
}

/// <summary>Where a run works. <c>base</c> is the commit it started from.</summary>
sealed record RunWorkspace(string Id, string Path, string? Branch, string? Base, string Kind);

/// <summary>Why a run did not succeed: the reason's code and one sentence.</summary>
sealed record RunError(string Code, string Message);
