using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>A browser lets itself in by a one-time link, and its cookie works for our own pages only.</summary>
public class BrowserSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    [Fact]
    public async Task A_link_opens_once_sets_a_strict_cookie_and_leads_to_the_board()
    {
        var url = await Link();
        Assert.StartsWith(Daemon.Url + "/open?code=", url, StringComparison.Ordinal);
        using var browser = Daemon.As(null);
        // Looking at a link (a preview) does not use it up.
        using (var head = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Head, url), TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.NoContent, head.StatusCode);
        using var opened = await browser.GetAsync(url, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.SeeOther, "/"), (opened.StatusCode, opened.Headers.Location?.ToString()));
        var cookie = opened.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith($"agentd_{new Uri(Daemon.Url).Port}=", cookie, StringComparison.Ordinal);
        foreach (var word in new[] { "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000" })
            Assert.Contains(word, cookie.Split("; "));
        await browser.GetAsync(url, TestContext.Current.CancellationToken).Refused(410, "gone");
        await browser.GetAsync("/open?code=agt_0", TestContext.Current.CancellationToken).Refused(410, "gone");
        await browser.GetAsync("/open?code=", TestContext.Current.CancellationToken).Refused(400, "invalid_request");
        await browser.GetAsync("/open?code=a&code=b", TestContext.Current.CancellationToken).Refused(400, "invalid_request");
        await browser.GetAsync("/open?code=" + new string('x', 5000), TestContext.Current.CancellationToken).Refused(410, "gone");

        var listed = (await Daemon.Get("/tokens"))["tokens"]!.AsArray().Last(t => (string?)t!["kind"] == "browser")!;
        Assert.Equal("local", (string?)listed["created_by"]);
        Assert.NotNull((string?)listed["expires_at"]);
    }

    [Fact]
    public async Task Of_many_who_open_a_link_at_once_one_gets_in()
    {
        var url = await Link();
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var browser = Daemon.As(null);
            using var answer = await browser.GetAsync(url, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }));
        Assert.Equal((1, 19), (all.Count(s => s == HttpStatusCode.SeeOther), all.Count(s => s == HttpStatusCode.Gone)));
    }

    [Fact]
    public async Task A_cookie_counts_for_requests_of_our_own_page_and_for_no_other()
    {
        var cookie = await Enter(Daemon);
        var other = cookie.Replace("agentd_", "agentd_1", StringComparison.Ordinal);
        var sessions = await Sessions();
        (string What, int Status, HttpMethod Method, string Cookie, (string, string)[] Headers)[] asked =
        [
            ("our page reads", 200, HttpMethod.Get, cookie, [("Sec-Fetch-Site", "same-origin")]),
            ("an old browser reads", 200, HttpMethod.Get, cookie, []),
            ("an address typed by hand", 200, HttpMethod.Get, cookie, [("Sec-Fetch-Site", "none")]),
            ("the page of another port reads", 403, HttpMethod.Get, cookie, [("Sec-Fetch-Site", "same-site")]),
            ("a stranger's page reads", 403, HttpMethod.Get, cookie, [("Sec-Fetch-Site", "cross-site")]),
            ("nobody says whose page changes", 403, HttpMethod.Post, cookie, []),
            ("the page of another port changes", 403, HttpMethod.Post, cookie, [("Sec-Fetch-Site", "same-site")]),
            ("a stranger's page changes", 403, HttpMethod.Post, cookie, [("Origin", "http://evil.example")]),
            ("a sandboxed page changes", 403, HttpMethod.Post, cookie, [("Origin", "null")]),
            ("another port's origin changes", 403, HttpMethod.Post, cookie, [("Origin", "http://127.0.0.1:1")]),
            ("a foreign origin that claims to be ours", 403, HttpMethod.Post, cookie,
                [("Origin", "http://evil.example"), ("Sec-Fetch-Site", "same-origin")]),
            ("a rebinding host", 403, HttpMethod.Post, cookie, [("Host", "evil.example"), ("Origin", "http://evil.example")]),
            ("a rebinding host reads", 403, HttpMethod.Get, cookie, [("Host", "evil.example:80")]),
            ("the cookie of another port", 401, HttpMethod.Get, other, []),
            ("a cookie nobody was given", 401, HttpMethod.Get, cookie + "0", []),
            ("an empty cookie", 401, HttpMethod.Get, cookie[..(cookie.IndexOf('=') + 1)], []),
            ("another method", 403, HttpMethod.Put, cookie, []),
        ];
        foreach (var (what, status, method, crumb, headers) in asked)
        {
            using var answer = await Ask(method, crumb, headers);
            Assert.True((int)answer.StatusCode == status, $"{what}: {(int)answer.StatusCode} instead of {status}");
        }

        Assert.Equal(sessions, await Sessions());
        using (var answer = await Ask(HttpMethod.Post, cookie, ("Origin", Daemon.Url)))
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        using (var answer = await Ask(HttpMethod.Post, cookie, ("Sec-Fetch-Site", "same-origin")))
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(sessions + 2, await Sessions());
        var told = (await Daemon.Events()).Last(e => (string?)e["event_type"] == "session.created");
        Assert.StartsWith("browser:", (string?)told["actor"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_stays_in_after_a_restart_until_it_is_revoked()
    {
        await using var daemon = TestDaemon.Prepare();
        // The cookie's name carries the port, so the port stays.
        await daemon.Start();
        daemon.Flags.AddRange(["--port", new Uri(daemon.Url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        var cookie = await Enter(daemon);
        await daemon.Kill();
        await daemon.Start();
        using var browser = daemon.As(null);
        browser.DefaultRequestHeaders.Add("Cookie", cookie);
        using (var answer = await browser.GetAsync("/sessions", TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var id = (await daemon.Get("/tokens"))["tokens"]![0]!["id"];
        await daemon.Post($"/tokens/{id}/revoke");
        await browser.GetAsync("/sessions", TestContext.Current.CancellationToken).Refused(401, "unauthorized");
    }

    [Fact]
    public async Task With_open_doors_a_foreign_page_and_a_rebinding_host_still_do_nothing()
    {
        await using var daemon = TestDaemon.Prepare();
        daemon.Flags.Add("--open");
        await daemon.Start();
        using var raw = await RawHttp.Open(daemon.Url);
        await raw.Send("POST /sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(403, RawHttp.Status(await raw.ReadUntil("\r\n\r\n")));
        using var rebound = await RawHttp.Open(daemon.Url);
        await rebound.Send("POST /sessions HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(403, RawHttp.Status(await rebound.ReadUntil("\r\n\r\n")));
        using var socket = await RawHttp.Open(daemon.Url);
        await socket.Send("GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.Equal(403, RawHttp.Status(await socket.ReadUntil("\r\n\r\n")));
        using var open = daemon.As(null);
        var page = JsonNode.Parse(await open.GetStringAsync("/sessions", TestContext.Current.CancellationToken))!;
        Assert.Empty(page["sessions"]!.AsArray());
    }

    async Task<HttpResponseMessage> Ask(HttpMethod method, string cookie, params (string Name, string Value)[] headers)
    {
        using var client = Daemon.As(null);
        using var request = new HttpRequestMessage(method, "/sessions");
        request.Headers.Add("Cookie", cookie);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    async Task<int> Sessions() => (await Daemon.Get("/sessions?limit=500"))["sessions"]!.AsArray().Count;

    async Task<string> Link() => (string)(await Daemon.Post("/open"))["url"]!;

    /// <summary>Opens a link; the cookie as a browser sends it back.</summary>
    static async Task<string> Enter(TestDaemon daemon)
    {
        using var browser = daemon.As(null);
        var url = (string)(await daemon.Post("/open"))["url"]!;
        using var opened = await browser.GetAsync(url, TestContext.Current.CancellationToken);
        return opened.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }
}
