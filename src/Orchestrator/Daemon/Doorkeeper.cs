using System.Net;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Http;
using Orchestrator.Runs;
using Orchestrator.Tokens;

namespace Orchestrator.Daemon;

/// <summary>
/// Who may come in: a Host that is ours, an Origin that is ours, then a token. The first two hold also when no token is asked for:
/// they keep web pages of strangers out.
/// </summary>
sealed class Doorkeeper(DaemonSettings settings, string localToken, TokenBook book, RunTokens runs, Turnstile turnstile)
{
    static readonly string[] LoopbackNames = ["localhost", "127.0.0.1", "[::1]", "::1"];

    /// <summary>Where other programs take tokens from; here they would end in histories and logs.</summary>
    static readonly string[] UrlNames = ["token", "auth_token", "access_token"];

    static readonly Principal Local = new("local", Principal.Everything);
    static readonly Principal Anyone = new("anyone", new HashSet<Scope>());

    readonly string[] hashes = [.. settings.Tokens.Append(localToken).Select(Secret.Hash)];

    /// <summary>Finds out who calls; throws <see cref="Fault"/> when they may not, with the reason noted on the request.</summary>
    public async Task<Principal> Admit(HttpContext context, bool openRoute)
    {
        CheckHost(context);
        CheckOrigin(context);
        var address = context.Connection.RemoteIpAddress;
        var needless = openRoute || settings.Open;
        var (secret, byCookie) = Shown(context, needless);
        if (!openRoute)
            Count(context, DoorRefusal.LockedOut, () => turnstile.CheckAddress(address));
        var hash = secret is null ? "" : Secret.Hash(secret);
        var (bearer, refusal) = secret is null ? (null, DoorRefusal.NoToken) : await Bearer(hash, context.RequestAborted);
        if (TokenInUrl(context))
            throw context.Refuse(DoorRefusal.TokenInUrl, new Fault(
                bearer is null || refusal is not null ? FaultCode.Unauthorized : FaultCode.InvalidRequest,
                "A token in an address is refused: addresses end in histories and logs.", "Send 'Authorization: Bearer <token>'."));
        if (bearer is not null && refusal is null)
        {
            if (byCookie)
                CheckOwnPage(context, openRoute);
            if (!openRoute)
                Count(context, DoorRefusal.RateLimited, () => turnstile.Pass(hash), bearer);
            return bearer;
        }

        if (needless)
            return settings.Open ? Local : Anyone;
        if (refusal == DoorRefusal.BadToken)
            turnstile.Fail(address);
        if (bearer is not null)
            context.Items[Call.PrincipalKey] = bearer;
        throw context.Refuse(refusal!, Unauthorized(refusal!, byCookie));
    }

    /// <summary>Refuses to listen where others can reach us while nobody needs more than to ask.</summary>
    public void CheckListen()
    {
        if (!IPAddress.IsLoopback(settings.Listen) && settings.Tokens.Count == 0 && !book.HasNamed)
            throw Fault.Unprocessable("--listen",
                "an address other than loopback needs a token: add --auth-token, or make one first (agentctl token create).");
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

    /// <summary>Whose token it is, and why it is refused all the same.</summary>
    async Task<(Principal? Bearer, string? Refusal)> Bearer(string hash, CancellationToken gone)
    {
        var known = false;
        // All are compared, in constant time each: an answer tells nothing about how near a guess was.
        foreach (var mine in hashes)
            known |= Secret.Same(mine, hash);
        if (known)
            return (Local, null);
        if (book.Find(hash) is { } found)
            return found;
        return await runs.Find(hash, gone) is { } run ? (run, null) : (null, DoorRefusal.BadToken);
    }

    static Fault Unauthorized(string refusal, bool byCookie) => refusal switch
    {
        DoorRefusal.NoToken => new(FaultCode.Unauthorized, "A token is needed.",
            "agentctl finds the local one by itself; others send 'Authorization: Bearer <token>'."),
        _ when byCookie => new(FaultCode.Unauthorized, "This browser is not let in any more.", "agentctl open lets it in again."),
        DoorRefusal.Expired => new(FaultCode.Unauthorized, "This token has expired.", "agentctl token create makes another one."),
        DoorRefusal.Revoked => new(FaultCode.Unauthorized, "This token was revoked.", "agentctl token create makes another one."),
        _ => new(FaultCode.Unauthorized, "This token is not known.", "Check it, or ask whoever started agentd."),
    };

    static void Count(HttpContext context, string reason, Action counted, Principal? bearer = null)
    {
        try
        {
            counted();
        }
        catch (Fault fault)
        {
            if (bearer is not null)
                context.Items[Call.PrincipalKey] = bearer;
            throw context.Refuse(reason, fault);
        }
    }

    static bool TokenInUrl(HttpContext context) =>
        context.Request.QueryString.HasValue && UrlNames.Any(context.Request.Query.ContainsKey);

    void CheckHost(HttpContext context)
    {
        var host = context.Request.Host;
        if (!host.HasValue || !IsOurs(host.Host))
            throw context.Refuse(DoorRefusal.ForeignHost, new Fault(FaultCode.Forbidden,
                $"The Host header '{Texts.Short(host.Value ?? "")}' is not this daemon's.", "Use http://127.0.0.1 and the port."));
    }

    void CheckOrigin(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsOurs(origin, context))
            throw context.Refuse(DoorRefusal.ForeignOrigin,
                new Fault(FaultCode.Forbidden, $"Requests from the origin '{Texts.Short(origin)}' are refused."));
    }

    /// <summary>
    /// A browser sends the cookie by itself, whichever page makes it ask: what changes something must say that it comes from our page, and
    /// what says that it comes from another is refused (SameSite does not tell one port of this host from another).
    /// </summary>
    static void CheckOwnPage(HttpContext context, bool openRoute)
    {
        var site = context.Request.Headers["Sec-Fetch-Site"].ToString();
        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        // An Origin that is not ours was refused before.
        var ours = reads ? openRoute || site is "" or "same-origin" or "none"
            : context.Request.Headers.Origin.Count > 0 || site == "same-origin";
        if (!ours)
            throw context.Refuse(DoorRefusal.ForeignOrigin, new Fault(FaultCode.Forbidden,
                "A browser's cookie counts only for requests of this daemon's own pages.",
                "Programs send 'Authorization: Bearer <token>'."));
    }

    bool IsOurs(string origin, HttpContext context) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from) && IsOurs(from.Host) && from.Port == (context.Request.Host.Port ?? 80);

    bool IsOurs(string host) =>
        LoopbackNames.Contains(host, StringComparer.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && (IPAddress.IsLoopback(address) || address.Equals(settings.Listen)
            || settings.Listen.Equals(IPAddress.Any) || settings.Listen.Equals(IPAddress.IPv6Any)))
        || (!IPAddress.IsLoopback(settings.Listen) && host.Equals(Dns.GetHostName(), StringComparison.OrdinalIgnoreCase));

    // Where no token is needed, one that is not understood is no reason to refuse.
    static (string? Secret, bool ByCookie) Shown(HttpContext context, bool needless)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
            return (context.Request.Cookies[EnterByLink.CookieName(context.Request)] is { Length: > 0 } cookie ? cookie : null, true);
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return (header[7..].Trim(), false);
        return needless ? (null, false) : throw context.Refuse(DoorRefusal.BadToken,
            new Fault(FaultCode.Unauthorized, "Only 'Authorization: Bearer <token>' is understood."));
    }
}
