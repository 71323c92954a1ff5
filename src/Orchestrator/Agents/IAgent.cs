using System.Text.Json.Serialization;
using Orchestrator.Profiles;

namespace Orchestrator.Agents;

/// <summary>
/// One coding agent's command line, as pure functions: an order becomes a command, a line of output becomes signals, the end of
/// the process becomes an outcome. No adapter starts a process, opens a file or looks at a clock, so each is tested from captures.
/// </summary>
interface IAgent
{
    /// <summary>The word config.yaml uses for it.</summary>
    string Name { get; }

    /// <summary>The word of its protocol in config.yaml, null where there is only one and it has no name in the field.</summary>
    string? Protocol => null;

    /// <summary>The program looked for on PATH when the profile names none; null when the profile must name it.</summary>
    string? Program { get; }

    /// <summary>The daemon's own variables that reach this agent, beyond the common allow-list; PREFIX* and *SUFFIX match.</summary>
    IReadOnlyList<string> PassedVariables { get; }

    /// <summary>Whether a message can be put into a turn that runs.</summary>
    bool CanSteer => false;

    /// <summary>Rules of <see cref="Profile.Approval"/> that this way of speaking with it can keep.</summary>
    IReadOnlyList<Approval> Approvals => [];

    /// <summary>Keys of a profile that it has no setting for, so that a person who writes them is told.</summary>
    IReadOnlyList<string> UnusedKeys => [ProfileCheck.Verbosity];

    /// <summary>A program without a conversation of its own: it can be run again where another agent has nothing to go on with.</summary>
    bool IsPlainProgram => false;

    /// <summary>The file with the user's own settings of this agent, for <see cref="VariablesIn"/> and
    /// <see cref="AgentOrder.Settings"/>; null when nothing in them matters here.</summary>
    string? SettingsFile(IReadOnlyDictionary<string, string> environment) => null;

    /// <summary>Variables of the daemon's that those settings name, and that therefore reach this agent too.</summary>
    IReadOnlyList<string> VariablesIn(string settings) => [];

    /// <summary>The file with a profile of the user's own that these arguments choose, for <see cref="AgentOrder.OwnProfile"/>; null when
    /// they choose none.</summary>
    string? OwnProfileFile(IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> args) => null;

    /// <summary>The file a profile of the user's own of that name would be in; null when the agent has none.</summary>
    string? OwnProfileFile(IReadOnlyDictionary<string, string> environment, string name) => null;

    /// <summary>A profile of the user's own as one of ours, from the texts of its file and of the settings; null when there is
    /// none.</summary>
    Profile? OwnProfile(string name, string? file, string? settings) => null;

    /// <summary>Names of the user's own profiles, from the names of the files beside the settings and the settings' text.</summary>
    IEnumerable<string> OwnProfileNames(IReadOnlyList<string> files, string? settings) => [];

    /// <summary>How well the workspace limit is kept with this profile.</summary>
    Protection ProtectionOf(Profile profile);

    /// <summary>Whose limits its runs share, in letters that may stand in a command line (see <see cref="ProviderName"/>).</summary>
    string ProviderOf(Profile profile) => ProviderName.Of(profile, this);

    /// <summary>The command for one run.</summary>
    Launch Plan(AgentOrder order);

    /// <summary>What is known before the first line of output.</summary>
    Transcript Begin(AgentOrder order);

    /// <summary>Reads one whole line. Unknown lines are counted and kept raw, never an error.</summary>
    Reading Read(Transcript soFar, OutputLine line);

    /// <summary>
    /// Something from outside for an agent whose protocol is two-way: what to send for it, if anything. An answer to a question that is
    /// no longer open sends nothing.
    /// </summary>
    Reading Obey(Transcript soFar, AgentCommand command) => JsonLines.Silent(soFar);

    /// <summary>Judges a run that has ended and whose output was read to its end; not asked when the daemon itself stopped it.</summary>
    Ending Conclude(Transcript soFar, Finish finish);
}

/// <summary>How the workspace limit is kept: shown on every run (promise 10).</summary>
enum Protection
{
    /// <summary>By the operating system, through the agent's sandbox.</summary>
    Enforced,
    /// <summary>By the agent's own permission rules.</summary>
    AgentsOwnRules,
    /// <summary>Not at all.</summary>
    None,
}

/// <summary>One attempt, as an adapter sees it.</summary>
sealed record AgentOrder
{
    /// <summary>The run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>What the person or parent wrote.</summary>
    public required string Prompt { get; init; }

    /// <summary>Absolute folder the agent works in.</summary>
    public required string Workspace { get; init; }

    /// <summary>Absolute folder of the run's own files (prompt, schema, journal).</summary>
    public required string RunFolder { get; init; }

    /// <summary>The profile that was chosen.</summary>
    public required Profile Profile { get; init; }

    /// <summary>Arguments the daemon was started with for this agent; they come before the profile's own.</summary>
    public IReadOnlyList<string> DaemonArgs { get; init; } = [];

