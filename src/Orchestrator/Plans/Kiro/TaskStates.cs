using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>
/// Whether a task is done: it and every box below it that is not optional is ticked. Nobody is at work here when a spec is imported, so
/// every other mark means open.
/// </summary>
static class TaskStates
{
    static readonly string[] DoneWords = ["✅", "completed", "complete", "done", "完了", "已完成", "완료", "выполнено", "concluído", "concluída"];

    public static void Settle(IEnumerable<SpecTask> tasks, FindingList findings)
    {
        foreach (var task in tasks)
            Settle(task, findings);
    }

    static void Settle(SpecTask task, FindingList findings)
    {
        Settle(task.Children, findings);
        var below = task.Children.Where(child => !child.Optional && !child.Struck).ToList();
        var openBelow = below.Count(child => !child.Done);
        var openChecks = task.Checks.Count(check => !check.Optional && check.State != BoxState.Done);
        var ticked = task.Box?.State == BoxState.Done;
        if (below.Count > 0)
            task.Done = openBelow + openChecks == 0;
        else if (task.Box is not null)
            task.Done = ticked && openChecks == 0;
        else
            task.Done = task.Children.Count + task.Checks.Count > 0 ? openChecks == 0 && task.Children.All(child => child.Done)
                : SaysDone(task);

        if (ticked && !task.Done)
            findings.Add(KiroCode.ParentTicked, task.Line, $"'{Texts.Short(task.Title)}' is ticked, and {openBelow + openChecks} below it "
                + "not.", "It was read as open.", "Tick what is done, or untick the task.");
        else if (task is { Done: true, Box: not null } && !ticked)
            findings.Add(KiroCode.ParentOpen, task.Line, $"All below '{Texts.Short(task.Title)}' is done, and its box is {task.Mark}.",
                "It was read as done.");
    }

    // ### Task 1: Fix imports ✅ COMPLETED
    /// <summary>A heading that is a task and has no box anywhere says it in words, at its end.</summary>
    static bool SaysDone(SpecTask task) =>
        DoneWords.Any(word => task.Title.TrimEnd(')', ']', '*', ' ').EndsWith(word, StringComparison.OrdinalIgnoreCase)
            && task.Title.Length > word.Length + 1) && task.Origin == TaskOrigin.Heading
                && task.Title.Contains('✅', StringComparison.Ordinal);
}
