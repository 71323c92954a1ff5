using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>How agentd starts, and what it says when it cannot.</summary>
public class StartSpecs
{
    [Fact]
    public async Task The_documented_configuration_is_accepted_and_shown()
    {
        await using var daemon = TestDaemon.Prepare();
        var demo = Directory.CreateDirectory(Path.Combine(daemon.Root, "demo")).FullName;
        await Write(daemon, $$"""
            profiles:
              nightly:
                agent: command                              # codex | claude | gemini | opencode | acp | openai | command
                command: ["./tools/agent.sh", "--fast"]     # argument list
                args: []
                env: {KEY: value}
                model: null
                effort: null                                # low | medium | high | xhigh
                sandbox: workspace-write
                limits: {total_s: 7200, idle_s: 1200}
                escalates_to: deep
            projects:
              demo:
                path: {{demo}}
                isolation: worktree
                verify: [["dotnet", "test"]]
                max_parallel: 2
                auto_run: true
                profiles: {code: spark, review: review}
            limits: {max_concurrency: 4}
            """);
        await daemon.Start();

        var profiles = (await daemon.Get("/profiles"))["profiles"]!.AsArray();
        var nightly = profiles.Single(p => (string?)p!["name"] == "nightly")!;
        Assert.Equal("workspace-write", (string?)nightly["sandbox"]);
        foreach (var builtIn in new[] { "spark", "deep", "review", "command" })
            Assert.Contains(profiles, p => (string?)p!["name"] == builtIn);
        Assert.Equal(demo, (string?)(await daemon.Get("/projects/demo"))["project"]!["path"]);
        Assert.Equal("demo", (string?)(await daemon.Get("/projects"))["projects"]![0]!["name"]);
        Assert.Equal(4, (int?)(await daemon.Get("/daemon/status"))["max_concurrency"]);
    }

    [Theory]
    [InlineData("profils: {}\n", "config.yaml:1", "profiles")]
    [InlineData("profiles:\n  a:\n    agnet: command\n", "config.yaml:3", "agent")]
    [InlineData("profiles:\n  a:\n    agent: nobody\n", "config.yaml:3", "nobody")]
    [InlineData("limits: {max_concurrency: many}\n", "config.yaml:1", "max_concurrency")]
    [InlineData("limits:\n  max_concurrency: [\n", "config.yaml:", "YAML")]
    [InlineData("profiles:\n  a:\n    agent: command\n    limits: {total_s: -5}\n", "config.yaml:4", "total_s")]
    public async Task A_mistake_in_the_configuration_stops_the_start_with_file_and_line(string config, string place, string word)
    {
        await using var daemon = TestDaemon.Prepare();
        await Write(daemon, config);
        Assert.Equal(2, await daemon.StartAndEnd());
        Assert.Contains(place, daemon.Said, StringComparison.Ordinal);
        Assert.Contains(word, daemon.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_in_a_projects_own_file_is_told_to_whoever_uses_the_project()
    {
        await using var daemon = await TestDaemon.Start();
        var folder = Directory.CreateDirectory(Path.Combine(daemon.Root, "p")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, ".agent-orchestrator.yaml"), "profiles:\n  x:\n    agnt: command\n",
            TestContext.Current.CancellationToken);
        var order = new JsonObject { ["prompt"] = "x", ["profile"] = "x", ["project"] = folder };
        var problem = await daemon.Send(HttpMethod.Post, "/runs", order)
            .RefusedSomehow("a run with a broken project file");
        Assert.Contains(".agent-orchestrator.yaml:3", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_daemon_on_the_same_folder_is_refused_and_told_the_first()
    {
        await using var first = await TestDaemon.Start();
        await using var second = TestDaemon.Prepare();
        second.Flags.AddRange(["--data", first.Data]);
        Assert.Equal(6, await second.StartAndEnd());
        Assert.Contains($"pid {first.Pid}", second.Said, StringComparison.Ordinal);
        Assert.Equal("ok", (string?)(await first.Get("/health"))["status"]);
    }

    [Fact]
    public async Task A_port_in_use_is_refused_with_the_port()
    {
        await using var first = await TestDaemon.Start();
        await using var second = TestDaemon.Prepare();
        var port = new Uri(first.Url).Port;
        second.Flags.AddRange(["--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        Assert.Equal(6, await second.StartAndEnd());
        Assert.Contains($"{port}", second.Said, StringComparison.Ordinal);
    }

    static Task Write(TestDaemon daemon, string config) =>
        File.WriteAllTextAsync(Path.Combine(daemon.Data, "config.yaml"), config, TestContext.Current.CancellationToken);
}
