namespace Orchestrator.Profiles;

/// <summary>What a value in config.yaml must be.</summary>
enum ConfigKind
{
    /// <summary>A text; a number or a word like true is taken as the text it is.</summary>
    Text,
    /// <summary>One of some words.</summary>
    Word,
    /// <summary>true or false.</summary>
    Flag,
    /// <summary>A whole number from 1.</summary>
    Count,
    /// <summary>Seconds, more than 0, at most a year.</summary>
    Seconds,
    /// <summary>US dollars: 0 or more, a fraction allowed.</summary>
    Dollars,
    /// <summary>A list of texts (program and arguments).</summary>
    Texts,
    /// <summary>A list of such lists.</summary>
    TextLists,
    /// <summary>A text, or a list of texts.</summary>
    OneOrMore,
    /// <summary>A list, each entry with the same fixed members.</summary>
    Entries,
    /// <summary>Free names with texts.</summary>
    TextMap,
    /// <summary>Fixed members.</summary>
    Group,
    /// <summary>Free names, each with the same fixed members.</summary>
    Named,
}

/// <summary>One key of config.yaml: reading, the messages about mistakes, and the published schema all come from these rows.</summary>
/// <param name="Name">As written in the file.</param>
/// <param name="Kind">What its value must be.</param>
/// <param name="Meaning">For the schema, and so for editors.</param>
sealed record ConfigKey(string Name, ConfigKind Kind, string Meaning)
{
    /// <summary>Allowed words of a <see cref="ConfigKind.Word"/>, or of a <see cref="ConfigKind.OneOrMore"/> that has some.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Of a <see cref="ConfigKind.Named"/>: names may hold * ? / : too, to stand for several.</summary>
    public bool Patterns { get; init; }

    /// <summary>Members of a <see cref="ConfigKind.Group"/> or of each entry of a <see cref="ConfigKind.Named"/>
    /// or <see cref="ConfigKind.Entries"/>.</summary>
    public IReadOnlyList<ConfigKey> Members { get; init; } = [];
}

/// <summary>Every key there is. The same keys hold in the data folder's config.yaml and in a project's .agent-orchestrator.yaml.</summary>
static class ConfigKeys
{
    public static readonly IReadOnlyList<string> Efforts = ["low", "medium", "high", "xhigh"];

    public static readonly IReadOnlyDictionary<string, Sandbox> Sandboxes = new Dictionary<string, Sandbox>
    {
        ["read-only"] = Sandbox.ReadOnly,
        ["workspace-write"] = Sandbox.WorkspaceWrite,
        ["full-access"] = Sandbox.FullAccess,
    };

    public static readonly IReadOnlyList<string> Verbosities = ["low", "medium", "high"];

    public static readonly IReadOnlyDictionary<string, Approval> Approvals = new Dictionary<string, Approval>
    {
        ["deny"] = Approval.Deny,
        ["ask"] = Approval.Ask,
        ["ask-first"] = Approval.AskFirst,
    };

    /// <summary>The word of config.yaml for a sandbox.</summary>
    public static string Word(Sandbox sandbox) => Sandboxes.First(pair => pair.Value == sandbox).Key;

    /// <summary>The word of config.yaml for an approval rule.</summary>
    public static string Word(Approval approval) => Approvals.First(pair => pair.Value == approval).Key;

