using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;

namespace Orchestrator.Tests.Agents;

/// <summary>
/// Recorded conversations with real agents by the Agent Client Protocol: what the adapter makes of each line, and what it says itself.
/// A wanted change: run with UPDATE_GOLDEN=1 and read the diff.
/// </summary>
public class AcpGoldenSpecs
{
    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var file in Directory.GetFiles(AcpCapture.Folder, "*.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            cases.Add(Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileNameWithoutExtension(file));
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_recorded_conversation_is_understood_and_answered(string folder, string name)
    {
        var file = Path.Combine(AcpCapture.Folder, folder, name + ".jsonl");
        var agent = folder == "adapter" ? AgentCatalog.Find("acp")! : AgentCatalog.Find(folder, "acp")!;
        var order = Capture.OrderFor(folder == "adapter" ? "acp" : folder) with { Prompt = "fake: touch" };
        var now = agent.Begin(order);
        var told = new JsonArray([.. Sent(agent.Plan(order).Stdin.Split('\n', StringSplitOptions.RemoveEmptyEntries))]);
        foreach (var line in Capture.Lines(File.ReadAllBytes(file), stderr: false))
        {
            var reading = agent.Read(now, line);
            foreach (var ask in Told(reading, told).OfType<ApprovalAsked>())
                Told(reading = agent.Obey(reading.Transcript, new AnswerCommand(ask.Id, name == "approve", null)), told);
            now = reading.Transcript;
        }

        var actual = new JsonObject
        {
            ["ending"] = JsonSerializer.SerializeToNode(agent.Conclude(now, new Finish { ExitCode = 0 }), GoldenFile.Format),
            ["told"] = told,
            ["transcript"] = JsonSerializer.SerializeToNode(now, GoldenFile.Format),
        }.ToJsonString(GoldenFile.Format) + "\n";
        GoldenFile.Says(Path.ChangeExtension(file, ".golden.json"), actual);
        Assert.True(now is { EndSeen: true, EndedWell: true, Talk: { Over: true, Open.Count: 0 } }, "the conversation is over");
    }

    [Fact]
    public void Every_agent_was_recorded_with_a_yes_and_with_a_no() => Assert.Equal(
        ["adapter approve", "adapter deny", "gemini approve", "gemini deny", "opencode approve", "opencode deny"],
        Cases().Select(row => $"{row.Data.Item1} {row.Data.Item2}"));

    /// <summary>Writes down what was understood and what is said for it.</summary>
    static IReadOnlyList<Signal> Told(Reading reading, JsonArray told)
    {
        foreach (var signal in reading.Signals.Where(signal => signal is not Raw))
        {
            var node = new JsonObject { ["signal"] = signal.GetType().Name };
            foreach (var (name, value) in JsonSerializer.SerializeToNode(signal, signal.GetType(), GoldenFile.Format)!.AsObject())
                node[name] = value?.DeepClone();
            told.Add((JsonNode)node);
        }

        foreach (var sent in Sent(reading.Send ?? []))
            told.Add(sent);
        return reading.Signals;
    }

    static IEnumerable<JsonNode> Sent(IEnumerable<string> lines) =>
        lines.Select(line => (JsonNode)new JsonObject { ["sent"] = JsonNode.Parse(line) });
}
