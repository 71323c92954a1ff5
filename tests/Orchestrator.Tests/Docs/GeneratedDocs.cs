using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Agents;
using Orchestrator.Cli;
using Orchestrator.Daemon;
using Orchestrator.Deliveries;
using Orchestrator.Events;
using Orchestrator.Gates;
using Orchestrator.Healing;
using Orchestrator.Mcp;
using Orchestrator.Profiles;
using Orchestrator.Families;
using Orchestrator.Items;
using Orchestrator.Providers;
using Orchestrator.Recovery;
using Orchestrator.Requests;
using Orchestrator.Reviews;
using Orchestrator.Notifications;
using Orchestrator.Plans;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Spending;
using Orchestrator.Tests.Tidy;
using Orchestrator.Tokens;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Docs;

/// <summary>Pages, and parts of pages, that are made from the code. Each is compared with the committed copy.</summary>
static partial class GeneratedDocs
{
    const string Notice = "<!-- Generated. Change the code, then run the tests with UPDATE_GENERATED=1. -->";

    /// <summary>Path, and the whole text it must have.</summary>
    public static readonly IReadOnlyDictionary<string, Func<string>> Pages = new Dictionary<string, Func<string>>
    {
        ["docs/reasons.md"] = Reasons,
        ["docs/failures.md"] = () => Fill("docs/failures.md", "table", FailureTable()),
        ["docs/healing.md"] = HealingPage.Text,
        ["docs/lifecycles.md"] = Lifecycles,
        ["docs/surface.md"] = SurfacePage,
        ["docs/events.md"] = EventsPage,
        ["docs/mcp.md"] = () => Fill("docs/mcp.md", "tools", ToolTable()),
        ["docs/configuration.md"] = () => FillText(
            Fill("docs/configuration.md", "profiles", ProfileTable()), "docs/configuration.md", "keys", KeyTable()),
        ["docs/api-contract.md"] = ContractPage.Text,
        ["docs/openapi.json"] = RouteTable.OpenApiText,
        ["docs/access.md"] = AccessPage,
        ["ARCHITECTURE.md"] = () => Fill("ARCHITECTURE.md", "directions", DirectionRules.Table()),
    };

    /// <summary>Replaces what stands between <c>generated: name</c> and <c>end</c> in a hand-written page.</summary>
    public static string Fill(string path, string name, string text)
    {
        return FillText(SourceTree.Repository.Files.Single(f => f.Path == path).Text, path, name, text);
    }

    /// <inheritdoc cref="Fill"/>
    public static string FillText(string page, string path, string name, string text)
    {
        var start = $"<!-- generated: {name} -->\n";
        var from = page.IndexOf(start, StringComparison.Ordinal);
        var to = page.IndexOf("<!-- end -->", Math.Max(0, from), StringComparison.Ordinal);
        if (from < 0 || to < 0) throw new InvalidOperationException($"{path} has no place for '{name}'.");
        return page[..(from + start.Length)] + "\n" + text.TrimEnd() + "\n\n" + page[to..];
    }

    static string ProfileTable() => Table(["Profile", "Agent", "Effort", "Verbosity", "Sandbox", "Approval", "Escalates to", "Arguments"],
        BuiltInProfiles.All.Select(profile => new[]
        {
            $"`{profile.Name}`", profile.Agent, profile.Effort ?? "its own", profile.Verbosity ?? "its own",
            ConfigKeys.Word(profile.Sandbox), profile.Approval is { } rule ? ConfigKeys.Word(rule) : "its own", profile.EscalatesTo ?? "-",
            profile.Args.Count > 0 ? $"`{string.Join(' ', profile.Args)}`" : "-",
        }));

    static string KeyTable() => Table(["Key", "Value", "Meaning"], KeyRows(ConfigKeys.Root(AgentCatalog.Names), ""));

