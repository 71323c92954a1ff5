using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Requests;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Healing;

/// <summary>
/// Takes the steps that <see cref="Ladder"/> decides. All that happens in the store is one write with its row; the one step that reaches
/// beyond, a stop, has its row first and is taken up again by the next daemon.
/// </summary>
sealed class Healer(RunStore runs, Func<RunSnapshots> snapshots, TimeProvider clock)
{
    /// <summary>Why a snapshot was taken.</summary>
    const string AtStall = "stalled";

    // Messages that wait for an agent which takes none: another would not be heard either.
    const int MostUnheard = 5;

    /// <summary>Does what is due for a run that is quiet or stalled.</summary>
    /// <param name="run">The run as it was judged.</param>
    /// <param name="health">The verdict.</param>
    /// <param name="lastOutput">When it last wrote something.</param>
    /// <param name="cameToLife">True when it has written something since.</param>
    /// <param name="shutdown">The daemon stops; what is not done stays due.</param>
    public async Task Follow(Run run, RunHealth health, DateTimeOffset lastOutput, Func<bool> cameToLife, CancellationToken shutdown)
    {
        var policy = HealingPolicy.OfKept(run.ProfileSettings);
        var episode = lastOutput.Micros();
        // A notice and the question after it are due at once; each is decided from rows.
        while (!shutdown.IsCancellationRequested
            && runs.Store.Read(db => Ladder.Next(Facts(db, run, health, policy, episode))) is { } step)
        {
            var why = string.Join("; ", health.Reasons);
            if (step == HealingStep.Interrupt)
            {
                await Interrupt(run, episode, why, cameToLife, shutdown);
                return;
            }

            if (!await runs.Store.Write(transaction => IsAtWork(transaction.Db, run) && (step == HealingStep.Ask
                ? Ask(transaction, run, episode, why, health, clock.GetUtcNow() - lastOutput)
                : HealingSteps.Take(transaction, runs.Events, run, episode, step, why, null, run.Id, done: true))))
                return;
            Checkpoint.Reach(step == HealingStep.Ask ? Checkpoint.HealingAsked : Checkpoint.HealingNoticed);
        }
    }

    LadderFacts Facts(Connection db, Run run, RunHealth health, HealingPolicy policy, long episode) =>
        new(health, clock.GetUtcNow(), policy)
        {
            Taken = HealingSteps.Of(db, run.Id, episode),
            Asked = HealingSteps.Asked(db, run.Id),
            CanAsk = AgentCatalog.Find(run.Agent, run.Protocol) is { CanSteer: true }
                && run.Transcript?.Talk is not (null or { Over: true } or { StopAsked: true })
                && RunCommands.Waiting(db, run.Id).Count < MostUnheard,
        };

    static bool IsAtWork(Connection db, Run run) =>
        RunRows.Find(db, run.Id) is { Status: RunStatus.Running } now && now.Fence == run.Fence;

    /// <summary>No message of the session: it answers nothing, and nobody is to answer it once the run is over.</summary>
    bool Ask(WriteTransaction transaction, Run run, long episode, string why, RunHealth health, TimeSpan silence)
    {
        var text = Question(silence, health);
        if (!HealingSteps.Take(transaction, runs.Events, run, episode, HealingStep.Ask, why, new JsonObject { ["text"] = text }, run.Id,
            done: true))
            return false;
        RunCommands.Add(transaction, runs, run.Id, new MessageCommand(Ids.New(), text));
        return true;
    }

    static string Question(TimeSpan silence, RunHealth health) =>
        $"This is the daemon that runs you. You have written nothing for {HealthVerdict.Long(silence)} "
        + $"({string.Join("; ", health.Reasons)}). "
        + "If you are at work, say in one sentence on what and go on. If something keeps you from it, say what, and end your turn with the "
        + "result you have.";

    async Task Interrupt(Run run, long episode, string why, Func<bool> cameToLife, CancellationToken shutdown)
    {
        await runs.Store.Write(transaction =>
        {
            if (IsAtWork(transaction.Db, run))
                HealingSteps.Take(transaction, runs.Events, run, episode, HealingStep.Interrupt, why, null, run.Id, done: false);
        });
        Checkpoint.Reach(Checkpoint.HealingPlanned);
        // Nobody knows what an agent does when it is stopped: first its work as it stands.
        await snapshots().Take(run, AtStall, shutdown);
        // Capturing much work takes a while, in which it may have gone on by itself: then this silence is over.
        if (cameToLife())
            return;
        await runs.Store.Write(transaction =>
        {
            HealingSteps.Done(transaction, run.Id, HealingStep.Interrupt);
            runs.Advance(transaction, run.Id, run.Fence, RunStep.Stop, new RunChange("daemon")
            {
                StopReason = EndReason.Stalled,
                StopActor = "daemon",
                Data = new JsonObject { ["note"] = why },
            });
        });
        Checkpoint.Reach(Checkpoint.HealingStopped);
    }

    /// <summary>A run that was stopped because it did nothing has ended, and what follows is decided: that is a step, too.</summary>
    public void Ended(WriteTransaction transaction, Run run, RunStatus end, string? reason)
    {
        if (reason != EndReason.Stalled || transaction.Db.Number(
            "select max(episode) from healing_steps where run_id = @run", ("@run", run.Id)) is not { } episode)
            return;
        var why = run.Error?.Message ?? EndReason.All[EndReason.Stalled];
        if (run.NextRunId is { } next)
            HealingSteps.Take(transaction, runs.Events, run, episode, RunRows.Get(transaction.Db, next).RetryHow == RetryHow.Escalate
                ? HealingStep.Escalate : HealingStep.Restart, why, new JsonObject { ["next_run_id"] = next }, next, done: true);
        else if (RequestRows.OpenOf(transaction.Db, run.Id) is [var asked, ..])
            HealingSteps.Take(transaction, runs.Events, run, episode, HealingStep.Person, why,
                new JsonObject { ["request_id"] = asked.Id }, null, done: true);
    }
}
