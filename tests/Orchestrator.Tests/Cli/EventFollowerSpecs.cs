namespace Orchestrator.Tests.Cli;

public class EventFollowerSpecs
{
    static string Frame(int cursor) => $"id: {cursor}\ndata: {{\"cursor\":\"{cursor}\",\"event_type\":\"run.output\"}}\n\n";

    [Fact]
    public void A_watcher_goes_on_after_the_last_cursor_when_the_daemon_goes_away_so_that_nothing_is_missed_or_doubled()
    {
        using var daemon = new CannedDaemon(
            CannedDaemon.BrokenStream(Frame(1), Frame(2), "id: 3\ndata: {\"cursor\":\"3\""),
            "",
            CannedDaemon.BrokenStream(": beat\n\n", Frame(3)),
            CannedDaemon.Json("""{"code":"gone","detail":"enough"}""", 410));
        var stage = new Stage();
        Assert.Equal(Orchestrator.Cli.ExitCodes.NotFound, stage.Run(daemon.Url, "events", "tail", "--follow", "--field", "cursor"));
        Assert.Equal("1\n2\n3\n", stage.Out);
        Assert.Equal(
            ["GET /stream HTTP/1.1", "GET /stream?after=2 HTTP/1.1", "GET /stream?after=2 HTTP/1.1", "GET /stream?after=3 HTTP/1.1"],
            daemon.Asked);
    }
}