    static IEnumerable<string[]> KeyRows(ConfigKey parent, string path) => parent.Members.SelectMany(key =>
    {
        var name = $"{path}{key.Name}{(key.Kind == ConfigKind.Named ? ".NAME" : key.Kind == ConfigKind.Entries ? "[]" : "")}";
        var value = key.Words.Count > 0 ? string.Join(", ", key.Words) : Words(key.Kind.ToString());
        string[] row = [$"`{name}`", value, key.Meaning];
        return KeyRows(key, name + ".").Prepend(row);
    });

    static string ToolTable() => Table(["Tool", "What it does", "Arguments (needed ones in bold)", "Answer", "Says about itself"],
        Toolbox.All.Select(tool => new[]
        {
            $"`{tool.Name}`", $"{tool.Title}.", Members(tool.Input), Members(tool.Output),
            string.Join(", ", new[] { (tool.ReadOnly, "read-only"), (tool.Destructive, "destructive"), (tool.Idempotent, "idempotent"),
                (tool.OpenWorld, "open world") }.Where(hint => hint.Item1).Select(hint => hint.Item2).DefaultIfEmpty("-")),
        }));

    static string Members(JsonObject schema)
    {
        var needed = (schema["required"] as JsonArray ?? []).Select(name => (string)name!).ToHashSet();
        return string.Join(" ", schema["properties"]!.AsObject().Select(member =>
            needed.Contains(member.Key) ? $"**`{member.Key}`**" : $"`{member.Key}`"));
    }

    static string Reasons() => Page("Why a run ended",
        "A run that did not succeed has one of these reasons. The list is closed: a new version may add a word, none changes its meaning.",
        Table(["Reason", "Meaning"], EndReason.All.Select(r => new[] { $"`{r.Key}`", r.Value })));

    static string FailureTable() => Table(["Ended", "Whose trouble", "First", "Then", "Why"], RecoveryTable.Rows.Select(row => new[]
    {
        $"`{row.Reason}`", Words(row.Blame.ToString()), Remedies(row, row.First), Remedies(row, row.Then), row.Why,
    }));

    static string Remedies(RecoveryRow row, Remedy remedy) => row.Blame switch
    {
        Blame.Provider => "wait, then go on",
        _ when row.OnlyWithThread => $"{Words(remedy.ToString())}, if it has a conversation",
        _ => Words(remedy.ToString()),
    };

    static string Lifecycles() => Page("Lifecycles",
        "What may follow what. Anything that is not drawn is refused: over HTTP with `409 conflict` and the statuses that are allowed.",
        "## Run", Lifecycle<RunStatus, RunStep>(RunLifecycle.Next, RunLifecycle.Word, "src/Orchestrator/Runs/RunStatus.cs"),
        "## Request", "The first answer counts; a second one is refused with it.",
        Lifecycle<RequestState, RequestStep>(RequestLifecycle.Next, RequestLifecycle.Word, "src/Orchestrator/Requests/RequestState.cs"),
        "## Check", "What a check came to is its verdict: passed, failed, unverified or impossible ([delivery](delivery.md)).",
        Lifecycle<CheckState, CheckStep>(CheckLifecycle.Next, CheckLifecycle.Word, "src/Orchestrator/Gates/CheckState.cs"),
        "## Delivery", "Deliveries of one repository go one after the other ([delivery](delivery.md)).",
        Lifecycle<DeliveryState, DeliveryStep>(DeliveryLifecycle.Next, DeliveryLifecycle.Word,
            "src/Orchestrator/Deliveries/DeliveryState.cs"),
        "## Item", "An item with steps has the status that follows from theirs.",
        Lifecycle<ItemStatus, ItemStep>(ItemLifecycle.Next, ItemLifecycle.Word, "src/Orchestrator/Items/ItemStatus.cs"),
        "## Plan", "A document that became items in phases ([plans](plans.md)).",
        Lifecycle<PlanStatus, PlanAct>(PlanLifecycle.Next, PlanLifecycle.Word, "src/Orchestrator/Plans/PlanStatus.cs"),
        "## Wish", "What somebody said in plain words, until it is a plan ([plans](plans.md#a-wish-in-plain-words)).",
        Lifecycle<WishStatus, WishStep>(WishLifecycle.Next, WishLifecycle.Word, "src/Orchestrator/Plans/Wishing/WishStatus.cs"),
        "## Question to a controller", "What the profile for the phase manage is asked about a plan ([plans](plans.md#who-decides)).",
        Lifecycle<ConsultState, ConsultStep>(ConsultLifecycle.Next, ConsultLifecycle.Word, "src/Orchestrator/Plans/Consulting/Consult.cs"),
        "## Round of reviews", "One for each check of an item's work that passed ([reviews](review.md)).",
        Lifecycle<RoundState, RoundStep>(RoundLifecycle.Next, RoundLifecycle.Word, "src/Orchestrator/Reviews/RoundState.cs"),
        "## Review", "One reviewer's part of a round.",
        Lifecycle<ReviewState, ReviewStep>(ReviewLifecycle.Next, ReviewLifecycle.Word, "src/Orchestrator/Reviews/ReviewState.cs"),
        "## Finding", "A remark of a reviewer or a person.",
        Lifecycle<FindingState, FindingStep>(FindingLifecycle.Next, FindingLifecycle.Word,
            "src/Orchestrator/Reviews/FindingState.cs"));

