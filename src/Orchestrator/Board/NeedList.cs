using System.Text.Json;
using Orchestrator.Agents;
using Orchestrator.Items;
using Orchestrator.Requests;
using Orchestrator.Reviews;

namespace Orchestrator.Board;

/// <summary>What needs a person, one entry for each trouble, the most urgent first. Pure.</summary>
static class NeedList
{
    const int MostNamed = 10;

    public static IReadOnlyList<Need> Of(NeedFacts facts)
    {
        var all = Candidates(facts);
        var logins = all.Where(one => one.Need.Kind == NeedKinds.Login).GroupBy(one => one.Run!.Provider).Select(Login);
        return [.. all.Where(one => one.Need.Kind != NeedKinds.Login).Concat(logins).Concat(facts.Holds.Select(Hold))
            .OrderBy(one => one.Need.Urgency).ThenByDescending(one => one.Priority).ThenBy(one => one.Need.Since)
            .ThenBy(one => one.Need.Id, StringComparer.Ordinal).Select(one => one.Need)];
    }

    /// <summary>What each item needs, where it needs something: the most urgent, also where several items share one trouble.</summary>
    public static IReadOnlyDictionary<string, string> ByItem(NeedFacts facts) => Candidates(facts)
        .Where(one => one.Need.ItemId is not null).GroupBy(one => one.Need.ItemId!)
        .ToDictionary(group => group.Key, group => group.MinBy(one => one.Need.Urgency)!.Need.Kind);

    /// <summary>A need with what it is put in order and grouped by.</summary>
    sealed record Candidate(Need Need, int Priority, RunFact? Run);

    static List<Candidate> Candidates(NeedFacts facts)
    {
        var asks = facts.Requests.Where(one => one.Kind != RequestKinds.Decision).Select(one => Asked(one,
            one.Kind == RequestKinds.Question ? NeedKinds.Question : NeedKinds.Approval)).ToList();
        // A plan's decision, a question of the daemon itself and the item that stands can be about the same: the first of them speaks, and
        // keeps the ids of the others.
        var asked = asks.Select(About).ToHashSet();
        var troubles = facts.Decisions.Select(Decided)
            .Concat(facts.Requests.Where(one => one.Kind == RequestKinds.Decision).Select(one => Asked(one, KindOf(one))))
            .Concat(facts.Standing.Select(Stands).OfType<Candidate>().Concat(facts.Stalled.Select(DoesNothing))
                .Where(one => !asked.Contains(About(one))))
            .GroupBy(About).Select(Merge);
        return
        [
            .. asks,
            .. troubles.Select(one => IsLogin(facts, one) ? one with { Need = one.Need with { Kind = NeedKinds.Login } } : one),
        ];
    }

    static string About(Candidate one) => one.Need.ItemId ?? one.Need.RunId ?? one.Need.Id;

    static Candidate Merge(IEnumerable<Candidate> same)
    {
        var all = same.ToList();
        return all[0] with
        {
            Run = all.Select(one => one.Run).FirstOrDefault(run => run is not null),
            Need = all[0].Need with
            {
                RunId = all.Select(one => one.Need.RunId).FirstOrDefault(id => id is not null),
                RequestId = all.Select(one => one.Need.RequestId).FirstOrDefault(id => id is not null),
                ReviewId = all.Select(one => one.Need.ReviewId).FirstOrDefault(id => id is not null),
            },
        };
    }

    static Candidate Asked(AskedFact asked, string kind) => new(new Need
    {
        Id = $"request:{asked.Id}",
        Kind = kind,
        Title = asked.Subject.Title ?? $"Run {asked.Run.Id}",
        Text = asked.Text,
        Command = Command(asked.Detail),
        Folder = Text(asked.Detail, "folder"),
        Risk = asked.Risk,
        Options = asked.Options,
        Project = asked.Subject.Project,
        ItemId = asked.Subject.ItemId,
        Number = asked.Subject.Number,
        RunId = asked.Run.Id,
        RequestId = asked.Id,
        Since = asked.Since,
        ExpiresAt = asked.ExpiresAt,
    }, asked.Subject.Priority, asked.Run);

    /// <summary>What the daemon asks by itself: how a run that ended goes on, or whether one that met its limit does.</summary>
    static string KindOf(AskedFact asked) => Text(asked.Detail, "limit") is not null ? NeedKinds.Budget
        : asked.Run.HasEnded ? NeedKinds.Failed : NeedKinds.Decision;

    static Candidate Decided(DecisionFact open) => new(new Need
    {
        Id = $"decision:{open.Id}",
        Kind = NeedKinds.Decision,
        Title = open.Subject.Title ?? open.PlanTitle,
        Text = open.Text,
        Options = open.Options,
        Project = open.Subject.Project,
        ItemId = open.Subject.ItemId,
        Number = open.Subject.Number,
        PlanId = open.PlanId,
        DecisionId = open.Id,
        Since = open.Since,
    }, open.Subject.Priority, null);

