using Orchestrator.Gates;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Deliveries;

/// <summary>Gathers what a pull request tells: of the run here, of its item by whoever knows items.</summary>
/// <param name="store">The store.</param>
/// <param name="git">Git.</param>
sealed class PullFactsOf(Database store, Git git)
{
    /// <summary>What an item, or reviews, add; in the order in which they were added.</summary>
    public List<Func<Connection, Delivery, PullFacts, PullFacts>> More { get; } = [];

    public async Task<PullFacts> Of(Delivery delivery, CancellationToken stop)
    {
        var (facts, start) = store.Read(db =>
        {
            var run = RunRows.Get(db, delivery.RunId);
            var known = new PullFacts
            {
                Title = Title(db, run),
                RunId = run.Id,
                Summary = run.Result?.Summary ?? run.LastMessage,
                Check = CheckRows.OfRun(db, run.Id, 20).FirstOrDefault(check => check.IsFinished && check.DeliveryId is null
                    && check.Commit == delivery.SourceCommit),
            };
            return (More.Aggregate(known, (so, add) => add(db, delivery, so)), run.Workspace is { } place
                ? WorkspaceStore.Find(db, place.Id)?.Base : null);
        });
        if (start is null)
            return facts;
        //  src/sum.js | 4 ++--
        //  1 file changed, 2 insertions(+), 2 deletions(-)
        var stat = await git.Run(Integrator.InRepository(delivery.Common, "diff", "--no-ext-diff", "--no-textconv", "--no-color",
            "--stat=100", "--stat-count=60", start, delivery.SourceCommit), stop);
        return facts with { Files = stat.Succeeded ? stat.Stdout.TrimEnd() : "" };
    }

    static string Title(Connection db, Run run)
    {
        var title = run.Title ?? SessionStore.Get(db, run.SessionId).Title ?? run.Prompt;
        return title.Trim().Split('\n')[0].Trim();
    }
}
