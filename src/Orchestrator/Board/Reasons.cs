using System.Globalization;
using Orchestrator.Items;
using Orchestrator.Reviews;
using Orchestrator.Runs;

namespace Orchestrator.Board;

/// <summary>What a card says of why it stands where it stands. Pure: the same predicates as <c>why</c>, in the words of a board, where the
/// commands that <c>why</c> names are buttons.</summary>
static class Reasons
{
    const int MostNamed = 3;
    const int Most = 5;

    public static IReadOnlyList<string> Of(CardFacts facts) => [.. All(facts).Distinct().Take(Most)];

    static IEnumerable<string> All(CardFacts facts) => facts.Item.State switch
    {
        ItemStatus.Blocked => facts.Item.Causes.Select(cause => WithoutCommand(cause.Text)),
        ItemStatus.Failed => [$"Given up after {facts.Item.Attempts} attempts."],
        // Its steps are what starts.
        ItemStatus.Ready when facts.Item.Steps == 0 => [.. Waits(facts.OpenDependencies), .. facts.WhyNot.Select(Words).OfType<string>()],
        ItemStatus.InFlight when facts.Item.Steps == 0 => AtWork(facts),
        ItemStatus.Review => AtReview(facts),
        _ => [],
    };

    static IEnumerable<string> Waits(IReadOnlyList<WaitedFor> open)
    {
        foreach (var on in open.Take(MostNamed))
            yield return $"Waits for #{on.Number} {on.Title} ({on.Status.Replace('_', ' ')}).";
        if (open.Count > MostNamed)
            yield return $"Waits for {open.Count - MostNamed} more.";
    }

    /// <summary>Null where the card says it in another way.</summary>
    static string? Words(WhyNot why) => why.Code switch
    {
        "dependency" or "status" or "steps" or "blocked" => null,
        "no_auto_run" => "Starts when somebody starts it.",
        "daemon_limit" => "Waits for a free slot.",
        "project_limit" => "As many items of its project are at work as may be.",
        "budget" => "What may be spent today is spent.",
        "nothing_changed" => "Its last runs changed nothing: a person looks first.",
        _ => WithoutCommand(why.Text),
    };

    static IEnumerable<string> AtWork(CardFacts facts)
    {
        var run = facts.Run;
        if (facts.IsLanding)
            yield return "Its accepted work is being put together with the branch.";
        if (run is null || !run.IsOpen)
        {
            if (facts.Check == CardFacts.CheckOpen)
                yield return "The daemon checks its work.";
            else if (facts.Item.LeaseId is not null)
                yield return $"{facts.Item.AssignedAgentId} has it.";
            yield break;
        }

        if (run.Status == RunLifecycle.Word(RunStatus.Queued))
            yield return facts.ProviderFree is { } free ? $"Its provider is left alone until {Clock(free)}."
                : run.NotBefore is { } at ? $"It is tried again at {Clock(at)}." : "Waits for a free slot.";
        if (run.WaitingFor == "children")
            yield return "Waits for the runs it started.";
    }

    static IEnumerable<string> AtReview(CardFacts facts)
    {
        foreach (var cause in facts.Item.Causes)
            yield return WithoutCommand(cause.Text);
        if (facts.Round is { } round)
            yield return round.State == RoundLifecycle.Word(RoundState.Waiting) ? round.Summary ?? "Its review waits for a person."
                : "Reviewers look at it.";
        else if (facts.IsLanding)
            yield return facts.Delivery?.Pull is null ? "Accepted; it is being delivered." : "Accepted; its pull request is open.";
        else if (facts.Check == CardFacts.CheckOpen)
            yield return "The daemon checks its work.";
    }

    static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture);

    // "Run 12 ended. A person says how it goes on: agentctl request list, or ready it again." → "… A person says how it goes on."
    // "The queue is paused (release): agentctl unpause" → "The queue is paused (release)."
    // "Somebody blocked it. When that is gone: agentctl ready 12" → "Somebody blocked it."
    /// <summary>The text up to where it names a command.</summary>
    public static string WithoutCommand(string text)
    {
        var at = text.IndexOf("agentctl ", StringComparison.Ordinal);
        if (at < 0)
            return text;
        var before = text[..at].TrimEnd(' ', '(', ':', '`');
        // Half a sentence that only leads to the command goes with it.
        var end = before.LastIndexOf(". ", StringComparison.Ordinal);
        var last = end < 0 ? before : before[(end + 2)..];
        if (end >= 0 && (last is "Then" || last.StartsWith("When ", StringComparison.Ordinal)))
            before = before[..end];
        return before.TrimEnd('.', ' ') + ".";
    }
}
