using System.Globalization;
using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Runs;

namespace Orchestrator.Families;

/// <summary>Why a run is where it is: one code, one sentence, and what it waits for.</summary>
/// <param name="Code">Stable word; of a run that ended badly, its reason.</param>
/// <param name="Text">One sentence with the facts.</param>
sealed record LikelyIssue(string Code, string Text)
{
    /// <summary>Kind of what it waits for: daemon, store, run, slot, budget, request, children, tool, provider
    /// or time; null when for nothing.</summary>
    public string? Kind { get; init; }

    /// <summary>Which of that kind, where they have ids.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>What the verdict is made from.</summary>
    /// <param name="Run">The run's row.</param>
    /// <param name="Now">The time by the daemon's clock.</param>
    public sealed record Facts(Run Run, DateTimeOffset Now)
    {
        /// <summary>The dispatcher turns: runs can start.</summary>
        public bool WorkersAlive { get; init; } = true;

        /// <summary>The daemon was told to stop.</summary>
        public bool Draining { get; init; }

        /// <summary>Why the store cannot write; null while it can.</summary>
        public string? StoreTrouble { get; init; }

        /// <summary>Slots in all.</summary>
        public int Slots { get; init; }

        /// <summary>Slots nobody has.</summary>
        public long Free { get; init; }

        /// <summary>Place in the queue, 1 first; null when it is not queued.</summary>
        public long? Position { get; init; }

        /// <summary>Why its provider is left alone; null when it is not.</summary>
        public LeftAlone? Provider { get; init; }

        /// <summary>The question to a person how to go on after its end; null when there is none.</summary>
        public string? Decision { get; init; }

        /// <summary>Why a limit of the day holds it back, in words; null when none does.</summary>
        public string? Budget { get; init; }

        /// <summary>The earlier open run of the same session, null when there is none.</summary>
        public string? Blocker { get; init; }

        /// <summary>Its process lives.</summary>
        public bool ProcessAlive { get; init; }

        /// <summary>The tool call that has no result yet.</summary>
        public OpenTool? Tool { get; init; }

        /// <summary>The oldest request of it that nobody has answered.</summary>
        public OpenRequest? Request { get; init; }

        /// <summary>The runs it waits for: those of its children that have not ended.</summary>
        public IReadOnlyList<OpenChild> Children { get; init; } = [];
    }

    /// <summary>A provider that is left alone: until when, and why.</summary>
    public sealed record LeftAlone(string Name, DateTimeOffset Until, string Reason, bool Named);

    /// <summary>A request nobody has answered; to a person when it names no session.</summary>
    public sealed record OpenRequest(string Id, string Kind, string Text, string? ToSessionId);

    /// <summary>A run of a child session that has not ended.</summary>
    public sealed record OpenChild(string RunId, string Status);

    /// <summary>The first cause that fits. Pure.</summary>
    public static LikelyIssue Of(Facts facts) => RunLifecycle.IsFinal(facts.Run.Status) ? Followed(facts) : facts switch
    {
        { StoreTrouble: { } trouble } => new("store_not_writable",
            $"The store cannot write ({trouble.TrimEnd('.')}): nothing moves until it can; free some space on its disk.")
        { Kind = "store" },
        { Run.Status: RunStatus.Queued } => Queued(facts),
        { Run.Status: RunStatus.Starting } => new("starting", "Its workspace and command are being prepared."),
        { Run.Status: RunStatus.Waiting } => Waiting(facts),
        { Run.Status: RunStatus.Stopping } => Stopping(facts.Run),
        { ProcessAlive: false } => new("process_gone", "Its process is gone; the next look ends it."),
        { Run: { LastEventAt: { } last } run } when facts.Now - last > HealingPolicy.OfKept(run.ProfileSettings).QuietOf(run.IdleLimit) =>
            Silent(facts, facts.Now - last),
        _ => new("none", "It is running."),
    };

    static LikelyIssue Queued(Facts facts) => facts switch
    {
        { Draining: true } => new("daemon_draining", "The daemon is stopping and starts nothing more; the next one starts it.")
        { Kind = "daemon" },
        { WorkersAlive: false } => new("no_worker", "No worker is alive in this daemon; restart it.") { Kind = "daemon" },
        { Blocker: { } other } => new("session_busy", $"Its session runs one at a time; run {other} is before it.")
        { Kind = "run", Ids = [other] },
        { Provider: { } held } => new("provider_cooling_down",
            $"Its provider '{held.Name}' is left alone until {Moment(held.Until)}, in {Long(held.Until - facts.Now)} ({held.Reason}"
            + $"{(held.Named ? "; the provider named the time" : "")}). 'agentctl provider clear {held.Name}' lifts it.")
        { Kind = "provider", Ids = [held.Name] },
        { Run: { NotBefore: { } time } run } when time > facts.Now => new("waiting_to_retry",
            $"It is attempt {run.Attempt} of what run {run.RetryOf} began, and waits until {Moment(time)}, for {Long(time - facts.Now)}.")
        { Kind = "time" },
        { Budget: { } words } => new("budget", words) { Kind = "budget" },
        { Position: { } place } when place > facts.Free => new("pool_full",
            $"{(facts.Free > 0 ? $"Only {facts.Free} of {facts.Slots} slots are free" : $"All {facts.Slots} slots are taken")}; "
            + $"it is number {place} in the queue.")
        { Kind = "slot" },
        _ => new("about_to_start", "It is next and about to start."),
    };

