using System.Text.RegularExpressions;

namespace Orchestrator.Profiles;

/// <summary>One rule of <c>notifications</c> in config.yaml: who is told of what, and how.</summary>
sealed record NotificationRule
{
    /// <summary>The ends of runs: what a rule tells of that does not say it.</summary>
    static readonly string[] Ends = ["run.succeeded", "run.failed", "run.canceled", "run.timed_out", "run.lost"];

    public required string Name { get; init; }

    /// <summary>log, status, keys, command or webhook.</summary>
    public required string Channel { get; init; }

    /// <summary>Event types, exact or like <c>request.*</c>.</summary>
    public IReadOnlyList<string> On { get; init; } = Ends;

    /// <summary>Only of these projects; empty for all.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>Only of runs with these profiles; empty for all.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>status and keys: tmux's name of a pane.</summary>
    public string Target { get; init; } = "";

    /// <summary>status and keys: absolute path of the server's socket; null for the user's default one.</summary>
    public string? Socket { get; init; }

    /// <summary>keys: programs that may be typed to.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>keys: what the cursor's line looks like when the program waits for input.</summary>
    public Regex? Prompt { get; init; }

    /// <summary>command: program and arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>command: variables added to its environment.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>webhook: where to; null when a variable holds it.</summary>
    public Uri? Url { get; init; }

    /// <summary>webhook: the daemon's variable with the address.</summary>
    public string? UrlEnv { get; init; }

    /// <summary>webhook: the daemon's variable with the key of the signature.</summary>
    public string? SecretEnv { get; init; }

    /// <summary>webhook: name of a header → the daemon's variable with its value.</summary>
    public IReadOnlyDictionary<string, string> HeadersEnv { get; init; } = new Dictionary<string, string>();

    /// <summary>Longest one delivery may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>All it says, as one text: two rules that say the same are the same.</summary>
    public string Says { get; init; } = "";

    /// <summary>The rule that is there unless a rule of its name says otherwise.</summary>
    public static readonly NotificationRule Log = new() { Name = "log", Channel = "log", Says = "log" };

    /// <summary>Its keys.</summary>
    public static readonly ConfigKey Keys = new("notifications", ConfigKind.Named,
        "Who is told of what, and how. The rule 'log' (every end of a run into notify.log) is there by itself.")
    {
        Members =
        [
            new("channel", ConfigKind.Word, "How: a line in notify.log, tmux's status line, keys into an idle pane, a command, an address.")
            {
                Words = ["log", "status", "keys", "command", "webhook"],
            },
            new("on", ConfigKind.Texts, "Event types (docs/events.md), exact or like request.*; unset: the five ends of runs."),
            new("projects", ConfigKind.Texts, "Only of these projects; unset: all."),
            new("profiles", ConfigKind.Texts, "Only of runs with these profiles; unset: all."),
            new("target", ConfigKind.Text, "status, keys: tmux's name of the pane, like main:0.1."),
            new("socket", ConfigKind.Text, "status, keys: the tmux server's socket; unset: your default server."),
            new("programs", ConfigKind.Texts, "keys: names of programs that may be typed to."),
            new("prompt", ConfigKind.Text, "keys: a regular expression for the cursor's line when the program waits for input."),
            new("command", ConfigKind.Texts, "command: program and arguments; the event comes on its standard input as JSON."),
            new("env", ConfigKind.TextMap, "command: variables added to its environment."),
            new("url", ConfigKind.Text, "webhook: the address, http or https."),
            new("url_env", ConfigKind.Text, "webhook: the daemon's variable that holds the address, where it is a secret."),
            new("secret_env", ConfigKind.Text, "webhook: the daemon's variable that holds the signature's key."),
            new("headers_env", ConfigKind.TextMap, "webhook: header → the daemon's variable that holds its value."),
            new("timeout_s", ConfigKind.Seconds, "Longest one delivery may take; unset: 10."),
        ],
    };

