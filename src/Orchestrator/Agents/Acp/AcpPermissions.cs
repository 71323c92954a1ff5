using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Profiles;

namespace Orchestrator.Agents.Acp;

/// <summary>What an ACP agent asks before it does it, and the answers.</summary>
static class AcpPermissions
{
    /// <summary>Questions open at the same time; more are answered with "cancelled".</summary>
    const int MostOpen = 100;

    /// <summary>Options of one question.</summary>
    const int MostOptions = 30;

    static readonly string[] Changing = ["execute", "edit", "delete", "move", "switch_mode"];

    // {"id":0,"method":"session/request_permission","params":{"sessionId":"7f…",
    //   "options":[{"optionId":"once","name":"Allow","kind":"allow_once"},{"optionId":"cancel","name":"Reject","kind":"reject_once"}],
    //   "toolCall":{"toolCallId":"c1","status":"pending","title":"touch a","kind":"execute","rawInput":{"command":"touch a"},…}}}
    public static Reading Asked(Transcript soFar, Talk talk, string id, JsonElement asked)
    {
        var options = Options(asked);
        if (talk.StopAsked || talk.Open.Count >= MostOpen || talk.Open.Any(ask => ask.Id == id))
            return new Reading(soFar, []) { Send = [AcpCalls.Outcome(id, null)] };
        var (now, tool, called) = AcpToolCalls.Announced(talk, asked.Field("toolCall"));
        var said = AcpUpdates.Then(AcpTalk.Saved(soFar) with { Talk = now }, called is null ? [] : [called]);
        // A choice between ways to go on is more than a yes or no: nobody makes it but who is asked.
        var isChoice = options.GroupBy(option => option.Kind).Any(same => same.Count() > 1 && same.Key != "allow_always");
        if (talk.Plan?.Sandbox == Sandbox.FullAccess && !isChoice && Chosen(options, true, false, null) is { } allowed)
            return said with { Send = [AcpCalls.Outcome(id, allowed)] };
        if (talk.Plan?.Sandbox == Sandbox.ReadOnly && (tool.Kind is null || Changing.Contains(tool.Kind)))
            return said with
            {
                Signals = [.. said.Signals, new Warned("refused_read_only", $"Refused, for the run is read-only: {Sentence(tool)}")],
                Send = [AcpCalls.Outcome(id, Chosen(options, false, false, null))],
            };
        var kind = isChoice ? AskKind.Question
            : tool.Kind is "execute" or "edit" or "delete" or "move" ? AskKind.Approval : AskKind.Permission;
        return said with
        {
            Transcript = said.Transcript with
            {
                Talk = said.Transcript.Talk! with { Open = [.. talk.Open, new OpenAsk(id, Kept(options))] },
            },
            Signals =
            [
                .. said.Signals,
                new ApprovalAsked(id, kind, Sentence(tool), Detail(tool, talk.Folder),
                    isChoice ? [.. options.Select(option => option.Name).Distinct()] : []),
            ],
        };
    }

    /// <summary>The line that answers an open question; nothing for one that is not open. The protocol has no place for words.</summary>
    public static Reading Answer(Transcript soFar, Talk talk, AnswerCommand answer)
    {
        if (talk.Open.FirstOrDefault(ask => ask.Id == answer.AskId) is not { } open)
            return JsonLines.Silent(soFar);
        var option = Chosen(Read(open.Kept), answer.Approved, answer.ForRun, answer.Words);
        return new Reading(soFar with { Talk = talk with { Open = [.. talk.Open.Where(ask => ask != open)] } }, [])
        {
            Send = [AcpCalls.Outcome(open.Id, option)],
        };
    }

    /// <summary>The id of the option that says it; null when none does.</summary>
    static string? Chosen(IReadOnlyList<PermissionOption> options, bool approved, bool forRun, string? words)
    {
        if (approved && words is not null && options.FirstOrDefault(option => option.Name == words) is { } named)
            return named.Id;
        string[] kinds = (approved, forRun) switch
        {
            (true, true) => ["allow_always", "allow_once"],
            (true, false) => ["allow_once", "allow_always"],
            _ => ["reject_once", "reject_always"],
        };
        return kinds.Select(kind => options.FirstOrDefault(option => option.Kind == kind)?.Id).FirstOrDefault(id => id is not null);
    }

    static List<PermissionOption> Options(JsonElement asked) =>
    [
        .. asked.Items("options").Where(option => option.Text("optionId") is not null).Take(MostOptions)
            .Select(option => new PermissionOption(option.Text("optionId")!, option.Text("kind") ?? "", option.Text("name") ?? "")),
    ];

    static string Kept(IEnumerable<PermissionOption> options) => new JsonArray(
        [.. options.Select(option => (JsonNode)new JsonArray(option.Id, option.Kind, option.Name))]).ToJsonString(Json.PlainOptions);

    static List<PermissionOption> Read(string? kept) => kept is null ? [] :
    [
        .. JsonNode.Parse(kept)!.AsArray().Select(option =>
            new PermissionOption((string)option![0]!, (string)option[1]!, (string)option[2]!)),
    ];

    static string Sentence(OpenTool tool)
    {
        var paths = string.Join(", ", tool.Changes.Select(change => change.Path));
        return "The agent wants to " + tool.Kind switch
        {
            "execute" => $"run: {Short(tool.Command ?? tool.Title ?? "?")}",
            "edit" => $"change {Short(paths.Length > 0 ? paths : tool.Title ?? "a file")}",
            "delete" => $"delete {Short(paths.Length > 0 ? paths : tool.Title ?? "a file")}",
            "move" => $"move {Short(paths.Length > 0 ? paths : tool.Title ?? "a file")}",
            _ => $"use {Short(tool.Title ?? tool.Name ?? "a tool")}",
        };
    }

    static string Detail(OpenTool tool, string? folder)
    {
        var detail = new JsonObject { ["tool"] = tool.Kind == "execute" ? "shell" : tool.Name ?? tool.Kind, ["folder"] = folder };
        if (tool.Kind == "execute")
            detail["command"] = tool.Command ?? tool.Title;
        if (tool.Changes.Count > 0)
            detail["path"] = ClippedText.Clip(string.Join(", ", tool.Changes.Select(change => change.Path)), AcpToolCalls.MostText);
        if (tool.Diff is { } diff)
            detail["diff"] = diff;
        if (!detail.ContainsKey("command") && !detail.ContainsKey("path"))
            detail["input"] = tool.Input ?? tool.Title;
        return detail.ToJsonString(Json.PlainOptions);
    }

    static string Short(string text) => ClippedText.Clip(text, 500) is var beginning && beginning.Length < text.Length
        ? beginning + "…"
        : text;

    /// <summary>One answer that can be given.</summary>
    /// <param name="Id">The agent's id of it.</param>
    /// <param name="Kind">allow_once, allow_always, reject_once, reject_always.</param>
    /// <param name="Name">What a person reads.</param>
    sealed record PermissionOption(string Id, string Kind, string Name);
}
