using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Orchestrator.Daemon;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Board;

/// <summary>The board's own files as a browser gets them, from the real daemon.</summary>
public partial class BoardFileSpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    const string Policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";

    TestDaemon Daemon => shared.Daemon;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/app")]
    [InlineData("/app/needs")]
    [InlineData("/app/items/0123456789abcdef/review?view=split")]
    public async Task The_page_is_there_without_a_token_at_every_address_of_the_app(string path)
    {
        await NeedBoard();
        using var answer = await Ask(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache", answer.Headers.CacheControl?.ToString());
        Assert.Equal(Policy, One(answer, "Content-Security-Policy"));
        Assert.Equal("nosniff", One(answer, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", One(answer, "Referrer-Policy"));
        Assert.Equal("same-origin", One(answer, "Cross-Origin-Resource-Policy"));
        Assert.Equal("Accept-Encoding", One(answer, "Vary"));
        var page = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Contains("<div id=\"root\">", page, StringComparison.Ordinal);
        // The policy would refuse them.
        Assert.DoesNotMatch(@"<script(?![^>]*\bsrc=)", page);
        Assert.DoesNotMatch(@"\son\w+=", page);
    }

    [Fact]
    public async Task What_the_page_names_is_there_and_kept_for_good()
    {
        await NeedBoard();
        var parts = await Parts();
        Assert.Contains(parts, part => part.EndsWith(".js", StringComparison.Ordinal));
        Assert.Contains(parts, part => part.EndsWith(".css", StringComparison.Ordinal));
        foreach (var part in parts)
        {
            using var answer = await Ask(part);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(Path.GetExtension(part) switch
            {
                ".js" => "text/javascript",
                ".css" => "text/css",
                ".png" => "image/png",
                _ => "application/manifest+json",
            }, answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal("public, max-age=31536000, immutable", One(answer, "Cache-Control"));
        }

        using var picture = await Ask("/favicon.svg");
        Assert.Equal(("image/svg+xml", "no-cache"), (picture.Content.Headers.ContentType?.ToString(), One(picture, "Cache-Control")));
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("GZip;q=0.5", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("*", "br")]
    [InlineData("br;q=0, *;q=0.1", "gzip")]
    [InlineData("br;q=0.000, *;q=0", "")]
    [InlineData("identity", "")]
    [InlineData("", "")]
    [InlineData("brotli;;;=q,,", "")]
    public async Task The_copy_a_browser_understands_is_sent_and_unpacks_to_the_same(string accepts, string expected)
    {
        await NeedBoard();
        var script = (await Parts()).First(part => part.EndsWith(".js", StringComparison.Ordinal));
        using var plain = await Ask(script);
        var bytes = await plain.Content.ReadAsByteArrayAsync(Stop);
        using var answer = await Ask(script, ("Accept-Encoding", accepts));
        Assert.Equal(expected, string.Join(",", answer.Content.Headers.ContentEncoding));
        await using var body = await answer.Content.ReadAsStreamAsync(Stop);
        await using Stream unpacked = expected switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var copy = new MemoryStream();
        await unpacked.CopyToAsync(copy, Stop);
        Assert.Equal(bytes, copy.ToArray());
        if (expected.Length > 0)
            Assert.True(answer.Content.Headers.ContentLength < bytes.Length / 2, "the compressed copy is hardly smaller");
    }

    [Fact]
    public async Task What_the_browser_has_already_is_not_sent_again()
    {
        await NeedBoard();
        foreach (var path in (string[])["/", (await Parts())[0], "/favicon.svg"])
        {
            using var first = await Ask(path, ("Accept-Encoding", "br"));
            var tag = One(first, "ETag");
            foreach (var asked in (string[])[tag, $"\"0\", {tag}", $"W/{tag}", "*"])
            {
                using var again = await Ask(path, ("Accept-Encoding", "br"), ("If-None-Match", asked));
                Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
                Assert.Equal(tag, One(again, "ETag"));
                Assert.Empty(await again.Content.ReadAsByteArrayAsync(Stop));
                Assert.Null(again.Content.Headers.ContentType);
            }

            foreach (var other in (string[])["\"0\"", "no tag at all", "\"" + new string('x', 3000) + "\""])
            {
                using var anew = await Ask(path, ("Accept-Encoding", "br"), ("If-None-Match", other));
                Assert.Equal(HttpStatusCode.OK, anew.StatusCode);
            }
        }

        // Another copy is another tag.
        using var compressed = await Ask("/", ("Accept-Encoding", "br"));
        using var plain = await Ask("/", ("If-None-Match", One(compressed, "ETag")));
        Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
    }

    [Fact]
    public async Task Head_tells_the_same_without_the_bytes()
    {
        await NeedBoard();
        foreach (var path in (string[])["/", "/app/runs", (await Parts())[0], "/favicon.svg"])
        {
            using var got = await Ask(path);
            using var client = Daemon.As(null);
            using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), Stop);
            Assert.Equal((got.StatusCode, got.Content.Headers.ContentLength, One(got, "ETag")),
                (head.StatusCode, head.Content.Headers.ContentLength, One(head, "ETag")));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
        }
    }

    [Theory]
    [InlineData("/assets/nothing.js")]
    [InlineData("/assets/")]
    [InlineData("/assets/..%2findex.html")]
    [InlineData("/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd")]
    [InlineData("/assets/..%5cindex.html")]
    [InlineData("/assets/%2fetc%2fpasswd")]
    [InlineData("/assets/index.html")]
    [InlineData("/assets/../../../../etc/passwd")]
    [InlineData("/assets/a/b.js")]
    [InlineData("/index.html")]
    [InlineData("/Web/index.html")]
    [InlineData("/favicon.svg.br")]
    [InlineData("/favicon.ico")]
    public async Task What_is_not_among_the_files_is_not_there(string path)
    {
        using var raw = await RawHttp.Open(Daemon.Url);
        await raw.Send($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer {Daemon.Token}\r\n\r\n");
        var answer = await raw.ReadToEnd();
        Assert.Equal(404, RawHttp.Status(answer));
        Assert.Equal("not_found", (string?)RawHttp.Body(answer)!["code"]);
    }

    [Fact]
    public async Task A_copy_is_no_file_of_its_own()
    {
        await NeedBoard();
        using var answer = await Ask((await Parts())[0] + ".br");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("Host: evil.example\r\n")]
    [InlineData("Host: 127.0.0.1\r\nOrigin: http://evil.example\r\n")]
    public async Task Strangers_do_not_get_them(string headers)
    {
        foreach (var path in (string[])["/", "/app/needs", "/assets/x.js", "/favicon.svg"])
        {
            using var raw = await RawHttp.Open(Daemon.Url);
            await raw.Send($"GET {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
            Assert.Equal(403, RawHttp.Status(await raw.ReadToEnd()));
        }
    }

    [Fact]
    public async Task Without_the_app_a_page_says_how_to_get_it_and_a_folder_named_for_it_is_read_anew()
    {
        await using var daemon = TestDaemon.Prepare();
        var folder = Path.Combine(daemon.Root, "board");
        await daemon.With("AGENTD_BOARD_DIR", folder).Start();
        using var client = daemon.As(null);
        foreach (var path in (string[])["/", "/app/needs"])
        {
            var page = await client.GetStringAsync(path, Stop);
            Assert.Contains("Node.js 20", page, StringComparison.Ordinal);
            Assert.Contains("agentctl list", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        }

        Directory.CreateDirectory(Path.Combine(folder, "assets"));
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "first", Stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "assets", "a.js"), "let a", Stop);
        await File.WriteAllTextAsync(Path.Combine(daemon.Root, "secret"), "secret", Stop);
        Assert.Equal("first", await client.GetStringAsync("/", Stop));
        Assert.Equal("let a", await client.GetStringAsync("/assets/a.js", Stop));
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "second", Stop);
        Assert.Equal("second", await client.GetStringAsync("/app/runs", Stop));
        using var outside = await client.GetAsync("/assets/..%2f..%2fsecret", Stop);
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
    }

    async Task NeedBoard()
    {
        if (new BoardFiles(null).Find("index.html") is null)
            Assert.Skip("This build has no board: Node.js 20 or later was missing when it was made.");
        // The program that runs may be another build than the one beside the tests.
        using var client = Daemon.As(null);
        Assert.Contains("id=\"root\"", await client.GetStringAsync("/", Stop), StringComparison.Ordinal);
    }

    /// <summary>The addresses the page loads from.</summary>
    async Task<List<string>> Parts()
    {
        using var client = Daemon.As(null);
        return [.. Asset().Matches(await client.GetStringAsync("/", Stop)).Select(match => match.Value)];
    }

    async Task<HttpResponseMessage> Ask(string path, params (string Name, string Value)[] headers)
    {
        using var client = Daemon.As(null);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, Stop);
    }

    static string One(HttpResponseMessage answer, string header) => string.Join(", ",
        answer.Headers.TryGetValues(header, out var values) ? values
        : answer.Content.Headers.TryGetValues(header, out values) ? values : ["(none)"]);

    [GeneratedRegex(@"/assets/[\w.-]+")]
    private static partial Regex Asset();
}
