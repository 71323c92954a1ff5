using Orchestrator.Cli;

namespace Orchestrator.Tests.Cli;

/// <summary>A daemon of another version is told once, and explains a route that is not there.</summary>
public class VersionSkewSpecs
{
    const string Ok = """{"daemon_health":"ok","version":"0.0.9"}""";
    const string NoRoute = """{"status":404,"detail":"There is no route GET /daemon/status.","code":"not_found"}""";

    [Fact]
    public void A_remark_names_both_versions_and_the_way_out_and_q_silences_it()
    {
        var stage = new Stage();
        using var daemon = new CannedDaemon(Of("0.0.9", Ok), Of("0.0.9", Ok));
        Assert.Equal(0, stage.Run(daemon.Url, "daemon", "status", "--field", "daemon_health"));
        Assert.Equal("ok\n", stage.Out);
        Assert.Contains($"agentctl {OwnVersion.Text} talks to agentd 0.0.9", stage.Error, StringComparison.Ordinal);
        Assert.Contains("agentctl daemon start", stage.Error, StringComparison.Ordinal);
        Assert.Single(stage.Error.TrimEnd('\n').Split('\n'));

        var quiet = new Stage();
        Assert.Equal(0, quiet.Run(daemon.Url, "-q", "daemon", "status"));
        Assert.Equal("", quiet.Error);
    }

    [Fact]
    public void It_is_said_once_however_often_a_command_asks()
    {
        var stage = new Stage();
        const string Events = """{"events":[{"cursor":"1"}],"next_cursor":"1"}""";
        using var daemon = new CannedDaemon(Of("0.0.9", Events), Of("0.0.9", """{"events":[],"next_cursor":"1"}"""));
        Assert.Equal(0, stage.Run(daemon.Url, "events", "tail"));
        Assert.Equal(2, daemon.Asked.Count);
        Assert.Single(stage.Error.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("same")]
    public void The_same_version_or_none_is_no_remark(string? version)
    {
        var stage = new Stage();
        using var daemon = new CannedDaemon(version is null ? CannedDaemon.Json(Ok) : Of(OwnVersion.Text, Ok));
        Assert.Equal(0, stage.Run(daemon.Url, "daemon", "status"));
        Assert.Equal("", stage.Error);
    }

    [Theory]
    [InlineData("0.0.9", "agentd 0.0.9")]
    [InlineData(null, "an older one")]
    public void A_route_an_older_daemon_does_not_know_gets_the_hint_to_restart_it(string? version, string named)
    {
        var stage = new Stage();
        using var daemon = new CannedDaemon(Of(version, NoRoute, 404));
        Assert.Equal(5, stage.Run(daemon.Url, "daemon", "status"));
        Assert.Equal("", stage.Out);
        Assert.Contains("There is no route", stage.Error, StringComparison.Ordinal);
        Assert.Contains(named, stage.Error, StringComparison.Ordinal);
        Assert.Contains("agentctl daemon stop && agentctl daemon start", stage.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_that_is_not_there_is_no_matter_of_versions()
    {
        var stage = new Stage();
        using var daemon = new CannedDaemon(Of(null, """{"status":404,"detail":"There is no run 'ab'.","code":"not_found"}""", 404));
        Assert.Equal(5, stage.Run(daemon.Url, "show", "ab"));
        Assert.DoesNotContain("estart", stage.Error, StringComparison.Ordinal);
    }

    static string Of(string? version, string body, int status = 200) => version is null ? CannedDaemon.Json(body, status)
        : CannedDaemon.Json(body, status).Replace("\r\n\r\n", $"\r\n{OwnVersion.Header}: {version}\r\n\r\n", StringComparison.Ordinal);
}
