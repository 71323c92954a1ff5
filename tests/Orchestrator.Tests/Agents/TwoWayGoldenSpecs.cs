using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;

namespace Orchestrator.Tests.Agents;

/// <summary>
/// Recorded conversations with real agents, both directions: the adapter understands what was said, and says itself, line for line, what
/// was sent. A wanted change: run with UPDATE_GOLDEN=1 and read the diff.
/// </summary>
public class TwoWayGoldenSpecs
{
    static string Folder => Path.Combine(Path.GetDirectoryName(Capture.Folder)!, "TwoWayCaptures");

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var file in Directory.GetFiles(Folder, "*.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            cases.Add(Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileNameWithoutExtension(file));
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_recorded_conversation_is_understood_and_spoken(string adapter, string name)
    {
        var (agent, protocol) = (adapter.Split('-')[0], adapter.Split('-', 2)[1]);
        var entries = File.ReadLines(Path.Combine(Folder, adapter, name + ".jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        var talk = new Replay(AgentCatalog.Find(agent, protocol)!, Capture.OrderFor(agent), entries);
        var said = new JsonArray([.. talk.Play()]);

        var actual = new JsonObject
        {
            ["ending"] = JsonSerializer.SerializeToNode(talk.End(), GoldenFile.Format),
            ["signals"] = said,
            ["transcript"] = JsonSerializer.SerializeToNode(talk.Now, GoldenFile.Format),
        }.ToJsonString(GoldenFile.Format) + "\n";
        GoldenFile.Says(Path.Combine(Folder, adapter, name + ".golden.json"), actual);
        Assert.True(talk.Now.Talk is { Over: true, Open.Count: 0 }, "the conversation is over");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Damaged_lines_never_throw(string adapter, string name)
    {
        var agent = AgentCatalog.Find(adapter.Split('-')[0], adapter.Split('-', 2)[1])!;
        var random = new Random(7);
        foreach (var line in File.ReadLines(Path.Combine(Folder, adapter, name + ".jsonl")))
        {
            var text = JsonNode.Parse(line)!["msg"]!.ToJsonString();
            for (var round = 0; round < 30; round++)
            {
                var at = random.Next(text.Length);
                var damaged = text[..at] + "\"{}[]:,0\\un"[random.Next(11)] + text[Math.Min(text.Length, at + random.Next(3))..];
                var reading = agent.Read(agent.Begin(Capture.OrderFor(agent.Name)), new OutputLine(false, damaged));
                foreach (var ask in reading.Transcript.Talk!.Open)
                    agent.Obey(reading.Transcript, new AnswerCommand(ask.Id, true, "x", ForRun: true));
            }
        }
    }

    [Fact]
    public void An_answer_is_sent_once_and_only_to_what_is_open()
    {
        var agent = AgentCatalog.Find("claude", "stream")!;
        var begun = agent.Begin(Capture.OrderFor("claude"));
        const string Ask =
            """{"type":"control_request","request_id":"r","request":{"subtype":"can_use_tool","tool_name":"Bash","input":{}}}""";
        var asked = agent.Read(begun, new OutputLine(false, Ask)).Transcript;
        var answered = agent.Obey(asked, new AnswerCommand("r", true, null));
        Assert.Single(answered.Send!);
        Assert.Null(agent.Obey(answered.Transcript, new AnswerCommand("r", true, null)).Send);
        Assert.Null(agent.Obey(asked, new AnswerCommand("other", true, null)).Send);
        var stopped = agent.Obey(asked, new StopCommand());
        Assert.Single(stopped.Send!);
        Assert.Null(agent.Obey(stopped.Transcript, new StopCommand()).Send);
    }

    /// <summary>One conversation through the adapter, line by line.</summary>
    sealed class Replay(IAgent agent, AgentOrder plain, List<JsonNode> entries)
    {
        const string NoPrefix = "The answer to your request was no: ";

        readonly Queue<string> toSend = new();
        string? offered;

        public Transcript Now { get; private set; } = null!;

        public Ending End() => agent.Conclude(Now, new Finish
        {
            ExitCode = Now.EndedWell ? 0 : 1,
            OutputSchema = Now.StructuredJson is null ? null : Capture.VerdictSchema,
        });

        public IEnumerable<JsonNode> Play()
        {
            var all = entries.Select(entry => entry["msg"]!).ToList();
            var sent = entries.Where(entry => (string?)entry["dir"] == ">").Select(entry => entry["msg"]!).ToList();
            var resumes = sent.FirstOrDefault(line => (string?)line["method"] == "thread/resume");
            var order = plain with
            {
                RunId = new string('1', 16),
                Prompt = sent.Select(Said).OfType<string>().FirstOrDefault() ?? "fake: text x",
                ThreadId = (string?)resumes?["params"]!["threadId"],
                OutputSchema = sent.Select(line => line["params"]?["outputSchema"]).OfType<JsonNode>().FirstOrDefault()?.ToJsonString(),
                Profile = all.Any(line => (string?)line["params"]?["approvalPolicy"] == "never")
                    ? plain.Profile with { Sandbox = Orchestrator.Profiles.Sandbox.FullAccess } : plain.Profile,
            };
            Now = agent.Begin(order);
            Queue(agent.Plan(order).Stdin.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            foreach (var (place, entry) in entries.Index())
                foreach (var told in (string?)entry["dir"] == "<" ? Hear(entry["msg"]!) : Speak(entry["msg"]!, entries.Skip(place + 1)))
                    yield return told;
        }

        List<JsonNode> Hear(JsonNode line)
        {
            var reading = agent.Read(Now, new OutputLine(false, line.ToJsonString()));
            Now = reading.Transcript;
            Queue(reading.Send);
            offered = reading.Signals.OfType<ApprovalAsked>().LastOrDefault() is { Options: [var first, ..] } ? first : offered;
            return [.. reading.Signals.Where(signal => signal is not Raw).Select(Describe)];
        }

        // What the adapter did not say by itself somebody wanted said.
        List<JsonNode> Speak(JsonNode line, IEnumerable<JsonNode> later)
        {
            if (toSend.Count == 0)
            {
                var reading = agent.Obey(Now, Of(line, later));
                Now = reading.Transcript;
                Queue(reading.Send);
            }

            var said = toSend.Dequeue();
            Assert.True(JsonNode.DeepEquals(line, JsonNode.Parse(said)), $"recorded {line.ToJsonString()}\nsaid     {said}");
            return [new JsonObject { ["sent"] = JsonNode.Parse(said) }];
        }

        void Queue(IEnumerable<string>? lines)
        {
            foreach (var line in lines ?? [])
                toSend.Enqueue(line);
        }

        static string? Said(JsonNode line) => (string?)line["params"]?["input"]?[0]?["text"]
            ?? (line["message"]?["content"] is JsonArray content ? (string?)content[0]!["text"] : null);

        AgentCommand Of(JsonNode line, IEnumerable<JsonNode> later)
        {
            if ((string?)line["type"] == "user")
                return new MessageCommand(new string(((string)line["uuid"]!)[0], 16), Said(line)!);
            if ((string?)line["method"] == "turn/steer")
                return new MessageCommand(Ids.New(), Said(line)!);
            if ((string?)line["type"] == "control_request" || (string?)line["method"] == "turn/interrupt")
                return new StopCommand();
            if ((string?)line["result"]?["decision"] is { } decision)
                return new AnswerCommand(line["id"]!.ToJsonString(), decision.StartsWith("accept", StringComparison.Ordinal),
                    decision == "decline" ? later.Select(entry => Said(entry["msg"]!)).OfType<string>().First()[NoPrefix.Length..] : null,
                    decision == "acceptForSession");
            var response = line["response"]!["response"]!;
            var words = response["updatedPermissions"] is not null ? offered : (string?)response["message"]
                ?? (string?)response["updatedInput"]?["answers"]?.AsObject().First().Value;
            return new AnswerCommand((string)line["response"]!["request_id"]!, (string?)response["behavior"] == "allow", words);
        }

        static JsonNode Describe(Signal signal)
        {
            var node = new JsonObject { ["signal"] = signal.GetType().Name };
            foreach (var (name, value) in JsonSerializer.SerializeToNode(signal, signal.GetType(), GoldenFile.Format)!.AsObject())
                node[name] = value?.DeepClone();
            return node;
        }
    }
}
