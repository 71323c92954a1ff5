using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>In a real browser: a stranger's page, and a stranger's name that leads here, read nothing and change nothing.</summary>
public class ForeignOriginSpecs
{
    const string Secret = "the-secret-7c1f";
    const string Rebound = "MAP evil.example 127.0.0.1";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_on_a_foreign_origin_reads_nothing_and_changes_nothing(bool open)
    {
        Chromium.Need();
        await using var daemon = TestDaemon.Prepare();
        if (open)
            daemon.Flags.Add("--open");
        await daemon.Start();
        var (session, run) = await AtWork(daemon);
        await using var site = await ForeignSite.Open(ForeignPage.Of(daemon.Url, session, run));
        var before = await State(daemon, session);

        var dom = await Chromium.Dom(site.Url.AbsoluteUri);

        Assert.All(ForeignPage.Got(dom), line => Assert.EndsWith(": nothing", line, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, dom, StringComparison.Ordinal);
        Assert.Equal(before, await State(daemon, session));
    }

    [Fact]
    public async Task A_foreign_name_that_was_made_to_lead_here_reads_only_refusals_and_changes_nothing()
    {
        Chromium.Need();
        await using var daemon = TestDaemon.Prepare();
        daemon.Flags.Add("--open");
        await daemon.Start();
        var (session, run) = await AtWork(daemon);
        await using var site = await ForeignSite.Open(ForeignPage.Of("", session, run), behind: daemon.Url);
        var before = await State(daemon, session);

        var direct = await Chromium.Dom($"http://evil.example:{new Uri(daemon.Url).Port}/runs", Rebound);
        var dom = await Chromium.Dom($"http://evil.example:{site.Url.Port}/", Rebound);

        Assert.Contains("Host header", direct, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, direct, StringComparison.Ordinal);
        // It is one origin for the browser, so the page may read what it is told: that it may not.
        Assert.All(ForeignPage.Got(dom), line => Assert.True(line.EndsWith(": nothing", StringComparison.Ordinal)
            || line.Contains("Host header", StringComparison.Ordinal), line));
        Assert.Contains(ForeignPage.Got(dom), line => line.StartsWith("GET /runs cors omit: read 403 ", StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, dom, StringComparison.Ordinal);
        Assert.Equal(before, await State(daemon, session));
    }

    [Fact]
    public async Task The_same_page_at_home_reads_and_changes_what_it_tries()
    {
        // Without this the tests above would also pass with a page that tries nothing.
        Chromium.Need();
        await using var daemon = TestDaemon.Prepare();
        daemon.Flags.Add("--open");
        await daemon.Start();
        var (session, run) = await AtWork(daemon);
        await using var site = await ForeignSite.Open(ForeignPage.Of("", session, run), behind: daemon.Url);

        var got = ForeignPage.Got(await Chromium.Dom(site.Url.AbsoluteUri));

        Assert.Contains(got, line => line.StartsWith("GET /runs cors omit: read 200 ", StringComparison.Ordinal)
            && line.Contains(Secret, StringComparison.Ordinal));
        Assert.Contains(got, line => line.StartsWith("POST /runs cors application/json: read 201 ", StringComparison.Ordinal));
        Assert.Contains("events true: read the stream", got);
        var runs = (await daemon.Get("/runs"))["runs"]!.AsArray();
        Assert.Contains(runs, one => ((string)one!["prompt"]!).Contains("broken in", StringComparison.Ordinal));
        Assert.Equal("user", (string?)(await daemon.Ended(run))["reason"]);
    }

    // A run that has said its secret and goes on: there is something to read and something to cancel.
    static async Task<(string Session, string Run)> AtWork(TestDaemon daemon)
    {
        var run = await daemon.Run($"print {Secret}", "hang");
        var session = (string)(await daemon.Get($"/runs/{run}"))["run"]!["session_id"]!;
        var output = Path.Combine(daemon.Data, "runs", run, "stdout");
        await Eventually.True(() => File.Exists(output) && new FileInfo(output).Length > 0, "the agent has spoken");
        while (!(await daemon.Events(session)).Any(e => (string?)e["data"]!["text"] == Secret))
            await Moment.Later(TimeSpan.FromMilliseconds(10));
        return (session, run);
    }

    // All a page could have changed; refusals that the daemon notes for itself are not among it.
    static async Task<string> State(TestDaemon daemon, string session)
    {
        string[] ours = ["session.", "run.", "message.", "request.", "project.", "workspace.", "daemon."];
        var events = (await daemon.Events()).Where(e => ours.Any(((string)e["event_type"]!).StartsWith));
        return new JsonObject
        {
            ["sessions"] = await daemon.Get("/sessions?limit=500"),
            ["runs"] = await daemon.Get("/runs?limit=500"),
            ["messages"] = await daemon.Get($"/sessions/{session}/messages?limit=500"),
            ["events"] = new JsonArray([.. events.Select(e => e.DeepClone())]),
        }.ToJsonString();
    }
}
