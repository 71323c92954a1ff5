using System.Globalization;
using System.Net;
using Orchestrator.Agents;
using Orchestrator.Cli;

namespace Orchestrator.Daemon;

/// <summary>How this daemon was started: flag, then environment, then config.yaml, then default.</summary>
sealed record DaemonSettings
{
    public const int DefaultPort = 8765;

    /// <summary>Folder of everything the daemon keeps.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The database file.</summary>
    public required string DatabasePath { get; init; }

    /// <summary>Address to listen on; other than loopback only with a token configured.</summary>
    public required IPAddress Listen { get; init; }

    /// <summary>Port to listen on; 0 for any free one.</summary>
    public required int Port { get; init; }

    /// <summary>Slots for runs; null leaves it to config.yaml.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Tokens with every scope, given by flag or environment.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>No token is asked for; on loopback only.</summary>
    public bool Open { get; init; }

    /// <summary>Arguments for an agent's every run, by agent.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> AgentArgs { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Folder of a built web app to serve instead of the embedded one (AGENTD_BOARD_DIR); null for the embedded one.</summary>
    public string? BoardFolder { get; init; }

    /// <summary>Reads flags and environment. Throws <see cref="Fault"/> naming the flag and what it takes.</summary>
    public static DaemonSettings Read(IReadOnlyList<string> args, IReadOnlyDictionary<string, string> environment, string workingFolder)
    {
        var given = Flags(args);
        var data = FolderOf(given, environment, workingFolder);
        var listen = Address(One(given, "--listen"));
        var settings = new DaemonSettings
        {
            DataFolder = data,
            DatabasePath = One(given, "--db") is { } db ? Path.GetFullPath(db, workingFolder) : Path.Combine(data, "agent-orchestrator.db"),
            Listen = listen,
            Port = Number("--port", One(given, "--port") ?? environment.GetValueOrDefault("PORT"), 0, 65535) ?? DefaultPort,
            MaxConcurrency = Number("--max-concurrency", One(given, "--max-concurrency"), 1, 512),
            Tokens = TokensOf(given, environment),
            Open = given.ContainsKey("--open"),
            AgentArgs = AgentFlags.Read(given, environment),
            BoardFolder = environment.GetValueOrDefault("AGENTD_BOARD_DIR") is { Length: > 0 } board
                ? Path.GetFullPath(board, workingFolder) : null,
        };
        Refuse(settings);
        return settings;
    }

    // Whoever is on this machine has other ways in; from elsewhere a short word can be guessed.
    const int MinimumBeyondLoopback = 8;

    // Whether there is a token for an address other than loopback is known once the store is open: Doorkeeper.CheckListen.
    static void Refuse(DaemonSettings settings)
    {
        var loopback = IPAddress.IsLoopback(settings.Listen);
        if (settings.Open && !loopback)
            throw Fault.Unprocessable("--open", "switches the token off and so works on loopback only.");
        if (settings.Tokens.Any(token => token.Length == 0 || !token.All(c => c is > ' ' and < '\u007f')))
            throw Fault.Unprocessable("--auth-token", "must be letters, digits and signs of ASCII, without blanks.");
        if (!loopback && settings.Tokens.Any(token => token.Length < MinimumBeyondLoopback))
            throw Fault.Unprocessable("--auth-token",
                $"must be {MinimumBeyondLoopback} characters or more to listen on another address than loopback.");
    }

    static readonly Dictionary<string, bool> Known = new()
    {
        ["--data"] = true, ["--db"] = true, ["--listen"] = true, ["--port"] = true, ["--max-concurrency"] = true, ["--auth-token"] = true,
        ["--open"] = false, [AgentFlags.Profile] = true, [AgentFlags.ExtraArg] = true,
    };

    /// <summary>True when the word after this one is its value.</summary>
    public static bool TakesNext(string word) => Known.TryGetValue(word, out var takesValue) && takesValue;

    // Values come as "--flag value" or "--flag=value"; the value may itself begin with dashes (--codex-extra-arg --verbose).
    static Dictionary<string, List<string>> Flags(IReadOnlyList<string> args)
    {
        var given = new Dictionary<string, List<string>>();
        for (var i = 0; i < args.Count; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals > 0 ? args[i][..equals] : args[i];
            if (!Known.TryGetValue(name, out var takesValue))
                throw new Fault(FaultCode.Unprocessable, $"agentd does not know '{Texts.Short(args[i])}'.",
                    $"It knows: {string.Join(" ", Known.Keys)}. 'agentd --help' says what they mean.");
            if (takesValue && equals < 0 && i + 1 >= args.Count)
                throw Fault.Unprocessable(name, "needs a value.");
            if (!given.TryGetValue(name, out var values))
                given[name] = values = [];
            if (takesValue)
                values.Add(equals > 0 ? args[i][(equals + 1)..] : args[++i]);
        }

        return given;
    }

    static string FolderOf(Dictionary<string, List<string>> given, IReadOnlyDictionary<string, string> environment, string workingFolder) =>
        Cli.DataFolder.Resolve(One(given, "--data"), name => environment.GetValueOrDefault(name), workingFolder);

    static string? One(Dictionary<string, List<string>> given, string flag) => given.TryGetValue(flag, out var values) ? values[^1] : null;

    static IPAddress Address(string? text)
    {
        if (text is null or "localhost")
            return IPAddress.Loopback;
        return IPAddress.TryParse(text, out var address) ? address
            : throw Fault.Unprocessable("--listen", $"'{Texts.Short(text)}' is no IP address.");
    }

    static int? Number(string flag, string? text, int least, int most)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Fault.Unprocessable(flag, $"must be a whole number from {least} to {most}, not '{Texts.Short(text)}'.");
    }

    static List<string> TokensOf(Dictionary<string, List<string>> given, IReadOnlyDictionary<string, string> environment)
    {
        var tokens = new List<string>(given.GetValueOrDefault("--auth-token", []));
        if (environment.GetValueOrDefault("AGENTD_AUTH_TOKEN") is { Length: > 0 } one)
            tokens.Add(one);
        tokens.AddRange((environment.GetValueOrDefault("AGENTD_AUTH_TOKENS") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return tokens;
    }
}
