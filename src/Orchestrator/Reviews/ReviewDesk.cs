using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Templates;
using Orchestrator.Workspaces;

namespace Orchestrator.Reviews;

/// <summary>What reviews need of the rest.</summary>
/// <param name="PolicyOf">How closely a project's work is reviewed; asked in transactions, so from memory.</param>
/// <param name="DataFolder">Copies for reviewers are below it, and so are the checks' diffs.</param>
sealed record ReviewNeeds(Database Store, EventLog Events, ItemStore Items, ItemFlow ItemFlow, SessionStore Sessions, RunStore Runs,
    Admission Admission, Git Git, Func<string?, ReviewPolicy> PolicyOf, string DataFolder, TimeProvider Clock, ILogger Log);

/// <summary>Reviews put together: their store, what follows from what, their worker and their operations.</summary>
sealed class ReviewDesk : IDisposable
{
    readonly ReviewNeeds needs;
    readonly ReviewStore reviews;
    readonly DecideReview decide;

    public ReviewDesk(ReviewNeeds needs)
    {
        this.needs = needs;
        reviews = new ReviewStore(needs.Store, needs.Events);
        Flow = new ReviewFlow(needs.Items, needs.ItemFlow, needs.Sessions, needs.Runs, reviews, needs.PolicyOf);
        needs.Items.WhenMoved(Flow.Overtaken);
        decide = new DecideReview(reviews, Flow, needs.Items, needs.ItemFlow, needs.PolicyOf);
        var copies = new ReviewCopies(needs.Git, Path.Combine(needs.DataFolder, "reviews"));
        var reviewer = new Reviewer(reviews, Flow, copies, needs.Admission, needs.Sessions, needs.Runs, needs.PolicyOf,
            new TemplateShelf(null, needs.DataFolder), Path.Combine(needs.DataFolder, "checks"));
        Worker = new ReviewWorker(reviews, needs.Runs, reviewer, copies, needs.Clock, needs.Log);
    }

    /// <summary>What follows when work passed the daemon's check.</summary>
    public ReviewFlow Flow { get; }

    /// <summary>Queues reviewers and looks at what they came to.</summary>
    public ReviewWorker Worker { get; }

    /// <summary>A person's word, given elsewhere, that an item's work is good.</summary>
    public void Accept(WriteTransaction transaction, string itemId, string? text, string actor) =>
        decide.AcceptItem(transaction, itemId, text, actor);

    /// <summary>Its operations.</summary>
    public void Map(Routes routes)
    {
        ShowReview.Map(routes, needs.Store);
        CommentReview.Map(routes, reviews);
        decide.Map(routes);
        ListDebt.Map(routes, needs.Store);
        CloseFinding.Map(routes, reviews);
    }

    public void Dispose() => Worker.Dispose();
}
