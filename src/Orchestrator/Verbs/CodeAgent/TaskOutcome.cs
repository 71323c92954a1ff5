using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Cli;

namespace Orchestrator.Verbs;

/// <summary>What became of a task. Pure.</summary>
sealed record TaskOutcome
{
    /// <summary>Exit codes of the program this command stands in for.</summary>
    public const int General = 1, TimedOut = 124, NotFound = 127, Interrupted = 130;

    const int KeyLength = 150;

    public string Id { get; init; } = "";
    public required int ExitCode { get; init; }

    /// <summary>The agent's last message; empty for none.</summary>
    public string Message { get; init; } = "";

    /// <summary>The daemon's session; empty when there is none.</summary>
    public string Session { get; init; } = "";

    /// <summary>Why it did not succeed; empty when it did.</summary>
    public string Error { get; init; } = "";

    /// <summary>The file with the agent's output, where it can be seen from here; else empty.</summary>
    public string LogPath { get; init; } = "";

    /// <summary>Paths of the run's diff; empty for a task that never ran.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The result's summary, else the first line of the last message, cut.</summary>
    public string KeyOutput { get; init; } = "";

    /// <summary>A task whose run has ended, or is given up.</summary>
    /// <param name="task">The task.</param>
    /// <param name="run">As the daemon shows it.</param>
    /// <param name="cut">Why we stopped it ourselves: <see cref="TimedOut"/> or <see cref="Interrupted"/>; null when we did not.</param>
    /// <param name="logPath">The file with its output; empty when it cannot be seen from here.</param>
    public static TaskOutcome OfRun(TaskOrder task, JsonNode run, int? cut, string logPath)
    {
        var code = CodeOf(run, cut);
        var message = run.Text("last_message") ?? "";
        return new TaskOutcome
        {
            Id = task.Id,
            ExitCode = code,
            Message = message,
            Session = run.Text("session_id") ?? "",
            Error = code == 0 ? "" : ErrorOf(run, code),
            LogPath = logPath,
            Files = [.. run.Entries("files_changed").Select(file => file.Text("path")).OfType<string>()],
            KeyOutput = Key(run.Text("result.summary") ?? message),
        };
    }

    /// <summary>A task that was not begun because others failed.</summary>
    public static TaskOutcome Skipped(TaskOrder task, IEnumerable<string> failed) => new()
    {
        Id = task.Id, ExitCode = General, Error = $"skipped due to failed dependencies: {string.Join(", ", failed)}",
    };

    /// <summary>A task that was not begun for another reason.</summary>
    public static TaskOutcome NotBegun(TaskOrder task, int code, string why) => new() { Id = task.Id, ExitCode = code, Error = why };

    static int CodeOf(JsonNode run, int? cut) => run.Text("status") switch
    {
        "succeeded" => 0,
        "timed_out" => TimedOut,
        "canceled" => cut ?? Interrupted,
        // What ended by itself before our stop reached it has its own end.
        "failed" or "lost" when run.Text("reason") == EndReason.AgentMissing => NotFound,
        "failed" or "lost" => run["exit_code"] is JsonValue value && value.TryGetValue<int>(out var own) && own is > 0 and < 256
            ? own : General,
        _ => cut ?? General,
    };

    static string ErrorOf(JsonNode run, int code)
    {
        var why = run.Text("error.message") ?? run.Text("reason") ?? run.Text("status") ?? "failed";
        var ours = code == TimedOut ? "timeout" : "interrupted";
        return run.Text("status") switch
        {
            "failed" or "lost" => why,
            "canceled" => ours,
            "timed_out" => $"{ours}: {why}",
            _ => $"{ours}: the run has not ended yet",
        };
    }

    static string Key(string text)
    {
        var line = SafeText.Line(text.Split('\n').FirstOrDefault(one => !string.IsNullOrWhiteSpace(one))?.Trim() ?? "");
        return line.Length <= KeyLength ? line : line[..(char.IsHighSurrogate(line[KeyLength - 1]) ? KeyLength - 1 : KeyLength)] + "…";
    }
}
