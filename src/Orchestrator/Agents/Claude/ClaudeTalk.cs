using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Agents.Claude;

/// <summary>What two-way stream-json adds to the lines of <see cref="ClaudeLines"/>: permissions, and the fate of messages.</summary>
static class ClaudeTalk
{
    const string QuestionTool = "AskUserQuestion";

    /// <summary>Characters of one text in the detail of a question.</summary>
    const int DetailText = 12_000;

    /// <summary>Characters of what an answer must repeat.</summary>
    const int MostKept = 64 * 1024;

    static readonly string[] FileTools = ["Write", "Edit", "MultiEdit", "NotebookEdit", "Read"];

    /// <summary>Members of a shell call that change nothing of what its command does.</summary>
    static readonly string[] ShellMembers = ["command", "description", "timeout", "run_in_background"];

    // {"type":"control_request","request_id":"af91…","request":{"subtype":"can_use_tool",…}}
    // {"type":"control_cancel_request","request_id":"af91…"}             after an interrupt
    // {"type":"control_response","response":{"subtype":"success",…}}     echo of an answer, answer to an interrupt
    // {"type":"command_lifecycle","command_uuid":"2222…","state":"queued|started|completed|cancelled",…}
    // {"type":"user","message":{…},"uuid":"2222…","isReplay":true}       a message of ours, taken into the turn
    public static Reading? Understand(Transcript soFar, JsonElement line) => line.Text("type") switch
    {
        "control_request" => OfRequest(soFar, line),
        "control_cancel_request" => OfCancel(soFar, line.Text("request_id") ?? ""),
        "control_response" => JsonLines.Silent(soFar),
        "command_lifecycle" => JsonLines.Silent(
            line.Text("state") == "queued" ? soFar : Heard(soFar, line.Text("command_uuid"))),
        "user" when line.IsTrue("isReplay") => JsonLines.Silent(Heard(soFar, line.Text("uuid"))),
        _ => ClaudeLines.Understand(soFar, line),
    };

    /// <summary>The line that answers an open question; nothing for one that is not open.</summary>
    public static Reading Answer(Transcript soFar, Talk talk, AnswerCommand answer)
    {
        if (talk.Open.FirstOrDefault(ask => ask.Id == answer.AskId) is not { } open)
            return JsonLines.Silent(soFar);
        var kept = open.Kept is null ? null : JsonNode.Parse(open.Kept);
        var response = answer.Approved
            ? new JsonObject { ["behavior"] = "allow" }
            : new JsonObject { ["behavior"] = "deny", ["message"] = answer.Words ?? "Denied." };
        if (answer.Approved && kept is JsonObject questions)
            response["updatedInput"] = Answered(questions, answer.Words ?? "Yes");
        else if (answer.Approved && kept is JsonArray rules && answer.Words is { } words && words == ClaudeOffers.Of(open.Kept))
            response["updatedPermissions"] = ClaudeOffers.ForSession(rules);
        var line = new JsonObject
        {
            ["type"] = "control_response",
            ["response"] = new JsonObject { ["subtype"] = "success", ["request_id"] = open.Id, ["response"] = response },
        };
        return new Reading(soFar with { Talk = talk with { Open = [.. talk.Open.Where(ask => ask != open)] } }, [])
        {
            Send = [line.ToJsonString(Json.PlainOptions)],
        };
    }

    // "request":{"subtype":"can_use_tool","tool_name":"Bash","input":{"command":"python3 -c 1"},"description":"…","tool_use_id":"toolu_d…",
    //   "permission_suggestions":[{"type":"addRules","rules":[…],"behavior":"allow","destination":"localSettings"}],
    //   "decision_reason":"This command requires approval"}
    // "request":{…,"tool_name":"AskUserQuestion","input":{"questions":[{"question":"Which?","options":[{"label":"Red",…}],…}]}}
    static Reading? OfRequest(Transcript soFar, JsonElement line)
    {
        var request = line.Field("request");
        if (request.Text("subtype") != "can_use_tool" || line.Text("request_id") is not { } id)
            return null;
        var tool = request.Text("tool_name") ?? "?";
        var input = request.Field("input");
        var talk = soFar.Talk ?? new Talk();
        var kept = tool == QuestionTool ? input : request.Field("permission_suggestions");
        var kind = tool is "Bash" or "Write" or "Edit" or "NotebookEdit" ? AskKind.Approval : AskKind.Permission;
        var asked = tool == QuestionTool ? Question(id, input)
            : new ApprovalAsked(id, kind, Sentence(tool, request, input), Detail(tool, talk.Folder, request, input),
                ClaudeOffers.Of(Kept(kept)) is { } offer ? [offer] : []);
        return JsonLines.Says(soFar with { Talk = talk with { Open = [.. talk.Open, new OpenAsk(id, Kept(kept))] } }, asked);
    }

