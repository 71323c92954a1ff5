using Orchestrator.GitHub;
using Orchestrator.Profiles;
using Orchestrator.Tests.Support;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.GitHub;

/// <summary>Pushing with real git, to a folder and over HTTP.</summary>
public sealed class PusherSpecs : IAsyncLifetime
{
    readonly TempRepository local = new();
    GitHubServer server = null!;
    Pusher pusher = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    string Http => $"{server.Url}/acme/shop.git";

    string Folder => server.Book.FolderOf("acme/shop");

    public async ValueTask InitializeAsync()
    {
        server = await GitHubServer.Open();
        server.Book.Make("acme/shop");
        pusher = new Pusher(new Git(local.Surroundings), new Dictionary<string, string>(), local.At("pushes"));
    }

    public ValueTask DisposeAsync()
    {
        local.Dispose();
        return server.DisposeAsync();
    }

    Task<Pushed> Push(string address, string commit, Func<string, bool>? ours = null, string? token = GitHubServer.Token) => pusher.Push(
        new PushOrder(Path.Combine(local.Path, ".git"), address, commit, "agent/work", ours ?? (_ => false), token), Stop);

    string There() => server.Book.Git("acme/shop", "rev-parse", "refs/heads/agent/work");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_gets_there_once_forward_and_replaces_only_what_is_ours(bool http)
    {
        var address = http ? Http : Folder;
        var first = local.Commit("one");
        Assert.True((await Push(address, first)).Done);
        Assert.True((await Push(address, first)).Done);
        var second = local.Commit("two");
        Assert.True((await Push(address, second)).Done);
        Assert.Equal(second, There());

        local.Run("reset", "--quiet", "--hard", first);
        var other = local.Commit("other");
        var refused = await Push(address, other);
        Assert.Contains("is not ours", refused.Why, StringComparison.Ordinal);
        Assert.False(refused.Passes);
        Assert.Equal(second, There());
        Assert.True((await Push(address, other, commit => commit == second)).Done);
        Assert.Equal(other, There());
        Assert.Empty(Directory.GetDirectories(local.At("pushes")));
        Assert.Equal(http ? 1 : 0, server.Git.Shown.Distinct().Count());
    }

    [Fact]
    public async Task What_an_agent_wrote_into_the_repositorys_configuration_leads_nowhere()
    {
        var (hook, trace) = local.Trap("hook");
        var elsewhere = Directory.CreateDirectory(local.At("elsewhere.git")).FullName;
        local.RunIn(elsewhere, "init", "--quiet", "--bare");
        Directory.CreateDirectory(Path.Combine(local.Path, ".git", "hooks"));
        File.Copy(hook, Path.Combine(local.Path, ".git", "hooks", "pre-push"));
        foreach (var (key, value) in new[]
        {
            ($"url.{elsewhere}.insteadOf", server.Url), ($"url.{elsewhere}.pushInsteadOf", Http), ("http.proxy", "http://127.0.0.1:1"),
            ("credential.helper", hook), ("core.askPass", hook), ("http.sslVerify", "false"), ("remote.origin.receivepack", hook),
        })
            local.Run("config", key, value);
        // And the user's own rule, which is for other addresses.
        local.Run("config", "--global", "url.ssh://git@127.0.0.1/.pushInsteadOf", server.Url + "/");

        Assert.True((await Push(Http, local.Commit("one"))).Done);

        Assert.False(File.Exists(trace));
        Assert.Equal("", local.RunIn(elsewhere, "for-each-ref"));
        Assert.Equal(There(), local.Run("rev-parse", "HEAD"));
    }

