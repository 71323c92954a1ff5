using System.Net;

namespace Orchestrator.Cli;

/// <summary>Which daemon a command talks to, as whom, and how it prints.</summary>
sealed record Settings
{
    /// <summary>Where the daemon is when nothing says otherwise.</summary>
    public const int DefaultPort = 8765;

    /// <summary>Base address without a path; of a Unix socket <c>unix:</c> and its path.</summary>
    public required Uri Url { get; init; }

    /// <summary>Bearer token, null when there is none.</summary>
    public string? Token { get; init; }

    /// <summary>True when the token is the one in the data folder: nobody named it.</summary>
    public bool TokenOfFolder { get; init; }

    /// <summary>The data folder, absolute.</summary>
    public required string Data { get; init; }

    /// <summary>True for <c>--format json</c>: one compact line.</summary>
    public bool Compact { get; init; }

    /// <summary>The path of <c>--field</c>, null for the whole answer.</summary>
    public string? Field { get; init; }

    /// <summary>True for <c>-q</c>: no progress and no remarks, errors only.</summary>
    public bool Quiet { get; init; }

    /// <summary>False with <c>--no-color</c> or NO_COLOR.</summary>
    public bool Color { get; init; } = true;

    /// <summary>True for a command an agent gives: the environment names its run.</summary>
    public bool WithinRun { get; init; }

    /// <summary>The words that name the command, like <c>run get</c>; empty outside of one.</summary>
    public string Command { get; init; } = "";

    /// <summary>Tells when the daemon is another version; null for nobody who would hear it.</summary>
    public VersionSkew? Skew { get; init; }

    const string RunVariable = "AGENTCTL_RUN_ID";

    /// <summary>What the command line said, before environment and files are asked.</summary>
    public sealed record Flags(string? Url, string? Token, string? Data);

    /// <summary>Flag, then environment, then the running daemon's own file, then the default.</summary>
    public static Settings Resolve(Flags flags, Surroundings around)
    {
        var data = DataFolder.Resolve(flags.Data, around.Variable, around.Folder);
        var url = ParseUrl(flags.Url ?? around.Variable("AGENTCTL_URL") ?? UrlOfRunning(data) ?? DefaultUrl(around.Variable("PORT")));
        var named = flags.Token ?? around.Variable("AGENTCTL_AUTH_TOKEN");
        return new Settings
        {
            Url = url,
            Token = CheckToken(named ?? LocalToken(data, url, around)),
            TokenOfFolder = named is null,
            Data = data,
            WithinRun = around.Variable(RunVariable) is not null,
        };
    }

    static string DefaultUrl(string? port) =>
        $"http://127.0.0.1:{(ushort.TryParse(port, out var number) && number > 0 ? number : DefaultPort)}";

    // "unix:/home/me/.local/share/agent-orchestrator/agentd.sock": the path as it is, so that no character in it means something.
    static Uri ParseUrl(string text)
    {
        if (text.StartsWith("unix:/", StringComparison.Ordinal))
            return new Uri("unix:" + string.Join('/', text["unix:".Length..].Split('/').Select(Uri.EscapeDataString)));
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new Fault(FaultCode.InvalidRequest, $"'{text}' is not the address of a daemon.",
                "Write it like http://127.0.0.1:8765, or unix:/path/agentd.sock.");
        return url;
    }

    /// <summary>The address in daemon.json; a missing or half-written file says nothing.</summary>
    static string? UrlOfRunning(string data) =>
        AnswerJson.FromFile(Path.Combine(data, DataFolder.DaemonFile)).Text("url");

    /// <summary>
    /// The local token is for a person at this machine: an agent (AGENTCTL_RUN_ID) must use the one scoped to its run, and no
    /// other machine is ever shown it.
    /// </summary>
    static string? LocalToken(string data, Uri url, Surroundings around)
    {
        if (around.Variable(RunVariable) is not null || !IsLoopback(url)) return null;
        try
        {
            return File.ReadAllText(Path.Combine(data, DataFolder.TokenFile)).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static bool IsLoopback(Uri url) =>
        url.Scheme == Wire.UnixScheme || url.Host is "localhost" or "127.0.0.1"
        || (IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));

    static string? CheckToken(string? token) =>
        token is null || token.All(c => c is > ' ' and < '\u007f')
            ? token
            : throw new Fault(FaultCode.InvalidRequest, "The token holds a blank, a line end or a character outside ASCII.");
}
