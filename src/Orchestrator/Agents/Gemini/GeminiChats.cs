using System.Globalization;

namespace Orchestrator.Agents.Gemini;

/// <summary>
/// Gemini CLI keeps a conversation in a file named by the minute it began in. A process that is to load one first begins an empty one
/// under the same id, and within that same minute this is the same file: the conversation is lost for good (seen with 0.61, and read in
/// its source). So a conversation of this minute is left alone until the next.
/// </summary>
static class GeminiChats
{
    // ~/.gemini/tmp/my-project/chats/session-2026-11-29T02-28-5d6a4ff4.jsonl
    /// <summary>How long to wait before the conversation may be loaded.</summary>
    /// <param name="variable">The agent's environment.</param>
    /// <param name="chat">The conversation's id.</param>
    /// <param name="now">The time.</param>
    public static TimeSpan Rest(Func<string, string?> variable, string chat, DateTimeOffset now)
    {
        if ((variable("GEMINI_CLI_HOME") ?? variable("HOME")) is not { } home)
            return TimeSpan.Zero;
        var utc = now.UtcDateTime;
        var minute = utc.ToString("yyyy-MM-dd'T'HH-mm", CultureInfo.InvariantCulture);
        var projects = Path.Combine(home, ".gemini", "tmp");
        return Directory.Exists(projects) && Directory.EnumerateDirectories(projects).Any(project => BeganIn(minute, project, chat))
            ? TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(utc.Ticks % TimeSpan.TicksPerMinute)
            : TimeSpan.Zero;
    }

    /// <summary>With an older file too, this minute's is the empty one of a process that loaded it.</summary>
    static bool BeganIn(string minute, string project, string chat)
    {
        var folder = Path.Combine(project, "chats");
        var end = $"-{chat[..Math.Min(8, chat.Length)]}.jsonl";
        return File.Exists(Path.Combine(folder, $"session-{minute}{end}"))
            && Directory.EnumerateFiles(folder, $"session-*{end}").Take(2).Count() == 1;
    }
}
