using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Deliveries;

namespace Orchestrator.Verbs;

/// <summary><c>deliver</c>: an item's or a run's work gets where it belongs: a branch here, a pull request, a repository of its own.
/// </summary>
static class DeliverVerb
{
    static readonly (string Flag, string Strategy)[] Ways =
        [("--merge", "merge"), ("--squash", "squash"), ("--rebase", "rebase"), ("--pull-request", Delivery.PullRequests)];

    public static Command Deliver() => Verb.Do("deliver",
        "Deliver the work of an item or a run: onto a branch here, as a pull request, or as a repository. Exit 0 landed or open, 1 not.",
        Work,
    [
        Verb.Word("id", "Id of an item or a run; any unique beginning of it."),
        Verb.Flag("--merge", "Onto a branch here by a merge commit; without any of these."),
        Verb.Flag("--squash", "The same as one commit."),
        Verb.Flag("--rebase", "The same on top of it."),
        Verb.Flag("--pull-request", "Push its branch to GitHub and open a pull request, or renew the one it has."),
        Verb.Flag("--repository", "Make the repository that the item is to come out as, once more."),
        Verb.Text("--into", "The branch; without it the one the project's folder is on, of a pull request GitHub's default.", "BRANCH"),
        Verb.Flag("--draft", "Open the pull request as a draft."),
        Verb.Text("--title", "Title of the pull request, or first line of the commit that is made.", "TEXT"),
        Verb.Flag("--update-checkout", "Where that branch is checked out here, its files follow it, when nothing is uncommitted there."),
        Verb.Flag("--no-verify", "Do not run the project's verify commands before a branch here is moved; the record says so."),
        Verb.Flag("--until-merged", "Wait until the pull request is merged or closed, and not only until it is open."),
        Verb.Flag("--no-wait", "Print the delivery and leave; 'delivery show' shows what came of it."),
        Verb.Text("--timeout", "Longest wait in seconds; then exit code 8. The delivery goes on.", "SECONDS"),
    ]);

    static int Work(Invocation call)
    {
        var api = call.Api();
        var ways = Ways.Where(way => call.Flag(way.Flag)).ToList();
        if (ways.Count + (call.Flag("--repository") ? 1 : 0) > 1)
            throw new Fault(FaultCode.InvalidRequest, "One way at a time: --merge, --squash, --rebase, --pull-request or --repository.");
        var (item, run) = Named(api, call.Need("id"));
        if (call.Flag("--repository"))
            return call.Output.Document(api.Items.MakeOutput(item ?? throw new Fault(FaultCode.Conflict,
                $"{run} is a run: only an item comes out as a repository.")));
        var isPull = call.Flag("--pull-request");
        var made = api.Deliveries.Deliver(run ?? throw new Fault(FaultCode.Conflict, $"No run of this daemon worked on item {item}.",
            $"agentctl get {item}"), new DeliverRun.Request(ways.Count == 0 ? null : ways[0].Strategy, call.Text("--into"),
            call.Flag("--no-verify") ? false : null, call.Flag("--update-checkout") ? true : null, call.Text("--title"), null,
            call.Flag("--draft") ? true : null));
        if (call.Flag("--no-wait")) return call.Output.Document(made);
        return DeliveryVerbs.Await(call, made, isPull && !call.Flag("--until-merged"));
    }

    /// <summary>What an id means: an item with the run that worked on it, or a run.</summary>
    public static (string? Item, string? Run) Named(Api api, string id)
    {
        try
        {
            var item = api.Items.Show(id);
            return (item.Text("item.id"), item.Text("item.run_id"));
        }
        catch (Fault fault) when (fault.Code == FaultCode.NotFound)
        {
            return (null, id);
        }
    }
}
