using System.CommandLine;
using Orchestrator.Cli;

namespace Orchestrator.Verbs;

/// <summary>
/// Options of the tmux runner's <c>start</c> and <c>resume</c>. Those that are how it works here anyway are taken and change nothing; those
/// that something else replaced are refused with what that is: none is passed over in silence.
/// </summary>
static class SeedOptions
{
    static readonly (string Name, string Meaning)[] Granted =
    [
        ("--no-full-auto", "The profile's own sandbox, as without it."),
        ("--no-ephemeral", "Conversations are always kept, so that 'resume' can go on with them."),
        ("--json-events", "Events are always kept: 'agentctl events list --run-id ID'."),
        ("--skip-git-repo-check", "A folder that is no repository is taken as it is."),
        ("--headless", "Runs have no pane unless you ask for one."),
        ("--no-pane", "Runs have no pane unless you ask for one."),
    ];

    static readonly (string Name, string? Value, string Instead)[] Replaced =
    [
        ("--ephemeral", null, "conversations are always kept, so that 'resume' can go on with them; leave it out"),
        ("--ask-for-approval", "WHEN", "who is asked, and when, is a setting of the profile; leave it out"),
        ("--yolo", null, "a profile with 'sandbox: full-access' in config.yaml does this, and each of its runs shows it"),
        ("--dangerously-bypass-approvals-and-sandbox", null,
            "a profile with 'sandbox: full-access' in config.yaml does this, and each of its runs shows it"),
        ("--tmux-session", "NAME", "a run needs no tmux; the daemon holds it"),
        ("--tmux-window", "NAME", "a run needs no tmux; the daemon holds it"),
    ];

    const string Ids = "ids are made by the daemon: 16 hex characters, printed by this command. To start the same thing at most once, "
        + "give --idempotency-key";

    const string Rooms = "it goes on in the workspace of the run before it; leave it out";

    /// <summary>Options of <c>start</c>.</summary>
    public static Symbol[] OfStart() => [.. Common(), Hidden(Verb.Text("--run-id", $"Refused: {Ids}.", "ID"))];

    /// <summary>Options of <c>resume</c>.</summary>
    public static Symbol[] OfResume() =>
        [.. Common(), Hidden(Verb.Flag("--worktree", $"Refused: {Rooms}.")), Hidden(Verb.Flag("--no-worktree", $"Refused: {Rooms}."))];

    static IEnumerable<Symbol> Common() =>
    [
        Verb.Text("--model", "Another model than the profile's, for this run.", "NAME"),
        Verb.Text("--sandbox", "read-only or workspace-write, instead of the profile's, for this run.", "MODE"),
        Hidden(Verb.Flag("--full-auto", "The same as --sandbox workspace-write.")),
        .. Granted.Select(option => Hidden(Verb.Flag(option.Name, option.Meaning))),
        .. Replaced.Select(option => Hidden(option.Value is null
            ? Verb.Flag(option.Name, $"Refused: {option.Instead}.")
            : Verb.Text(option.Name, $"Refused: {option.Instead}.", option.Value))),
    ];

    static Option<string> Hidden(Option<string> option)
    {
        option.Hidden = true;
        return option;
    }

    /// <summary>Refuses what is not done here, before anything is.</summary>
    public static void CheckStart(Invocation call)
    {
        Check(call);
        if (call.Text("--run-id") is not null) throw Refused("--run-id", Ids);
        if (call.Flag("--worktree") && call.Flag("--no-worktree"))
            throw Invocation.Usage("--worktree and --no-worktree exclude each other.");
    }

    /// <inheritdoc cref="CheckStart"/>
    public static void CheckResume(Invocation call)
    {
        Check(call);
        foreach (var name in new[] { "--worktree", "--no-worktree" })
            if (call.Flag(name)) throw Refused(name, Rooms);
    }

    /// <summary>The sandbox that was asked for; null for the profile's.</summary>
    public static string? Sandbox(Invocation call) => call.Text("--sandbox") ?? (call.Flag("--full-auto") ? "workspace-write" : null);

    static void Check(Invocation call)
    {
        foreach (var (name, value, instead) in Replaced)
            if (value is null ? call.Flag(name) : call.Text(name) is not null) throw Refused(name, instead);
        if (call.Flag("--full-auto") && call.Text("--sandbox") is not (null or "workspace-write"))
            throw Invocation.Usage("--full-auto means --sandbox workspace-write; another --sandbox contradicts it.");
    }

    static Fault Refused(string name, string instead) => Invocation.Usage($"{name} is not taken: {instead}.");
}
