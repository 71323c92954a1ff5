using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Agents.Acp;

/// <summary>Puts a tool call together from its pieces, and tells it twice: when it begins and when it has ended.</summary>
static partial class AcpToolCalls
{
    /// <summary>Calls under way that are remembered.</summary>
    const int MostOpen = 50;

    /// <summary>Terminals remembered that ended before a call named them.</summary>
    const int MostEnded = 4;

    /// <summary>Files remembered of one call.</summary>
    const int MostChanges = 50;

    /// <summary>Characters of one text that are remembered of a call.</summary>
    public const int MostText = 12_000;

    // {"sessionUpdate":"tool_call","toolCallId":"c1","title":"Terminal","kind":"execute","status":"pending","rawInput":{},…}
    // {"sessionUpdate":"tool_call_update","toolCallId":"c1","rawInput":{"command":"ls"},"title":"ls"}
    // {"sessionUpdate":"tool_call_update","toolCallId":"c1","status":"completed","content":[…],"rawOutput":{"output":"…",…}}
    public static Reading? Update(Transcript soFar, JsonElement update, bool isFirst)
    {
        if (update.Text("toolCallId") is not { Length: > 0 } id)
            return null;
        var talk = soFar.Talk ?? new Talk();
        var tool = With(talk, Of(talk).FirstOrDefault(each => each.Id == id) ?? new OpenTool(id), update);
        var status = update.Text("status");
        var signals = new List<Signal>();
        if (!tool.Told && (status is "in_progress" or "completed" or "failed" || (!isFirst && HasMembers(update.Field("rawInput")))))
        {
            signals.Add(Called(tool));
            tool = tool with { Told = true };
        }
        if (status is "completed" or "failed")
            signals.AddRange(Returned(tool, update, status == "failed"));
        var others = Of(talk).Where(each => each.Id != id);
        var open = status is "completed" or "failed" ? others : others.Append(tool);
        return AcpUpdates.Then(soFar with { Talk = WithAll(talk, open) }, [.. signals]);
    }

    /// <summary>The calls under way.</summary>
    public static IReadOnlyList<OpenTool> Of(Talk talk) => talk.Plan?.UnderWay ?? [];

    /// <summary>The talk with these calls under way.</summary>
    public static Talk WithAll(Talk talk, IEnumerable<OpenTool> calls) =>
        talk with { Plan = (talk.Plan ?? new AcpPlan()) with { UnderWay = [.. calls.TakeLast(MostOpen)] } };

    /// <summary>The talk in which the call that names the terminal knows its end; a quick command ends before its call is told.</summary>
    public static Talk WithEnded(Talk talk, EndedTerminal end)
    {
        var calls = Of(talk).Select(tool => tool.Terminal == end.Id ? Ended(tool, end) : tool).ToList();
        if (calls.Any(tool => tool.Terminal == end.Id))
            return WithAll(talk, calls);
        var plan = talk.Plan ?? new AcpPlan();
        return talk with { Plan = plan with { Ended = [.. plan.Ended.Append(end).TakeLast(MostEnded)] } };
    }

    static OpenTool Ended(OpenTool tool, EndedTerminal end) => tool with { Output = end.Output, ExitCode = end.ExitCode };

    static OpenTool With(Talk talk, OpenTool tool, JsonElement update)
    {
        var now = With(tool, update);
        return now.Terminal is { } terminal && terminal != tool.Terminal
            && talk.Plan?.Ended.LastOrDefault(end => end.Id == terminal) is { } end ? Ended(now, end) : now;
    }

    /// <summary>Tells a call that is asked for, unless it was told; the tool as it is known then.</summary>
    public static (Talk Talk, OpenTool Tool, Signal? Called) Announced(Talk talk, JsonElement call)
    {
        var id = call.Text("toolCallId") ?? "";
        var tool = With(talk, Of(talk).FirstOrDefault(each => each.Id == id) ?? new OpenTool(id), call);
        var called = tool.Told ? null : Called(tool);
        var now = tool with { Told = true };
        return (WithAll(talk, Of(talk).Where(each => each.Id != id).Append(now)), now, called);
    }

    static OpenTool With(OpenTool tool, JsonElement update)
    {
        var input = update.Field("rawInput");
        var kind = update.Text("kind") ?? tool.Kind;
        var title = update.Text("title") is { Length: > 0 } given ? Clipped(given) : tool.Title;
        var changes = Changes(update, kind);
        var meta = update.Field("_meta");
        return tool with
        {
            Kind = kind,
            Title = title,
            Name = tool.Name ?? update.Text("name") ?? meta.Field("claudeCode").Text("toolName")
                ?? (title is not null && OneWord().IsMatch(title) ? title : null),
            Input = HasMembers(input) ? (input.GetRawText() is { Length: <= MostText } json ? json : Cut(input)) : tool.Input,
            Command = Command(input) ?? (kind == "execute" ? tool.Command ?? (tool.Name is null ? title : null) : tool.Command),
            Changes = changes.Count > 0 ? changes : tool.Changes,
            Diff = Diff(update) ?? tool.Diff,
            Terminal = update.Items("content").Where(each => each.Text("type") == "terminal")
                .Select(each => each.Text("terminalId")).LastOrDefault() ?? tool.Terminal,
            Output = meta.Field("terminal_output_delta").Text("data") is { } more ? Clipped(tool.Output + more) : tool.Output,
            ExitCode = ExitCode(update) ?? tool.ExitCode,
        };
    }

