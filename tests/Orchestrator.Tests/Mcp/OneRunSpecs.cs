using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Mcp;

/// <summary>Tools about one run, by a real server against a real daemon: as the agent itself and as a person's own client.</summary>
public class OneRunSpecs
{
    [Fact(Timeout = 120_000)]
    public async Task An_agent_sees_its_own_run_and_no_other()
    {
        await using var daemon = await TestDaemon.Start();
        var seat = await AgentSeat.Take(daemon);
        var other = await daemon.Run("print secret");
        await using var server = await McpProcess.Ready(seat.Variables);

        var run = (await server.Good("get_run", []))["run"]!;
        Assert.Equal((seat.RunId, "running"), ((string)run["id"]!, (string)run["status"]!));
        Assert.Null(run["prompt"]);
        foreach (var (tool, arguments) in new (string, JsonObject)[]
        {
            ("get_run", new() { ["run_id"] = other }), ("read_output", new() { ["run_id"] = other }),
            ("cancel_run", new() { ["run_id"] = other }), ("get_run", new() { ["run_id"] = "../../health" }),
        })
            Assert.Contains("forbidden", await server.Refused(tool, arguments), StringComparison.Ordinal);
        seat.Leave();
    }

    [Fact(Timeout = 120_000)]
    public async Task Output_is_read_piece_by_piece_without_cutting_a_character()
    {
        await using var daemon = await TestDaemon.Start();
        var run = await daemon.Run("print aü€😀b", "err oh");
        await daemon.Ended(run);
        await using var server = await McpProcess.Ready(Person(daemon), "--data", daemon.Data);
        var (text, offset) = ("", 0L);
        while (true)
        {
            var piece = await server.Good("read_output", new() { ["run_id"] = run, ["offset"] = offset, ["max_bytes"] = 4 });
            Assert.Equal(offset, (long)piece["offset"]!);
            if (((string)piece["text"]!).Length == 0) break;
            Assert.DoesNotContain('\uFFFD', (string)piece["text"]!);
            (text, offset) = (text + piece["text"], (long)piece["next_offset"]!);
        }
        Assert.Equal("aü€😀b\n", text);
        Assert.Equal("oh\n", (string)(await server.Good("read_output", new() { ["run_id"] = run, ["stream"] = "stderr" }))["text"]!);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_person_starts_a_run_and_cancels_it_twice()
    {
        await using var daemon = await TestDaemon.Start();
        await using var server = await McpProcess.Ready(Person(daemon), "--data", daemon.Data);
        var task = new JsonObject { ["task"] = "work\n!hang", ["profile"] = "fake", ["title"] = "stuck", ["idempotency_key"] = "k-1" };
        var spawned = await server.Good("spawn_run", (JsonObject)task.DeepClone());
        var again = await server.Good("spawn_run", (JsonObject)task.DeepClone());
        Assert.Equal((string)spawned["run_id"]!, (string)again["run_id"]!);

        var run = (string)spawned["run_id"]!;
        await server.Good("cancel_run", new() { ["run_id"] = run, ["reason"] = "not needed" });
        await server.Good("cancel_run", new() { ["run_id"] = run });
        Assert.Equal("canceled", (string)(await daemon.Ended(run))["status"]!);
        Assert.Contains("not_found", await server.Refused("get_run", new() { ["run_id"] = "ffffffffffffffff" }), StringComparison.Ordinal);
        var wrong = await server.Refused("spawn_run", new() { ["task"] = "x", ["profile"] = "fakke" });
        Assert.Contains("there is no profile 'fakke'. Did you mean 'fake'?", wrong, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_daemon_that_restarts_is_waited_for()
    {
        await using var daemon = await TestDaemon.Start();
        daemon.Flags.AddRange(["--port", new Uri(daemon.Url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await using var server = await McpProcess.Ready(Person(daemon), "--data", daemon.Data);
        var run = await daemon.Run("print hi");
        await daemon.Ended(run);
        await daemon.Kill();
        var asked = server.Good("get_run", new() { ["run_id"] = run });
        await daemon.Start();
        Assert.Equal("succeeded", (string)(await asked)["run"]!["status"]!);
    }

    [Fact(Timeout = 120_000)]
    public async Task Only_the_tool_server_loads_the_protocols_package_and_only_for_a_call()
    {
        await using var daemon = await TestDaemon.Start();
        var run = await daemon.Run("print hi");
        await daemon.Ended(run);
        await using var server = await McpProcess.Ready(Person(daemon), "--data", daemon.Data);
        Assert.Equal(10, (await server.Ask("tools/list"))["result"]!["tools"]!.AsArray().Count);
        Assert.False(HasPackage(server.Pid));
        await server.Good("get_run", new() { ["run_id"] = run });
        Assert.True(HasPackage(server.Pid));
        Assert.False(HasPackage(daemon.Pid));
    }

    static bool HasPackage(int pid) => File.ReadAllText($"/proc/{pid}/maps").Contains("ModelContextProtocol", StringComparison.Ordinal);

    static Dictionary<string, string> Person(TestDaemon daemon) => new() { ["AGENTCTL_URL"] = daemon.Url };
}
