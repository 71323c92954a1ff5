using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Agents.Gemini;

/// <summary>Understands the lines of <c>gemini --output-format stream-json</c>. The end of the turn is the <c>result</c> line.</summary>
static partial class GeminiLines
{
    const string ShellTool = "run_shell_command";

    /// <summary>Its word for a connection that broke.</summary>
    const string Cut = "terminated";

    /// <summary>Calls that are told before the first of them has returned; more are never seen.</summary>
    const int MaxOpenEdits = 50;

    // {"type":"init","timestamp":"…","session_id":"7f003f3a-…","model":"gemini-2.5-pro"}
    // {"type":"message","timestamp":"…","role":"assistant","content":"hi ","delta":true}
    // {"type":"tool_use","timestamp":"…","tool_name":"write_file","tool_id":"write_file__call_d9","parameters":{"file_path":"b.txt",…}}
    // {"type":"tool_result","timestamp":"…","tool_id":"write_file__call_d9","status":"success"}
    // {"type":"error","timestamp":"…","severity":"error","message":"Model stream ended without a finish reason."}
    // {"type":"result","timestamp":"…","status":"success","stats":{"total_tokens":1234,"input_tokens":1200,"cached":1000,…}}
    public static Reading? Understand(Transcript soFar, JsonElement line) => line.Text("type") switch
    {
        "init" => JsonLines.Silent(soFar with
        {
            UnsavedThreadId = line.Text("session_id"),
            Model = line.Text("model") ?? soFar.Model,
        }),
        "message" => OfMessage(soFar, line),
        "tool_use" => OfCall(soFar, line),
        "tool_result" => OfReturn(soFar, line),
        "error" => OfWarning(soFar, line.Text("message") ?? ""),
        "result" => OfResult(soFar, line),
        _ => null,
    };

    /// <summary>The answer comes in pieces and nothing tells its end: it is whole when something else follows.</summary>
    static Reading OfMessage(Transcript soFar, JsonElement line)
    {
        if (line.Text("role") != "assistant")
            return JsonLines.Silent(soFar);
        soFar = Saved(soFar);
        var piece = line.Text("content") ?? "";
        if (soFar.Unfinished is { } begun && begun.Length + piece.Length > ClippedText.Limit)
            return JsonLines.Says(Saying(soFar, piece), new Said(begun));
        return JsonLines.Silent(Saying(soFar, soFar.Unfinished + piece));
    }

    /// <summary>A conversation without an answer is not kept and cannot be resumed.</summary>
    static Transcript Saved(Transcript soFar) =>
        soFar with { ThreadId = soFar.UnsavedThreadId ?? soFar.ThreadId, UnsavedThreadId = null };

    static Transcript Saying(Transcript soFar, string text) => soFar with { Unfinished = text, LastMessage = ClippedText.Clip(text) };

    /// <summary>The signals, after the message that was being said.</summary>
    static Reading Then(Transcript soFar, params Signal[] signals) => soFar.Unfinished is { } text
        ? new Reading(soFar with { Unfinished = null }, [new Said(text), .. signals])
        : new Reading(soFar, signals);

    static Reading OfCall(Transcript soFar, JsonElement line)
    {
        var (name, id, input) = (line.Text("tool_name") ?? "?", line.Text("tool_id") ?? "", line.Field("parameters"));
        var now = Saved(soFar);
        if (name is "write_file" or "replace" && input.Text("file_path") is { } path)
            now = now with { OpenEdits = [.. (soFar.OpenEdits ?? []).TakeLast(MaxOpenEdits - 1), new(id, path)] };
        var call = new ToolCalled(id, name == ShellTool ? "shell" : name, input.Json());
        return name == "write_todos" ? Then(now, call, Plan(input)) : Then(now, call);
    }

    // {"todos":[{"description":"write it","status":"completed"}]}
    static Planned Plan(JsonElement input) => new(
    [
        .. input.Items("todos").Select(todo => new PlanStep(todo.Text("description") ?? "", todo.Text("status") == "completed")),
    ]);

