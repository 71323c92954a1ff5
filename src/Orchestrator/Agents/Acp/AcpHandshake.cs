using System.Text.Json;
using Orchestrator.Profiles;

namespace Orchestrator.Agents.Acp;

/// <summary>The first exchange alone: is this a program that speaks the protocol, and which version of itself is it?</summary>
static class AcpHandshake
{
    /// <summary>What it is sent.</summary>
    public static string Line => AcpCalls.Initialize(Sandbox.ReadOnly) + "\n";

    /// <summary>What it said, for a person; null when that was no answer.</summary>
    /// <param name="output">Its standard output.</param>
    public static string? Read(string output) => output.Split('\n').Select(Answer).FirstOrDefault(words => words is not null);

    // {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentInfo":{"name":"gemini-cli","version":"0.61.0"},"authMethods":[…],…}}
    static string? Answer(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.WholeOrNull("id") != AcpCalls.InitializeId || root.Field("result") is not { ValueKind: JsonValueKind.Object } result)
                return null;
            var info = result.Field("agentInfo");
            var can = result.Field("agentCapabilities");
            var resumes = can.IsTrue("loadSession") || can.Field("sessionCapabilities").Field("resume").ValueKind == JsonValueKind.Object;
            var logins = result.Items("authMethods").Select(method => method.Text("id")).OfType<string>().Take(8).ToList();
            return $"{info.Text("title") ?? info.Text("name") ?? "an agent without a name"} {info.Text("version")}".TrimEnd()
                + $"; version {result.Field("protocolVersion").Json()} of the protocol; {(resumes ? "resumes" : "cannot resume")}"
                + (logins.Count > 0 ? $"; logs in by {string.Join(", ", logins)}, whether it is logged in shows at the first run" : "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
