using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Profiles;

namespace Orchestrator.Agents.Codex;

/// <summary>The calls we make of <c>codex app-server</c>. It speaks JSON-RPC without the member <c>jsonrpc</c>.</summary>
static class CodexCalls
{
    /// <summary>Ids of the first calls; later ones are counted from there.</summary>
    public const int Thread = 2, Turn = 3;

    /// <summary>Pieces of what comes whole later, and news of accounts: not even sent to us.</summary>
    static readonly string[] Unwanted =
    [
        "item/reasoning/textDelta", "item/reasoning/summaryPartAdded", "item/fileChange/outputDelta", "item/plan/delta",
        "account/rateLimits/updated",
        "remoteControl/status/changed", "turn/diff/updated",
    ];

    // {"id":1,"method":"initialize","params":{"clientInfo":{…},"capabilities":{"experimentalApi":true,"optOutNotificationMethods":[…]}}}
    // {"method":"initialized"}
    // {"id":2,"method":"thread/start","params":{"cwd":"/repo","approvalPolicy":"on-request","sandbox":"workspace-write"}}
    public static IReadOnlyList<string> Opening(AgentOrder order)
    {
        var sandbox = order.Profile.Sandbox;
        var thread = new JsonObject
        {
            ["cwd"] = order.Workspace,
            ["approvalPolicy"] = PolicyWord(order.Profile),
            ["sandbox"] = CodexExec.SandboxWord(sandbox),
        };
        if (order.Profile.Model is not null)
            thread["model"] = order.Profile.Model;
        if (order.ThreadId is not null)
        {
            thread["threadId"] = order.ThreadId;
            // Its whole history would be one line of any length.
            thread["excludeTurns"] = true;
        }

        var client = new JsonObject { ["name"] = "agent_orchestrator", ["title"] = "Agent Orchestrator", ["version"] = "0.1" };
        return
        [
            Call(1, "initialize", new JsonObject
            {
                ["clientInfo"] = client,
                ["capabilities"] = new JsonObject
                {
                    ["experimentalApi"] = true,
                    ["optOutNotificationMethods"] = new JsonArray([.. Unwanted.Select(name => (JsonNode)name)]),
                },
            }),
            """{"method":"initialized"}""",
            Call(Thread, order.ThreadId is null ? "thread/start" : "thread/resume", thread),
        ];
    }

    /// <summary>Its word for an approval rule. Without one: with full access there is nothing to ask for.</summary>
    static string PolicyWord(Profile profile) => profile.Approval switch
    {
        Approval.Deny => "never",
        Approval.Ask => "on-request",
        Approval.AskFirst => "untrusted",
        _ => profile.Sandbox == Sandbox.FullAccess ? "never" : "on-request",
    };

    /// <summary>The parameters of the first turn but for the thread, which has no id yet.</summary>
    public static string FirstTurn(AgentOrder order)
    {
        var turn = new JsonObject { ["input"] = Input(order.Prompt) };
        if (order.Profile.Effort is not null)
            turn["effort"] = order.Profile.Effort;
        if (order.OutputSchema is not null && Parsed(StrictSchema.Of(order.OutputSchema)) is { } schema)
            turn["outputSchema"] = schema;
        return turn.ToJsonString(Json.PlainOptions);
    }

    // {"id":3,"method":"turn/start","params":{"threadId":"01a1…","input":[{"type":"text","text":"do it"}]}}
    public static string StartTurn(string threadId, string first)
    {
        var turn = JsonNode.Parse(first)!.AsObject();
        turn["threadId"] = threadId;
        return Call(Turn, "turn/start", turn);
    }

    // {"id":4,"method":"turn/steer","params":{"threadId":"01a1…","expectedTurnId":"01a1…","input":[…]}}
    public static Reading Steer(Transcript soFar, Talk talk, string text)
    {
        var id = Turn + talk.Calls + 1;
        // Before the turn is known, or after its end, it is a turn of its own: the agent takes them one after the other.
        var call = talk.Turn is { } turn && !soFar.EndSeen
            ? Call(id, "turn/steer", new JsonObject
            {
                ["threadId"] = soFar.ThreadId, ["expectedTurnId"] = turn, ["input"] = Input(text),
            })
            : Again(id, soFar, text);
        return new Reading(soFar with { Talk = talk with { Calls = talk.Calls + 1, Unheard = [.. talk.Unheard, Entry(id, text)] } }, [])
        {
            Send = [call],
        };
    }

    /// <summary>The text of a refused message in a turn of its own.</summary>
    public static Reading Restart(Transcript soFar, Talk talk, string entry)
    {
        var text = entry[(entry.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        var id = Turn + talk.Calls + 1;
        return new Reading(soFar with
        {
            EndSeen = false,
            EndedWell = false,
            Talk = talk with { Calls = talk.Calls + 1, Turn = null, Unheard = [.. talk.Unheard.Where(each => each != entry)] },
        }, [])
        { Send = [Again(id, soFar, text)] };
    }

    // {"id":4,"method":"turn/interrupt","params":{"threadId":"01a1…","turnId":"01a1…"}}
    public static Reading Interrupt(Transcript soFar, Talk talk) =>
        new(soFar with { Talk = talk with { StopAsked = true, Calls = talk.Calls + 1 } }, [])
        {
            Send =
            [
                Call(Turn + talk.Calls + 1, "turn/interrupt", new JsonObject { ["threadId"] = soFar.ThreadId, ["turnId"] = talk.Turn }),
            ],
        };

    /// <summary>An answer to a call of the agent's. Its id is a number or a text, as JSON.</summary>
    public static string Reply(string id, string member, JsonObject answer) =>
        new JsonObject { ["id"] = JsonNode.Parse(id), [member] = answer }.ToJsonString(Json.PlainOptions);

    /// <summary>The entry of <see cref="Talk.Unheard"/> that a reply belongs to.</summary>
    public static string? EntryOf(Talk talk, long id) => talk.Unheard.FirstOrDefault(entry =>
        entry.StartsWith(Entry(id, ""), StringComparison.Ordinal));

    static string Entry(long id, string text) => $"{id.ToString(CultureInfo.InvariantCulture)} {text}";

    static string Again(int id, Transcript soFar, string text) =>
        Call(id, "turn/start", new JsonObject { ["threadId"] = soFar.ThreadId, ["input"] = Input(text) });

    static JsonArray Input(string text) => new(new JsonObject { ["type"] = "text", ["text"] = text });

    static string Call(int id, string method, JsonObject parameters) =>
        new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters }.ToJsonString(Json.PlainOptions);

    static JsonNode? Parsed(string schema)
    {
        try
        {
            return JsonNode.Parse(schema);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
