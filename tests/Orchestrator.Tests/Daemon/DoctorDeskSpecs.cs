using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>The check of the machine by the daemon itself, for who is not at its terminal.</summary>
public class DoctorDeskSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    [Fact]
    public async Task The_daemon_says_what_the_command_says_and_tells_when_it_is_done()
    {
        Assert.Equal("never", (string?)(await Daemon.Get("/doctor"))["state"]);
        Assert.Equal("running", (string?)(await Daemon.Post("/doctor"))["state"]);
        await Eventually.True(() => (string?)Daemon.Look("/doctor")["state"] == "done", "the machine is checked", TimeSpan.FromSeconds(60));

        var shown = await Daemon.Get("/doctor");
        Assert.Null(shown["problem"]);
        var typed = JsonNode.Parse((await TypedCommand.Run(Daemon, null, "doctor", "--format", "json")).Out)!.Entries("checks")
            .Select(check => (string)check["name"]!);
        Assert.Equal(typed, shown["checks"]!.AsArray().Select(check => (string)check!["name"]!));
        // It found this very daemon.
        Assert.Contains(shown["checks"]!.AsArray(), check => (string?)check!["name"] == "daemon"
            && ((string)check["found"]!).Contains(Daemon.Url, StringComparison.Ordinal));
        Assert.Contains(await Daemon.Events(), e => (string?)e["event_type"] == "doctor.done");
    }
}
