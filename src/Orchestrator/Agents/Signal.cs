namespace Orchestrator.Agents;

/// <summary>One thing an agent did or said, in words all agents share. Each becomes one event of the same name.</summary>
abstract record Signal;

/// <summary>run.message: the agent said something, whole.</summary>
sealed record Said(string Text) : Signal;

/// <summary>run.reasoning: a summary of what it thinks.</summary>
sealed record Reasoned(string Text) : Signal;

/// <summary>
/// run.delta: a piece of what is being said or printed. The whole follows as a signal of its own, so pieces are for those who watch; one
/// without text says nothing.
/// </summary>
/// <param name="Of">message, reasoning or output (of a tool call).</param>
/// <param name="Id">The agent's id of what it is a piece of; of a tool call for its output.</param>
/// <param name="Text">To be put behind the pieces before.</param>
sealed record Delta(string Of, string Id, string Text) : Signal
{
    public const string Message = "message", Reasoning = "reasoning", Output = "output";

    /// <summary>For a line that is a piece of nothing a person reads: there would be thousands of them.</summary>
    public static readonly Delta Nothing = new(Message, "", "");
}

/// <summary>run.output: a line that has no other meaning.</summary>
sealed record Printed(bool FromStderr, string Text, bool Truncated = false) : Signal;

/// <summary>run.tool_call.</summary>
/// <param name="Id">The agent's id of the call, to match the result.</param>
/// <param name="Name">Tool name; <c>shell</c> for commands.</param>
/// <param name="InputJson">Its input as JSON text.</param>
sealed record ToolCalled(string Id, string Name, string InputJson) : Signal;

/// <summary>run.tool_result.</summary>
/// <param name="Id">The id of the call.</param>
/// <param name="ExitCode">Exit code of a command, null when there is none.</param>
/// <param name="Output">What came back.</param>
/// <param name="Failed">True when the tool reported an error.</param>
sealed record ToolReturned(string Id, int? ExitCode, string Output, bool Failed = false) : Signal;

/// <summary>run.file_change.</summary>
sealed record FilesChanged(IReadOnlyList<FileChange> Changes) : Signal;

/// <summary>One changed file as the agent reports it; git decides what really changed.</summary>
/// <param name="Path">As reported, usually absolute.</param>
/// <param name="Kind">add, update or delete.</param>
sealed record FileChange(string Path, string Kind);

/// <summary>run.plan: its to-do list.</summary>
sealed record Planned(IReadOnlyList<PlanStep> Steps) : Signal;

/// <summary>One step of an agent's own to-do list.</summary>
sealed record PlanStep(string Text, bool Done);

/// <summary>run.usage: tokens of this run so far.</summary>
sealed record Used(Usage Usage) : Signal;

/// <summary>run.warning: something a person should see that ends nothing (a retry, a refused permission).</summary>
sealed record Warned(string Code, string Text) : Signal;

/// <summary>A question the agent asks in its output; becomes a request where those exist, an event in any case.</summary>
sealed record Asked(string Text, IReadOnlyList<string> Options) : Signal;

/// <summary>The agent waits for a yes or no, or an answer, in its own protocol; becomes a request, and the run waits.</summary>
/// <param name="Id">The agent's own id of the question.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="Text">One sentence for a person.</param>
/// <param name="DetailJson">An object such as {"command", "folder", "diff"}; at most 64 KiB.</param>
/// <param name="Options">Answers offered; empty for yes and no.</param>
sealed record ApprovalAsked(string Id, AskKind Kind, string Text, string DetailJson, IReadOnlyList<string> Options) : Signal;

/// <summary>The agent no longer waits for that answer.</summary>
sealed record ApprovalDropped(string Id) : Signal;

/// <summary>What an agent asks for in its own protocol.</summary>
enum AskKind
{
    /// <summary>To run a command or to change files.</summary>
    Approval,
    /// <summary>To use any other tool.</summary>
    Permission,
    /// <summary>A question of its own.</summary>
    Question,
}

/// <summary>backend.event: the agent's own line, kept for those who ask for it.</summary>
sealed record Raw(string Json) : Signal;
