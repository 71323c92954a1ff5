using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Agents;

/// <summary>
/// Every recorded stream against the whole of what its adapter makes of it. A wanted change: run with UPDATE_GOLDEN=1 and read the diff.
/// </summary>
public class GoldenSpecs
{
    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var capture in Capture.All())
            cases.Add(capture.Agent, capture.Name);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_recorded_stream_becomes_the_golden_signals_and_ending(string agent, string name)
    {
        var capture = new Capture(agent, name);
        var actual = Describe(capture, capture.Replay());
        GoldenFile.Says(capture.GoldenFile, actual);
    }

    [Fact]
    public void Every_golden_file_has_its_capture() => Assert.Empty(
        Directory.GetFiles(Capture.Folder, "*.golden.json", SearchOption.AllDirectories)
            .Except(Capture.All().Select(capture => capture.GoldenFile)));

    static string Describe(Capture capture, Replayed replayed)
    {
        var signals = new JsonArray();
        foreach (var signal in replayed.Signals)
        {
            var node = new JsonObject { ["signal"] = signal.GetType().Name };
            foreach (var (name, value) in JsonSerializer.SerializeToNode(signal, signal.GetType(), GoldenFile.Format)!.AsObject())
                node[name] = value?.DeepClone();
            signals.Add(node);
        }
        return new JsonObject
        {
            ["exit_code"] = capture.ExitCode,
            ["ending"] = JsonSerializer.SerializeToNode(replayed.Ending, GoldenFile.Format),
            ["signals"] = signals,
            ["transcript"] = JsonSerializer.SerializeToNode(replayed.After, GoldenFile.Format),
        }.ToJsonString(GoldenFile.Format) + "\n";
    }
}
