using Orchestrator.Profiles;

namespace Orchestrator.GitHub;

/// <summary>A repository of GitHub's: whose, and which.</summary>
sealed record RepositoryName(string Owner, string Name)
{
    public override string ToString() => $"{Owner}/{Name}";

    /// <summary>Reads <c>owner/name</c>; null for anything else.</summary>
    public static RepositoryName? Parse(string text) =>
        PullRequestSettings.IsRepository(text) && text.Split('/') is [var owner, var name] ? new RepositoryName(owner, name) : null;

    // https://github.com/acme/shop.git        https://user@github.example.com:8443/acme/shop
    // ssh://git@github.com:22/acme/shop.git   git@github.com:acme/shop.git   github.com:acme/shop
    /// <summary>
    /// The repository that an address of git's names on the server at <paramref name="url"/>; null when it is on another host or no such
    /// address. The port of an ssh address is not compared: https has another one on the same host.
    /// </summary>
    public static RepositoryName? Of(string address, string url)
    {
        var server = new Uri(url);
        if (Uri.TryCreate(address, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" or "ssh" or "git+ssh")
            return SameHost(parsed.Host, server) && (parsed.Scheme is "ssh" or "git+ssh" || parsed.Port == server.Port)
                && parsed.AbsolutePath.StartsWith(server.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal)
                ? Path(parsed.AbsolutePath[server.AbsolutePath.TrimEnd('/').Length..]) : null;
        // As scp has it: [user@]host:path. A path with a slash before the colon is a file's.
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || address[..colon].Contains('/', StringComparison.Ordinal)
            || address[colon..].StartsWith("://", StringComparison.Ordinal))
            return null;
        var host = address[..colon];
        host = host[(host.LastIndexOf('@') + 1)..];
        return SameHost(host, server) ? Path("/" + address[(colon + 1)..].TrimStart('/')) : null;
    }

    static bool SameHost(string host, Uri server) => string.Equals(host, server.Host, StringComparison.OrdinalIgnoreCase)
        // GitHub's ssh over the port of https.
        || (server.Host == "github.com" && string.Equals(host, "ssh.github.com", StringComparison.OrdinalIgnoreCase));

    static RepositoryName? Path(string path)
    {
        var name = path.Trim('/');
        return Parse(name.EndsWith(".git", StringComparison.Ordinal) ? name[..^4] : name);
    }
}
