using Orchestrator.Items;

namespace Orchestrator.Board;

/// <summary>In which column a card is shown. Pure.</summary>
static class Columns
{
    public const string Inbox = "inbox";
    public const string Ready = "ready";
    public const string InFlight = "in_flight";
    public const string Review = "review";
    public const string Done = "done";

    /// <summary>
    /// Planning is work on the wish, not on the work: it is shown in the inbox. What is blocked, or was given up, is shown where it came
    /// from: the column tells how far it is, its reasons tell why it stands.
    /// </summary>
    /// <param name="status">Where the item is.</param>
    /// <param name="from">Where it was before; null when it never moved.</param>
    public static string Of(ItemStatus status, ItemStatus? from) => status switch
    {
        ItemStatus.Inbox or ItemStatus.Planning => Inbox,
        ItemStatus.Ready => Ready,
        ItemStatus.InFlight => InFlight,
        ItemStatus.Review => Review,
        ItemStatus.Done or ItemStatus.Canceled or ItemStatus.Skipped => Done,
        // Nothing comes from one of these two by a step forward, so the question ends here.
        _ => from is null or ItemStatus.Blocked or ItemStatus.Failed ? InFlight : Of(from.Value, null),
    };
}
