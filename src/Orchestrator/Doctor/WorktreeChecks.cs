using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Doctor;

/// <summary>What does not fit about worktrees, and what was repaired of it. Only a running daemon knows.</summary>
static class WorktreeChecks
{
    const string Name = "worktrees";
    const int MostShown = 20;

    /// <param name="call">The command line.</param>
    /// <param name="running">True when a daemon answers.</param>
    /// <param name="fix">True repairs what is due.</param>
    public static IReadOnlyList<Check> Of(Invocation call, bool running, bool fix)
    {
        if (!running)
            return [Check.Ok(Name, "not checked: only a running daemon knows them")];
        try
        {
            var worktrees = call.Api().Worktrees;
            var found = (fix ? worktrees.Repair() : worktrees.Findings()).Entries("findings").ToList();
            var shown = found.Take(MostShown).Select(one => Told(one, fix)).ToList();
            if (found.Count > MostShown)
                shown.Add(Check.Warn(Name, $"{found.Count - MostShown} more", "Repair some of these first."));
            return shown.Count > 0 ? shown : [Check.Ok(Name, "rows, folders, branches and snapshots fit together")];
        }
        catch (Fault fault)
        {
            return [Check.Warn(Name, $"not checked: {fault.Message}", fault.Hint ?? "Use a token that may do this.")];
        }
    }

    static Check Told(System.Text.Json.Nodes.JsonNode one, bool fix)
    {
        var text = $"{one.Text("kind")}: {one.Text("subject")}: {one.Text("found")}";
        if (fix && one.Text("what") is { } what)
            return one["done"]?.GetValue<bool>() == true ? Check.Ok(Name, $"repaired: {text} {what}") : Check.Warn(Name, $"{text} {what}",
                one.Text("advice") ?? "Look at it by hand.");
        var later = one["repairable"]?.GetValue<bool>() == true
            ? fix || one["due"]?.GetValue<bool>() == false ? "Waits for its time of grace (worktrees.grace_s), then: agentctl doctor --fix"
                : "agentctl doctor --fix"
            : "Only told: nobody but you can know.";
        return Check.Warn(Name, text, one.Text("advice") ?? later);
    }
}
