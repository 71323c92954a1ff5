using System.Text.RegularExpressions;

namespace Orchestrator.Agents.Gemini;

/// <summary>
/// Gemini's standard error: remarks at every start and stack traces, between them retries and the failures that are told nowhere else.
/// The journal keeps all of it.
/// </summary>
static partial class GeminiNoise
{
    static readonly string[] Remarks =
        ["Warning: 256-color support", "Ripgrep is not available", "[STARTUP]", "YOLO mode is enabled", "Error executing tool "];

    // Attempt 1 failed with status 500. Retrying with backoff... _ApiError: {"error":{"code":500,"message":"…","status":"INTERNAL"}}
    //     at throwErrorIfNotOK (file:///cli/node_modules/@google/gemini-cli/bundle/chunk-JDPZ4CE3.js:267833:24)
    public static Reading Read(Transcript soFar, OutputLine line)
    {
        if (Remarks.Any(remark => line.Text.StartsWith(remark, StringComparison.Ordinal)) || Frame().IsMatch(line.Text))
            return JsonLines.Silent(soFar);
        return Retry().Match(line.Text) is { Success: true } retry
            ? JsonLines.Says(soFar, new Warned("retry", $"The provider failed; {retry.Groups["what"].Value}."))
            : JsonLines.Read(soFar, line, (_, _) => null);
    }

    /// <summary>Failures before the first event.</summary>
    /// <remarks>
    /// Raw: <c>Error resuming session: Invalid session identifier "1111…".⏎  Searched for sessions in …</c>,
    /// <c>Please set an Auth method in your ~/.gemini/settings.json or specify one of the following environment variables …</c>,
    /// <c>When using Gemini API, you must specify the GEMINI_API_KEY environment variable.</c>,
    /// <c>Gemini CLI is not running in a trusted directory. To proceed, …</c>
    /// </remarks>
    public static (string Reason, string Text)? StartFailure(Finish finish)
    {
        foreach (var (words, reason) in new[]
        {
            ("Error resuming session", EndReason.ThreadNotFound), ("set an Auth method", EndReason.AuthRequired),
            ("you must specify the", EndReason.AuthRequired), ("not running in a trusted directory", EndReason.AgentError),
        })
            if (LineWith(finish.StderrTail, words) is { } text)
                return (reason, text);
        return finish.ExitCode == LoginExitCode ? (EndReason.AuthRequired, Verdict.LastLine(finish.StderrTail) ?? "") : null;
    }

    /// <summary>Its exit code for every trouble with the login, such as "Invalid auth method selected.".</summary>
    const int LoginExitCode = 41;

    static string? LineWith(string text, string words) => PlainText.Of(text).Split('\n', StringSplitOptions.TrimEntries)
        .FirstOrDefault(line => line.Contains(words, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"^\s+at .*[:(]|^\s+status: \d+$|^\s*\}$")]
    private static partial Regex Frame();

    [GeneratedRegex(@"^(?<what>Attempt \d+ failed[^.]*)\. Retrying")]
    private static partial Regex Retry();
}
