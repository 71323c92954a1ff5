using System.Globalization;
using System.Text;
using Orchestrator.Terminals;
using Orchestrator.Workspaces;

namespace Orchestrator.GitHub;

/// <summary>What is to be pushed.</summary>
/// <param name="Common">The repository that has the commit.</param>
/// <param name="Address">Where to: an address of git's, or a folder that the user's own configuration names.</param>
/// <param name="Branch">The branch there.</param>
/// <param name="Ours">True for a commit that this daemon put there before: that one may be replaced.</param>
/// <param name="Token">Shown to an http address; null for none.</param>
sealed record PushOrder(string Common, string Address, string Commit, string Branch, Func<string, bool> Ours, string? Token)
{
    /// <summary>Without the secret, wherever it may be printed.</summary>
    public override string ToString() => $"{Commit} to {Branch} at {Address}";
}

/// <summary>How it went.</summary>
/// <param name="Why">Why the branch does not have the commit; null when it has.</param>
/// <param name="Passes">The same may work later.</param>
sealed record Pushed(string? Why, bool Passes = false)
{
    public bool Done => Why is null;
}

/// <summary>
/// Pushes one commit to one branch. An agent may have written into the repository's configuration, where an address, a proxy or a helper
/// could lead the token elsewhere, so that configuration is not read: git works in an empty repository of ours that borrows the objects.
/// The token is in git's environment alone. A branch is only ever replaced from a commit that we know to be ours.
/// </summary>
/// <param name="git">Git.</param>
/// <param name="environment">The daemon's own variables: those of a proxy and of certificates are handed on.</param>
/// <param name="folder">Where the empty repositories are made.</param>
sealed class Pusher(Git git, IReadOnlyDictionary<string, string> environment, string folder)
{
    static readonly string[] Network =
    [
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy", "SSL_CERT_FILE",
        "SSL_CERT_DIR", "GIT_SSL_CAINFO",
    ];

    static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    // What git and libcurl say when nobody was there, or not long enough.
    static readonly string[] Passing =
    [
        "could not resolve host", "failed to connect", "connection refused", "connection timed out", "connection reset", "timed out",
        "the requested url returned error: 5", "the requested url returned error: 429", "early eof", "unexpected disconnect",
        "operation too slow", "couldn't connect to server",
    ];