    /// <summary>The rules of a file, the built-in one included. A rule that cannot work is a refusal that names its key.</summary>
    public static IReadOnlyList<NotificationRule> Of(IReadOnlyDictionary<string, ConfigGroup> groups, string file)
    {
        var rules = groups.Select(group => Of(group.Key, group.Value, file)).ToList();
        return rules.Exists(rule => rule.Name == Log.Name) ? rules : [Log, .. rules];
    }

    static NotificationRule Of(string name, ConfigGroup group, string file)
    {
        Fault Wrong(string key, string what) => new(FaultCode.InvalidRequest,
            $"{file}:{group.Line}: notifications.{name}.{key}: {what}", "docs/notifications.md shows a rule of each kind.");
        var channel = group.Get<string>("channel") ?? (name == Log.Name ? "log" : throw Wrong("channel", "is missing"));
        if ((channel == "log") != (name == Log.Name))
            throw Wrong("channel", "the rule 'log' has the channel 'log', and no other rule has");
        string Need(string key) => group.Get<string>(key) ?? throw Wrong(key, $"is needed by the channel '{channel}'");
        List<string> NeedList(string key) =>
            group.Get<List<string>>(key) is { Count: > 0 } list ? list : throw Wrong(key, $"is needed by the channel '{channel}'");
        var url = group.Get<string>("url");
        var rule = new NotificationRule
        {
            Name = name,
            Channel = channel,
            On = group.Get<List<string>>("on") ?? [.. Ends],
            Projects = group.Get<List<string>>("projects") ?? [],
            Profiles = group.Get<List<string>>("profiles") ?? [],
            Target = channel is "status" or "keys" ? Need("target") : "",
            Socket = group.Get<string>("socket"),
            Programs = channel == "keys" ? NeedList("programs") : [],
            Prompt = channel == "keys" ? Pattern(Need("prompt"), Wrong) : null,
            Command = channel == "command" ? NeedList("command") : [],
            Env = group.Get<Dictionary<string, string>>("env") ?? [],
            Url = url is null ? null : Address(url) ?? throw Wrong("url", "is no http or https address"),
            UrlEnv = group.Get<string>("url_env"),
            SecretEnv = group.Get<string>("secret_env"),
            HeadersEnv = group.Get<Dictionary<string, string>>("headers_env") ?? [],
            Says = name + string.Concat(group.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => $"\n{pair.Key}: {Written(pair.Value)}")),
            Limit = TimeSpan.FromSeconds(group.Number<double>("timeout_s") ?? 10),
        };
        if (channel == "webhook" && rule.Url is null == rule.UrlEnv is null)
            throw Wrong("url", "exactly one of url and url_env is needed by the channel 'webhook'");
        if (rule.Programs.FirstOrDefault(program => !program.All(IsOfName)) is { } odd)
            throw Wrong("programs", $"'{odd}' is no program's name");
        if (rule.Target.Any(char.IsControl) || rule.Target.StartsWith('-'))
            throw Wrong("target", "is no name of a tmux pane");
        if (rule.On.FirstOrDefault(type => type.Length == 0 || type == "backend.event") is not null)
            throw Wrong("on", "an event type is expected, like run.failed or request.*");
        return rule;
    }

    static string Written(object? value) => value switch
    {
        IEnumerable<string> words => string.Join('\0', words),
        IReadOnlyDictionary<string, string> map => string.Join('\0', map.SelectMany(pair => new[] { pair.Key, pair.Value })),
        _ => FormattableString.Invariant($"{value}"),
    };

    static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+';

    static Regex Pattern(string text, Func<string, string, Fault> wrong)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(200));
        }
        catch (ArgumentException e)
        {
            throw wrong("prompt", $"is no regular expression: {e.Message}");
        }
    }

    /// <summary>An address that can be posted to; null when it is none.</summary>
    public static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;
}
