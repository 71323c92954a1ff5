using Orchestrator.Events;
using Orchestrator.Gates;
using Orchestrator.Profiles;
using Orchestrator.Terminals;
using Orchestrator.Workspaces;

namespace Orchestrator.Deliveries;

/// <summary>
/// One delivery from its turn to its end, as steps between states. Everything the next step needs is stored before it begins, so that a new
/// daemon goes on from any of them: what is on the branch is looked at, never assumed.
/// </summary>
sealed class Deliverer(DeliveryStore deliveries, CheckStore checks, ProjectStore projects, Func<Project, VerifyPlan> planOf, Git git,
    EventFeed feed, string folder, TimeProvider clock)
{
    /// <summary>How often a delivery starts over because the branch moved under it.</summary>
    const int MostAttempts = 20;

    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    static readonly TimeSpan ForCommands = TimeSpan.FromSeconds(4);

    readonly Integrator integrator = new(git);
    readonly Branches branches = new(git);

    /// <summary>Goes on with it until it has ended, or <paramref name="shutdown"/> lets go of it.</summary>
    public async Task Run(string id, CancellationToken shutdown)
    {
        var delivery = deliveries.Store.Read(db => DeliveryRows.Get(db, id));
        // A daemon that died over it left half a tree, or none.
        if (delivery.State == DeliveryState.Integrating)
            delivery = await Step(delivery, DeliveryStep.StartOver, new DeliveryChange("daemon") { Why = "The daemon was restarted." });
        while (!DeliveryLifecycle.IsFinal(delivery.State))
        {
            shutdown.ThrowIfCancellationRequested();
            delivery = delivery.State switch
            {
                DeliveryState.Waiting => await Integrate(delivery, shutdown),
                DeliveryState.Verifying => await Verify(delivery, shutdown),
                DeliveryState.Landing => await Land(delivery, shutdown),
                _ => throw new InvalidOperationException($"Delivery {id} is {delivery.State} and nobody works on it."),
            };
        }
        await CleanUp(delivery, shutdown);
    }

    /// <summary>Takes away what deliveries that have ended left, when a daemon died over it.</summary>
    public async Task Tidy(CancellationToken stop)
    {
        foreach (var left in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
            if (deliveries.Store.Read(db => DeliveryRows.Find(db, Path.GetFileName(left))) is { } ended
                && DeliveryLifecycle.IsFinal(ended.State))
                await CleanUp(ended, stop);
    }

    async Task CleanUp(Delivery delivery, CancellationToken stop)
    {
        // Of a check that was called off, commands may still run.
        if (delivery.CheckId is { } check)
            await Leftovers.Sweep(check, ForCommands, clock);
        using var alone = await Git.Alone(delivery.Common, stop);
        await integrator.Remove(delivery.Common, Tree(delivery.Id), stop);
        if (Directory.Exists(Path.Combine(folder, delivery.Id)))
            Directory.Delete(Path.Combine(folder, delivery.Id), recursive: true);
    }

    async Task<Delivery> Integrate(Delivery waiting, CancellationToken stop)
    {
        var delivery = await Step(waiting, DeliveryStep.Claim, new DeliveryChange("daemon"));
        Checkpoint.Reach(Checkpoint.DeliveryClaimed);
        if (await branches.Read(delivery.Common, delivery.Into, stop) is not { } onto)
            return await Fail(delivery, DeliveryReasons.BranchGone, $"There is no branch {delivery.Into} (any more).");
        // Landed by a daemon that could not say so: what it put together is on the branch.
        if (delivery.Integrated is { } before && await integrator.Contains(delivery.Common, onto, before, stop))
            return await Step(delivery, DeliveryStep.Land, new DeliveryChange("daemon") { Integrated = before });
        if (delivery.Attempts > MostAttempts)
            return await Fail(delivery, DeliveryReasons.BranchMoves,
                $"It was begun {MostAttempts} times, and {delivery.Into} moved each time.");
        var intents = new Intents(deliveries.Store, git, integrator);
        Integration made;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, delivery.Id));
            made = await integrator.Integrate(new IntegrationOrder(delivery.Common, Tree(delivery.Id), onto, delivery.SourceCommit,
                delivery.Strategy, await intents.Message(delivery, onto, stop)), stop);
        }
        catch (Exception e) when (e is Fault or IOException or UnauthorizedAccessException)
        {
            made = new Integration(null, [], e.Message);
        }
        Checkpoint.Reach(Checkpoint.DeliveryIntegrated);
        if (made.Conflicts.Count > 0)
            return await Collide(delivery, await intents.Of(delivery, onto, made.Conflicts, stop));
        if (made.Commit is not { } commit)
            return await Fail(delivery, DeliveryReasons.GitRefused, made.Problem!);
        if (commit == onto)
            return await Step(delivery, DeliveryStep.Land, new DeliveryChange("daemon")
            {
                Integrated = commit, Why = $"All of it was on {delivery.Into} already.",
            });
        return await Fits(delivery, onto, commit);
    }

    /// <summary>Stores what was put together, and wants it checked, in one transaction.</summary>
    Task<Delivery> Fits(Delivery delivery, string onto, string commit) => deliveries.Store.Write(transaction =>
    {
        // Called off meanwhile: nothing is checked for it.
        if (DeliveryRows.Get(transaction.Db, delivery.Id) is var now && now.State != delivery.State)
            return now;
        var check = delivery.Verify ? checks.Add(transaction, CheckOf(delivery), "daemon").Id : null;
        return deliveries.Advance(transaction, delivery, DeliveryStep.Integrate, new DeliveryChange("daemon")
        {
            Expected = onto, Integrated = commit, CheckId = check, Verdict = check is null ? "skipped" : null,
        })!;
    });

    CheckOrder CheckOf(Delivery delivery)
    {
        var plan = delivery.Project is { } name && projects.Find(name) is { } project ? planOf(project) : VerifyPlan.None;
        var tree = Tree(delivery.Id);
        return new CheckOrder
        {
            RunId = delivery.RunId,
            ItemId = delivery.ItemId,
            DeliveryId = delivery.Id,
            SessionId = delivery.SessionId,
            Kind = CheckOrder.Integrated,
            Path = tree,
            Start = delivery.Start == "." ? tree : Path.Combine(tree, delivery.Start),
            Common = delivery.Common,
            Commands = plan.Commands,
            Limit = plan.Limit,
            Problem = plan.Problem,
        };
    }

    async Task<Delivery> Verify(Delivery delivery, CancellationToken shutdown)
    {
        var verdict = delivery.CheckId is { } id ? await Verdict(id, shutdown) : null;
        if (verdict is { Verdict: Verdicts.Failed or Verdicts.Impossible } bad)
            return await Step(delivery, DeliveryStep.Fail, new DeliveryChange("daemon")
            {
                Reason = bad.Verdict == Verdicts.Failed ? DeliveryReasons.VerifyFailed : DeliveryReasons.VerifyImpossible,
                Why = $"Put together with {delivery.Into}: {bad.Summary}",
                Verdict = bad.Verdict,
                CheckId = bad.Id,
            });
        var verified = await Step(delivery, DeliveryStep.Verify, new DeliveryChange("daemon")
        {
            Verdict = verdict?.Verdict ?? "skipped", Integrated = delivery.Integrated, Expected = delivery.Expected,
        });
        Checkpoint.Reach(Checkpoint.DeliveryVerified);
        return verified;
    }

    async Task<Check> Verdict(string checkId, CancellationToken shutdown)
    {
        while (true)
        {
            var cursor = feed.Latest;
            var check = checks.Store.Read(db => CheckRows.Get(db, checkId));
            if (check.IsFinished)
                return check;
            await feed.WaitBeyond(cursor, LookEvery, clock, shutdown);
        }
    }

    async Task<Delivery> Land(Delivery delivery, CancellationToken stop)
    {
        var (expected, commit) = (delivery.Expected!, delivery.Integrated!);
        var current = await branches.Read(delivery.Common, delivery.Into, stop);
        // A daemon that died here may have moved it: then it is done, however far others have come since.
        if (current is not null && await integrator.Contains(delivery.Common, current, commit, stop))
            return await Landed(delivery);
        if (current != expected)
            return await Moved(delivery);
        Checkpoint.Reach(Checkpoint.DeliveryLanding);
        // Not to be left half-way by a daemon that stops politely.
        var move = await branches.Move(delivery, expected, commit, CancellationToken.None);
        Checkpoint.Reach(Checkpoint.DeliveryMoved);
        return move.Moved ? await Landed(delivery)
            : move.Reason is { } reason ? await Fail(delivery, reason, move.Why!)
            : await Moved(delivery);
    }

    async Task<Delivery> Landed(Delivery delivery)
    {
        var landed = await Step(delivery, DeliveryStep.Land, new DeliveryChange("daemon")
        {
            Integrated = delivery.Integrated, Verdict = delivery.Verdict,
        });
        Checkpoint.Reach(Checkpoint.DeliveryLanded);
        return landed;
    }

    Task<Delivery> Moved(Delivery delivery) =>
        Step(delivery, DeliveryStep.StartOver, new DeliveryChange("daemon") { Why = $"{delivery.Into} moved meanwhile." });

    Task<Delivery> Fail(Delivery delivery, string reason, string why) =>
        Step(delivery, DeliveryStep.Fail, new DeliveryChange("daemon") { Reason = reason, Why = why });

    Task<Delivery> Collide(Delivery delivery, Conflict conflict) => Step(delivery, DeliveryStep.Collide, new DeliveryChange("daemon")
    {
        Reason = DeliveryReasons.Conflict,
        Conflict = conflict,
        Why = $"{Snapshots.Named(conflict.Files)}: changed here and on {delivery.Into} since.",
    });

    /// <summary>One step, or the delivery as somebody else has moved it meanwhile.</summary>
    Task<Delivery> Step(Delivery delivery, DeliveryStep step, DeliveryChange change) => deliveries.Store.Write(transaction =>
        deliveries.Advance(transaction, delivery, step, change) ?? DeliveryRows.Get(transaction.Db, delivery.Id));

    string Tree(string id) => Path.Combine(folder, id, "tree");
}
