using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Support;

/// <summary>
/// The official TypeScript clients of the Model Context Protocol (tests/mcp-clients), each talking to a real <c>agentctl mcp</c>.
/// </summary>
static class McpClients
{
    /// <summary>The old package, and the three modes of the new one.</summary>
    public static readonly string[] Eras = ["sdk", "legacy", "auto", "pinned"];

    static string Folder => Path.Combine(TestPrograms.RepositoryRoot, "tests", "mcp-clients");

    /// <summary>Makes the calls one after another; what the client told. Skips the test when the clients are not installed.</summary>
    /// <param name="era">One of <see cref="Eras"/>.</param>
    /// <param name="variables">Variables of the server.</param>
    /// <param name="calls">Tools with their arguments.</param>
    public static async Task<JsonNode> Play(
        string era, IReadOnlyDictionary<string, string> variables, params (string Tool, JsonObject Arguments)[] calls)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "@modelcontextprotocol")))
            Assert.Skip("the protocol's official clients are not installed: run tests/mcp-clients/install.sh");
        var start = new ProcessStartInfo("node", [Path.Combine(Folder, "client.mjs"), era, TestPrograms.Agentctl])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var stop = TestContext.Current.CancellationToken;
        await using var killing = stop.Register(() => process.Kill(entireProcessTree: true));
        var order = new JsonObject
        {
            ["calls"] = new JsonArray([.. calls.Select(call =>
                (JsonNode)new JsonObject { ["tool"] = call.Tool, ["arguments"] = call.Arguments.DeepClone() })]),
        };
        var errors = process.StandardError.ReadToEndAsync(stop);
        await process.StandardInput.WriteAsync(order.ToJsonString());
        process.StandardInput.Close();
        var told = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        Assert.True(process.ExitCode == 0, $"{era}: exit {process.ExitCode}\n{await errors}");
        return JsonNode.Parse(told)!;
    }
}