    /// <summary>The agent's own conversation id to go on with; null for a new one.</summary>
    public string? ThreadId { get; init; }

    /// <summary>JSON Schema the result must match, as text; null when none is demanded.</summary>
    public string? OutputSchema { get; init; }

    /// <summary>True when the workspace is in a git repository.</summary>
    public bool InRepository { get; init; }

    /// <summary>Token totals of the thread before this run, for agents that report running totals.</summary>
    public Usage? ThreadTotal { get; init; }

    /// <summary>This very program, for an agent that is part of it: an absolute path, or a name for PATH.</summary>
    public string OwnProgram { get; init; } = "agentctl";

    /// <summary>Absolute folder of the daemon's for what an agent of ours keeps beyond a run (its conversations).</summary>
    public string KeepFolder { get; init; } = "/conversations";

    /// <summary>The program that gives the agent the daemon's tools; null when it gets none.</summary>
    public ToolProgram? Tools { get; init; }

    /// <summary>The user's own settings of the agent, as they stand; null when there are none that can be read.</summary>
    public string? Settings { get; init; }

    /// <summary>The text of the user's own profile that the arguments choose; null when there is no such file.</summary>
    public string? OwnProfile { get; init; }

    /// <summary>True when agents run as the superuser (some refuse to skip permissions then).</summary>
    public bool AsRoot { get; init; }
}

/// <summary>How to start an agent. Paths in <see cref="Files"/> are names inside the run's folder.</summary>
sealed record Launch
{
    /// <summary>Program and arguments; the program is a name for PATH or an absolute path.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>
    /// Place in <see cref="Argv"/> of the agent's own program, where one of ours starts it: it is looked up as well. Else 0.
    /// </summary>
    public int ProgramAt { get; init; }

    /// <summary>
    /// What the agent reads on standard input; empty means an empty file, never an open pipe. Two-way: the first lines, each with its end.
    /// </summary>
    public string Stdin { get; init; } = "";

    /// <summary>True when the agent is spoken with while it runs: its input stays open until <see cref="Talk.Over"/>.</summary>
    public bool TwoWay { get; init; }

    /// <summary>Defaults set unless the environment or the profile sets them (quiet, bounded retries).</summary>
    public IReadOnlyDictionary<string, string> DefaultEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>Files written into the run's folder before the start: name → content (a schema, for example).</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>The file of the run's folder an agent may leave its result in, for <see cref="Finish.ResultFile"/>.</summary>
    public const string ResultFileName = "result.json";
}

/// <summary>One line of a run's journal, without its line end. Bytes that are no UTF-8 arrive as U+FFFD.</summary>
/// <param name="FromStderr">True for standard error.</param>
/// <param name="Text">The line.</param>
/// <param name="Truncated">True when the line was longer than is read; the text is its beginning.</param>
/// <param name="Complete">False when the process ended before the line did.</param>
readonly record struct OutputLine(bool FromStderr, string Text, bool Truncated = false, bool Complete = true);

/// <summary>What a line changed and what it says.</summary>
readonly record struct Reading(Transcript Transcript, IReadOnlyList<Signal> Signals)
{
    /// <summary>Lines for the agent's standard input, without their ends; null for none. Stored together with the transcript.</summary>
    public IReadOnlyList<string>? Send { get; init; }
}

/// <summary>How the process ended.</summary>
sealed record Finish
{
    /// <summary>Exit code as the shell gives it (128 + signal number for a signal).</summary>
    public required int ExitCode { get; init; }

    /// <summary>The last lines of standard error, at most 8 KiB.</summary>
    public string StderrTail { get; init; } = "";

    /// <summary>True when not a byte came on standard output.</summary>
    public bool SaidNothing { get; init; }

    /// <summary>The schema a result had to match; null when none was demanded.</summary>
    public string? OutputSchema { get; init; }

    /// <summary>What the agent left in <see cref="Launch.ResultFileName"/>, at most 256 Ki characters; null when there is none.</summary>
    public string? ResultFile { get; init; }

    /// <summary>The outcome the agent reported to the daemon itself, as JSON: counts where its output gives no result.</summary>
    public string? Reported { get; init; }
}

/// <summary>How a run ended in the adapter's judgement.</summary>
sealed record Ending
{
    /// <summary>True only when the agent reported its own end as good, the exit is accepted and a demanded result is readable.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>Why, when not succeeded: one of <see cref="EndReason"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>One sentence for a person; on success a warning worth showing, or null.</summary>
    public string? Message { get; init; }

    /// <summary>The structured result, also of a failed run when one was found.</summary>
    public RunResult? Result { get; init; }

    /// <summary>When the provider takes requests again, where it refused them for now and said so.</summary>
    public ResetHint? Reset { get; init; }

    /// <summary>True when it is known to have ended before anything had happened: to start it again repeats nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public bool Unstarted { get; init; }
}
