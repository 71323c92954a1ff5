using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Agents.Codex;

/// <summary>
/// What <c>codex app-server</c> asks of its client, and the answers. Shapes from its own schema (0.169,
/// <c>codex app-server generate-json-schema --experimental</c>). A call without an answer would hold the turn up for ever.
/// </summary>
static class CodexAsks
{
    /// <summary>Characters of one text in the detail of a question.</summary>
    public const int DetailText = 12_000;

    const int ShownText = 500;

    /// <summary>What may stand beside a command and is asked for with it.</summary>
    static readonly string[] Beside = ["networkApprovalContext", "additionalPermissions", "proposedNetworkPolicyAmendments"];

    // {"id":0,"method":"item/commandExecution/requestApproval","params":{"kind":"command","command":"/bin/bash -lc 'touch s.txt'",…}}
    public static Reading Read(Transcript soFar, Talk talk, string method, JsonElement line)
    {
        var (id, asked) = (line.Field("id").GetRawText(), line.Field("params"));
        var (ask, kept) = method switch
        {
            "item/commandExecution/requestApproval" => (Command(id, talk, asked), null),
            "item/fileChange/requestApproval" => (Change(id, talk, asked), null),
            "item/tool/requestUserInput" => Input(id, asked),
            "item/permissions/requestApproval" => Permissions(id, talk, asked),
            "mcpServer/elicitation/request" => CodexElicitation.Read(id, asked),
            _ => ((ApprovalAsked?)null, (JsonObject?)null),
        };
        if (ask is null)
            return new Reading(soFar with { UnknownLines = soFar.UnknownLines + 1 },
                [new Warned("call_not_supported", $"The agent called '{method}', which is not answered here."), new Raw(line.GetRawText())])
            {
                Send = [CodexCalls.Reply(id, "error", new JsonObject { ["code"] = -32601, ["message"] = "not supported" })],
            };
        var open = new OpenAsk(id, kept?.ToJsonString(Json.PlainOptions));
        return JsonLines.Says(soFar with { Talk = talk with { Open = [.. talk.Open, open] } }, ask);
    }

    /// <summary>The result of an answered call, and whether the words of a no must follow as a message: it has no place for them.</summary>
    public static (JsonObject Result, bool WordsFollow) Answer(OpenAsk open, AnswerCommand answer)
    {
        if (open.Kept is null || JsonNode.Parse(open.Kept) is not JsonObject kept)
            return (new JsonObject
            {
                ["decision"] = answer switch
                {
                    { Approved: true, ForRun: true } => "acceptForSession",
                    { Approved: true } => "accept",
                    _ => "decline",
                },
            }, true);
        if (kept["questions"] is JsonArray questions)
            return (Answers(questions, answer.Words ?? (answer.Approved ? "Yes" : "No")), false);
        if (kept["permissions"] is { } permissions)
            return (new JsonObject
            {
                ["permissions"] = answer.Approved ? permissions.DeepClone() : new JsonObject(), ["scope"] = "turn",
            }, true);
        return CodexElicitation.Answer(kept, answer);
    }

    // "params":{"kind":"command","command":"/bin/bash -lc 'touch s.txt'","cwd":"/repo","reason":"…","itemId":"call_af…"}
    static ApprovalAsked Command(string id, Talk talk, JsonElement asked)
    {
        var command = CodexShell.Script(asked.Text("command") ?? "?");
        var kind = asked.Text("kind") ?? "command";
        var detail = Detail(talk, asked, "shell");
        detail["command"] = ClippedText.Clip(command, DetailText);
        // What it asks for beside the command (a host of the network, more rights, input to a program) a yes to the command is not.
        if (asked.Text("command") is null || kind != "command" || command.Length > DetailText
            || Beside.Any(name => IsSaid(asked.Field(name))))
            detail["partial"] = true;
        var does = kind == "writeStdin" ? "write into" : "run";
        var host = asked.Field("networkApprovalContext").Text("host") is { } name ? $" and reach {name}" : "";
        return Approval(id, AskKind.Approval, $"The agent wants to {does}: {Shown(command)}{host}{Reason(asked)}", detail);
    }

