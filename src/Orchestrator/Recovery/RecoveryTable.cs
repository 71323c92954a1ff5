using System.Globalization;
using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Recovery;

/// <summary>Whose trouble an end is; decides which cap counts it.</summary>
enum Blame
{
    /// <summary>Nobody's: somebody wanted it so.</summary>
    Nobody,
    /// <summary>The provider's: to wait helps, and the work is not to blame.</summary>
    Provider,
    /// <summary>The work's own: another attempt may do it.</summary>
    Work,
    /// <summary>A limit that was set: to go on costs more, so somebody says so.</summary>
    Limit,
    /// <summary>It did nothing: the profile's <c>healing</c> says how often it is started over.</summary>
    Stall,
    /// <summary>Something only a person can mend.</summary>
    Person,
}

/// <summary>What is done about an end.</summary>
enum Remedy
{
    /// <summary>Nothing.</summary>
    Nothing,
    /// <summary>The same order once more: nothing had happened.</summary>
    Again,
    /// <summary>The same conversation goes on, after a wait where one is due.</summary>
    Resume,
    /// <summary>A new conversation that is told what was tried.</summary>
    Fresh,
    /// <summary>The same with the profile it escalates to.</summary>
    Escalate,
    /// <summary>A person is asked.</summary>
    Ask,
}

/// <summary>One row of the table: what an end means, and what is done about it, attempt by attempt.</summary>
/// <param name="Reason">One of <see cref="EndReason"/>, or <see cref="RecoveryTable.GoalNotMet"/>.</param>
/// <param name="Blame">Whose trouble it is.</param>
/// <param name="First">After the first attempt that ended so.</param>
/// <param name="Then">After the next ones, until the attempts are used up.</param>
/// <param name="Why">Why this and nothing else.</param>
sealed record RecoveryRow(string Reason, Blame Blame, Remedy First, Remedy Then, string Why)
{
    /// <summary>Only where the conversation can be gone on with: to begin anew could do twice what was done once.</summary>
    public bool OnlyWithThread { get; init; }
}

/// <summary>The one policy for every end there is. Pure: rows and a function over facts; docs/failures.md is made from it.</summary>
static class RecoveryTable
{
    /// <summary>A run that succeeded, but says itself that its goal is not met, or does not say that it is.</summary>
    public const string GoalNotMet = "goal_not_met";

    /// <summary>Most starts over after ends at which nothing had happened.</summary>
    public const int MostUnstarted = 2;

    /// <summary>Most waits for a provider in one chain.</summary>
    public const int MostWaits = 6;

    public static readonly IReadOnlyList<RecoveryRow> Rows =
    [
        Row(EndReason.RateLimited, Blame.Provider, Remedy.Resume, "It waits for the time the provider named, else longer each time."),
        Row(EndReason.QuotaExhausted, Blame.Provider, Remedy.Resume, "It waits for the time the provider named; where it named none, only "
            + "a person can help."),
        Row(EndReason.ProviderUnavailable, Blame.Provider, Remedy.Resume, "It waits longer each time, then goes on where it was."),
        Row(EndReason.NoEndEvent, Blame.Work, Remedy.Resume, "What was begun is gone on with."),
        Row(EndReason.ExitNonzero, Blame.Work, Remedy.Resume, "The agent is told what went wrong."),
        Row(EndReason.AgentError, Blame.Work, Remedy.Resume, "The agent is told what went wrong."),
        Row(EndReason.NoResult, Blame.Work, Remedy.Resume, "The agent is asked for its result once more."),
        Row(EndReason.InvalidResult, Blame.Work, Remedy.Resume, "The agent is told what its result lacks."),
        Row(EndReason.MaxTurns, Blame.Work, Remedy.Resume, "It goes on where its turns ended."),
        Row(EndReason.ContextExceeded, Blame.Work, Remedy.Fresh, "The conversation is full: a new one is told what was done."),
        Row(EndReason.ThreadNotFound, Blame.Work, Remedy.Fresh, "The conversation is gone: a new one is told what was done."),
        new(GoalNotMet, Blame.Work, Remedy.Escalate, Remedy.Escalate, "A stronger profile goes on with the follow-up prompt."),
        Row(EndReason.HolderVanished, Blame.Work, Remedy.Resume, "How far it came is unknown: only its own conversation knows.") with
        {
            OnlyWithThread = true,
        },
        Row(EndReason.MachineRestarted, Blame.Work, Remedy.Resume, "How far it came is unknown: only its own conversation knows.") with
        {
            OnlyWithThread = true,
        },
        Ask(EndReason.IdleTimeout, Blame.Limit, "To give it more time is somebody's choice; its work is captured."),
        Ask(EndReason.TotalTimeout, Blame.Limit, "To give it more time is somebody's choice; its work is captured."),
        new(EndReason.Stalled, Blame.Stall, Remedy.Resume, Remedy.Escalate,
            "It did nothing any more; what it did before is in its workspace."),
        Ask(EndReason.Budget, Blame.Limit, "To spend more is somebody's choice; its work is captured."),
        Ask(EndReason.AuthRequired, Blame.Person, "Without a login it fails again."),
        Ask(EndReason.AgentMissing, Blame.Person, "Without the program it fails again."),
        Ask(EndReason.BadRequest, Blame.Person, "The same request is refused again."),
        Ask(EndReason.SpawnFailed, Blame.Person, "The system refuses it again."),
        Ask(EndReason.WorkspaceFailed, Blame.Person, "The folder must be mended first."),
        Ask(EndReason.ResultsConflict, Blame.Person, "The results must be put together first."),
        Ask(EndReason.Interrupted, Blame.Person, "Somebody outside stopped it, and may not want it to go on."),
        Ask(EndReason.WorkerReport, Blame.Person, "The agent says itself that it cannot go on."),
        Nothing(EndReason.User, "Somebody stopped it."),
        Nothing(EndReason.ParentCanceled, "Its parent was stopped."),
        Nothing(EndReason.Parked, "It was set aside until its question has an answer."),
    ];

