using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Agents.Acp;

/// <summary>
/// What <c>agentctl acp-host</c> and its adapter say to each other beside the agent's own lines. Both ends are in this file, so that they
/// cannot disagree.
/// </summary>
static class AcpLines
{
    const string Served = "_agentctl/served", Refused = "_agentctl/refused", Ended = "_agentctl/terminal_ended";

    /// <summary>Characters of a terminal's output that are told.</summary>
    const int MostOutput = 16 * 1024;

    /// <summary>
    /// Our tools for <c>session/new</c>. Variables are named, not given: what is sent is kept in the store, and that holds no token. The
    /// host puts the values in.
    /// </summary>
    public static JsonObject ServerOf(ToolProgram tools) => new()
    {
        ["name"] = ToolProgram.Name,
        ["command"] = tools.Program,
        ["args"] = new JsonArray([.. tools.Args.Select(arg => (JsonNode)arg)]),
        ["env"] = new JsonArray([.. Variables.Select(name =>
            (JsonNode)new JsonObject { ["name"] = name, ["value"] = Place(name) })]),
    };

    static IEnumerable<string> Variables => ToolProgram.Variables.Concat(ToolProgram.RuntimeVariables);

    static string Place(string name) => $"${{{name}}}";

    /// <summary>The line with the values of the variables that <see cref="ServerOf"/> names; other lines as they are.</summary>
    /// <param name="line">One line to the agent, without its end.</param>
    /// <param name="variable">Looks up a variable; null for one that is not set, which is then left out.</param>
    public static string FillIn(string line, Func<string, string?> variable)
    {
        if (!line.Contains("\"mcpServers\"", StringComparison.Ordinal) || JsonNode.Parse(line) is not JsonObject call
            || (string?)call["method"] is not ("session/new" or "session/load" or "session/resume")
            || call["params"]?["mcpServers"] is not JsonArray servers)
            return line;
        foreach (var server in servers.OfType<JsonObject>())
        {
            if (server["env"] is not JsonArray places)
                continue;
            var filled = new JsonArray();
            foreach (var name in Variables.Where(name => places.Any(place => (string?)place?["value"] == Place(name))))
                if (variable(name) is { } value)
                    filled.Add((JsonNode)new JsonObject { ["name"] = name, ["value"] = value });
            server["env"] = filled;
        }
        return call.ToJsonString(Json.PlainOptions);
    }

    /// <summary>A call that was answered. {"method":"_agentctl/served","params":{"method":"fs/write_text_file","what":"/repo/a"}}</summary>
    public static string SaysServed(string method, string what) => Line(Served, ("method", method), ("what", what));

    /// <summary>A call that was not. {"method":"_agentctl/refused","params":{"method":"fs/read_text_file","message":"…"}}</summary>
    public static string SaysRefused(string method, string message) => Line(Refused, ("method", method), ("message", message));

    /// <summary>A command that ended. {"method":"_agentctl/terminal_ended","params":{"terminal":"t1","exit_code":0,"output":"…"}}</summary>
    public static string SaysEnded(string terminal, int exitCode, string output) => Line(Ended,
        ("terminal", terminal), ("exit_code", exitCode), ("output", output.Length > MostOutput ? output[^MostOutput..] : output));

    /// <summary>What such a line means; null for a line of the agent's own.</summary>
    public static Reading? Understand(Transcript soFar, Talk talk, string method, JsonElement told) => method switch
    {
        Served => JsonLines.Silent(soFar),
        Refused => JsonLines.Says(soFar, new Warned("call_refused",
            $"A call of the agent was refused ({told.Text("method")}): {ClippedText.Clip(told.Text("message") ?? "", 2000)}")),
        Ended => JsonLines.Silent(soFar with
        {
            Talk = AcpToolCalls.WithEnded(talk,
                new EndedTerminal(told.Text("terminal") ?? "", (int?)told.WholeOrNull("exit_code"), told.Text("output"))),
        }),
        _ => null,
    };

    static string Line(string method, params (string Name, JsonNode Value)[] members)
    {
        var told = new JsonObject();
        foreach (var (name, value) in members)
            told[name] = value;
        return new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method, ["params"] = told }.ToJsonString(Json.PlainOptions);
    }
}
