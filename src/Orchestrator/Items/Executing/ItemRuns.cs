using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Routing;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>Work of the queue that this daemon's own runs do: how a run begins, and what its end means for the item.</summary>
sealed class ItemRuns(ItemStore items, ItemFlow flow, SessionStore sessions, Admission admission,
    Breakers breakers)
{
    /// <summary>The profile an item's run gets. It reads files, so never on the writing thread; refused only when it is used.</summary>
    public Func<Chosen> Choose(Item item, string? profile = null) => admission.Choose(new RouteAsk
    {
        Requested = profile ?? item.Profile,
        Phase = item.Phase is { } phase && Phases.All.Contains(phase) ? phase
            : item.Plan is not null && item.Kind is { } kind && Phases.All.Contains(kind) ? kind : Phases.Code,
        Kind = item.Kind,
        Labels = item.Labels,
        Project = item.Project,
    });

    /// <summary>What an agent is told besides what the item says; null for nothing.</summary>
    public Func<Connection, Item, string?> Brief { get; set; } = (_, _) => null;

    /// <summary>Queues a run that works on the item, which is ready; session, run and the item's move are one.</summary>
    public (Item Item, Run Run) Start(WriteTransaction transaction, Item item, Func<Chosen> chosen, string actor)
    {
        var prompt = TaskText.Prompt(item, Brief(transaction.Db, item));
        var session = sessions.Create(transaction, new NewSession(item.Title, item.Project, null, null, null), actor);
        var run = admission.Queue(transaction, session, chosen, new RunWish(prompt, "item")
        {
            ItemId = item.Id,
            OutputSchema = StructuredResult.Schema,
            Attempt = 1,
        }, actor);
        sessions.AddMessage(transaction, session.Id, "user", prompt, actor, run.Id);
        var moved = items.Move(transaction, item.Id, ItemStep.Start, new ItemChange(actor, "run")
        {
            RunId = run.Id, AgentId = run.Id, ByPerson = actor != "daemon",
        });
        transaction.AfterCommit(() => Checkpoint.Reach(Checkpoint.ItemStarted));
        return (moved, run);
    }

    /// <summary>A run that somebody resumed goes on with an item that waited for just that; a reviewer's does not work on it.</summary>
    public void Started(WriteTransaction transaction, Run run)
    {
        if (run.ItemId is { } id && ItemRows.Find(transaction.Db, id) is { State: ItemStatus.Blocked } item && item.RunId != run.Id
            && item.AssignedSessionKey == run.SessionId)
            items.Advance(transaction, item.Id, ItemStep.Start, new ItemChange("daemon", "its run was resumed")
            {
                RunId = run.Id,
                AgentId = run.Id,
                ByPerson = run.RetryHow is null,
            });
    }

    /// <summary>A run has ended: another attempt follows, the work is to be checked, or a person must look.</summary>
    public void Ended(WriteTransaction transaction, Run run, RunStatus end, string? reason)
    {
        if (run.ItemId is not { } id || ItemRows.Find(transaction.Db, id) is not { State: ItemStatus.InFlight } item
            || item.RunId != run.Id)
            return;
        items.Touch(transaction, item, run.Id, Changed(run));
        Follow(transaction, run, end, reason, item);
        breakers.Look(transaction, id);
    }

    void Follow(WriteTransaction transaction, Run run, RunStatus end, string? reason, Item item)
    {
        if (run.NextRunId is { } next)
        {
            ItemStore.FollowRun(transaction, item, next);
            items.Append(transaction, item, ItemEvents.AttemptFailed, "daemon", new JsonObject
            {
                ["run_id"] = run.Id,
                ["reason"] = reason ?? "goal_not_met",
                ["next_run_id"] = next,
            });
            return;
        }

        if (end == RunStatus.Succeeded && (run.Result?.GoalMet ?? run.OutputSchema is null))
            flow.Done(transaction, new Worked(item, $"run:{run.Id}")
            {
                RunId = run.Id,
                Report = run.Result?.Summary ?? run.LastMessage,
                ChangedNothing = Breakers.ChangedNothing(transaction.Db, run),
            });
        else
            items.Advance(transaction, item.Id, ItemStep.Block, new ItemChange("daemon", reason ?? "goal_not_met")
            {
                Report = run.Result?.Summary ?? run.LastMessage,
                Causes = [reason == EndReason.ResultsConflict
                    ? new(CauseKinds.Dependency, run.Error?.Message ?? EndReason.All[reason], run.Id)
                    : new(CauseKinds.Person, Explain(run, end, reason), run.Id)],
            });
    }

    // [{"path":"src/b.c","old_path":"src/a.c",...}]  (WorkReport.FilesChanged as it is stored)
    static IEnumerable<string> Changed(Run run) =>
        from file in run.FilesChanged.EnumerateArray()
        from name in (string[])["path", "old_path"]
        where file.TryGetProperty(name, out var path) && path.ValueKind == JsonValueKind.String
        select file.GetProperty(name).GetString()!;

    static string Explain(Run run, RunStatus end, string? reason)
    {
        var how = end == RunStatus.Succeeded ? "ended without saying that the goal is met"
            : $"ended {RunLifecycle.Word(end)}{(reason is null ? "" : $" ({reason})")}";
        var asked = end == RunStatus.Canceled ? "Somebody stopped it: ready it again, or resume the run."
            : "A person says how it goes on: agentctl request list, or ready it again.";
        return $"Run {run.Id}, attempt {run.Attempt}, {how}. {asked}";
    }
}
