using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Orchestrator.Daemon;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>The daemon's Unix socket: for its owner only, by the same tokens, gone with the daemon.</summary>
public class UnixSocketSpecs
{
    [Fact]
    public async Task The_socket_is_the_owners_announced_asks_for_the_token_and_goes_with_the_daemon()
    {
        await using var daemon = await TestDaemon.Start();
        var path = Path.Combine(daemon.Data, "agentd.sock");
        var facts = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(daemon.Data, "daemon.json"),
            TestContext.Current.CancellationToken))!;
        Assert.Equal(path, (string?)facts["socket"]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        using var client = Over(path);
        await client.GetAsync("/sessions", TestContext.Current.CancellationToken).Refused(401, "unauthorized");
        client.DefaultRequestHeaders.Authorization = new("Bearer", daemon.Token);
        using (var answer = await client.GetAsync("/sessions", TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        client.DefaultRequestHeaders.Host = "evil.example";
        await client.GetAsync("/sessions", TestContext.Current.CancellationToken).Refused(403, "forbidden");
        var refused = (await daemon.Events()).Where(e => (string?)e["event_type"] == "door.refused");
        Assert.All(refused, e => Assert.Equal("unix", (string?)e["data"]!["address"]));

        // A killed daemon leaves it; the next one takes its place.
        await daemon.Kill();
        Assert.True(File.Exists(path));
        await daemon.Start();
        using var again = Over(path);
        using (var answer = await again.GetAsync("/health", TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await daemon.Stop();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_path_too_long_for_a_socket_is_one_warning_and_no_more()
    {
        using var said = new StringWriter();
        Assert.Null(Listeners.Socket("/" + new string('d', 120), said));
        Assert.Single(said.ToString().TrimEnd().Split('\n'));
        Assert.Contains("no Unix socket", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_the_way_of_the_socket_is_named_and_left_there()
    {
        var folder = Directory.CreateTempSubdirectory("socket-").FullName;
        using var said = new StringWriter();
        Directory.CreateDirectory(Path.Combine(folder, Listeners.SocketFile));
        Assert.Null(Listeners.Socket(folder, said));
        Assert.Contains("in the way", said.ToString(), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Agentctl_talks_over_it_by_flag_and_variable()
    {
        await using var own = new OwnDaemon();
        await own.Ok("daemon", "start", "--port", "0");
        var url = $"unix:{Path.Combine(own.Data, "agentd.sock")}";
        var id = await own.Ok("--url", url, "session", "create", "--title", "over the socket", "--field", "session.id");
        Assert.Equal("over the socket", await own.Ok("session", "show", id, "--field", "session.title"));
        var (code, _, error) = await own.Ctl(null, "--url", $"unix:{own.Folder}/nobody.sock", "session", "list");
        Assert.Equal(7, code);
        Assert.Contains("does not answer", error, StringComparison.Ordinal);
        var secret = await own.Ok("token", "create", "ci", "--scopes", "read", "--expires-in", "12h", "--field", "secret");
        await own.Ok("--url", url, "--auth-token", secret, "session", "list");
        Assert.Equal(4, (await own.Ctl(null, "--url", url, "--auth-token", secret, "session", "create")).Code);
        Assert.StartsWith("http://127.0.0.1:", await own.Ok("open", "--print"), StringComparison.Ordinal);
        Assert.Equal("ci", await own.Ok("token", "list", "--field", "tokens.0.name"));
        await own.Ok("token", "revoke", "ci", "--reason", "the test is over");
        Assert.Equal(4, (await own.Ctl(null, "--auth-token", secret, "session", "list")).Code);
        Assert.Equal(5, (await own.Ctl(null, "token", "revoke", "nobody")).Code);
        Assert.Equal(2, (await own.Ctl(null, "token", "create", "x")).Code);
    }

    static HttpClient Over(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, stop) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://localhost") };
}