    static string? Kept(JsonElement value)
    {
        try
        {
            return value.ValueKind is JsonValueKind.Object or JsonValueKind.Array && value.Json() is { Length: <= MostKept } text
                && JsonNode.Parse(text)!.ToJsonString(Json.PlainOptions).Length > 0 ? text : null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // Half a surrogate pair: it can be read and not written again.
            return null;
        }
    }

    static ApprovalAsked Question(string id, JsonElement input)
    {
        var questions = input.Items("questions").ToList();
        var options = questions.Count == 1 && !questions[0].IsTrue("multiSelect")
            ? questions[0].Items("options").Select(option => option.Text("label")).OfType<string>().Distinct().ToList()
            : [];
        var text = string.Join("\n", questions.Select(question => question.Text("question")).OfType<string>());
        return new ApprovalAsked(id, AskKind.Question, text.Length == 0 ? "The agent asks something." : text,
            new JsonObject { ["questions"] = Clipped(input.Field("questions").Json()) }.ToJsonString(Json.PlainOptions), options);
    }

    static Reading OfCancel(Transcript soFar, string id)
    {
        var talk = soFar.Talk ?? new Talk();
        return talk.Open.Any(ask => ask.Id == id)
            ? JsonLines.Says(soFar with { Talk = talk with { Open = [.. talk.Open.Where(ask => ask.Id != id)] } }, new ApprovalDropped(id))
            : JsonLines.Silent(soFar);
    }

    /// <summary>A message of ours is in the turn. After an end it begins a turn of its own, with an end of its own.</summary>
    static Transcript Heard(Transcript soFar, string? uuid)
    {
        if (uuid is null || soFar.Talk is not { } talk || !talk.Unheard.Contains(uuid))
            return soFar;
        var now = soFar with { Talk = talk with { Unheard = [.. talk.Unheard.Where(each => each != uuid)] } };
        return now.EndSeen ? now with { EndSeen = false, EndedWell = false } : now;
    }

    static string Sentence(string tool, JsonElement request, JsonElement input)
    {
        var why = request.Text("decision_reason") is { Length: > 0 } reason ? $" ({reason.TrimEnd('.')})" : "";
        var what = tool switch
        {
            "Bash" => $"run: {Short(input.Text("command"))}",
            "Write" or "Edit" or "NotebookEdit" =>
                $"{(tool == "Write" ? "write" : "change")} {Short(input.Text("file_path") ?? input.Text("notebook_path"))}",
            _ => $"use {tool}: {Short(input.Json())}",
        };
        return $"The agent wants to {what}{why}";
    }

    static string Detail(string tool, string? folder, JsonElement request, JsonElement input)
    {
        var detail = new JsonObject { ["tool"] = tool, ["folder"] = folder };
        if (tool == "Bash" && input.Text("command") is { } command)
            Put(detail, "command", command, input.Members().All(ShellMembers.Contains));
        else if (FileTools.Contains(tool) && (input.Text("file_path") ?? input.Text("notebook_path")) is { } path)
            Put(detail, "path", path, true);
        else
            Put(detail, "input", input.Json(), true);
        if (Diff(input) is { } diff)
            detail["diff"] = Clipped(diff);
        if (request.Text("description") is { Length: > 0 } description)
            detail["description"] = Clipped(description);
        return detail.ToJsonString(Json.PlainOptions);
    }

    /// <summary>What is shortened, or said beside it, nobody may say yes to unseen.</summary>
    static void Put(JsonObject detail, string member, string text, bool whole)
    {
        var shown = Clipped(text);
        detail[member] = shown;
        if (!whole || shown.Length < text.Length)
            detail["partial"] = true;
    }

    // {"file_path":"/repo/a.txt","old_string":"one","new_string":"two"}   {"file_path":"/repo/a.txt","content":"one\n"}
    static string? Diff(JsonElement input) => (input.Text("old_string"), input.Text("new_string") ?? input.Text("content")) switch
    {
        (null, null) => null,
        (null, var added) => Marked('+', added!),
        (var removed, var added) => $"{Marked('-', removed)}\n{Marked('+', added ?? "")}",
    };

    static string Marked(char mark, string text) =>
        string.Join('\n', text.TrimEnd('\n').Split('\n').Select(line => mark + line));

    static string Clipped(string text) => ClippedText.Clip(text, DetailText);

    static string Short(string? text) => text is null ? "?" : ClippedText.Clip(text, 500) is var beginning && beginning.Length < text.Length
        ? beginning + "…"
        : text;

    // {"questions":[{"question":"Which?",…}],"answers":{"Which?":"Red"}}
    static JsonObject Answered(JsonObject input, string words)
    {
        var answers = new JsonObject();
        foreach (var question in input["questions"] as JsonArray ?? [])
            if ((question as JsonObject)?["question"] is JsonValue text)
                answers[text.ToString()] = words;
        input["answers"] = answers;
        return input;
    }
}
