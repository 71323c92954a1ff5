namespace Orchestrator.Events;

/// <summary>One type of event, for docs/events.md: each feature lists its own beside the code that writes them.</summary>
/// <param name="Type">Dotted type.</param>
/// <param name="Meaning">What it tells, in one sentence.</param>
/// <param name="Example">Its <c>data</c>, with every member it may have.</param>
sealed record EventKind(string Type, string Meaning, string Example = "{}");
