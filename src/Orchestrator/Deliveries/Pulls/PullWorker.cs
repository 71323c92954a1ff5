using Orchestrator.GitHub;
using Orchestrator.Store;

namespace Orchestrator.Deliveries;

/// <summary>Works on deliveries to GitHub: publishes them, and looks at open ones until they are merged or closed.</summary>
/// <param name="needs">What that is done with.</param>
/// <param name="hear">
/// What becomes of what GitHub says against a commit, in the transaction in which it is kept: true when the work went back to its agent or
/// a person was asked, and the word for it.
/// </param>
/// <param name="log">Where defects are told.</param>
sealed class PullWorker(PullNeeds needs, PullHearing hear, ILogger log) : IDisposable
{
    /// <summary>Tries in a row that GitHub may not be there for; at the end they are ten minutes apart.</summary>
    const int MostFailures = 12;

    const int MostShown = 200;

    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1), FirstPause = TimeSpan.FromSeconds(5),
        LongestPause = TimeSpan.FromMinutes(10);

    readonly WorkInHand hands = new(TimeSpan.FromSeconds(10), needs.Clock, log);
    readonly PullPublisher publisher = new(needs);
    readonly PullConflicts conflicts = new(needs, new PullPublisher(needs));

    /// <summary>Runs until shutdown; what is under way then goes on with the next daemon.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        needs.Deliveries.Stirred += hands.Wake.Ring;
        await hands.Run(LookEvery, Turn, "No delivery to GitHub can be gone on with", shutdown);
        needs.Deliveries.Stirred -= hands.Wake.Ring;
    }

    public void Dispose() => hands.Dispose();

    void Turn(CancellationToken shutdown)
    {
        var now = needs.Clock.GetUtcNow().Micros();
        foreach (var next in needs.Store.Read(db => DeliveryRows.Due(db, now)))
            if (!hands.Has(next.Id))
                hands.Begin(next.Id, $"Delivery {next.Id}", () => Work(next.Id, shutdown), shutdown);
    }

    async Task Work(string id, CancellationToken stop)
    {
        var delivery = needs.Store.Read(db => DeliveryRows.Get(db, id));
        try
        {
            if (delivery.State == DeliveryState.Waiting)
                delivery = await Step(delivery, DeliveryStep.Publish, new DeliveryChange("daemon"));
            if (delivery.State == DeliveryState.Publishing)
                delivery = await publisher.Publish(delivery, stop);
            else if (delivery.State == DeliveryState.Open)
                await Look(delivery, stop);
        }
        catch (GitHubFailure failure) when (failure.Passes && delivery.PullRequest!.Failures < MostFailures)
        {
            await Later(delivery, failure);
        }
        catch (GitHubFailure failure)
        {
            await (delivery.State == DeliveryState.Open ? Later(delivery, failure) : Fail(delivery, ReasonOf(failure), failure.Whole));
        }
        catch (PullProblem problem)
        {
            await Fail(delivery, problem.Reason, problem.Message);
        }
        catch (Fault fault)
        {
            await Fail(delivery, DeliveryReasons.GitRefused, $"{fault.Message} {fault.Hint}".TrimEnd());
        }
    }

    static string ReasonOf(GitHubFailure failure) => failure.Trouble switch
    {
        GitHubTrouble.NoToken => DeliveryReasons.NoToken,
        GitHubTrouble.Down or GitHubTrouble.Limited => DeliveryReasons.GitHubDown,
        _ => DeliveryReasons.GitHubRefused,
    };

    /// <summary>
    /// It is tried again: when GitHub said so, else later each time. What is open already is looked at for as long as it is open.
    /// </summary>
    Task Later(Delivery delivery, GitHubFailure failure) => needs.Store.Write(transaction =>
    {
        var failures = Math.Min(delivery.PullRequest!.Failures, 10);
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << failures));
        var at = failure.RetryAt ?? needs.Clock.GetUtcNow() + pause;
        PullRows.Later(transaction, delivery.Id, at, failure.Whole);
        if (delivery.State == DeliveryState.Publishing)
            needs.Deliveries.Advance(transaction, delivery, DeliveryStep.StartOver, new DeliveryChange("daemon") { Why = failure.Whole });
    });

    Task<Delivery> Fail(Delivery delivery, string reason, string why) =>
        Step(delivery, DeliveryStep.Fail, new DeliveryChange("daemon") { Reason = reason, Why = why });

    async Task Look(Delivery delivery, CancellationToken stop)
    {
        var known = delivery.PullRequest!;
        var repository = RepositoryName.Parse(known.Repository!)!;
        var pull = await needs.Calls.Show(repository, known.Number!.Value, stop);
        if (!pull.Open)
        {
            await End(delivery, pull);
            return;
        }
        var settings = needs.Settings(delivery.Project);
        var checks = await needs.Calls.Checks(repository, pull.Head, stop);
        var comments = settings.Comments == "none" ? [] : await needs.Calls.Comments(repository, pull.Number, stop);
        var quiet = needs.Store.Read(db => PullRows.Quiet(db, delivery.Id));
        var decided = PullDecision.Of(known, pull, checks.All, comments, settings.Comments, quiet);
        var meets = decided.Feedback.Conflicts == true ? await conflicts.Of(delivery, pull.Base, stop) : null;
        await needs.Store.Write(transaction => Keep(transaction, delivery, pull, checks, decided, quiet, meets));
    }

    void Keep(WriteTransaction transaction, Delivery delivery, Pull pull, PullChecks checks, PullDecision decided,
        long quiet, PullConflict? meets)
    {
        if (DeliveryRows.Get(transaction.Db, delivery.Id).State != DeliveryState.Open)
            return;
        var isNew = delivery.PullRequest!.Seen != decided.Print;
        PullRows.Keep(transaction, delivery.Id, pull);
        // The longer nothing happens, the less often it is looked at.
        PullRows.Looked(transaction, delivery.Id,
            [.. checks.All.Take(MostShown).Select(check => new PullCheckSeen(check.Name, check.Conclusion, check.Url))],
            decided.Feedback, decided.Print, checks.Trouble,
            needs.Clock.GetUtcNow() + (needs.GitHub().Poll * Math.Min(5, 1 + (isNew ? 0 : quiet / 30))));
        var now = DeliveryRows.Get(transaction.Db, delivery.Id);
        if (decided.Ready)
        {
            PullRows.IsTold(transaction, delivery.Id, decided.Told(delivery.PullRequest.Told));
            needs.Deliveries.TellSeen(transaction, now, decided.Feedback, hear(transaction, now, decided.Feedback, meets));
        }
        else if (decided.Feedback.Conflicts is not null)
            needs.Deliveries.TellSeen(transaction, now, decided.Feedback, hear(transaction, now, decided.Feedback with
            {
                Failing = [],
                Comments = [],
            }, meets));
        else if (isNew)
            needs.Deliveries.TellSeen(transaction, now, decided.Feedback, "shown");
    }

    Task End(Delivery delivery, Pull pull)
    {
        if (pull.Merged)
            Checkpoint.Reach(Checkpoint.PullMerged);
        return needs.Store.Write(transaction =>
        {
            PullRows.Keep(transaction, delivery.Id, pull);
            var by = pull.By is { } name ? $" by {name}" : "";
            if (pull.Merged)
                needs.Deliveries.Advance(transaction, delivery, DeliveryStep.Land, new DeliveryChange("daemon")
                {
                    Into = pull.Base, Integrated = pull.MergeCommit, Verdict = delivery.Verdict, Why = $"#{pull.Number} was merged{by}.",
                });
            else
                needs.Deliveries.Advance(transaction, delivery, DeliveryStep.Fail, new DeliveryChange("daemon")
                {
                    Reason = DeliveryReasons.Closed,
                    Why = $"Pull request #{pull.Number} ({pull.Url}) was closed{by} without being merged.",
                });
        });
    }

    /// <summary>One step, or the delivery as somebody else has moved it meanwhile.</summary>
    Task<Delivery> Step(Delivery delivery, DeliveryStep step, DeliveryChange change) => needs.Store.Write(transaction =>
        needs.Deliveries.Advance(transaction, delivery, step, change) ?? DeliveryRows.Get(transaction.Db, delivery.Id));
}

/// <summary>What becomes of what GitHub says against work: sent, asked or shown.</summary>
/// <param name="meets">What it collides with, where that was found; else null.</param>
delegate string PullHearing(WriteTransaction transaction, Delivery delivery, PullFeedback feedback, PullConflict? meets);