    /// <summary>Null when it goes on without anybody, or waits for somebody who set it aside.</summary>
    static Candidate? Stands(StandingFact item)
    {
        var kind = item.Status switch
        {
            ItemStatus.Failed => NeedKinds.Failed,
            ItemStatus.Review => WaitsForPerson(item) ? item.Collided ? NeedKinds.Conflict : NeedKinds.Review : null,
            _ => item.HasOpenRun || !item.Causes.Any(NeedsPerson) ? null : item.Collided ? NeedKinds.Conflict : NeedKinds.Failed,
        };
        return kind is null ? null : new Candidate(new Need
        {
            // Another run, another round: another trouble.
            Id = $"{kind}:{item.Subject.ItemId}:{item.Round?.Id ?? item.Run?.Id}",
            Kind = kind,
            Title = item.Subject.Title!,
            Text = Words(item),
            Project = item.Subject.Project,
            ItemId = item.Subject.ItemId,
            Number = item.Subject.Number,
            RunId = item.Run?.Id,
            ReviewId = item.Round?.Id,
            Since = item.Round?.Since ?? item.Since,
        }, item.Subject.Priority, item.Run);
    }

    static Candidate DoesNothing(StalledFact stalled) => new(new Need
    {
        Id = $"stalled:{stalled.Run.Id}",
        Kind = NeedKinds.Stalled,
        Title = stalled.Subject.Title ?? $"Run {stalled.Run.Id}",
        Text = $"{string.Join("; ", stalled.Reasons)}.",
        Project = stalled.Subject.Project,
        ItemId = stalled.Subject.ItemId,
        Number = stalled.Subject.Number,
        RunId = stalled.Run.Id,
        Since = stalled.Since,
    }, stalled.Subject.Priority, stalled.Run);

    static bool WaitsForPerson(StandingFact item) => item.Round?.State == RoundLifecycle.Word(RoundState.Waiting) || item.Causes.Count > 0
        || (item.Round is null && !item.IsLanding && !item.IsChecked);

    // A person who set something aside knows; what waits for a step of its own is listed by that step.
    static bool NeedsPerson(ItemCause cause) =>
        cause.Kind is CauseKinds.Person or CauseKinds.Limit or CauseKinds.WorkerReport
        || (cause.Kind == CauseKinds.Dependency && cause.Ref.Length > 0);

    static string Words(StandingFact item)
    {
        var said = item.Causes.Select(cause => Reasons.WithoutCommand(cause.Text)).ToList();
        return said.Count > 0 ? string.Join(' ', said) : item.Round?.Summary ?? item.Report
            ?? (item.Status == ItemStatus.Failed ? "It was given up." : "Its work is there and waits to be looked at.");
    }

    static bool IsLogin(NeedFacts facts, Candidate one) =>
        one.Run is { Reason: EndReason.AuthRequired } run && facts.LoggedOut.Contains(run.Provider);

    static Candidate Login(IGrouping<string, Candidate> same)
    {
        var all = same.OrderBy(one => one.Need.Since).ThenBy(one => one.Need.Id, StringComparer.Ordinal).ToList();
        var waiting = all.Select(one => one.Need.Number is { } number ? $"#{number} {one.Need.Title}" : one.Need.Title);
        return all[0] with
        {
            Priority = all.Max(one => one.Priority),
            Need = all[0].Need with
            {
                Id = $"login:{same.Key}",
                Title = $"{same.Key} does not accept its login",
                Text = $"Log in, then go on with: {string.Join("; ", waiting.Take(MostNamed))}"
                    + $"{(all.Count > MostNamed ? $"; and {all.Count - MostNamed} more" : "")}.",
            },
        };
    }

    static Candidate Hold(HoldFact hold) => new(new Need
    {
        Id = $"budget:{hold.Day}:{hold.Project}:{hold.Unit}",
        Kind = NeedKinds.Budget,
        Title = hold.Project.Length == 0 ? "The budget of today" : $"The budget of today for {hold.Project}",
        Text = Reasons.WithoutCommand(hold.Words),
        Project = hold.Project.Length == 0 ? null : hold.Project,
        Since = hold.Since,
    }, 0, null);

    // {"tool":"Bash","folder":"/repo","command":"git status"}      {"tool":"Write","folder":"/repo","path":"/repo/a.txt","diff":"+x"}
    // {"folder":"/repo","paths":["/repo/a.txt","/repo/b.txt"],"diff":"…"}     {"tool":"WebFetch","input":"{\"url\":\"…\"}"}
    static string? Command(JsonElement? detail)
    {
        if (Text(detail, "command") is { } command)
            return command;
        var paths = detail is { ValueKind: JsonValueKind.Object } asked && asked.TryGetProperty("paths", out var several)
            && several.ValueKind == JsonValueKind.Array
            ? string.Join('\n', several.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()))
            : Text(detail, "path");
        var change = string.Join('\n', new[] { paths, Text(detail, "diff") }.Where(part => !string.IsNullOrEmpty(part)));
        return change.Length > 0 ? change : Text(detail, "input") is { } input ? $"{Text(detail, "tool")} {input}".Trim() : null;
    }

    static string? Text(JsonElement? detail, string name) => detail is { ValueKind: JsonValueKind.Object } members
        && members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
