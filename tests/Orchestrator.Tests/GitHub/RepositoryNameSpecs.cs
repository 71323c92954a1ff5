using Orchestrator.GitHub;

namespace Orchestrator.Tests.GitHub;

public sealed class RepositoryNameSpecs
{
    [Theory]
    [InlineData("https://github.com/acme/shop.git", "acme/shop")]
    [InlineData("https://github.com/acme/shop", "acme/shop")]
    [InlineData("https://GitHub.com/acme/shop/", "acme/shop")]
    [InlineData("https://una:secret@github.com/acme/shop.git", "acme/shop")]
    [InlineData("git@github.com:acme/shop.git", "acme/shop")]
    [InlineData("github.com:acme/shop.git", "acme/shop")]
    [InlineData("git@github.com:/acme/shop.git", "acme/shop")]
    [InlineData("ssh://git@github.com/acme/shop.git", "acme/shop")]
    [InlineData("ssh://git@ssh.github.com:443/acme/shop.git", "acme/shop")]
    [InlineData("git+ssh://git@github.com:22/acme/shop.js", "acme/shop.js")]
    public void An_address_of_git_names_a_repository(string address, string name) =>
        Assert.Equal(name, RepositoryName.Of(address, "https://github.com")?.ToString());

    [Theory]
    [InlineData("https://github.com.evil.example/acme/shop.git")]
    [InlineData("https://evil.example/github.com/acme/shop.git")]
    [InlineData("https://github.com:8443/acme/shop.git")]
    [InlineData("git@evil.example:acme/shop.git")]
    [InlineData("git@github.com@evil.example:acme/shop.git")]
    [InlineData("https://github.com/acme/shop/tree/main")]
    [InlineData("https://github.com/acme")]
    [InlineData("https://github.com/acme/..")]
    [InlineData("https://github.com/ac me/shop")]
    [InlineData("/srv/git/shop.git")]
    [InlineData("../github.com:acme/shop")]
    [InlineData("file:///github.com/acme/shop")]
    [InlineData("ext::sh -c evil github.com:acme/shop")]
    [InlineData("git@gitlab.com:acme/shop.git")]
    [InlineData("")]
    [InlineData(":")]
    public void Another_host_and_what_is_no_repository_is_none(string address) =>
        Assert.Null(RepositoryName.Of(address, "https://github.com"));

    [Theory]
    [InlineData("https://git.example.com:8443/acme/shop.git", "https://git.example.com:8443", "acme/shop")]
    [InlineData("git@git.example.com:acme/shop.git", "https://git.example.com:8443", "acme/shop")]
    [InlineData("https://example.com/github/acme/shop.git", "https://example.com/github", "acme/shop")]
    [InlineData("https://example.com/acme/shop.git", "https://example.com/github", null)]
    public void A_server_of_a_firm_has_its_own_address(string address, string url, string? name) =>
        Assert.Equal(name, RepositoryName.Of(address, url)?.ToString());
}
