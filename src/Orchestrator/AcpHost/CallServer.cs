using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Agents.Acp;
using Orchestrator.Terminals;
using Orchestrator.Workspaces;

namespace Orchestrator.AcpHost;

/// <summary>A call is not carried out; the agent reads why.</summary>
sealed class CallRefusal(int code, string message) : Exception(message)
{
    /// <summary>Codes of JSON-RPC and of the protocol.</summary>
    public const int NoSuchMethod = -32601, InvalidParams = -32602, Failed = -32603, NotFound = -32002;

    public int Code => code;
}

/// <summary>Where calls work.</summary>
/// <param name="Paths">The workspace and what is inside it.</param>
/// <param name="Environment">What the agent and its commands see.</param>
/// <param name="Clock">For waiting.</param>
sealed record CallPlace(WorkspacePaths Paths, IReadOnlyDictionary<string, string> Environment, TimeProvider Clock)
{
    /// <summary>False in a read-only run: nothing is written and no command run.</summary>
    public bool MayChange { get; init; }
}

/// <summary>
/// Answers an agent's calls for files (<c>fs/*</c>) and terminals (<c>terminal/*</c>), as agentclientprotocol.com describes them. Files are
/// confined to the workspace. A command begins in it; what it then does is not in our hands.
/// </summary>
sealed class CallServer(CallPlace place, Action<string> toAgent, Action<string> toDaemon) : IAsyncDisposable
{
    readonly TerminalSet terminals = new(place, toDaemon);

    /// <summary>True for a call that is answered here.</summary>
    public static bool Serves(string method) =>
        method.StartsWith("fs/", StringComparison.Ordinal) || method.StartsWith("terminal/", StringComparison.Ordinal);

    /// <summary>Answers one call. Waiting for a command is answered later, everything else before this returns.</summary>
    public void Serve(string method, string id, ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var asked = document.RootElement.Field("params");
            if (method == "terminal/wait_for_exit")
            {
                _ = Later(method, id, terminals.WaitForExit(asked));
                return;
            }
            var result = method switch
            {
                "fs/read_text_file" => FileCalls.Read(place, asked),
                "fs/write_text_file" => FileCalls.Write(place, asked),
                "terminal/create" => terminals.Create(asked),
                "terminal/output" => terminals.Output(asked),
                "terminal/kill" => terminals.Kill(asked),
                "terminal/release" => terminals.Release(asked),
                _ => throw new CallRefusal(CallRefusal.NoSuchMethod, $"'{ClippedText.Clip(method, 100)}' is not supported."),
            };
            toAgent(ResultLine(id, result));
            if (method is "fs/write_text_file" or "terminal/create")
                toDaemon(AcpLines.SaysServed(method, asked.Text("path") ?? asked.Text("command") ?? ""));
        }
        catch (Exception e) when (Refused(e) is { } refusal)
        {
            Refuse(method, id, refusal);
        }
    }

    async Task Later(string method, string id, Task<JsonObject> answer)
    {
        try
        {
            toAgent(ResultLine(id, await answer));
        }
        catch (Exception e) when (Refused(e) is { } refusal)
        {
            Refuse(method, id, refusal);
        }
    }

    /// <summary>A missing file is no news for a person: agents look before they write.</summary>
    void Refuse(string method, string id, CallRefusal refusal)
    {
        toAgent(ErrorLine(id, refusal.Code, refusal.Message));
        if (refusal.Code != CallRefusal.NotFound)
            toDaemon(AcpLines.SaysRefused(method, refusal.Message));
    }

    static CallRefusal? Refused(Exception e) => e switch
    {
        CallRefusal refusal => refusal,
        PathRefusal { Missing: true } => new(CallRefusal.NotFound, "Resource not found: there is no such file."),
        PathRefusal refusal => new(CallRefusal.InvalidParams, refusal.Message),
        JsonException or InvalidOperationException or ArgumentException => new(CallRefusal.InvalidParams, "The call cannot be read."),
        IOException or UnauthorizedAccessException or SpawnFailure => new(CallRefusal.Failed, e.Message),
        _ => null,
    };

    /// <summary>{"jsonrpc":"2.0","id":3,"result":{…}}</summary>
    static string ResultLine(string id, JsonObject? result) =>
        $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{result?.ToJsonString(Json.PlainOptions) ?? "null"}}}";

    /// <summary>{"jsonrpc":"2.0","id":3,"error":{"code":-32602,"message":"…"}}</summary>
    public static string ErrorLine(string id, int code, string message)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message }.ToJsonString(Json.PlainOptions);
        return $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{error}}}";
    }

    /// <summary>Ends all commands.</summary>
    public ValueTask DisposeAsync() => terminals.DisposeAsync();
}