    [Fact]
    public async Task A_push_that_is_not_taken_says_why()
    {
        var commit = local.Commit("one");
        var wrong = await Push(Http, commit, token: "ghp_wrong");
        Assert.Contains("did not take the token", wrong.Why, StringComparison.Ordinal);
        Assert.False(wrong.Passes);
        Assert.Contains("not found", (await Push($"{server.Url}/acme/none.git", commit)).Why, StringComparison.Ordinal);
        var hook = Path.Combine(Folder, "hooks", "pre-receive");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        File.WriteAllText(hook, "#!/bin/sh\necho 'error: GH006: Protected branch update failed.' >&2\nexit 1\n");
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        var rejected = await Push(Http, commit);
        Assert.Contains("pre-receive hook declined", rejected.Why, StringComparison.Ordinal);
        Assert.Contains("GH006", rejected.Why, StringComparison.Ordinal);
        await server.DisposeAsync();
        var gone = await Push("http://127.0.0.1:1/acme/shop.git", commit);
        Assert.True(gone.Passes, gone.Why);
        server = await GitHubServer.Open();
    }

    [Theory]
    [InlineData("ext::sh -c 'touch /tmp/x'")]
    [InlineData("ssh://git@127.0.0.1/acme/shop.git")]
    [InlineData("git@127.0.0.1:acme/shop.git")]
    public async Task No_other_protocol_is_spoken(string address)
    {
        var refused = await Push(address, local.Commit("one"));
        Assert.Contains("not allowed", refused.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void The_token_is_in_the_environment_of_an_http_push_alone_and_for_that_address()
    {
        var http = Pusher.Variables(new PushOrder("", "https://github.com/acme/shop.git", "", "b", _ => false, "secret"),
            new Dictionary<string, string> { ["HTTPS_PROXY"] = "http://proxy:1", ["GITHUB_TOKEN"] = "secret" });
        var key = Assert.Single(http, pair => pair.Value.Contains(
            Convert.ToBase64String("x-access-token:secret"u8), StringComparison.Ordinal)).Key
            .Replace("VALUE", "KEY", StringComparison.Ordinal);
        Assert.Equal("http.https://github.com/acme/shop.git.extraHeader", http[key]);
        Assert.Equal(("https", "http://proxy:1"), (http["GIT_ALLOW_PROTOCOL"], http["HTTPS_PROXY"]));
        Assert.DoesNotContain("GITHUB_TOKEN", http.Keys);
        Assert.Equal("c to b at a", new PushOrder("", "a", "c", "b", _ => false, "secret").ToString());
        Assert.DoesNotContain(Pusher.Variables(new PushOrder("", "/srv/shop.git", "", "b", _ => false, "secret"),
            new Dictionary<string, string>()), pair => pair.Value.Contains("Basic", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_token_of_ghs_login_is_taken_where_no_variable_is_set()
    {
        var bin = Directory.CreateDirectory(local.At("bin")).FullName;
        File.WriteAllText(Path.Combine(bin, "gh"), """
            #!/bin/sh
            [ -z "$GITHUB_ORG" ] || exit 9
            [ "$*" = "auth token --hostname github.com" ] && echo gho_login
            """);
        File.SetUnixFileMode(Path.Combine(bin, "gh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var settings = new GitHubSettings();
        var variables = new Dictionary<string, string> { ["PATH"] = bin, ["HOME"] = local.Root, ["GITHUB_ORG"] = "acme" };
        Assert.Equal("gho_login", await new GitHubToken(variables, () => settings).Get(Stop));
        Assert.Equal("acme", new GitHubToken(variables, () => settings).Organization);
        Assert.Equal("mine", await new GitHubToken(new Dictionary<string, string>(variables) { ["GH_TOKEN"] = "mine" },
            () => settings).Get(Stop));
        // Logged in elsewhere, not installed, another variable named: there is none.
        foreach (var (other, has) in new[]
        {
            (settings with { Url = "https://git.example.com" }, variables),
            (settings, new Dictionary<string, string>(variables) { ["PATH"] = local.Report }),
            (settings with { TokenEnv = "SHOP_TOKEN" }, variables),
        })
            await Assert.ThrowsAsync<GitHubFailure>(() => new GitHubToken(has, () => other).Get(Stop));
    }
}
