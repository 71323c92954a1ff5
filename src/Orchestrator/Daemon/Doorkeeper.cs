using System.Net;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Http;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Daemon;

/// <summary>
/// Who may come in: a Host that is ours, an Origin that is ours, then a token. The first two hold also when no token is asked for:
/// they keep web pages of strangers out.
/// </summary>
sealed class Doorkeeper(DaemonSettings settings, string localToken, Database store, Turnstile turnstile)
{
    static readonly string[] LoopbackNames = ["localhost", "127.0.0.1", "[::1]", "::1"];
    readonly byte[][] hashes = [.. settings.Tokens.Append(localToken).Select(token => SHA256.HashData(Encoding.UTF8.GetBytes(token)))];

    /// <summary>Finds out who calls; throws <see cref="Fault"/> when they may not.</summary>
    public Principal Admit(HttpContext context, bool openRoute)
    {
        CheckHost(context);
        CheckOrigin(context);
        var token = Bearer(context, openRoute || settings.Open);
        if (!openRoute)
            turnstile.CheckAddress(context.Connection.RemoteIpAddress);
        if (token is not null && Known(token) is { } principal)
        {
            if (!openRoute)
                turnstile.Pass(Launcher.Hash(token));
            return principal;
        }

        if (openRoute || settings.Open)
            return new Principal(openRoute && !settings.Open ? "anyone" : "local", settings.Open ? Principal.Everything
                : new HashSet<Scope>());
        if (token is not null)
            turnstile.Fail(context.Connection.RemoteIpAddress);
        throw token is null
            ? new Fault(FaultCode.Unauthorized, "A token is needed.",
                "agentctl finds the local one by itself; others send 'Authorization: Bearer <token>'.")
            : new Fault(FaultCode.Unauthorized, "This token is not known.", "Check it, or ask whoever started agentd.");
    }

    /// <summary>The local token: made once, readable by the owner only.</summary>
    public static string LocalToken(string dataFolder)
    {
        var path = Path.Combine(dataFolder, Cli.DataFolder.TokenFile);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: >= 32 } kept)
            return kept;
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(token + "\n"));
        file.Flush(flushToDisk: true);
        return token;
    }

    Principal? Known(string token)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        var known = false;
        // All are compared, in constant time each: an answer tells nothing about how near a guess was.
        foreach (var mine in hashes)
            known |= CryptographicOperations.FixedTimeEquals(mine, hash);
        if (known)
            return new Principal("local", Principal.Everything);
        return store.Read(db => db.First("select id, session_id from runs where token_hash = @hash and ended_at is null",
            row => new Principal("run:" + row.GetString(0), new HashSet<Scope>(), row.GetString(0), row.GetString(1)),
                ("@hash", Launcher.Hash(token))));
    }

    void CheckHost(HttpContext context)
    {
        var host = context.Request.Host;
        if (!host.HasValue || !IsOurs(host.Host))
            throw new Fault(FaultCode.Forbidden, $"The Host header '{Texts.Short(host.Value ?? "")}' is not this daemon's.",
                "Use http://127.0.0.1 and the port.");
    }

    void CheckOrigin(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
            return;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || !IsOurs(from.Host) || from.Port != (context.Request.Host.Port ?? 80))
            throw new Fault(FaultCode.Forbidden, $"Requests from the origin '{Texts.Short(origin)}' are refused.");
    }

    bool IsOurs(string host) =>
        LoopbackNames.Contains(host, StringComparer.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && (IPAddress.IsLoopback(address) || address.Equals(settings.Listen)
            || settings.Listen.Equals(IPAddress.Any) || settings.Listen.Equals(IPAddress.IPv6Any)))
        || (!IPAddress.IsLoopback(settings.Listen) && host.Equals(Dns.GetHostName(), StringComparison.OrdinalIgnoreCase));

    // Where no token is needed, one that is not understood is no reason to refuse.
    static string? Bearer(HttpContext context, bool needless)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
            return null;
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? header[7..].Trim()
            : needless ? null
            : throw new Fault(FaultCode.Unauthorized, "Only 'Authorization: Bearer <token>' is understood.");
    }
}
