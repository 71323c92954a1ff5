using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Orchestrator.Http;

namespace Orchestrator.Daemon;

/// <summary>One file for browsers with its compressed copies, sent as it lies there: nothing is compressed while somebody waits.</summary>
sealed class WebFile
{
    /// <summary>
    /// Only what we bring is run and shown, and nobody frames it. Styles in the page are allowed, for the terminal and the diff view set
    /// them; scripts in it are not.
    /// </summary>
    public const string Policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";

    /// <summary>For names that carry their content's hash: the same name never means another content.</summary>
    public const string Forever = "public, max-age=31536000, immutable";

    /// <summary>For names that stay: asked for again each time, and answered with 304 while nothing has changed.</summary>
    public const string AskAgain = "no-cache";

    static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".json"] = "application/json",
        [".webmanifest"] = "application/manifest+json",
        [".woff2"] = "font/woff2",
        [".wasm"] = "application/wasm",
    };

    readonly string type;
    readonly List<Copy> copies = [];

    /// <param name="name">Its name; the ending says what it is.</param>
    /// <param name="plain">Its bytes.</param>
    /// <param name="brotli">The same, compressed by Brotli; null when there is no such copy.</param>
    /// <param name="gzip">The same, compressed by gzip; null when there is no such copy.</param>
    /// <param name="cache">How long a browser may keep it.</param>
    public WebFile(string name, byte[] plain, byte[]? brotli, byte[]? gzip, string cache)
    {
        type = Types.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream");
        var hash = Convert.ToHexStringLower(SHA256.HashData(plain))[..20];
        // The smallest first; what everybody understands last.
        foreach (var (coding, bytes) in new[] { ("br", brotli), ("gzip", gzip), ("", plain) })
            if (bytes is not null)
                copies.Add(new Copy(coding, bytes, hash, cache));
    }

    /// <summary>The smallest copy the browser understands, or that it has it already.</summary>
    public Reply Answer(HttpRequest request)
    {
        var copy = copies.First(copy => copy.Coding.Length == 0 || Accepts(request.Headers.AcceptEncoding, copy.Coding));
        var known = EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var tags)
            && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(copy.Tag, useStrongComparison: false));
        return new Reply(known ? StatusCodes.Status304NotModified : StatusCodes.Status200OK, known ? default : copy.Bytes)
        {
            ContentType = type,
            Headers = copy.Headers,
        };
    }

    // "gzip, deflate, br;q=0.8, *;q=0"
    static bool Accepts(StringValues header, string coding)
    {
        var others = false;
        foreach (var part in header.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            var words = part.Split(';', StringSplitOptions.TrimEntries);
            var wanted = !words.Skip(1).Any(word => word.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
                && double.TryParse(word.AsSpan(2), NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && weight <= 0);
            if (words[0].Equals(coding, StringComparison.OrdinalIgnoreCase))
                return wanted;
            others |= words[0] == "*" && wanted;
        }

        return others;
    }

    /// <summary>The file in one coding.</summary>
    sealed class Copy(string coding, byte[] bytes, string hash, string cache)
    {
        /// <summary>Empty for the plain one.</summary>
        public string Coding => coding;

        public byte[] Bytes => bytes;

        // Each copy has a tag of its own: they are different bytes.
        public EntityTagHeaderValue Tag { get; } = new(Mark(coding, hash));

        public IReadOnlyDictionary<string, string> Headers { get; } = Head(coding, hash, cache);

        static string Mark(string coding, string hash) => coding.Length > 0 ? $"\"{hash}-{coding}\"" : $"\"{hash}\"";

        static Dictionary<string, string> Head(string coding, string hash, string cache)
        {
            var headers = new Dictionary<string, string>
            {
                [HeaderNames.ETag] = Mark(coding, hash),
                [HeaderNames.CacheControl] = cache,
                [HeaderNames.Vary] = HeaderNames.AcceptEncoding,
                [HeaderNames.ContentSecurityPolicy] = Policy,
                [HeaderNames.XContentTypeOptions] = "nosniff",
                ["Referrer-Policy"] = "no-referrer",
                // A stranger's page cannot even load one of them to find out that a daemon is here.
                ["Cross-Origin-Resource-Policy"] = "same-origin",
            };
            if (coding.Length > 0)
                headers[HeaderNames.ContentEncoding] = coding;
            return headers;
        }
    }
}
