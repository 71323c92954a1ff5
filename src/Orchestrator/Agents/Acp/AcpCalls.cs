using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Profiles;

namespace Orchestrator.Agents.Acp;

/// <summary>The lines we send. Formats: agentclientprotocol.com, version 1 of the protocol, and its schema.json.</summary>
static class AcpCalls
{
    /// <summary>Ids of the first calls; later ones are counted from there.</summary>
    public const int InitializeId = 1, AuthenticateId = 2, SessionId = 3;

    /// <summary>Version of the protocol that is spoken.</summary>
    public const int Version = 1;

    const int LastFixedId = SessionId;

    // {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":1,"clientCapabilities":{"fs":{…},"terminal":true},…}}
    public static string Initialize(Sandbox sandbox, bool reads = true)
    {
        var changes = sandbox != Sandbox.ReadOnly;
        return Call(InitializeId, "initialize", new JsonObject
        {
            ["protocolVersion"] = Version,
            ["clientCapabilities"] = new JsonObject
            {
                ["fs"] = new JsonObject { ["readTextFile"] = reads, ["writeTextFile"] = changes },
                ["terminal"] = changes,
            },
            ["clientInfo"] = new JsonObject
            {
                ["name"] = "agent_orchestrator", ["title"] = "Agent Orchestrator", ["version"] = "0.1",
            },
        });
    }

    // {"jsonrpc":"2.0","id":2,"method":"authenticate","params":{"methodId":"gemini-api-key"}}
    public static string Authenticate(string method) =>
        Call(AuthenticateId, "authenticate", new JsonObject { ["methodId"] = method });

    // {"jsonrpc":"2.0","id":3,"method":"session/new","params":{"cwd":"/repo","mcpServers":[{"name":"agentctl",…}]}}
    // {"jsonrpc":"2.0","id":3,"method":"session/load","params":{"sessionId":"7f…","cwd":"/repo","mcpServers":[…]}}
    public static string Session(AcpPlan plan, string? folder, string? resumeCall)
    {
        var session = new JsonObject();
        if (resumeCall is not null)
            session["sessionId"] = plan.Resume;
        session["cwd"] = folder;
        session["mcpServers"] = plan.Tools is { } tools ? new JsonArray(AcpLines.ServerOf(tools)) : new JsonArray();
        // Of claude-agent-acp: our own tools are not asked for. Others pass over what they do not know.
        if (plan.Tools is not null)
            session["_meta"] = new JsonObject
            {
                ["claudeCode"] = new JsonObject
                {
                    ["options"] = new JsonObject { ["allowedTools"] = new JsonArray($"mcp__{ToolProgram.Name}") },
                },
            };
        return Call(SessionId, resumeCall ?? "session/new", session);
    }

    // {"jsonrpc":"2.0","id":4,"method":"session/set_mode","params":{"sessionId":"7f…","modeId":"autoEdit"}}
    // {"jsonrpc":"2.0","id":5,"method":"session/set_config_option","params":{"sessionId":"7f…","configId":"model","value":"haiku"}}
    public static string Set(int id, string session, AcpSetting setting) => Call(id, setting.Method, setting.Method switch
    {
        "session/set_mode" => new JsonObject { ["sessionId"] = session, ["modeId"] = setting.Value },
        "session/set_model" => new JsonObject { ["sessionId"] = session, ["modelId"] = setting.Value },
        _ => new JsonObject { ["sessionId"] = session, ["configId"] = setting.ConfigId, ["value"] = setting.Value },
    });

    // {"jsonrpc":"2.0","id":6,"method":"session/prompt","params":{"sessionId":"7f…","prompt":[{"type":"text","text":"do it"}]}}
    public static string Prompt(int id, string session, string text) => Call(id, "session/prompt", new JsonObject
    {
        ["sessionId"] = session,
        ["prompt"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }),
    });

    // {"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":"7f…"}}
    public static string Cancel(string session) => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["method"] = "session/cancel",
        ["params"] = new JsonObject { ["sessionId"] = session },
    }.ToJsonString(Json.PlainOptions);

    // {"jsonrpc":"2.0","id":0,"result":{"outcome":{"outcome":"selected","optionId":"allow"}}}
    /// <summary>The answer to a question for permission; without an option: cancelled.</summary>
    public static string Outcome(string id, string? option) => Reply(id, "result", new JsonObject
    {
        ["outcome"] = option is null
            ? new JsonObject { ["outcome"] = "cancelled" }
            : new JsonObject { ["outcome"] = "selected", ["optionId"] = option },
    });

    // {"jsonrpc":"2.0","id":9,"error":{"code":-32601,"message":"…"}}
    public static string Refuse(string id, int code, string message) =>
        Reply(id, "error", new JsonObject { ["code"] = code, ["message"] = message });

    /// <summary>The id of the next call, and the talk that has counted it.</summary>
    public static (int Id, Talk Talk) Next(Talk talk) => (LastFixedId + talk.Calls + 1, talk with { Calls = talk.Calls + 1 });

    /// <summary>An id as it stands in <see cref="Talk.Turn"/>.</summary>
    public static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    static string Call(int id, string method, JsonObject parameters) => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = id,
        ["method"] = method,
        ["params"] = parameters,
    }.ToJsonString(Json.PlainOptions);

    /// <summary>An answer to a call of the agent's. Its id is a number or a text, as JSON.</summary>
    static string Reply(string id, string member, JsonObject answer) => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = JsonNode.Parse(id),
        [member] = answer,
    }.ToJsonString(Json.PlainOptions);
}
