using Orchestrator.Profiles;

namespace Orchestrator.Tests.Profiles;

public class GitHubSettingsSpecs
{
    static ConfigFile Parse(string text) => ConfigFile.Parse(text, "/etc/config.yaml", ["command"]);

    [Fact]
    public void Nothing_said_is_github_itself()
    {
        var said = Parse("projects: {shop: {path: /srv/shop}}");
        Assert.Equal(("https://github.com", "https://api.github.com", TimeSpan.FromSeconds(60)),
            (said.GitHub.Url, said.GitHub.Api, said.GitHub.Poll));
        var shop = said.Projects["shop"];
        Assert.Null(shop.Deliver);
        Assert.Equal(("origin", null, false, 2, "write"),
            (shop.GitHub.Remote, shop.GitHub.Repository, shop.GitHub.Draft, shop.GitHub.Rounds, shop.GitHub.Comments));
    }

    [Theory]
    [InlineData("url: https://git.example.com/", "https://git.example.com", "https://git.example.com/api/v3")]
    [InlineData("url: http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v3")]
    [InlineData("api_url: http://127.0.0.1:1/x/", "https://github.com", "http://127.0.0.1:1/x")]
    public void A_server_of_a_firm_has_its_api_where_it_is(string github, string url, string api)
    {
        var said = Parse($"github: {{{github}}}").GitHub;
        Assert.Equal((url, api), (said.Url, said.Api));
    }

    [Theory]
    [InlineData("github: {url: git.example.com}", "github.url: an address expected")]
    [InlineData("github: {url: 'https://una:secret@git.example.com'}", "github.url: an address expected")]
    [InlineData("github: {api_url: 'ftp://x'}", "github.api_url: an address expected")]
    [InlineData("github: {tokn_env: X}", "did you mean 'token_env'?")]
    [InlineData("projects: {shop: {github: {repository: shop}}}", "projects.shop.github.repository: 'shop' is no owner/name")]
    [InlineData("projects: {shop: {github: {repository: a/..}}}", "is no owner/name")]
    [InlineData("projects: {shop: {github: {comments: some}}}", "'some' is not one of write, all, none")]
    [InlineData("projects: {shop: {deliver: pull-request}}", "did you mean 'pull_request'?")]
    public void A_mistake_names_its_place(string text, string words)
    {
        var refused = Assert.Throws<Fault>(() => Parse(text)).Message;
        Assert.Contains("/etc/config.yaml:1: ", refused, StringComparison.Ordinal);
        Assert.Contains(words, refused, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused, StringComparison.Ordinal);
    }
}