    static RecoveryRow Row(string reason, Blame blame, Remedy first, string why) =>
        new(reason, blame, first, blame == Blame.Work ? Remedy.Escalate : first, why);

    static RecoveryRow Ask(string reason, Blame blame, string why) => new(reason, blame, Remedy.Ask, Remedy.Ask, why);

    static RecoveryRow Nothing(string reason, string why) => new(reason, Blame.Nobody, Remedy.Nothing, Remedy.Nothing, why);

    static readonly Dictionary<string, RecoveryRow> ByReason = Rows.ToDictionary(row => row.Reason);

    /// <summary>The row of a reason; an end of a later version's kind is a person's.</summary>
    public static RecoveryRow Of(string reason) => ByReason.GetValueOrDefault(reason)
        ?? Ask(reason, Blame.Person, "This version does not know the reason.");

    /// <summary>What is done now.</summary>
    public static Decision Decide(Situation now)
    {
        var row = Of(now.Reason);
        if (row.Blame == Blame.Nobody || now.Mode == RetryMode.Never)
            return row.Blame is Blame.Limit or Blame.Stall && now.AskOnLimit ? Decision.Asked(row.Why) : Decision.None;
        if (now.Unstarted && now.UnstartedBefore < MostUnstarted)
            return new(Remedy.Again, "Nothing had happened yet.");
        var decided = row.Blame switch
        {
            Blame.Limit => now.AskOnLimit ? Decision.Asked(row.Why) : Decision.None,
            Blame.Provider => now.Mode >= RetryMode.Provider ? OfProvider(row, now) : Decision.None,
            Blame.Work => now.Mode >= RetryMode.Full ? OfWork(row, now) : Decision.None,
            Blame.Stall => OfStall(row, now),
            _ => now.Mode >= RetryMode.Full ? Decision.Asked(row.Why) : Decision.None,
        };
        return decided.Remedy is not (Remedy.Nothing or Remedy.Ask) && Cap(now) is { } reached
            ? Decision.Asked($"{row.Why} But {reached}") : decided;
    }

    /// <summary>Which cap of the whole chain is reached, in words; null for none.</summary>
    static string? Cap(Situation now) => now switch
    {
        { MostTokens: { } most } when now.Tokens >= most =>
            $"all attempts together have used {now.Tokens} tokens, and {most} are allowed.",
        { MostMicros: { } most } when now.Micros >= most =>
            $"all attempts together have cost {Dollars(now.Micros)} USD{(now.Estimated ? ", estimates included" : "")}, and "
            + $"{Dollars(most)} are allowed.",
        // What cannot be counted is not spent on in silence.
        { MostMicros: { } most, Unpriced: > 0 } =>
            $"nobody knows what {now.Unpriced} of its tokens cost, and {Dollars(most)} USD are allowed: give the model a price under "
            + "'prices' in config.yaml.",
        _ => null,
    };

    static string Dollars(long micros) => (micros / 1_000_000m).ToString("0.####", CultureInfo.InvariantCulture);

    static Decision OfProvider(RecoveryRow row, Situation now)
    {
        if (now.WaitsBefore >= MostWaits)
            return Decision.Asked($"It has waited for its provider {MostWaits} times.");
        if (now.ProviderFreeIn is { } named)
            return named <= now.LongestWait
                ? new(Started(now), "The provider named the time.") { HeldByProvider = true }
                : Decision.Asked("The provider is not free within the longest wait that is allowed (retry.max_wait_s).");
        if (row.Reason == EndReason.QuotaExhausted)
            return Decision.Asked("The provider named no time at which the account has credit again.");
        var wait = BackOff.Wait(now.WaitsBefore + 1, now.Seed);
        return wait <= now.LongestWait ? new(Started(now), row.Why) { Wait = wait }
            : Decision.Asked("The wait would be longer than is allowed (retry.max_wait_s).");
    }

