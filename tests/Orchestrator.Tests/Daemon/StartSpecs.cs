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

    [Fact]
    public async Task Settings_files_and_variables_that_other_servers_read_open_no_second_door()
    {
        await using var daemon = TestDaemon.Prepare();
        string Door(string name) => Path.Combine(daemon.Root, name);
        string Settings(string name) => """
            {"Kestrel": {"Endpoints": {"x": {"Url": "http://unix:DOOR"}}}, "Logging": {"LogLevel": {"Default": "Trace"}}}
            """.Replace("DOOR", Door(name), StringComparison.Ordinal);
        // The daemon may be started in a folder that somebody else filled: a cloned repository.
        await File.WriteAllTextAsync(Path.Combine(daemon.Root, "appsettings.json"), Settings("a"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(daemon.Data, "appsettings.json"), Settings("b"), TestContext.Current.CancellationToken);
        daemon.With("Kestrel__Endpoints__y__Url", "http://unix:" + Door("c")).With("ASPNETCORE_URLS", "http://unix:" + Door("d"));

        await daemon.Start();

        Assert.DoesNotContain(new[] { "a", "b", "c", "d" }, name => File.Exists(Door(name)));
        Assert.Single(daemon.Said.Trim().Split('\n'));
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
        Assert.Contains(first.Data, second.Said, StringComparison.Ordinal);
        Assert.Contains("agentctl daemon stop", second.Said, StringComparison.Ordinal);
        second.Flags.AddRange(["--db", Path.Combine(second.Root, "other.db")]);
        Assert.Equal(6, await second.StartAndEnd());
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
        Assert.Contains($"Port {port} of 127.0.0.1 is in use by another agentd", second.Said, StringComparison.Ordinal);
        Assert.Contains($"(process {first.Pid})", second.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_told_with_that_program()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "who holds a port is read from /proc");
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        await using var daemon = TestDaemon.Prepare();
        daemon.Flags.AddRange(["--port", $"{((System.Net.IPEndPoint)other.LocalEndpoint).Port}"]);
        Assert.Equal(6, await daemon.StartAndEnd());
        Assert.Contains($"(process {Environment.ProcessId})", daemon.Said, StringComparison.Ordinal);
        Assert.Contains("--port", daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_daemons_do_not_share_a_database_either()
    {
        await using var first = await TestDaemon.Start();
        await using var second = TestDaemon.Prepare();
        second.Flags.AddRange(["--db", Path.Combine(first.Data, "agent-orchestrator.db")]);
        Assert.Equal(6, await second.StartAndEnd());
        Assert.Contains($"pid {first.Pid}", second.Said, StringComparison.Ordinal);
        Assert.Contains("agent-orchestrator.db", second.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daemon_start_hands_on_the_flags_and_repeats_why_a_daemon_ended_at_once()
    {
        await using var own = new OwnDaemon();
        await using var other = await TestDaemon.Start();
        var port = new Uri(other.Url).Port;

        var (code, _, error) = await own.Ctl(null, "daemon", "start", "--port", $"{port}");
        Assert.Equal(7, code);
        Assert.Contains($"(process {other.Pid})", error, StringComparison.Ordinal);
        (code, _, error) = await own.Ctl(null, "daemon", "start", "--port", "0", "--listen", "nowhere");
        Assert.Equal(7, code);
        Assert.Contains("'nowhere' is no IP address", error, StringComparison.Ordinal);
        Assert.DoesNotContain($"(process {other.Pid})", error, StringComparison.Ordinal);
        await own.Ok("daemon", "start", "--port", "0", "--db", "else.db", "--auth-token", "a-token-of-mine", "--max-concurrency", "2",
            "--", "--auth-token", "another-of-mine");

        var database = await own.Ok("daemon", "status", "--field", "store.path");
        Assert.Equal(Path.Combine(own.Folder, "else.db"), database);
        foreach (var token in new[] { "a-token-of-mine", "another-of-mine" })
            Assert.Equal("2", await own.Ok("daemon", "status", "--field", "max_concurrency", "--auth-token", token));
        Assert.Contains("listens on", await own.Ok("daemon", "logs"), StringComparison.Ordinal);
        Assert.Contains("already running", (await own.Ctl(null, "daemon", "start")).Error, StringComparison.Ordinal);
    }

    static Task Write(TestDaemon daemon, string config) =>
        File.WriteAllTextAsync(Path.Combine(daemon.Data, "config.yaml"), config, TestContext.Current.CancellationToken);
}
