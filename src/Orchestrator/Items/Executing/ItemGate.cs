using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Gates;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>
/// The gate of the queue: what an item's run says is done is checked by the daemon itself, and what the check comes to moves the item. Work
/// that fails goes back to its own conversation with what was seen, <see cref="MostFixes"/> times; then a person looks. What a worker
/// outside did goes the same way (<see cref="OutsideWork"/>).
/// </summary>
/// <param name="whenPassed">What becomes of a run's work that passed; it moves the item.</param>
sealed class ItemGate(ItemStore items, SessionStore sessions, RunStore runs, CheckStore checks, CheckRun checkRun, OutsideWork outside,
    Breakers breakers, Action<WriteTransaction, Item, Check> whenPassed)
{
    /// <summary>Rounds of fixing that nobody is asked about.</summary>
    public const int MostFixes = 2;

    /// <summary>A name nobody else gets: checks of the gate's own are known by it.</summary>
    const string Actor = "daemon";

    const int MostOfTail = 2000;

    /// <summary>Who looks at work, or puts the parts of a whole together, may find that nothing is to be changed.</summary>
    static readonly IReadOnlySet<string?> LooksOnly = new HashSet<string?> { "review", "checkpoint", "synthesise" };

    /// <summary>Somebody did the work, as they say; called with the item in flight.</summary>
    public void Look(WriteTransaction transaction, Worked worked)
    {
        var why = $"Nobody has checked the work yet.{(worked.Branch is { } branch ? $" It is on the branch {branch}." : "")}";
        try
        {
            var wish = new CheckRun.Request(LooksOnly.Contains(worked.Item.Kind) ? false : null,
                worked.Item.Writes.Count > 0 ? worked.Item.Writes : null, null,
                worked.Item.AcceptanceCriteria, null);
            var order = worked.RunId is { } run ? checkRun.Order(transaction.Db, run, wish) : outside.Order(transaction.Db, worked, wish);
            if (order is not null)
            {
                checks.Add(transaction, order, Actor);
                return;
            }
            // Where somebody works who only claimed it, nobody knows.
            if (worked.Item.Project is not null && worked.Branch is null)
                why += " Its worker had no worktree of the daemon's: work that 'agentctl exec' prepares is checked by itself.";
        }
        catch (Fault fault)
        {
            why = $"The work cannot be checked: {fault.Message}";
        }
        items.Move(transaction, worked.Item.Id, ItemStep.Submit, new ItemChange(worked.Actor, "not checked yet")
        {
            Unchecked = true,
            Causes = [new(CauseKinds.External, why, worked.RunId ?? worked.LeaseId ?? "")],
        });
    }

    /// <summary>
    /// A check is finished. One that somebody else wanted decides nothing, for it may be less strict; nor does one of a run that works on
    /// the item no longer.
    /// </summary>
    public void Follow(WriteTransaction transaction, Check check)
    {
        if (check.RequestedBy != Actor || check.DeliveryId is not null || check.ItemId is not { } id
            || ItemRows.Find(transaction.Db, id) is not { State: ItemStatus.InFlight } item)
            return;
        if (check.RunId is not { } runId)
        {
            outside.Follow(transaction, item, check);
            return;
        }

        if (item.RunId != runId)
            return;
        breakers.Checked(transaction, id);
        var open = Breakers.Open(transaction.Db, id, transaction.Now);
        switch (check.Verdict)
        {
            case Verdicts.Passed:
                whenPassed(transaction, item, check);
                break;
            case Verdicts.Unverified:
                Unverified(transaction, items, item, check);
                break;
            case Verdicts.Failed when open.Count == 0 && Rounds(transaction.Db, id) <= MostFixes:
                Fix(transaction, item, RunRows.Get(transaction.Db, runId), check);
                break;
            default:
                items.Advance(transaction, id, ItemStep.Block, new ItemChange(Actor, check.Verdict)
                {
                    Causes = [new(check.Verdict == Verdicts.Failed ? CauseKinds.Limit : CauseKinds.Person,
                        $"The daemon's check {check.Id} {check.Verdict}: {check.Summary} "
                        + $"{string.Concat(open.Select(one => one.Text + " "))}Ready it again, resume run {runId}, or skip it.",
                        check.Id)],
                });
                break;
        }
    }

    /// <summary>Nothing speaks against the work, and nothing was there to verify it with: a person looks.</summary>
    public static void Unverified(WriteTransaction transaction, ItemStore items, Item item, Check check) =>
        items.Advance(transaction, item.Id, ItemStep.Submit, new ItemChange(Actor, "unverified")
        {
            Unchecked = true,
            Causes = [new(CauseKinds.External, check.Summary ?? "There is nothing to verify it with.", check.Id)],
        });

    /// <summary>Checks of the item's work that failed since somebody last made it ready.</summary>
    static long Rounds(Connection db, string itemId) => db.Number(
        "select count(*) from checks where item_id = @id and delivery_id is null and requested_by = @by and verdict = 'failed' "
        + "and created_at >= coalesce((select max(created_at) from runs where item_id = @id2 and trigger_kind = 'item' "
        + "and retry_of is null), 0)",
        ("@id", itemId), ("@by", Actor), ("@id2", itemId)) ?? 0;

    void Fix(WriteTransaction transaction, Item item, Run run, Check check)
    {
        var next = FixRuns.Queue(transaction, sessions, runs, run, Prompt(item, check), item.Id, Actor);
        ItemStore.FollowRun(transaction, item, next.Id);
        items.Append(transaction, item, ItemEvents.AttemptFailed, Actor, new JsonObject
        {
            ["run_id"] = run.Id,
            ["reason"] = "check_failed",
            ["next_run_id"] = next.Id,
        });
    }

    /// <summary>What the next round is told: the facts, and what each command printed last.</summary>
    static string Prompt(Item item, Check check)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture,
            $"The work on '{item.Title}' was checked and is not done yet. {check.Summary}\n"));
        Tell(text, check);
        return text.Append("\nMend it in this workspace. Do not remove or switch off tests.\n").ToString();
    }

    /// <summary>What speaks against the work, with what each command printed last.</summary>
    public static void Tell(StringBuilder text, Check check)
    {
        foreach (var seen in check.Evidence.Where(seen => seen.Outcome == "failed"))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n- {seen.Text}\n");
            if (seen.Tail is { Length: > 0 } tail)
                text.Append(CultureInfo.InvariantCulture, $"\n```\n{tail[^Math.Min(tail.Length, MostOfTail)..]}\n```\n");
        }
    }
}
