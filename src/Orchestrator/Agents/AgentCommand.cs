namespace Orchestrator.Agents;

/// <summary>Something from outside for an agent at work. Stored before it is handed over, and handed over once.</summary>
abstract record AgentCommand;

/// <summary>The answer to <see cref="ApprovalAsked"/>.</summary>
/// <param name="AskId">The agent's own id of the question.</param>
/// <param name="Approved">True for yes.</param>
/// <param name="Words">What was said with it, or why the answer is no; null when nothing was.</param>
/// <param name="ForRun">The yes holds for the like in the rest of the run.</param>
sealed record AnswerCommand(string AskId, bool Approved, string? Words, bool ForRun = false) : AgentCommand;

/// <summary>A message into the turn that runs.</summary>
/// <param name="MessageId">Our id of the message: 16 hex characters.</param>
/// <param name="Text">What is said.</param>
sealed record MessageCommand(string MessageId, string Text) : AgentCommand;

/// <summary>Stop the turn that runs and come to an end.</summary>
sealed record StopCommand : AgentCommand;