    // "params":{"itemId":"call_72…","reason":null,"grantRoot":null}
    static ApprovalAsked Change(string id, Talk talk, JsonElement asked)
    {
        var change = talk.Change is { } announced && announced.Item == asked.Text("itemId") ? announced : null;
        var detail = Detail(talk, asked, "apply_patch");
        detail["paths"] = new JsonArray([.. (change?.Paths ?? []).Select(path => (JsonNode)path)]);
        detail["diff"] = change?.Diff;
        if (change is null or { Partial: true } || IsSaid(asked.Field("grantRoot")))
            detail["partial"] = true;
        var paths = change is null ? "files" : string.Join(", ", change.Paths);
        return Approval(id, AskKind.Approval, $"The agent wants to change {Shown(paths)}{Reason(asked)}", detail);
    }

    // "params":{"isBlocking":true,"questions":[{"id":"colour","header":"Colour","question":"Which?","isSecret":false,
    //   "options":[{"label":"Red","description":"…"}]}]}
    static (ApprovalAsked?, JsonObject?) Input(string id, JsonElement asked)
    {
        var questions = asked.Items("questions").Where(question => question.Text("id") is not null).ToList();
        if (questions.Count == 0)
            return default;
        List<string> options = questions.Count == 1
            ? [.. questions[0].Items("options").Select(option => option.Text("label")).OfType<string>().Distinct()] : [];
        var text = string.Join("\n", questions.Select(question => question.Text("question") ?? question.Text("header") ?? "?"));
        var detail = new JsonObject { ["questions"] = ClippedText.Clip(asked.Field("questions").Json(), DetailText) };
        return (new ApprovalAsked(id, AskKind.Question, text, detail.ToJsonString(Json.PlainOptions), options),
            new JsonObject { ["questions"] = new JsonArray([.. questions.Select(question => (JsonNode)question.Text("id")!)]) });
    }

    // {"answers":{"colour":{"answers":["Red"]}}}
    static JsonObject Answers(JsonArray questions, string words) => new()
    {
        ["answers"] = new JsonObject([.. questions.Select(id => KeyValuePair.Create(id!.ToString(),
            (JsonNode?)new JsonObject { ["answers"] = new JsonArray(words) }))]),
    };

    // "params":{"cwd":"/repo","reason":"…","permissions":{"network":{"enabled":true},"fileSystem":{"write":["/data"],…}}}
    static (ApprovalAsked?, JsonObject?) Permissions(string id, Talk talk, JsonElement asked)
    {
        var permissions = asked.Field("permissions").Json();
        // What is granted must be what was shown.
        if (permissions.Length > DetailText || Parsed(permissions) is not { } wanted)
            return default;
        var detail = Detail(talk, asked, "request_permissions");
        detail["input"] = permissions;
        return (Approval(id, AskKind.Permission, $"The agent wants more rights for this turn: {Shown(permissions)}{Reason(asked)}", detail),
            new JsonObject { ["permissions"] = wanted });
    }

    static JsonNode? Parsed(string json)
    {
        try
        {
            // Half a surrogate pair passes the parser and fails when it is written.
            var node = JsonNode.Parse(json);
            return node is JsonObject && node.ToJsonString(Json.PlainOptions).Length > 0 ? node : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    static JsonObject Detail(Talk talk, JsonElement asked, string tool) =>
        new() { ["folder"] = asked.Text("cwd") ?? talk.Folder, ["tool"] = tool };

    static ApprovalAsked Approval(string id, AskKind kind, string text, JsonObject detail) =>
        new(id, kind, text, detail.ToJsonString(Json.PlainOptions), []);

    static string Shown(string text) => ClippedText.Clip(text, ShownText) is var shown && shown.Length < text.Length ? shown + "…" : text;

    static string Reason(JsonElement asked) => asked.Text("reason") is { Length: > 0 } why ? $" ({why})" : "";

    static bool IsSaid(JsonElement value) => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)
        && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);
}
