using Orchestrator.Events;

namespace Orchestrator.Spending;

/// <summary>Event types of limits on spending.</summary>
static class SpendingEvents
{
    public const string Reached = "budget.reached";
    public const string Raised = "budget.raised";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Reached, "A limit of a day is reached: new runs of the project (null: all) wait in the queue.",
            """{"day":"2026-01-31","project":"demo","unit":"usd","limit":5,"used":5.02}"""),
        new(Raised, "Somebody raised a limit for the rest of the day.",
            """{"day":"2026-01-31","project":"demo","unit":"usd","amount":5}"""),
    ];
}
