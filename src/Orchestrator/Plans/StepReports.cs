using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Agents;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>
/// Reads out of a run's result how far it came with the steps of its item. Steps that were done stay done, whatever becomes of the run:
/// the next attempt begins where this one failed.
/// <code>
/// step 1.1: done
/// step 1.2: failed: the test server does not start
/// </code>
/// </summary>
static partial class StepReports
{
    public const string Open = "open";
    public const string Done = "done";
    public const string Failed = "failed";

    const int MostText = 64 * 1024, NoteLength = 500;

    /// <summary>A run of an item has ended.</summary>
    public static void Ended(WriteTransaction transaction, PlanStore plans, Run run, RunResult? result)
    {
        if (run.ItemId is not { } item || PlanRows.OfItem(transaction.Db, item) is not { } plan
            || PlanRows.Steps(transaction.Db, item) is not { Count: > 0 } steps)
            return;
        foreach (var (step, state, note) in Read(steps, result, run.LastMessage))
        {
            transaction.Db.Execute("update plan_steps set state = @state, note = @note, changed_at = @now where item_id = @item and "
                + "step_id = @id",
                ("@state", state), ("@note", note), ("@now", transaction.Now), ("@item", item), ("@id", step));
            plans.Append(transaction, PlanEvents.Step, $"run:{run.Id}", item, new JsonObject
            {
                ["plan_id"] = plan,
                ["step"] = step,
                ["state"] = state,
                ["note"] = note,
            });
        }
    }

    /// <summary>What the attempt after a run that did not do it all is told: what that run said, and which step is next.</summary>
    public static string? Advice(Connection db, Run run, RunResult? result)
    {
        if (run.ItemId is not { } item || PlanRows.Steps(db, item) is not { Count: > 0 } steps)
            return null;
        var now = Read(steps, result, run.LastMessage).ToDictionary(step => step.Step);
        var begin = PlanWords.WhereToBegin([.. steps.Select(step => now.TryGetValue(step.StepId, out var told)
            ? step with { State = told.State, Note = told.Note } : step)]);
        return begin is null ? null : $"{result?.FollowupPrompt}\n{begin}".Trim();
    }

    /// <summary>The steps whose state is another from now on. Pure.</summary>
    public static IReadOnlyList<(string Step, string State, string? Note)> Read(IReadOnlyList<PlanStepRow> steps, RunResult? result,
        string? lastMessage)
    {
        var said = new Dictionary<string, (string State, string? Note)>();
        foreach (var text in (string?[])[lastMessage, result?.Summary, result?.Notes])
            foreach (Match line in Line().Matches(text is { Length: > MostText } ? text[^MostText..] : text ?? ""))
                said[line.Groups["id"].Value] = line.Groups["word"].Value.Equals("done", StringComparison.OrdinalIgnoreCase) ? (Done, null)
                    : (Failed, line.Groups["note"].Value.Trim() is { Length: > 0 } note ? note[..Math.Min(note.Length, NoteLength)] : null);
        // Who says that the goal is met says it of every step of which nothing else was said, but for those that may be left out.
        return [.. from step in steps
                   let now = said.TryGetValue(step.StepId, out var told) ? told
                       : result?.GoalMet == true && !step.Optional ? (Done, null) : (step.State, step.Note)
                   where step.State != Done && now != (step.State, step.Note)
                   select (step.StepId, now.Item1, now.Item2)];
    }

    [GeneratedRegex(@"^[ \t>*-]{0,8}`?step[ \t]{1,4}`?(?<id>\S{1,60}?)`?[ \t]{0,4}:[ \t]{0,4}(?<word>done|failed)`?[ \t]{0,4}[:.,-]?"
        + @"(?<note>[^\n]{0,2000})$",
        RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Line();
}
