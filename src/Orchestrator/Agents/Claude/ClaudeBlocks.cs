using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Agents.Claude;

/// <summary>Understands the content blocks in Claude's assistant and user lines: one line per block, but any number is accepted.</summary>
static partial class ClaudeBlocks
{
    // {"type":"thinking","thinking":"plan","signature":"…"}
    // {"type":"tool_use","id":"toolu_d8","name":"Bash","input":{"command":"echo hello > a.txt","description":"…"}}
    public static Reading OfAssistant(Transcript soFar, JsonElement line)
    {
        var message = line.Field("message");
        if (line.IsTrue("is_api_error_message"))
            return OfProviderError(soFar, line, message);
        var byMain = line.Text("parent_tool_use_id") is null;
        var now = soFar with { Model = byMain ? message.Text("model") ?? soFar.Model : soFar.Model };
        var signals = new List<Signal>();
        foreach (var block in message.Items("content"))
        {
            switch (block.Text("type"))
            {
                case "text" when byMain:
                    var text = block.Text("text") ?? "";
                    now = now with { LastMessage = ClippedText.Clip(text) };
                    signals.Add(new Said(text));
                    break;
                case "text": // of a helper agent: not the answer
                    signals.Add(new Reasoned(block.Text("text") ?? ""));
                    break;
                case "thinking" when block.Text("thinking") is { Length: > 0 } thought:
                    signals.Add(new Reasoned(thought));
                    break;
                case "tool_use":
                    signals.Add(Call(block));
                    if (Plan(block) is { } plan)
                        signals.Add(plan);
                    break;
                default:
                    break;
            }
        }
        return new Reading(now, signals);
    }

    // {"type":"assistant","message":{"model":"<synthetic>","content":[{"type":"text","text":"API Error: 400 …"}]},
    //  "error":"unknown","is_api_error_message":true,"api_error_status":400}
    static Reading OfProviderError(Transcript soFar, JsonElement line, JsonElement message)
    {
        var text = string.Join("\n", message.Items("content").Select(block => block.Text("text") ?? ""));
        var reason = line.Text("error") switch
        {
            "authentication_failed" => EndReason.AuthRequired,
            "billing_error" => EndReason.QuotaExhausted,
            _ => FailureWords.ReasonOfStatus(line.Whole("api_error_status"), text) ?? FailureWords.Reason(text),
        };
        return JsonLines.Says(
            soFar with { FailureReason = reason, FailureText = ClippedText.Clip(text) }, new Warned(reason, text));
    }

    // {"tool_use_id":"toolu_b6","type":"tool_result","content":"Exit code 3","is_error":true}
    // beside it, for Bash: "tool_use_result":{"stdout":"hello","stderr":"","interrupted":false,…,
    //   "bashEditDiff":{"files":[{"filePath":"/repo/a.txt","created":true,…}],"changedFiles":["/repo/a.txt"]}}
    // for Write and Edit: "tool_use_result":{"type":"create","filePath":"/repo/b.txt","structuredPatch":[],…}
    public static Reading OfUser(Transcript soFar, JsonElement line)
    {
        var outcome = line.Field("tool_use_result");
        var signals = new List<Signal>();
        foreach (var block in line.Field("message").Items("content"))
            if (block.Text("type") == "tool_result")
                signals.Add(Return(block, outcome));
        if (Files(outcome) is { Count: > 0 } changes)
            signals.Add(new FilesChanged(changes));
        return new Reading(soFar, signals);
    }

    static ToolCalled Call(JsonElement block)
    {
        var name = block.Text("name") ?? "?";
        return new ToolCalled(block.Text("id") ?? "", name == "Bash" ? "shell" : name, block.Field("input").Json());
    }

    // {"type":"tool_use","name":"TodoWrite","input":{"todos":[{"content":"write it","status":"completed"}]}}
    static Planned? Plan(JsonElement block) => block.Text("name") == "TodoWrite"
        ? new Planned(
        [
            .. block.Field("input").Items("todos")
                .Select(todo => new PlanStep(todo.Text("content") ?? "", todo.Text("status") == "completed")),
        ])
        : null;

    static ToolReturned Return(JsonElement block, JsonElement outcome)
    {
        var output = block.Text("content") ?? string.Join("\n", block.Items("content").Select(part => part.Text("text") ?? part.Json()));
        var failed = block.IsTrue("is_error");
        int? exitCode = null;
        if (failed && ExitCodeInText().Match(output) is { Success: true } match)
            exitCode = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        else if (!failed && outcome.Text("stdout") is not null && !outcome.IsTrue("interrupted"))
            exitCode = 0;
        return new ToolReturned(block.Text("tool_use_id") ?? "", exitCode, output, failed);
    }

    static List<FileChange> Files(JsonElement outcome)
    {
        if (outcome.Text("filePath") is { } path && outcome.Field("structuredPatch").ValueKind == JsonValueKind.Array)
            return [new FileChange(path, outcome.Text("type") == "create" ? "add" : "update")];
        var diff = outcome.Field("bashEditDiff");
        var created = diff.Items("files").Where(f => f.IsTrue("created")).Select(f => f.Text("filePath")).ToHashSet();
        return
        [
            .. diff.Items("changedFiles").Select(f => f.AsText()).OfType<string>()
                .Select(changed => new FileChange(changed, created.Contains(changed) ? "add" : "update")),
        ];
    }

    [GeneratedRegex(@"^Exit code (\d{1,3})\b")]
    private static partial Regex ExitCodeInText();
}
