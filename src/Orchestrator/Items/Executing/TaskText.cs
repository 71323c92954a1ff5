using System.Globalization;
using System.Text;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>What a worker is told about an item, in words. Pure.</summary>
static class TaskText
{
    /// <summary>The standing orders of a prepared workspace.</summary>
    public static string Orders(string workspace, string artifacts) => $"""
        # Standing orders

        You work on one item of a queue. What is to be done stands in TASK.md; the item itself is WORK_ITEM.json.

        - All output goes into {artifacts}
        - Stay inside {workspace} and that folder.
        - When the work is finished, write COMPLETION.md into the artifacts folder, with the headings Summary, Files and Verification.
          Write it last: its coming is what ends the work.
        - When you cannot go on, write BLOCKED.md into {workspace}: what stops you, and what would help.

        """;

    /// <summary>The task of a prepared workspace. The artifacts folder is named before any path in it.</summary>
    public static string Task(Item item, string workspace, string artifacts, string? project)
    {
        var text = new StringBuilder();
        text.Append($"# {item.Title}\n\n");
        text.Append($"- Artifacts: {artifacts}\n- Workspace: {workspace}\n");
        if (project is not null)
            text.Append($"- Project: {item.Project}, {project}\n");
        text.Append('\n');
        Body(text, item);
        text.Append($"""
            ## Deliverables

            - What was asked, as files in {artifacts}
            - {artifacts}/COMPLETION.md when it is finished: Summary, Files, Verification.
            - {workspace}/BLOCKED.md instead, when you cannot go on.

            ## Limits

            - Stay inside these folders. Send nothing anywhere unless the task says so.

            """);
        return text.ToString();
    }

    /// <summary>Where the project's files are for a worker who has a worktree of it.</summary>
    public static string InWorktree(Workspace place)
    {
        var text = new StringBuilder();
        text.Append($"in a worktree of your own: {place.Start}, on the branch {place.Branch}. Change files there and nowhere else of it; "
            + "what you do not commit is committed when you finish.");
        if (!place.SetUp)
            text.Append($" The project's setup commands run in it first: begin when {SetUpWork.FileName} is beside this file; it says how "
                + "they ended.");
        if (place.Ports is { } ports)
            text.Append(CultureInfo.InvariantCulture, $" The {ports.Count} ports from {ports.From} on are this worktree's own.");
        if (place.Note is { } note)
            text.Append(' ').Append(note);
        return text.ToString();
    }

    /// <summary>The prompt of a run that works on it.</summary>
    /// <param name="brief">What it is told besides; null for nothing.</param>
    public static string Prompt(Item item, string? brief = null)
    {
        var text = new StringBuilder();
        text.Append($"# {item.Title}\n\n");
        Body(text, item);
        if (item.Writes.Count > 0)
            text.Append($"Change only: {string.Join(", ", item.Writes)}\n\n");
        text.Append(brief);
        text.Append("The result says in goal_met whether every acceptance criterion is met. When you cannot go on, say in the summary "
            + "what stops you.\n");
        return text.ToString();
    }

    static void Body(StringBuilder text, Item item)
    {
        if (item.Description.Length > 0)
            text.Append($"## Description\n\n{item.Description.TrimEnd()}\n\n");
        if (item.AcceptanceCriteria.Count == 0)
            return;
        text.Append("## Acceptance criteria\n\n");
        foreach (var (number, criterion) in item.AcceptanceCriteria.Index())
            text.Append($"{number + 1}. {criterion}\n");
        text.Append('\n');
    }
}
