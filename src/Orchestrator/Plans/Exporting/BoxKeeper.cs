using Orchestrator.Cli;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Plans;

/// <summary>
/// Ticks the boxes of a spec's tasks.md while its plan runs, also when no command looks on: of plans whose consent named that file, and
/// only where it lies in the project's own folder. What becomes of it is decided by the same rules as an export.
/// </summary>
sealed class BoxKeeper(PlanStore plans, ProjectStore projects, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>Of many that are done at once, one writing is enough.</summary>
    static readonly TimeSpan Gathered = TimeSpan.FromSeconds(1);

    static readonly TimeSpan Slowly = TimeSpan.FromSeconds(30), AfterTrouble = TimeSpan.FromSeconds(30);

    readonly Bell wake = new();

    /// <summary>The file, as it is kept. Refused where the daemon would write somewhere else than where the plan's project is.</summary>
    /// <exception cref="Fault">It is no tasks.md in the folder of the plan's project, or the plan is of another source.</exception>
    public string Checked(Plan plan, string path)
    {
        Texts.Line("write_back", path, 2000);
        var folder = plan.Project is { } name ? projects.Find(name)?.Path : null;
        return plan.SourceKind == SourceKinds.Kiro && folder is not null && Fits(folder, path) ? path
            : throw Fault.Unprocessable("write_back", "must be the tasks.md of a spec in the folder of the plan's project, and no link.");
    }

    /// <summary>A tasks.md that is there, below the folder, and not by way of a link.</summary>
    public static bool Fits(string folder, string path)
    {
        if (!Path.IsPathFullyQualified(path) || Path.GetFullPath(path) != path || Path.GetFileName(path) != "tasks.md"
            || !path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            || !File.Exists(path) || new FileInfo(path).LinkTarget is not null)
            return false;
        for (var at = Path.GetDirectoryName(path)!; at.Length > folder.Length; at = Path.GetDirectoryName(at)!)
            if (new DirectoryInfo(at).LinkTarget is not null)
                return false;
        return true;
    }

    /// <summary>Runs until shutdown.</summary>
    public async Task Run(CancellationToken shutdown)
    {
        plans.Stirred += wake.Ring;
        plans.Items.Stirred += wake.Ring;
        // When the daemon stops, the next one ticks what is done.
        await wake.Serve(Slowly, Turn, shutdown);
        plans.Stirred -= wake.Ring;
        plans.Items.Stirred -= wake.Ring;
    }

    async Task Turn(CancellationToken shutdown)
    {
        await OneByOne.Do(() => plans.Store.Read(Open), Sync, "The boxes of a spec could not be ticked; it is tried again in a while.",
            new Trouble(AfterTrouble, clock, log), shutdown);
        await Task.Delay(Gathered, clock, shutdown);
    }

    public void Dispose() => wake.Dispose();

    static IReadOnlyList<string> Open(Connection db) => db.Query(
        "select id from plans where write_back is not null and written_back = 0 and status <> 'draft' order by number",
        row => row.GetString(0));

    /// <summary>Brings the file of one plan up to date.</summary>
    async Task Sync(string planId)
    {
        var facts = plans.Store.Read(db => ExportFacts.Read(db, planId, clock.GetUtcNow()));
        var folder = facts.Plan.Project is { } name ? projects.Find(name)?.Path : null;
        if (folder is not null && facts.Plan.WriteBack is { } path && Fits(folder, path))
            SyncedText.Write(path, kept: true, current => TasksExport.Of(facts, current));
        if (facts.Plan.State is PlanStatus.Completed or PlanStatus.Failed or PlanStatus.Canceled)
            // It may have gone on meanwhile: then it is looked at once more.
            await plans.Store.Write(transaction => transaction.Db.Execute(
                "update plans set written_back = 1 where id = @id and status = @status", ("@id", planId), ("@status", facts.Plan.Status)));
    }
}
