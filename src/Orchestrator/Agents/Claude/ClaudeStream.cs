using System.Text.Json.Nodes;
using Orchestrator.Profiles;

namespace Orchestrator.Agents.Claude;

/// <summary>
/// Claude Code by stream-json in both directions: the prompt is the first line, permissions are asked on standard output and answered on
/// standard input, messages join the turn that runs, and the end of the input ends the process. Checked with 2.1.329
/// (--permission-prompt-tool stdio, --replay-user-messages, --include-partial-messages).
/// </summary>
sealed class ClaudeStream : IAgent
{
    readonly ClaudePrint plain = new();

    public string Name => plain.Name;

    public string? Protocol => "stream";

    public string? Program => plain.Program;

    public IReadOnlyList<string> PassedVariables => plain.PassedVariables;

    public bool CanSteer => true;

    public IReadOnlyList<Approval> Approvals { get; } = [Approval.Deny, Approval.Ask, Approval.AskFirst];

    public Protection ProtectionOf(Profile profile) => plain.ProtectionOf(profile);

    public Launch Plan(AgentOrder order) => new()
    {
        Argv = ClaudePrint.CommandLine(order,
            ["--input-format", "stream-json", .. PromptTool(order.Profile), "--replay-user-messages", "--include-partial-messages"]),
        Stdin = UserLine(order.Prompt, order.RunId) + "\n",
        TwoWay = true,
        DefaultEnvironment = ClaudePrint.Quiet,
        Files = ClaudePrint.FilesOf(order),
    };

    /// <summary>Without it a question is a refusal.</summary>
    static IReadOnlyList<string> PromptTool(Profile profile) =>
        profile.Approval == Approval.Deny ? [] : ["--permission-prompt-tool", "stdio"];

    public Transcript Begin(AgentOrder order) => plain.Begin(order) with { Talk = new Talk { Folder = order.Workspace } };

    public Reading Read(Transcript soFar, OutputLine line) => Closed(JsonLines.Read(soFar, line, ClaudeTalk.Understand));

    public Reading Obey(Transcript soFar, AgentCommand command)
    {
        var talk = soFar.Talk ?? new Talk();
        return command switch
        {
            AnswerCommand answer => ClaudeTalk.Answer(soFar, talk, answer),
            MessageCommand message => new Reading(
                soFar with { Talk = talk with { Unheard = [.. talk.Unheard, MessageUuid(message.MessageId)] } }, [])
            {
                Send = [UserLine(message.Text, message.MessageId)],
            },
            StopCommand when !talk.StopAsked && !talk.Over => new Reading(soFar with { Talk = talk with { StopAsked = true } }, [])
            {
                Send = ["""{"type":"control_request","request_id":"stop","request":{"subtype":"interrupt"}}"""],
            },
            _ => JsonLines.Silent(soFar),
        };
    }

    public Ending Conclude(Transcript soFar, Finish finish) => plain.Conclude(soFar, finish);

    // {"type":"user","message":{"role":"user","content":[{"type":"text","text":"do it"}]},"uuid":"0123…"}
    static string UserLine(string text, string id) => new JsonObject
    {
        ["type"] = "user",
        ["message"] = new JsonObject
        {
            ["role"] = "user",
            ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }),
        },
        ["uuid"] = MessageUuid(id),
    }.ToJsonString(Json.PlainOptions);

    /// <summary>Our 16 hex characters in the form of a version 4 uuid, which is the only one taken.</summary>
    public static string MessageUuid(string id)
    {
        var hex = id.PadLeft(16, '0');
        return $"{hex[..8]}-{hex[8..12]}-4{hex[12..15]}-8{hex[15]}00-000000000000";
    }

    /// <summary>With the turn over and every message heard there is nothing more to say: the input ends, and so the process.</summary>
    static Reading Closed(Reading reading) => reading.Transcript is { EndSeen: true, Talk: { Over: false } talk } now
        && (talk.Unheard.Count == 0 || talk.StopAsked)
            ? reading with { Transcript = now with { Talk = talk with { Over = true, Open = [] } } }
            : reading;
}
