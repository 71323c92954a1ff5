using System.Globalization;
using System.Text;
using Orchestrator.Agents;
using Orchestrator.Runs;
using Orchestrator.Sessions;

namespace Orchestrator.Recovery;

/// <summary>The prompts of attempts that follow one another: the task, what was tried, what came of it, and what to do now. Pure.</summary>
static class History
{
    // Bytes of one attempt's words; the task is never cut.
    const int Words = 4000;

    /// <summary>One attempt as the next one hears of it.</summary>
    /// <param name="Run">Its row.</param>
    /// <param name="Reason">Why it ended, for the last one of the chain, whose row does not say it yet.</param>
    /// <param name="Message">The same in a sentence.</param>
    /// <param name="Result">What it gave as its result.</param>
    public sealed record Tried(Run Run, string? Reason, string? Message, RunResult? Result)
    {
        public static Tried Of(Run run) => new(run, run.Reason, run.Error?.Message, run.Result);
    }

    /// <summary>For an agent that remembers its conversation.</summary>
    public static string Resumed(string task, Tried last, string? advice) => Fit(task, text =>
    {
        text.Append(CultureInfo.InvariantCulture, $"Your last turn ended before the task was done ({Why(last)}). ");
        text.AppendLine("What you did is as you left it: look at the workspace before you change anything, then finish the task.");
        Section(text, "What to do next", advice ?? last.Result?.FollowupPrompt);
    }, "The task was");

    /// <summary>For an agent that knows nothing yet.</summary>
    public static string Told(string task, IReadOnlyList<Tried> tried, string? advice) => Fit(task, text =>
    {
        text.Append(CultureInfo.InvariantCulture, $"Others have tried this task and did not finish it ({tried.Count} before you). ");
        text.AppendLine("Their changes are in the workspace: look at them before you change anything, then finish the task.");
        for (var i = 0; i < tried.Count; i++)
            One(text, i + 1, tried[i]);
        Section(text, "What to do next", advice ?? tried[^1].Result?.FollowupPrompt);
    }, "The task");

    static void One(StringBuilder text, int number, Tried tried)
    {
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## Attempt {number}: profile {tried.Run.Profile}")
            .AppendLine().AppendLine(CultureInfo.InvariantCulture, $"It ended: {Why(tried)}.");
        Section(text, "Summary", tried.Result?.Summary);
        Section(text, "Notes", tried.Result?.Notes);
        if (tried.Result?.Summary is null)
            Section(text, "Its last words", tried.Run.LastMessage);
        Section(text, "What it changed", tried.Run.GitDiffStat);
    }

    static string Why(Tried tried)
    {
        if (tried.Reason is null)
            return tried.Result?.GoalMet is true ? "it succeeded" : "its goal was not met";
        return tried.Message is { Length: > 0 } message ? $"{tried.Reason}: {Cut(message.TrimEnd('.'))}" : tried.Reason;
    }

    static void Section(StringBuilder text, string title, string? content)
    {
        if (!string.IsNullOrWhiteSpace(content))
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{title}:").AppendLine(Cut(content.Trim()));
    }

    /// <summary>The task whole and last, where an agent looks for what is wanted; the history only as far as there is room.</summary>
    static string Fit(string task, Action<StringBuilder> before, string title)
    {
        var history = new StringBuilder();
        before(history);
        var room = SessionStore.TextLimit - Encoding.UTF8.GetByteCount(task) - 200;
        return room <= 0 ? task : $"{ClippedText.Clip(history.ToString(), room).TrimEnd()}\n\n# {title}\n\n{task}";
    }

    static string Cut(string text) => ClippedText.Clip(text, Words) is var cut && cut.Length < text.Length ? cut + "…" : text;
}