    /// <summary>The top level; the agents' names come from outside, because only their adapters know them.</summary>
    public static ConfigKey Root(IReadOnlyList<string> agents) => new("", ConfigKind.Group, "Configuration of Agent Orchestrator.")
    {
        Members =
        [
            new("profiles", ConfigKind.Named, "Names for an agent with its settings. A built-in name changes that profile.")
            {
                Members = OfProfile(agents),
            },
            new("request_rules", ConfigKind.Entries,
                "What becomes of requests before anybody is asked: deny beats ask, ask beats allow. A project's own file may only deny and "
                + "ask, unless the project is trusted.")
            {
                Members = OfRule,
            },
            new("projects", ConfigKind.Named, "Registered git repositories and how work in them is done.") { Members = OfProject },
            new("routes", ConfigKind.Entries, "Rules that choose the profile of a run that names none; the first that fits wins.")
            {
                Members = OfRoute,
            },
            RetryPolicy.Key("What is done by itself after a run that failed, in every profile that does not say it itself."),
            HealingPolicy.Key("When a silent run counts as quiet or stalled, and what is done about it, in every profile that does not say "
                + "it itself.", HealingPolicy.LookKey),
            BreakerPolicy.Key,
            ReviewPolicy.Key("How closely work is reviewed when the daemon's own check passed; for the data folder's config.yaml."),
            new("plans", ConfigKind.Group, "How plans are carried; for the data folder's config.yaml.") { Members = OfPlans },
            new("lead", ConfigKind.Text, "Profile of the agent that 'agentctl orch' starts; unset: one that is installed."),
            PaneSettings.Keys,
            NotificationRule.Keys,
            new("prices", ConfigKind.Named, "Prices of models, by name or pattern (* and ?), before the built-in ones; for the data "
                + "folder's config.yaml. Used where an agent does not tell its cost itself.")
            {
                Patterns = true,
                Members = OfPrice,
            },
            WorktreeDefaults.Key,
            GitHubSettings.Key,
            new("limits", ConfigKind.Group, "Limits of the whole daemon.")
            {
                Members =
                [
                    new("max_concurrency", ConfigKind.Count, "Runs at the same time."),
                    .. PerDay,
                    new("spawn_depth", ConfigKind.Count, "Generations of sessions below the first one; unset: 4."),
                    new("children_per_run", ConfigKind.Count, "Sessions one run may spawn; unset: 100."),
                    new("runs_per_family", ConfigKind.Count, "Runs of a session and all below it together; unset: 1000."),
                    new("request_expiry_s", ConfigKind.Seconds, "How long a run's question waits for an answer; unset: for ever."),
                    new("request_on_expiry", ConfigKind.Word, "What then happens, unless the question says it; unset: deny.")
                    {
                        Words = ["deny", "park", "continue"],
                    },
                    new("cool_down_s", ConfigKind.Seconds,
                        "Longest time a provider is left alone when it names a time; what is longer is not believed. Unset: 8 days."),
                    new("requests_per_minute", ConfigKind.Count, "Requests of one token; unset: no limit on loopback, else 1200."),
                    new("bad_tokens_per_minute", ConfigKind.Count, "Bad tokens of one address; unset: no limit on loopback, else 10."),
                ],
            },
        ],
    };

    /// <summary>Words for the ways to speak with agents; which agent has which, its adapter says.</summary>
    public static readonly IReadOnlyList<string> Protocols = ["exec", "app-server", "print", "stream", "stream-json", "run", "acp"];

    static IReadOnlyList<ConfigKey> OfProfile(IReadOnlyList<string> agents) =>
    [
        new("agent", ConfigKind.Word, "Which agent runs it. Required unless a profile of this name exists already.") { Words = agents },
        new("protocol", ConfigKind.Word,
            "How to speak with the agent, where it has more than one way: print or stream (unset: stream, print for read-only), exec "
            + "or app-server (unset: exec), stream-json or acp (unset: stream-json), run or acp (unset: run). By stream, app-server "
            + "and acp it asks somebody before it does what its rules do not allow; by the first two it takes messages while it works.")
        {
            Words = Protocols,
        },
        new("command", ConfigKind.Texts,
            "Agents 'command' and 'acp': program and arguments. Others: the program to use instead of the one on PATH."),
        new("args", ConfigKind.Texts, "Extra arguments."),
        new("env", ConfigKind.TextMap, "Variables added to the agent's environment."),
        new("model", ConfigKind.Text, "Model name; unset: the agent's own choice."),
        new("effort", ConfigKind.Word, "How long it thinks; unset: the agent's own choice.") { Words = Efforts },
        new("verbosity", ConfigKind.Word, "How much it writes, where the agent can be told; unset: the agent's own choice.")
        {
            Words = Verbosities,
        },
        new("sandbox", ConfigKind.Word, "What it may touch.") { Words = [.. Sandboxes.Keys] },
        new("approval", ConfigKind.Word,
            "What becomes of what it wants beyond its sandbox or rules: deny refuses, ask makes a request of it, ask-first also asks "
            + "before changes and commands within the sandbox. Unset: ask where the protocol can ask, else deny.")
        {
            Words = [.. Approvals.Keys],
        },
        new("structured_result", ConfigKind.Flag, "Demand a result {goal_met, summary, …} even when the request gives no schema."),
        new("limits", ConfigKind.Group, "Limits of one run.")
        {
            Members =
            [
                new("total_s", ConfigKind.Seconds, "Longest a run may take, in seconds."),
                new("idle_s", ConfigKind.Seconds, "Longest a run may be silent, in seconds."),
                new("turns", ConfigKind.Count, "Most steps of the agent: a message or a tool call each. At a limit of this and the "
                    + "next two kinds the run is held still and a person is asked."),
                new("tokens", ConfigKind.Count, "Most tokens, of every kind together."),
                new("cost_usd", ConfigKind.Dollars, "Most it may cost in US dollars, estimates included."),
            ],
        },
        new("escalates_to", ConfigKind.Text, "Profile used after repeated failure."),
        RetryPolicy.Key("What is done by itself after a run of this profile that failed."),
        HealingPolicy.Key("When a silent run of this profile counts as quiet or stalled, and what is done about it."),
        new("on_child", ConfigKind.Word, "What a child's request or end does in the session that spawned it.") { Words = ["event", "run"] },
    ];