    static LikelyIssue Waiting(Facts facts) => facts switch
    {
        { Request: { } asked } => new("waiting_for_request",
            $"It waits for an answer from {(asked.ToSessionId is { } parent ? $"session {parent}" : "a person")} to its request {asked.Id} "
            + $"({asked.Kind}): \"{Texts.Short(asked.Text)}\". {HowToAnswer(asked)}")
        { Kind = "request", Ids = [asked.Id] },
        { Children: { Count: > 0 } children } => new("waiting_for_children",
            $"It waits for {(children.Count == 1 ? "its child" : $"{children.Count} children")}: "
            + $"{string.Join(", ", children.Take(10).Select(child => $"run {child.RunId} ({child.Status})"))}.")
        { Kind = "children", Ids = [.. children.Select(child => child.RunId)] },
        _ => new("about_to_go_on", "What it waited for has come; it is about to go on."),
    };

    static string HowToAnswer(OpenRequest asked) => asked.Kind == Requests.RequestKinds.Question
        ? $"Answer it with 'agentctl request answer {asked.Id} --text …'."
        : $"Answer it with 'agentctl approve {asked.Id}' or 'agentctl deny {asked.Id}'; with --rule it need not be asked again.";

    static LikelyIssue Stopping(Run run) => new("stopping", run.StopReason switch
    {
        EndReason.TotalTimeout => $"It met its total limit of {Long(run.TotalLimit)} and is being stopped ({run.StopReason}).",
        EndReason.IdleTimeout => $"It met its idle limit of {Long(run.IdleLimit)} and is being stopped ({run.StopReason}).",
        _ => $"It is being stopped ({run.StopReason}).",
    });

    static LikelyIssue Silent(Facts facts, TimeSpan silence)
    {
        var limit = $"its idle limit is {Long(facts.Run.IdleLimit)}";
        return facts.Tool is { } tool
            ? new("silent_in_tool", $"It wrote nothing for {Long(silence)} while its tool {Texts.Short(tool.Name)} runs, "
                + $"called {Long(facts.Now - tool.Since)} ago ({Texts.Short(tool.Input)}); {limit}.")
            { Kind = "tool", Ids = [tool.Name] }
            : facts.Run.Health is { Verdict: HealthWords.Working, Reasons.Count: > 1 } busy
            ? new("silent_at_work", $"It wrote nothing for {Long(silence)}, and is at work: {busy.Reasons[^1]}; {limit}.")
            : facts.Run.Health is { WaitingFor: "provider" } held
            ? new("silent_for_provider", $"It wrote nothing for {Long(silence)}: {held.Reasons[^1]}; {limit}.") { Kind = "provider" }
            : new("stalled", $"It is alive but wrote nothing for {Long(silence)}; {limit}.");
    }

    static LikelyIssue Followed(Facts facts)
    {
        var ended = Ended(facts.Run);
        return facts switch
        {
            { Run.NextRunId: { } next } => ended with { Text = $"{ended.Text} Run {next} goes on with it." },
            { Decision: { } request } => ended with
            {
                Text = $"{ended.Text} A person is asked how to go on: 'agentctl request show {request}', then "
                    + $"'request answer {request} --option'.",
            },
            _ => ended,
        };
    }

    static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static LikelyIssue Ended(Run run) => run switch
    {
        { Status: RunStatus.Succeeded, Result.GoalMet: false } => new("goal_not_met",
            "It ended well, but says itself that its goal is not met."),
        { Status: RunStatus.Succeeded } => new("none", "It has succeeded."),
        { Reason: EndReason.TotalTimeout } => new(EndReason.TotalTimeout,
            $"It took longer than its total limit of {Long(run.TotalLimit)}."),
        { Reason: EndReason.IdleTimeout } => new(EndReason.IdleTimeout,
            $"It wrote nothing for longer than its idle limit of {Long(run.IdleLimit)}."),
        { Reason: { } reason } => new(reason, run.Error?.Message ?? EndReason.All.GetValueOrDefault(reason, "It has ended.")),
        _ => new("none", "It has ended."),
    };

    static string Long(TimeSpan time) => time.TotalMinutes >= 2
        ? time.TotalMinutes.ToString("0", CultureInfo.InvariantCulture) + " minutes"
        : time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " seconds";
}