    /// <summary>A command that failed is a success here; its exit code is in its output only.</summary>
    static Reading OfReturn(Transcript soFar, JsonElement line)
    {
        var (id, output) = (line.Text("tool_id") ?? "", line.Text("output") ?? "");
        var failed = line.Text("status") != "success";
        int? exitCode = failed || !id.StartsWith(ShellTool, StringComparison.Ordinal) ? null : ExitCodeIn(output);
        var returned = new ToolReturned(id, exitCode, output, failed || exitCode is not (null or 0));
        if (soFar.OpenEdits?.FirstOrDefault(each => each.CallId == id) is not { } edit)
            return Then(soFar, returned);
        var others = soFar.OpenEdits.Where(each => each != edit).ToList();
        var now = soFar with { OpenEdits = others.Count > 0 ? others : null };
        return failed ? Then(now, returned) : Then(now, returned, new FilesChanged([new FileChange(edit.Path, "update")]));
    }

    static int ExitCodeIn(string output) => ExitCode().Matches(output) is { Count: > 0 } matches
        && int.TryParse(matches[^1].Groups["code"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;

    static Reading OfWarning(Transcript soFar, string message) =>
        Then(soFar with { FailureText = ClippedText.Clip(message) }, new Warned("agent_notice", message));

    static Reading OfResult(Transcript soFar, JsonElement line)
    {
        var stats = line.Field("stats");
        var cached = stats.Whole("cached");
        // Its own count of the output leaves the thoughts out; the total does not.
        var output = Math.Max(stats.Whole("output_tokens"), stats.Whole("total_tokens") - stats.Whole("input_tokens"));
        var part = new Usage(Math.Max(0, stats.Whole("input_tokens") - cached), cached, output);
        var ended = soFar with { EndSeen = true };
        Signal[] spent = [];
        if (part is not { InputTokens: 0, CachedInputTokens: 0, OutputTokens: 0 })
        {
            var run = soFar.Usage is null ? part : soFar.Usage + part;
            ended = ended with { Usage = run, ThreadTotal = soFar.ThreadTotal is null ? part : soFar.ThreadTotal + part };
            spent = [new Used(run)];
        }
        return line.Text("status") == "success"
            ? Then(ended with { EndedWell = true, FailureReason = null, FailureText = null }, spent)
            : Then(Failed(ended, line.Field("error")), spent);
    }

    // {"type":"unknown","message":"[API Error: {\"error\":{\"code\":401,\"message\":\"…\",\"status\":\"UNAUTHENTICATED\"}}]"}
    // "[API Error: You exceeded your current quota, …]\nPlease wait and try again later. To increase your limits, …"
    static Transcript Failed(Transcript soFar, JsonElement error)
    {
        var whole = error.Text("message") ?? soFar.FailureText ?? "Gemini CLI reported a failure without saying which.";
        var said = ApiError().Match(whole) is { Success: true } match ? match.Groups["text"].Value : whole;
        return soFar with
        {
            EndedWell = false,
            FailureReason = error.Text("type") == "FatalTurnLimitedError" ? EndReason.MaxTurns : Reason(said),
            FailureText = said == Cut
                ? "The connection to the provider broke in the middle of an answer."
                : ClippedText.Clip(FailureWords.Sentence(said)),
        };
    }

    static string Reason(string said) => said switch
    {
        Cut => EndReason.ProviderUnavailable,
        _ when said.Contains("stream ended", StringComparison.Ordinal) => EndReason.ProviderUnavailable,
        // A wrong key is a bad request here.
        _ when said.Contains("API key not valid", StringComparison.Ordinal) => EndReason.AuthRequired,
        // A limit per minute is told as a quota, with the time to wait.
        _ when RetryIn().IsMatch(said) => EndReason.RateLimited,
        _ => FailureWords.Reason(said),
    };

    [GeneratedRegex(@"^Command exited with code: (?<code>\d{1,3})\s*$", RegexOptions.Multiline)]
    private static partial Regex ExitCode();

    [GeneratedRegex(@"^\[API Error: (?<text>.*?)\](?:\n|$)", RegexOptions.Singleline)]
    private static partial Regex ApiError();

    [GeneratedRegex(@"retry in \d", RegexOptions.IgnoreCase)]
    private static partial Regex RetryIn();
}