    static readonly IReadOnlyList<ConfigKey> OfProject =
    [
        new("path", ConfigKind.Text, "Folder of the repository; relative to this file."),
        new("isolation", ConfigKind.Word, "Where its runs work.") { Words = ["worktree", "shared", "none"] },
        new("verify", ConfigKind.TextLists, "Commands that decide whether work is done, each a list of program and arguments."),
        new("verify_timeout_s", ConfigKind.Seconds, "Longest time for each of them, in seconds; unset: 600."),
        .. WorktreeSettings.Keys,
        new("max_parallel", ConfigKind.Count, "Runs of this project at the same time."),
        new("auto_run", ConfigKind.Flag, "Start ready items without being asked."),
        new("deliver", ConfigKind.Word,
            "How accepted work of an item gets onto its branch by itself, before the item is done; unset: a person delivers it. Counts in "
            + "the data folder's config.yaml.")
        {
            Words = ["merge", "squash", "rebase", "pull_request"],
        },
        new("deliver_into", ConfigKind.Text, "The branch it goes to; unset: the one the project's folder is on, of a pull "
            + "request the repository's default branch."),
        PullRequestSettings.Key,
        new("update_checkout", ConfigKind.Flag,
            "A checkout of that branch may follow, when nothing in it is uncommitted; without it such a branch is not moved."),
        ReviewPolicy.Key("How closely this project's work is reviewed, over reviews of the file; for the data folder's config.yaml."),
        new("profiles", ConfigKind.Group, "Phase of work → profile used for it.")
        {
            Members = [.. Phases.All.Select(phase => new ConfigKey(phase, ConfigKind.Text, $"Profile for the phase {phase}."))],
        },
        new("limits", ConfigKind.Group, "Limits of this project; set in the data folder's config.yaml.") { Members = PerDay },
        new("trust_request_rules", ConfigKind.Flag,
            "Let the project's own file allow requests; counts in the data folder's config.yaml only, where no path need be said."),
    ];

    static readonly IReadOnlyList<ConfigKey> OfRoute =
    [
        new("name", ConfigKind.Text, "What the rule is called where it is told of."),
        new("project", ConfigKind.OneOrMore, "Only for this project, or one of these."),
        new("phase", ConfigKind.OneOrMore, "Only in this phase, or one of these.") { Words = Phases.All },
        new("kind", ConfigKind.OneOrMore, "Only for this kind of work, or one of these."),
        new("labels", ConfigKind.OneOrMore, "Only for work that carries this label, or all of these."),
        new("profile", ConfigKind.Text, "The profile to use. Required."),
    ];

    /// <summary>Limits of all runs of a day together.</summary>
    static IReadOnlyList<ConfigKey> PerDay =>
    [
        new("per_day_usd", ConfigKind.Dollars, "Most to spend on one day in US dollars, estimates included; then what is new waits."),
        new("per_day_tokens", ConfigKind.Count, "Most tokens of one day; then what is new waits."),
    ];

    static readonly IReadOnlyList<ConfigKey> OfPlans =
    [
        new("heartbeat_s", ConfigKind.Seconds, "How often the state of a plan that runs is told, unless its document says it; unset: 900."),
    ];

    static readonly IReadOnlyList<ConfigKey> OfPrice =
    [
        new("input", ConfigKind.Dollars, "US dollars for a million tokens of input."),
        new("cached", ConfigKind.Dollars, "US dollars for a million tokens of input from the provider's cache; unset: as input."),
        new("output", ConfigKind.Dollars, "US dollars for a million tokens of output."),
    ];

    static readonly IReadOnlyList<ConfigKey> OfRule =
    [
        new("action", ConfigKind.Word, "What the rule does. Required.") { Words = ["allow", "deny", "ask", "answer"] },
        new("command", ConfigKind.Text,
            "One simple command; * stands for any letters of a word, at the end also for further words: git status*."),
        new("exact", ConfigKind.Text, "Exactly this command, or this input of another tool."),
        new("path", ConfigKind.Text, "Files from the workspace down; * within a name, ** for any folders: docs/**."),
        new("tool", ConfigKind.Text, "The agent's own name of a tool; * stands for any letters."),
        new("question", ConfigKind.Text, "With answer or ask: a whole question of an agent; * stands for any letters."),
        new("reply", ConfigKind.Text, "With answer: what answers it. Such a rule names its project, or stands in the project's own file."),
        new("kind", ConfigKind.Word, "Only this kind of request.") { Words = ["approval_request", "permission_request"] },
        new("profile", ConfigKind.Text, "Only runs of this profile."),
        new("project", ConfigKind.Text, "Only runs in this project."),
        new("note", ConfigKind.Text, "Why; an agent that is denied hears it."),
    ];
}
