using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Tests.Agents;

/// <summary>One conversation with the adapter.</summary>
sealed class AcpTalker
{
    /// <summary>An agent's answer to initialize.</summary>
    public const string Plain = """{"protocolVersion":1,"agentCapabilities":{"loadSession":true},"authMethods":[]}""";

    readonly IAgent agent = AgentCatalog.Find("acp")!;

    public AcpTalker(Func<AgentOrder, AgentOrder>? change = null)
    {
        var order = Capture.OrderFor("acp");
        order = change?.Invoke(order) ?? order;
        Now = agent.Begin(order);
        Lines.Add(agent.Plan(order).Stdin.TrimEnd());
    }

    public Transcript Now { get; private set; }

    public List<Signal> Signals { get; } = [];

    public List<string> Lines { get; } = [];

    public List<JsonNode> Sent => [.. Lines.Select(line => JsonNode.Parse(line)!)];

    /// <summary>The prompt is sent as call 4.</summary>
    public static AcpTalker AtWork(Sandbox sandbox = Sandbox.WorkspaceWrite)
    {
        var talk = new AcpTalker(order => order with { Profile = order.Profile with { Sandbox = sandbox } });
        talk.Reply(1, Plain);
        talk.Reply(3, """{"sessionId":"s1"}""");
        return talk;
    }

    public static AcpTalker WithModel(string model)
    {
        var talk = new AcpTalker(order => order with { Profile = order.Profile with { Model = model } });
        talk.Reply(1, Plain);
        return talk;
    }

    public void Reply(int id, string result) => Hear($$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}}}""");

    public void Update(string update) =>
        Hear($$$"""{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s1","update":{{{update}}}}}""");

    public void Ask(string id, string kind, string options) => Hear($$$"""
        {"jsonrpc":"2.0","id":{{{id}}},"method":"session/request_permission","params":{"sessionId":"s1","options":{{{options}}},
        "toolCall":{"toolCallId":"c","title":"touch a","kind":"{{{kind}}}","rawInput":{"command":"touch a"} } } }
        """);

    public void Hear(string line) => Take(agent.Read(Now, new OutputLine(false, line.ReplaceLineEndings(" "))));

    public void Obey(AgentCommand command) => Take(agent.Obey(Now, command));

    public Ending End() => agent.Conclude(Now, new Finish { ExitCode = 0 });

    void Take(Reading reading)
    {
        Now = reading.Transcript;
        Signals.AddRange(reading.Signals);
        Lines.AddRange(reading.Send ?? []);
    }
}