    static ToolCalled Called(OpenTool tool) => tool.Kind == "execute"
        ? new(tool.Id, "shell", JsonFields.Object("command", tool.Command ?? tool.Title))
        : new(tool.Id, tool.Name ?? tool.Kind ?? "tool", tool.Input ?? JsonFields.Object("title", tool.Title));

    static IEnumerable<Signal> Returned(OpenTool tool, JsonElement update, bool failed)
    {
        yield return new ToolReturned(
            tool.Id, tool.ExitCode, Output(update) ?? tool.Output ?? "", failed || tool.ExitCode is not (null or 0));
        if (!failed && tool.Changes.Count > 0)
            yield return new FilesChanged(Made(tool.Changes, update));
    }

    // "content":[{"type":"content","content":{"type":"text","text":"hello\n"}}]      "rawOutput":{"output":"hello\n","metadata":{"exit":0}}
    static string? Output(JsonElement update)
    {
        var raw = update.Field("rawOutput");
        if (raw.Text("output") is { } output)
            return output;
        var texts = update.Items("content").Where(each => each.Text("type") == "content")
            .Select(each => AcpUpdates.TextOf(each.Field("content"))).ToList();
        return raw.AsText() ?? (texts.Count > 0 ? string.Join("\n", texts) : null);
    }

    static int? ExitCode(JsonElement update)
    {
        var raw = update.Field("rawOutput");
        var code = raw.Field("metadata").WholeOrNull("exit") ?? raw.WholeOrNull("exitCode") ?? raw.WholeOrNull("exit_code")
            ?? update.Field("_meta").Field("terminal_exit").WholeOrNull("exit_code");
        return code is >= int.MinValue and <= int.MaxValue ? (int)code : null;
    }

    // "rawInput":{"command":"ls -l"}      "rawInput":{"command":["bash","-lc","ls -l"]}
    static string? Command(JsonElement input) => input.Text("command") is { } line ? Clipped(line)
        : input.Field("command").ValueKind == JsonValueKind.Array
            ? Clipped(string.Join(' ', input.Items("command").Select(word => word.AsText()).OfType<string>()))
            : null;

    // "content":[{"type":"diff","path":"/repo/a","oldText":null,"newText":"x\n","_meta":{"kind":"add"}}]     "locations":[{"path":"/a"}]
    static List<FileChange> Changes(JsonElement update, string? kind)
    {
        var diffs = update.Items("content").Where(each => each.Text("type") == "diff" && each.Text("path") is not null)
            .Select(each => new FileChange(each.Text("path")!, each.Field("_meta").Text("kind") switch
            {
                "add" => "add",
                "delete" => "delete",
                null when each.Field("oldText").ValueKind is JsonValueKind.Null or JsonValueKind.Undefined => "add",
                _ => "update",
            })).Take(MostChanges).ToList();
        if (diffs.Count > 0 || kind is not ("edit" or "delete" or "move"))
            return diffs;
        return
        [
            .. update.Items("locations").Select(each => each.Text("path")).OfType<string>()
                .Select(path => new FileChange(path, kind == "delete" ? "delete" : "update")).Take(MostChanges),
        ];
    }

    // "rawOutput":{"metadata":{"filepath":"/repo/b.txt","exists":false}}
    static IReadOnlyList<FileChange> Made(IReadOnlyList<FileChange> changes, JsonElement update)
    {
        var facts = update.Field("rawOutput").Field("metadata");
        return facts.Text("filepath") is { } path && facts.Field("exists").ValueKind == JsonValueKind.False
            ? [.. changes.Select(change => change.Path == path ? change with { Kind = "add" } : change)]
            : changes;
    }

    static string? Diff(JsonElement update)
    {
        var parts = update.Items("content").Where(each => each.Text("type") == "diff").Take(MostChanges).Select(each => string.Join('\n',
            new[] { Marked('-', each.Text("oldText")), Marked('+', each.Text("newText")) }.OfType<string>())).ToList();
        return parts.Count > 0 ? Clipped(string.Join("\n", parts)) : null;
    }

    static string? Marked(char mark, string? text) => string.IsNullOrEmpty(text)
        ? null
        : string.Join('\n', Clipped(text).TrimEnd('\n').Split('\n').Select(line => mark + line));

    static string Cut(JsonElement input) => JsonFields.Object("cut", Clipped(input.GetRawText()));

    static bool HasMembers(JsonElement value) => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any();

    static string Clipped(string text) => ClippedText.Clip(text, MostText);

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_.-]{0,63}$")]
    private static partial Regex OneWord();
}
