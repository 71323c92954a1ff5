using System.Text.Json.Nodes;
using Orchestrator.Items;
using Orchestrator.Reviews;

namespace Orchestrator.Plans;

/// <summary>Reviews of a plan's units in the words of AGENT_STATE.json. Pure.</summary>
static class ReviewExport
{
    public const string None = "none";

    /// <summary>Our four words in the three of the format.</summary>
    public static string Severity(string word) => word switch
    {
        Severities.Critical => "critical",
        Severities.High => "major",
        _ => "minor",
    };

    /// <summary>Where the reviews of a unit are, in the format's words; null when they say nothing about where it is.</summary>
    public static string? Status(ItemStatus status, IReadOnlyList<Round> rounds) => (status, rounds is [.., var last] ? last : null) switch
    {
        (ItemStatus.Review, null) => "pending_review",
        (ItemStatus.Review, { State: RoundState.Reviewing } round) => round.Reviews.Any(one => one.State != ReviewState.Wanted)
            ? "under_review" : "pending_review",
        (ItemStatus.Review, _) => "final_review",
        (ItemStatus.InFlight, { State: RoundState.Fixing }) => "fix_required",
        _ => null,
    };

    /// <summary>Rounds that sent something back.</summary>
    public static int Fixes(IReadOnlyList<Round> rounds) => rounds.Count(round => round.Decision is "fix" or "escalate");

    /// <summary>What a task says of its reviews.</summary>
    public static void On(JsonObject task, IReadOnlyList<Round> rounds)
    {
        var ended = rounds.Where(round => round.Decision is not (null or "drop")).ToList();
        task["fix_attempts"] = Fixes(rounds);
        task["max_fix_attempts"] = 3;
        task["escalated"] = rounds.Any(round => round.Decision == "escalate");
        if (ended is [.., { Severity: { } severity }])
            task["last_review_severity"] = Severity(severity);
        task["review_history"] = new JsonArray([.. ended.Select((round, at) => (JsonNode)new JsonObject
        {
            ["attempt"] = at + 1,
            ["severity"] = round.Severity is { } worst ? Severity(worst) : None,
            ["findings"] = round.Summary,
            ["reviewed_at"] = (round.EndedAt ?? round.CreatedAt).UtcDateTime,
        })]);
    }

    /// <summary>One report for each unit whose last round is decided: the highest severity wins.</summary>
    public static JsonArray Reports(ExportFacts facts)
    {
        var made = new JsonArray();
        foreach (var unit in facts.Units)
            if (facts.Rounds[unit.ItemId].LastOrDefault(one => one.State is not (RoundState.Reviewing or RoundState.Dropped))
                is { } round)
                made.Add((JsonNode)Report(unit, round, [.. facts.Findings[unit.ItemId].Where(one => one.RoundId == round.Id)],
                    Fixes([.. facts.Rounds[unit.ItemId]])));
        return made;
    }

    static JsonObject Report(PlanItem unit, Round round, IReadOnlyList<Finding> findings, int fixes) => new()
    {
        ["task_id"] = unit.Draft.ForeignId,
        ["overall_severity"] = round.Severity is { } worst ? Severity(worst) : None,
        ["summary"] = round.Summary,
        ["finding_count"] = findings.Count(one => one.SameAs is null),
        ["created_at"] = (round.EndedAt ?? round.CreatedAt).UtcDateTime,
        ["follows"] = round.Decision switch
        {
            "accept" => "completed",
            "fix" => "fix_required",
            "escalate" => "escalated",
            null => "human_intervention_required",
            _ => "blocked",
        },
        ["fix_attempts"] = fixes,
        ["deferred"] = findings.Count(one => one.State == FindingState.Deferred),
    };
}
