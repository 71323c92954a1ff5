namespace Orchestrator.Items;

/// <summary>Where a work item is.</summary>
enum ItemStatus
{
    /// <summary>Written down, not yet looked at.</summary>
    Inbox,
    /// <summary>Somebody works out what is to be done.</summary>
    Planning,
    /// <summary>It may be started: by the scheduler where its project runs by itself, else by whoever asks.</summary>
    Ready,
    /// <summary>A run or a worker has it.</summary>
    InFlight,
    /// <summary>The work is there and waits to be looked at.</summary>
    Review,
    /// <summary>Done; <c>unchecked</c> says that only a person or an import said so.</summary>
    Done,
    /// <summary>Something holds it back that does not go away by waiting; its causes say what.</summary>
    Blocked,
    /// <summary>Given up after its attempts.</summary>
    Failed,
    /// <summary>Not wanted any more.</summary>
    Canceled,
    /// <summary>Left out; what depends on it goes on without it.</summary>
    Skipped,
}

/// <summary>What happens to a work item.</summary>
enum ItemStep
{
    /// <summary>It goes back to where it is to be looked at.</summary>
    PutBack,
    /// <summary>Somebody plans it.</summary>
    Plan,
    /// <summary>It may be started.</summary>
    Admit,
    /// <summary>A run or a worker takes it.</summary>
    Start,
    /// <summary>Its work was found wanting and goes on.</summary>
    Fix,
    /// <summary>Who had it gives it back, or has vanished.</summary>
    GiveBack,
    /// <summary>Its work is to be looked at.</summary>
    Submit,
    /// <summary>Its work was checked, or is accepted after review.</summary>
    Finish,
    /// <summary>A person or an import says that it is done; nobody checked.</summary>
    Accept,
    /// <summary>Something holds it back.</summary>
    Block,
    /// <summary>It is given up.</summary>
    Fail,
    /// <summary>It is not wanted any more.</summary>
    Cancel,
    /// <summary>It is left out.</summary>
    Skip,
    /// <summary>A person is not content with what was done.</summary>
    Reopen,
}

/// <summary>The item's lifecycle as a pure function; docs/lifecycles.md is drawn from it.</summary>
static class ItemLifecycle
{
    /// <summary>The status after a step, or null when the step is refused.</summary>
    public static ItemStatus? Next(ItemStatus from, ItemStep step) => (from, step) switch
    {
        (ItemStatus.Planning or ItemStatus.Blocked or ItemStatus.Canceled or ItemStatus.Skipped, ItemStep.PutBack) => ItemStatus.Inbox,
        (ItemStatus.Inbox or ItemStatus.Ready or ItemStatus.Blocked, ItemStep.Plan) => ItemStatus.Planning,
        (ItemStatus.Inbox or ItemStatus.Planning or ItemStatus.Blocked or ItemStatus.Failed, ItemStep.Admit) => ItemStatus.Ready,
        (ItemStatus.Ready or ItemStatus.Blocked, ItemStep.Start) => ItemStatus.InFlight,
        (ItemStatus.Review, ItemStep.Fix) => ItemStatus.InFlight,
        (ItemStatus.InFlight, ItemStep.GiveBack) => ItemStatus.Ready,
        (ItemStatus.InFlight, ItemStep.Submit) => ItemStatus.Review,
        (ItemStatus.InFlight or ItemStatus.Review, ItemStep.Finish) => ItemStatus.Done,
        (not (ItemStatus.InFlight or ItemStatus.Done), ItemStep.Accept) => ItemStatus.Done,
        (ItemStatus.Planning or ItemStatus.Ready or ItemStatus.InFlight or ItemStatus.Review, ItemStep.Block) => ItemStatus.Blocked,
        (ItemStatus.InFlight or ItemStatus.Review, ItemStep.Fail) => ItemStatus.Failed,
        (ItemStatus.Inbox or ItemStatus.Planning or ItemStatus.Ready or ItemStatus.InFlight or ItemStatus.Review or ItemStatus.Blocked
            or ItemStatus.Failed, ItemStep.Cancel) => ItemStatus.Canceled,
        (ItemStatus.Ready or ItemStatus.Blocked or ItemStatus.Failed, ItemStep.Skip) => ItemStatus.Skipped,
        (ItemStatus.Done, ItemStep.Reopen) => ItemStatus.Ready,
        _ => null,
    };

    /// <summary>The step by which a person moves an item there; null when there is none. What is in flight is completed, released or
    /// failed, not moved, unless nobody wants it any more.</summary>
    public static ItemStep? ByPerson(ItemStatus from, ItemStatus to) => Steps
        .Where(step => step is not (ItemStep.Start or ItemStep.Fix or ItemStep.Submit) && Next(from, step) == to
            && (from != ItemStatus.InFlight || step == ItemStep.Cancel))
        .Select(step => (ItemStep?)step).FirstOrDefault();

    /// <summary>Where a person may move it, in order.</summary>
    public static IReadOnlyList<string> Allowed(ItemStatus from) =>
        [.. Enum.GetValues<ItemStatus>().Where(to => ByPerson(from, to) is not null).Select(Word)];

    /// <summary>What depends on it may start.</summary>
    public static bool Fulfils(ItemStatus status) => status is ItemStatus.Done or ItemStatus.Skipped;

    /// <summary>The word used in the API, the store and events.</summary>
    public static string Word(ItemStatus status) => EnumWords.Of(status);

    /// <summary>Every word, in the order of the board.</summary>
    public static IReadOnlyList<string> Words => EnumWords.All<ItemStatus>();

    /// <summary>The status a word names, or null.</summary>
    public static ItemStatus? Parse(string word) => EnumWords.Parse<ItemStatus>(word);

    static readonly ItemStep[] Steps = Enum.GetValues<ItemStep>();
}

/// <summary>The status of an item that has steps: computed from theirs, never set. Pure.</summary>
static class ParentStatus
{
    /// <summary>Null when there is no step.</summary>
    public static ItemStatus? Of(IReadOnlyCollection<ItemStatus> steps)
    {
        var left = steps.Where(status => status is not (ItemStatus.Skipped or ItemStatus.Canceled)).ToList();
        if (steps.Count == 0)
            return null;
        if (left.Count == 0)
            return steps.Contains(ItemStatus.Skipped) ? ItemStatus.Skipped : ItemStatus.Canceled;
        if (left.TrueForAll(status => status == ItemStatus.Done))
            return ItemStatus.Done;
        // What needs somebody comes before what goes on by itself.
        foreach (var first in (ItemStatus[])[ItemStatus.Blocked, ItemStatus.Failed, ItemStatus.InFlight, ItemStatus.Review])
            if (left.Contains(first))
                return first;
        return left.Contains(ItemStatus.Done) ? ItemStatus.InFlight
            : left.Contains(ItemStatus.Ready) ? ItemStatus.Ready
            : left.Contains(ItemStatus.Planning) ? ItemStatus.Planning : ItemStatus.Inbox;
    }
}