    /// <summary>Diagram, meanings and matrix of one lifecycle. What no step leads out of is an end.</summary>
    static string Lifecycle<TState, TStep>(Func<TState, TStep, TState?> next, Func<TState, string> word, string path)
        where TState : struct, Enum where TStep : struct, Enum
    {
        var (states, steps) = (Enum.GetValues<TState>(), Enum.GetValues<TStep>());
        var arrows =
            from state in states
            from move in steps.Select(step => (Step: step, To: next(state, step))).Where(m => m.To is not null)
            select $"  {word(state)} --> {word(move.To!.Value)}: {Words(move.Step.ToString())}";
        var ends = states.Where(s => steps.All(step => next(s, step) is null)).Select(s => $"  {word(s)} --> [*]");
        var meanings = Summaries(path);
        return string.Join("\n\n",
            string.Join('\n', ["```mermaid", "stateDiagram-v2", $"  [*] --> {word(states[0])}", .. arrows, .. ends, "```"]),
            Table(["Status", "Meaning"], states.Select(s => new[] { $"`{word(s)}`", meanings[s.ToString()] })),
            Table(["Step", "Meaning"], steps.Select(s => new[] { Words(s.ToString()), meanings[s.ToString()] })),
            "Every step from every status; a dot is a refusal.",
            Table(["", .. steps.Select(s => Words(s.ToString()))], states.Select(state => (string[])
                [$"`{word(state)}`", .. steps.Select(step => next(state, step) is { } to ? word(to) : "·")])));
    }

    /// <summary>Every type, feature by feature.</summary>
    public static IReadOnlyList<EventKind> EventKinds { get; } =
        [.. DaemonEvents.Kinds, .. ConfigEvents.Kinds, .. TokenEvents.Kinds, .. WorkspaceEvents.Kinds, .. SessionEvents.Kinds,
            .. RunEventKinds.All, .. HealingEvents.Kinds, .. CheckEvents.Kinds, .. ReviewEvents.Kinds, .. PlanEvents.Kinds,
            .. DeliveryEvents.Kinds, .. RequestEvents.Kinds, .. FamilyEvents.Kinds, .. ProviderEvents.Kinds,
            .. NotificationEvents.Kinds, .. SpendingEvents.Kinds, .. ItemEvents.Kinds];

    static string EventsPage() => Page("Events",
        "Each event is `{id, cursor, event_type, session_id, run_id, item_id, created_at, actor, data}`. The examples show `data` with "
        + "every member it may have. A new version may add types and members. A run has exactly one of the five ends, and only "
        + "warnings about leftovers and what becomes of its work (`check.*`, `delivery.*`) may follow it.",
        Table(["Type", "Meaning", "Example of data"], EventKinds.Select(k => new[] { $"`{k.Type}`", k.Meaning, $"`{k.Example}`" })));