    /// <summary>Does it, or finds it done.</summary>
    public async Task<Pushed> Push(PushOrder order, CancellationToken stop)
    {
        var scratch = Path.Combine(folder, Ids.New());
        try
        {
            await Borrow(scratch, order.Common, order.Commit, stop);
            var (before, problem) = await Read(order, scratch, stop);
            if (problem is not null)
                return problem;
            if (before == order.Commit)
                return new Pushed(null);
            // What is in our own history is not lost by going on from it.
            if (before is not null && !order.Ours(before)
                && !(await git.Run(In(scratch, order, "merge-base", "--is-ancestor", before, order.Commit), stop)).Succeeded)
                return new Pushed($"The branch {order.Branch} at {Shown(order.Address)} is on {before[..12]}, which is not ours: somebody "
                    + "pushed to it. It is not overwritten. Take that commit into the work and deliver again, or remove the branch there.");
            var reference = $"refs/heads/{order.Branch}";
            var pushed = await git.Run(In(scratch, order, "push", "--porcelain", "--no-verify",
                $"--force-with-lease={reference}:{before}", order.Address, $"{order.Commit}:{reference}"), stop);
            return pushed.Succeeded ? new Pushed(null) : Refused(order, pushed);
        }
        finally
        {
            if (Directory.Exists(scratch))
                Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>
    /// Brings what a branch there has into the repository: the objects alone, no ref and no configuration of it is touched. The commit of
    /// the branch; null where it cannot be had.
    /// </summary>
    /// <param name="order">Its commit is one that the repository has, so that only what is new is sent.</param>
    public async Task<string?> Fetch(PushOrder order, CancellationToken stop)
    {
        var scratch = Path.Combine(folder, Ids.New());
        try
        {
            await Borrow(scratch, order.Common, order.Commit, stop);
            var (there, problem) = await Read(order, scratch, stop);
            if (there is null || problem is not null)
                return null;
            var call = In(scratch, order, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
                "--no-auto-maintenance", $"--negotiation-tip={order.Commit}", order.Address, there);
            var fetched = await git.Run(call with
            {
                Variables = new Dictionary<string, string>(call.Variables)
                {
                    ["GIT_OBJECT_DIRECTORY"] = Path.Combine(order.Common, "objects"),
                },
            }, stop);
            return fetched.Succeeded ? there : null;
        }
        finally
        {
            if (Directory.Exists(scratch))
                Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>The commit the branch is on there; null for no such branch. Also finds out whether it can be reached at all.</summary>
    async Task<(string? Commit, Pushed? Problem)> Read(PushOrder order, string scratch, CancellationToken stop)
    {
        // 890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11␉refs/heads/agent/fix-the-parser
        var listed = await git.Run(In(scratch, order, "ls-remote", "--refs", order.Address, $"refs/heads/{order.Branch}"), stop);
        if (!listed.Succeeded)
            return (null, Refused(order, listed));
        foreach (var line in listed.Stdout.Split('\n'))
            if (line.Split('\t') is [var commit, var name] && name == $"refs/heads/{order.Branch}" && RefFiles.IsObjectName(commit))
                return (commit, null);
        return (null, null);
    }

    async Task Borrow(string scratch, string common, string commit, CancellationToken stop)
    {
        Directory.CreateDirectory(scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var made = await git.Run(new GitCall
        {
            Arguments = ["init", "--quiet", "--bare", "--template=", $"--object-format={(commit.Length == 64 ? "sha256" : "sha1")}", "."],
            Folder = scratch,
            Changes = true,
        }, stop);
        if (!made.Succeeded)
            throw new Fault(FaultCode.Unavailable, $"git could not make a repository in {scratch}: {Git.Why(made)}");
        Directory.CreateDirectory(Path.Combine(scratch, "objects", "info"));
        await File.WriteAllTextAsync(Path.Combine(scratch, "objects", "info", "alternates"), Path.Combine(common, "objects") + "\n", stop);
        if (File.Exists(Path.Combine(common, "shallow")))
            File.Copy(Path.Combine(common, "shallow"), Path.Combine(scratch, "shallow"));
    }

    GitCall In(string scratch, PushOrder order, params string[] arguments) => new()
    {
        Arguments = arguments,
        Folder = scratch,
        GitFolder = scratch,
        Changes = true,
        Limit = Limit,
        Variables = Variables(order, environment),
    };

    /// <summary>What git is told by its environment, where no other user of the machine and no log sees it.</summary>
    internal static Dictionary<string, string> Variables(PushOrder order, IReadOnlyDictionary<string, string> environment)
    {
        var isHttp = Uri.TryCreate(order.Address, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        var settings = new List<(string Key, string Value)>
        {
            // The user's own rules must not lead this address elsewhere; the longest one wins, and none is longer than all of it.
            ($"url.{order.Address}.insteadOf", order.Address), ($"url.{order.Address}.pushInsteadOf", order.Address),
            ("credential.helper", ""), ("http.followRedirects", "false"), ("http.lowSpeedLimit", "100"), ("http.lowSpeedTime", "60"),
            ("push.gpgSign", "false"), ("push.followTags", "false"), ("push.recurseSubmodules", "no"), ("protocol.version", "2"),
        };
        if (isHttp && order.Token is { } token)
            settings.Add(($"http.{order.Address}.extraHeader", "Authorization: Basic "
                + Convert.ToBase64String(Encoding.UTF8.GetBytes("x-access-token:" + token))));
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GIT_ALLOW_PROTOCOL"] = isHttp ? address!.Scheme : "file",
            ["GIT_CONFIG_COUNT"] = settings.Count.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (index, (key, value)) in settings.Index())
            (all[$"GIT_CONFIG_KEY_{index}"], all[$"GIT_CONFIG_VALUE_{index}"]) = (key, value);
        foreach (var name in Network)
            if (environment.TryGetValue(name, out var value))
                all[name] = value;
        return all;
    }

    // To /srv/git/shop.git
    // !	refs/heads/work:refs/heads/work	[remote rejected] (pre-receive hook declined)
    // remote: error: GH006: Protected branch update failed for refs/heads/main.
    /// <summary>Why git did not, in its words and the server's.</summary>
    internal static Pushed Refused(PushOrder order, ShortResult result)
    {
        var lines = result.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var words = result.Stderr.ToLowerInvariant();
        var remote = lines.Where(line => line.StartsWith("remote:", StringComparison.Ordinal)).Select(line => line[7..].Trim())
            .Where(line => line.Length > 0).Take(6);
        var rejected = result.Stdout.Split('\n').FirstOrDefault(line => line.StartsWith('!'))?.Split('\t').LastOrDefault();
        var said = string.Join(" ", (IEnumerable<string>)[rejected ?? Git.Why(result), .. remote]).Trim();
        if (order.Token is { Length: > 0 } token)
            said = said.Replace(token, "…", StringComparison.Ordinal);
        said = said.Length > 600 ? said[..600] + "…" : said;
        var hint = words.Contains("could not read username", StringComparison.Ordinal)
                || words.Contains("authentication failed", StringComparison.Ordinal)
                || words.Contains("returned error: 401", StringComparison.Ordinal)
            ? " The server did not take the token."
            : words.Contains("returned error: 403", StringComparison.Ordinal) || words.Contains("permission to", StringComparison.Ordinal)
                ? " The token may not write there: it needs the scope repo, or the permission contents=write. The daemon "
                    + "pushes to the repository itself and makes no pull request from a fork."
            : rejected?.Contains("stale info", StringComparison.Ordinal) == true ? " Somebody pushed to it at the same moment."
            : words.Contains("lfs", StringComparison.Ordinal) ? " The daemon does not push large files of git LFS: 'git lfs push' does it."
            : "";
        return new Pushed($"The push to {Shown(order.Address)} was not taken: {said}.{hint}",
            result.TimedOut || Passing.Any(word => words.Contains(word, StringComparison.Ordinal)));
    }

    static string Shown(string address) => Texts.Short(address);
}
