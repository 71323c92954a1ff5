using Orchestrator.Cli;

namespace Orchestrator.Tests.Cli;

public class RunWaitSpecs
{
    static string Run(string status) => CannedDaemon.Json($$"""{"run":{"id":"ab","status":"{{status}}"},"timed_out":false}""");

    [Theory]
    [InlineData("succeeded", 0)]
    [InlineData("failed", 1)]
    [InlineData("canceled", 1)]
    [InlineData("lost", 1)]
    [InlineData("timed_out", 124)]
    public void The_exit_code_of_a_wait_is_how_the_run_ended(string status, int code)
    {
        using var daemon = new CannedDaemon(Run("running"), Run("running"), Run(status));
        var stage = new Stage();
        Assert.Equal(code, stage.Run(daemon.Url, "wait", "ab", "-q", "--field", "status"));
        Assert.Equal(status + "\n", stage.Out);
    }

    [Fact]
    public void A_wait_outlives_a_daemon_that_breaks_off()
    {
        using var daemon = new CannedDaemon(Run("running"), "", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"run\"", Run("succeeded"));
        Assert.Equal(0, new Stage().Run(daemon.Url, "run", "wait", "ab", "-q"));
        Assert.Equal(4, daemon.Asked.Count);
    }

    [Fact]
    public void A_limit_that_comes_first_leaves_the_run_alone_and_says_it_still_runs()
    {
        using var daemon = new CannedDaemon(Run("running"), Run("running"));
        var stage = new Stage();
        Assert.Equal(ExitCodes.StillRunning, stage.Run(daemon.Url, "run", "wait", "ab", "--timeout", "0", "-q", "--field", "timed_out"));
        Assert.Equal("true\n", stage.Out);
        Assert.Contains("/wait?timeout_s=0", daemon.Asked[1], StringComparison.Ordinal);
    }
    [Fact]
    public void The_end_is_told_once_with_its_cause_whatever_of_the_events_arrived()
    {
        var failed = CannedDaemon.Json(
            """{"run":{"id":"ab","status":"failed","reason":"exit_nonzero","error":{"message":"It exited with 3."}},"timed_out":false}""");
        using var daemon = new CannedDaemon(Run("running"), failed, failed, failed);
        var stage = new Stage();
        Assert.Equal(1, stage.Run(daemon.Url, "wait", "ab", "--field", "status"));
        Assert.Single(stage.Error.Split('\n'), line => line.EndsWith("failed: exit_nonzero: It exited with 3.", StringComparison.Ordinal));
    }
}
