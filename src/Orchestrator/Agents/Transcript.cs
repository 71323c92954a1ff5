using System.Text.Json.Serialization;
using Orchestrator.Agents.Acp;

namespace Orchestrator.Agents;

/// <summary>
/// What has been understood of a run's output so far. It is stored with the journal offset in one transaction, so a new daemon goes on
/// reading where the old one stopped. Small by design: nothing here grows with the output.
/// </summary>
sealed record Transcript
{
    /// <summary>The agent's own conversation id, for a resume.</summary>
    public string? ThreadId { get; init; }

    /// <summary>The id of a conversation the agent has announced but not yet anything to keep of.</summary>
    public string? UnsavedThreadId { get; init; }

    /// <summary>The last thing the agent said, at most 64 KiB.</summary>
    public string? LastMessage { get; init; }

    /// <summary>A message that is still being said, for agents that tell pieces only; at most 64 Ki characters.</summary>
    public string? Unfinished { get; init; }

    /// <summary>Changes of files that are under way, for agents that name the file at the beginning only; a few, null for none.</summary>
    public IReadOnlyList<OpenEdit>? OpenEdits { get; init; }

    /// <summary>The agent's own end event was seen.</summary>
    public bool EndSeen { get; init; }

    /// <summary>The end event said that all is well.</summary>
    public bool EndedWell { get; init; }

    /// <summary>Why it failed, one of <see cref="EndReason"/>, when the output said so.</summary>
    public string? FailureReason { get; init; }

    /// <summary>The failure in the agent's words.</summary>
    public string? FailureText { get; init; }

    /// <summary>When the provider takes requests again, when a line said so apart from the failure's text.</summary>
    public ResetHint? Reset { get; init; }

    /// <summary>Something a person should know about a run that ended well (tool calls that were refused, for example).</summary>
    public string? Notice { get; init; }

    /// <summary>A structured result as JSON text, when the agent gave one as such.</summary>
    public string? StructuredJson { get; init; }

    /// <summary>Tokens of this run.</summary>
    public Usage? Usage { get; init; }

    /// <summary>Tokens and cost of the whole thread so far, as the agent counts them: subtracted from the next run's totals.</summary>
    public Usage? ThreadTotal { get; init; }

    /// <summary>The model the agent named.</summary>
    public string? Model { get; init; }

    /// <summary>Where the conversation with a two-way agent stands; null for the others.</summary>
    public Talk? Talk { get; init; }

    /// <summary>Steps of the agent so far: messages and tool calls.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Turns { get; init; }

    /// <summary>Lines of a kind this version does not know.</summary>
    public int UnknownLines { get; init; }

    /// <summary>Lines that were no JSON where JSON was expected.</summary>
    public int UnreadableLines { get; init; }
}

/// <summary>A tool call that changes a file when it succeeds.</summary>
/// <param name="CallId">The agent's id of the call.</param>
/// <param name="Path">As the agent reported it.</param>
sealed record OpenEdit(string CallId, string Path);

/// <summary>What must be known of a conversation to go on with it. All of it is small: open questions and messages on their way.</summary>
sealed record Talk
{
    /// <summary>Absolute folder the agent works in, to be said with what it asks.</summary>
    public string? Folder { get; init; }

    /// <summary>Questions the agent waits for.</summary>
    public IReadOnlyList<OpenAsk> Open { get; init; } = [];

    /// <summary>Messages that were sent and whose turn has not begun, by the ids the protocol knows them by.</summary>
    public IReadOnlyList<string> Unheard { get; init; } = [];

    /// <summary>The agent's own id of the turn that runs, where its protocol asks for it.</summary>
    public string? Turn { get; init; }

    /// <summary>What begins the first turn once the conversation has an id, as JSON; null when that is sent.</summary>
    public string? First { get; init; }

    /// <summary>Calls of ours so far beyond the first ones: their ids are counted.</summary>
    public int Calls { get; init; }

    /// <summary>The change the agent announced last, by its item: shown when it asks for it.</summary>
    public AnnouncedChange? Change { get; init; }

    /// <summary>What an ACP conversation still needs of its order; null for other protocols.</summary>
    public AcpPlan? Plan { get; init; }

    /// <summary>The agent was asked to stop.</summary>
    public bool StopAsked { get; init; }

    /// <summary>Nothing more will be sent: the input is to be ended, so that the process ends by itself.</summary>
    public bool Over { get; init; }
}

/// <summary>A change of files before it is made.</summary>
/// <param name="Item">The agent's own id of it.</param>
/// <param name="Paths">What is changed.</param>
/// <param name="Diff">How, clipped.</param>
/// <param name="Partial">There are more paths than these.</param>
sealed record AnnouncedChange(string Item, IReadOnlyList<string> Paths, string Diff, bool Partial = false);

/// <summary>A question an agent waits for.</summary>
/// <param name="Id">The agent's own id.</param>
/// <param name="Kept">What its answer must repeat, as JSON; null for nothing.</param>
sealed record OpenAsk(string Id, string? Kept);

/// <summary>Tokens and cost of one run. Input excludes what came from the cache.</summary>
/// <param name="InputTokens">Uncached input.</param>
/// <param name="CachedInputTokens">Input read from the provider's cache.</param>
/// <param name="OutputTokens">Output, reasoning included.</param>
/// <param name="CostUsd">Cost in US dollars; null when nobody knows it. An adapter gives only what its agent computed.</param>
/// <param name="CostSource">One of <see cref="CostSources"/>; null before the cost was looked up.</param>
sealed record Usage(long InputTokens, long CachedInputTokens, long OutputTokens, decimal? CostUsd = null,
    [property: Words(CostSources.Agent, CostSources.Estimate, CostSources.Unknown)] string? CostSource = null)
{
    public static Usage operator +(Usage a, Usage b) => new(
        a.InputTokens + b.InputTokens,
        a.CachedInputTokens + b.CachedInputTokens,
        a.OutputTokens + b.OutputTokens,
        a.CostUsd is null && b.CostUsd is null ? null : (a.CostUsd ?? 0) + (b.CostUsd ?? 0));

    /// <summary>What was added since an earlier total. A total that went down was started anew by the agent and counts as it is.</summary>
    public Usage Since(Usage? earlier) =>
        earlier is null
        || InputTokens < earlier.InputTokens
        || CachedInputTokens < earlier.CachedInputTokens
        || OutputTokens < earlier.OutputTokens
            ? this
            : new Usage(
                InputTokens - earlier.InputTokens,
                CachedInputTokens - earlier.CachedInputTokens,
                OutputTokens - earlier.OutputTokens,
                CostUsd is { } cost ? Math.Max(0, cost - (earlier.CostUsd ?? 0)) : null);
}

/// <summary>Where a cost comes from.</summary>
static class CostSources
{
    /// <summary>The agent computed it.</summary>
    public const string Agent = "agent";

    /// <summary>A price table gave it.</summary>
    public const string Estimate = "estimate";

    /// <summary>There is none: no price is known for the model.</summary>
    public const string Unknown = "unknown";
}

/// <summary>The structured result every agent is asked for (seed fact O7).</summary>
/// <param name="GoalMet">Whether the agent believes the goal is met; null when it did not say. A claim, never a proof.</param>
/// <param name="Summary">What was done.</param>
/// <param name="FollowupPrompt">What to ask next when the goal is not met.</param>
/// <param name="Notes">Anything else.</param>
/// <param name="Json">The whole object as the agent gave it, when it has other members than these.</param>
sealed record RunResult(bool? GoalMet, string? Summary, string? FollowupPrompt, string? Notes, string? Json = null);