    static string SurfacePage()
    {
        var commandsOf = Faces.All.Where(f => f.Operation.Length > 0).ToDictionary(f => f.Operation);
        var operations =
            from o in Surface.Operations(SourceTree.Repository)
            let face = commandsOf.GetValueOrDefault(o.Name)
            let verbs = face is { Commands.Length: > 0 } ? string.Join(", ", face.Commands.Select(c => $"`{c}`")) : $"- ({face?.Reason})"
            select new[] { o.Name, $"{o.Method} `{o.Pattern}`", verbs, Words(o.Scope), Words(o.OwnRun),
                $"[{o.Path.Split('/')[^1]}](../{o.Path})" };
        var commands = Surface.Commands().Select(c =>
            new[] { $"`{c.Words}`", c.Sentence, string.Join(" ", c.Arguments.Select(a => $"`{a}`")) });
        var meanings = Summaries("src/Orchestrator/Fault.cs");
        var refusals = Enum.GetValues<FaultCode>().Select(code => (Code: code, Row: FaultTable.Of(code))).Select(f => new[]
        {
            $"`{f.Row.Word}`", $"{f.Row.Status}", $"{f.Row.ExitCode}", f.Row.Retryable ? "yes" : "no", meanings[f.Code.ToString()],
        });
        return Page("The surface",
            "Every route, every command, every refusal.",
            "## Operations", Table(["Operation", "HTTP", "Command", "Scope", "A run's own token", "File"], operations),
            "## Commands", Table(["Command", "What it does", "Words and options"], commands),
            "## Refusals", Table(["Code", "HTTP", "Exit", "Repeating helps", "Meaning"], refusals));
    }

    static string AccessPage() => Page("Who may call what",
        "Scopes are given to named tokens; `admin` includes the others, and each includes `read`. The local token, those of `--auth-token` "
        + "and the cookie of a browser carry all of them.",
        "The last three columns are a run's own token, which carries no scope: what it meets when it asks about itself (its run and its "
        + "session), about what it spawned, and about anybody else's. `own part` means that the answer shows only what is in its reach. "
        + "A session's token (of `agentctl orch`) meets the same, but has no run of its own. A test asks a real daemon each of these.",
        Table(["Route", .. Access.Callers.Select(caller => caller)], Surface.Operations(SourceTree.Repository).Select(o => (string[])
            [$"{o.Method} `{o.Pattern}`", .. Access.Callers.Select(caller => Access.Word(Access.Expected(o, caller)))])));

    /// <summary>The /// summary above each enum member of a file.</summary>
    internal static Dictionary<string, string> Summaries(string path)
    {
        var text = SourceTree.Repository.Files.Single(f => f.Path == path).Text;
        return Member().Matches(text).ToDictionary(m => m.Groups[2].Value, m => m.Groups[1].Value);
    }

    static string Page(string title, params string[] parts) => $"{Notice}\n\n# {title}\n\n{string.Join("\n\n", parts)}\n";

    public static string Table(string[] head, IEnumerable<string[]> rows) =>
        string.Join('\n', new[] { head, [.. head.Select(_ => "---")] }.Concat(rows).Select(r =>
            $"| {string.Join(" | ", r.Select(Cell))} |"));

    /// <summary>An empty heading cell must not leave two blanks; a bar inside a cell must not end it.</summary>
    static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>"GoOn" → "go on".</summary>
    static string Words(string name) => Hump().Replace(name, " $1").TrimStart().ToLowerInvariant();

    [GeneratedRegex("([A-Z])")]
    private static partial Regex Hump();

    [GeneratedRegex(@"/// <summary>(.*)</summary>\s+(\w+),")]
    private static partial Regex Member();
}
