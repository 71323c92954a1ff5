using Orchestrator.Runs;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Reviews;

/// <summary>Does what reviews wait for: queues reviewers, looks at what they came to, and takes their copies away. All decisions come from
/// the store.</summary>
sealed class ReviewWorker(ReviewStore reviews, RunStore runs, Reviewer reviewer, ReviewCopies copies, TimeProvider clock, ILogger log)
    : IDisposable
{
    /// <summary>Copies made or looked at at the same time.</summary>
    const int Most = 4;

    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // What waits for its first step, and what runs and has a run that ended.
    const string Due = """
        select v.id from reviews v where v.ended_at is null
          and (v.state = 'wanted' or exists (select 1 from runs r where r.id = v.run_id and r.ended_at is not null))
        order by v.created_no
        """;

    // A copy stays as long as somebody works in it.
    const string Left = """
        select v.id from reviews v where v.ended_at is not null and v.common is not null
          and not exists (select 1 from runs o join runs r on o.session_id = r.session_id where r.id = v.run_id and o.ended_at is null)
        order by v.created_no limit 20
        """;

    readonly WorkInHand hands = new(LookEvery, clock, log);

    /// <summary>Runs until shutdown; what is under way then goes on with the next daemon.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        reviews.Stirred += hands.Wake.Ring;
        runs.Stirred += Stir;
        await hands.Run(LookEvery, Look, "No review can be gone on with", shutdown);
        reviews.Stirred -= hands.Wake.Ring;
        runs.Stirred -= Stir;
    }

    public void Dispose() => hands.Dispose();

    void Stir(string runId) => hands.Wake.Ring();

    void Look(CancellationToken shutdown)
    {
        foreach (var review in reviews.Store.Read(db => Of(db, Due)))
            Begin(review, $"Review {review.Id}", () => review.State == ReviewState.Wanted ? reviewer.Begin(review, shutdown)
                : reviewer.Judge(review, shutdown), shutdown);
        foreach (var review in reviews.Store.Read(db => Of(db, Left)))
            Begin(review, $"The copy of review {review.Id}", () => TakeAway(review, shutdown), shutdown);
    }

    void Begin(Review review, string what, Func<Task> work, CancellationToken shutdown)
    {
        if (hands.Count < Most && !hands.Has(review.Id))
            hands.Begin(review.Id, what, work, shutdown);
    }

    static List<Review> Of(Connection db, string sql) =>
        [.. db.Query(sql, row => row.GetString(0)).Select(id => RoundRows.FindReview(db, id)!)];

    async Task TakeAway(Review review, CancellationToken stop)
    {
        await copies.Remove(review.Common!, review.Id, stop);
        await reviews.Store.Write(transaction =>
        {
            ReviewStore.CopyGone(transaction, review.Id);
            if (review.RunId is { } run && RunRows.Find(transaction.Db, run) is { Workspace: { } place }
                && WorkspaceStore.Find(transaction.Db, place.Id) is { } workspace)
                WorkspaceStore.Set(transaction, workspace, "removed", "It was a reviewer's copy of the work.");
        });
    }
}