    static Decision OfWork(RecoveryRow row, Situation now)
    {
        if (now.WorkBefore + 1 >= now.MostAttempts)
            return Decision.Asked($"{now.MostAttempts} attempts have not done it.");
        if (row.OnlyWithThread && !now.HasThread)
            return Decision.Asked("How far it came is unknown, and there is no conversation to go on with.");
        var wanted = now.WorkBefore == 0 ? row.First : row.Then;
        if (wanted == Remedy.Escalate && now.CanEscalate)
            return new(Remedy.Escalate, row.Why);
        if (wanted == Remedy.Escalate && row.First != Remedy.Escalate)
            wanted = row.First;
        return new(wanted is Remedy.Fresh || !now.HasThread ? Remedy.Fresh : Remedy.Resume, row.Why);
    }

    // Whoever has stalled runs stopped has said what follows, whatever else is tried again; the caps of the whole chain hold all the same.
    static Decision OfStall(RecoveryRow row, Situation now) =>
        now.WorkBefore + now.StallsBefore + 1 >= now.MostAttempts ? now.Healing.Person
            ? Decision.Asked($"{now.MostAttempts} attempts have not done it.") : Decision.None
        : now.StallsBefore < now.Healing.Restarts ? new(now.HasThread ? Remedy.Resume : Remedy.Fresh, row.Why)
        : now.Healing.Escalate && now.CanEscalate ? new(Remedy.Escalate, row.Why)
        : now.Healing.Person ? Decision.Asked($"It did nothing any more, {now.StallsBefore + 1} times in a row of attempts.")
        : Decision.None;

    /// <summary>Without a conversation: the order itself once more, and with what was done where something was.</summary>
    static Remedy Started(Situation now) => now.HasThread ? Remedy.Resume : now.DidSomething ? Remedy.Fresh : Remedy.Again;
}

/// <summary>The facts a decision is made from.</summary>
/// <param name="Reason">Why the run ended, or <see cref="RecoveryTable.GoalNotMet"/>.</param>
sealed record Situation(string Reason)
{
    public RetryMode Mode { get; init; }

    /// <summary>Attempts at the work in all that are allowed.</summary>
    public int MostAttempts { get; init; } = 3;

    /// <summary>It ended before anything had happened.</summary>
    public bool Unstarted { get; init; }

    /// <summary>Earlier ends of the chain of each kind.</summary>
    public int UnstartedBefore { get; init; }
    public int WaitsBefore { get; init; }
    public int WorkBefore { get; init; }

    /// <summary>Earlier attempts of the chain that did nothing any more.</summary>
    public int StallsBefore { get; init; }

    /// <summary>What the profile says of such attempts.</summary>
    public HealingPolicy Healing { get; init; } = new();

    /// <summary>The agent can go on with its conversation.</summary>
    public bool HasThread { get; init; }

    /// <summary>It said or changed something.</summary>
    public bool DidSomething { get; init; }

    /// <summary>There is a profile to escalate to.</summary>
    public bool CanEscalate { get; init; }

    /// <summary>How long the provider's cool-down lasts; null when none is on.</summary>
    public TimeSpan? ProviderFreeIn { get; init; }

    public TimeSpan LongestWait { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Tokens of the chain so far, and how many are allowed; null for no limit.</summary>
    public long Tokens { get; init; }
    public long? MostTokens { get; init; }

    /// <summary>What the chain has cost so far, in millionths of a US dollar, and how much it may; null for no limit.</summary>
    public long Micros { get; init; }
    public long? MostMicros { get; init; }

    /// <summary>Some of that is from a price table.</summary>
    public bool Estimated { get; init; }

    /// <summary>Tokens whose cost nobody knows.</summary>
    public long Unpriced { get; init; }

    public bool AskOnLimit { get; init; }

    /// <summary>What the jitter is made from: the same for the same run, so that a decision can be repeated.</summary>
    public string Seed { get; init; } = "";
}

/// <summary>What is to be done, and why.</summary>
readonly record struct Decision(Remedy Remedy, string Why)
{
    public static readonly Decision None = new(Remedy.Nothing, "");

    /// <summary>How long it waits first.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The provider's cool-down holds it, and it starts when that ends or is lifted.</summary>
    public bool HeldByProvider { get; init; }

    public static Decision Asked(string why) => new(Remedy.Ask, why);
}
