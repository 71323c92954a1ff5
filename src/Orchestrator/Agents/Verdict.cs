using System.Globalization;

namespace Orchestrator.Agents;

/// <summary>
/// The judgement all agents share, from the end event, the exit code and the demanded result together: an exit code alone is never
/// believed. The same ending in the four forms people get wrong is a table in VerdictSpecs.
/// </summary>
static class Verdict
{
    /// <summary>Judges an agent that reports its own end.</summary>
    public static Ending OfReportingAgent(Transcript soFar, Finish finish)
    {
        var found = StructuredResult.Find(soFar, finish);
        if (!soFar.EndSeen)
            return Failed(EndReason.NoEndEvent, CutOff(soFar, finish), found);
        var words = soFar.FailureText ?? "The agent reported a failure without saying which.";
        if (!soFar.EndedWell)
            return Refused(soFar, finish, words, found);
        if (finish.OutputSchema is not null && found.Problem is not null)
            return Failed(found.Missing ? EndReason.NoResult : EndReason.InvalidResult, found.Problem, found);
        if (finish.ExitCode == 0)
            return new Ending { Succeeded = true, Message = soFar.Notice, Result = found.Result };
        // A signal after the good end only cut short the process's own tidying up: the work is complete and so is its report.
        if (SignalName(finish.ExitCode) is { } signal)
            return new Ending
            {
                Succeeded = true,
                Message = $"The agent reported a good end; its process was then ended by {signal} (exit code {Number(finish.ExitCode)}).",
                Result = found.Result,
            };
        return Failed(EndReason.ExitNonzero, $"The agent reported a good end, but then exited with code {Number(finish.ExitCode)}.", found);
    }

    /// <summary>A failure the agent reported, with the time to wait where the provider named one.</summary>
    static Ending Refused(Transcript soFar, Finish finish, string words, FoundResult found)
    {
        var reason = soFar.FailureReason ?? EndReason.AgentError;
        var failed = Failed(reason, words, found);
        return reason is EndReason.RateLimited or EndReason.QuotaExhausted or EndReason.ProviderUnavailable
            ? failed with { Reset = soFar.Reset ?? ResetWords.Find(words) ?? ResetWords.Find(finish.StderrTail) }
            : failed;
    }

    /// <summary>Judges a plain program, which has only its exit code and, perhaps, a result.</summary>
    public static Ending OfPlainProgram(Transcript soFar, Finish finish)
    {
        var found = StructuredResult.Find(soFar, finish);
        // A result does not outweigh the exit code: a plain program has no end event of its own. It is kept as evidence.
        if (finish.ExitCode != 0)
            return Failed(soFar.FailureReason ?? EndReason.ExitNonzero, ExitSentence(soFar, finish), found) with
            {
                Reset = soFar.Reset,
            };
        if (finish.OutputSchema is not null && found.Problem is not null)
            return Failed(found.Missing ? EndReason.NoResult : EndReason.InvalidResult, found.Problem, found);
        return new Ending
        {
            Succeeded = true,
            Message = soFar.Notice,
            Result = found.Result,
        };
    }

    /// <summary>A failed ending that keeps whatever result was found.</summary>
    public static Ending Failed(string reason, string message, FoundResult found) =>
        new() { Succeeded = false, Reason = reason, Message = message, Result = found.Result };

    static string CutOff(Transcript soFar, Finish finish)
    {
        var how = SignalName(finish.ExitCode) is { } signal
            ? $"was ended by {signal} (exit code {Number(finish.ExitCode)})"
            : $"exited with code {Number(finish.ExitCode)}";
        var words = soFar.FailureText ?? ErrorLine(finish.StderrTail);
        // The holding shell's own remark about the signal.
        if (words is "Killed" or "Terminated")
            words = null;
        return $"The process {how} before the agent reported its end{(words is null ? "." : $": {words}")}";
    }

    static string ExitSentence(Transcript soFar, Finish finish)
    {
        var how = SignalName(finish.ExitCode) is { } signal
            ? $"The program was ended by {signal} (exit code {Number(finish.ExitCode)})"
            : $"The program exited with code {Number(finish.ExitCode)}";
        var words = soFar.FailureText ?? LastLine(finish.StderrTail);
        return words is null ? how + "." : $"{how}: {words}";
    }

    /// <summary>The line of standard error that names the error, else its last one: after a wrong argument comes advice.</summary>
    /// <remarks>Raw: <c>error: unexpected argument '--x' found⏎⏎Usage: …⏎⏎For more information, try '--help'.</c></remarks>
    public static string? ErrorLine(string stderr)
    {
        var lines = stderr.Split('\n', StringSplitOptions.TrimEntries);
        return LastLine(Array.FindLast(lines, line => line.StartsWith("error", StringComparison.OrdinalIgnoreCase)) ?? stderr);
    }

    /// <summary>The last line of standard error that says something, at most 500 characters; null when there is none.</summary>
    public static string? LastLine(string stderr)
    {
        var line = stderr.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        return line is { Length: > 500 } ? line[..500] : line;
    }

    static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Name of the signal a shell's exit code stands for; null when it stands for none.</summary>
    static string? SignalName(int exitCode) => exitCode switch
    {
        129 => "SIGHUP",
        130 => "SIGINT",
        131 => "SIGQUIT",
        134 => "SIGABRT",
        137 => "SIGKILL",
        139 => "SIGSEGV",
        141 => "SIGPIPE",
        143 => "SIGTERM",
        > 128 and < 193 => $"signal {Number(exitCode - 128)}",
        _ => null,
    };
}
