using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Deliveries;

/// <summary>Finds out what both sides of a conflict wanted, and writes the messages of the commits that are made.</summary>
sealed class Intents(Database store, Git git, Integrator integrator)
{
    const int MostShown = 20;
    const int PromptCharacters = 2000;
    const int MostSubjects = 50;

    /// <summary>Both sides of a conflict.</summary>
    public async Task<Conflict> Of(Delivery delivery, string onto, IReadOnlyList<string> files, CancellationToken stop)
    {
        var mergeBase = await integrator.MergeBase(delivery.Common, onto, delivery.SourceCommit, stop);
        var range = mergeBase is null ? onto : $"{mergeBase}..{onto}";
        string[] paths = [.. files.Select(file => $":(top,literal){file}")];
        var log = await git.Run(Integrator.InRepository(delivery.Common, ["log", "--no-show-signature", "--no-color", "--no-decorate",
            "--no-merges", $"--max-count={MostShown}", Format, range, "--", .. paths]), stop);
        var (run, workspace) = store.Read(db => (RunRows.Get(db, delivery.RunId), Workspace(db, delivery.RunId)));
        var wanted = new Intent(null, Title(run), run.Id, Cut(run.Prompt));
        return new Conflict(files, mergeBase, wanted, [.. Commits(log.Stdout).Select(Landed)],
            Commands(delivery, workspace, mergeBase, onto, files));
    }

    /// <summary>The message of a merge, or of the one commit that a squash makes.</summary>
    public async Task<string> Message(Delivery delivery, string onto, CancellationToken stop)
    {
        var title = store.Read(db => Title(RunRows.Get(db, delivery.RunId)));
        var subject = delivery.Message ?? (delivery.Strategy == "squash" ? title : $"Merge {delivery.SourceBranch ?? "work"}: {title}");
        var body = "";
        if (delivery.Strategy == "squash")
        {
            var log = await git.Run(Integrator.InRepository(delivery.Common, "log", "--no-show-signature", "--no-color", "--no-decorate",
                "--no-merges", "--reverse", $"--max-count={MostSubjects}", Format, $"{onto}..{delivery.SourceCommit}"), stop);
            body = string.Concat(Commits(log.Stdout).Select(commit => $"* {commit.Subject}\n"));
        }

        return $"{subject.Trim()}\n\n{body}{(body.Length > 0 ? "\n" : "")}Agent-Run: {delivery.RunId}\n";
    }

    const string Format = "--format=%H%x1f%s%x1f%(trailers:key=Agent-Run,valueonly,separator=%x20)";

    // 890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11␟Fix the parser␟0123456789abcdef
    static IEnumerable<(string Commit, string Subject, string Run)> Commits(string log) =>
        from line in log.Split('\n')
        let parts = line.Split('\u001f')
        where parts.Length >= 3 && RefFiles.IsObjectName(parts[0])
        select (parts[0], string.Join(' ', parts[1..^1]), parts[^1].Trim());

    Intent Landed((string Commit, string Subject, string Run) commit)
    {
        var run = commit.Run.Length == Ids.Length ? store.Read(db => RunRows.Find(db, commit.Run)) : null;
        return new Intent(commit.Commit, commit.Subject, run?.Id, run is null ? null : Cut(run.Prompt));
    }

    string Title(Run run)
    {
        var title = run.Title ?? store.Read(db => SessionStore.Get(db, run.SessionId)).Title ?? run.Prompt;
        var line = title.Trim().Split('\n')[0].Trim();
        return line.Length > 72 ? line[..72] + "…" : line.Length == 0 ? $"Work of run {run.Id}" : line;
    }

    static Workspace? Workspace(Connection db, string runId) =>
        db.Text("select workspace_id from runs where id = @id", ("@id", runId)) is { } id ? WorkspaceStore.Find(db, id) : null;

    // Typed into a shell: file names may hold anything but a NUL.
    static List<string> Commands(Delivery delivery, Workspace? workspace, string? mergeBase, string onto, IReadOnlyList<string> files)
    {
        var named = string.Join(' ', files.Take(MostShown).Select(Quoted));
        var commands = new List<string> { $"agentctl run diff {delivery.RunId}" };
        if (mergeBase is not null)
            commands.Add($"git -C {Quoted(delivery.Common)} diff {mergeBase[..12]} {onto[..12]} -- {named}");
        if (workspace is { Status: not "removed", Kind: WorkspaceKinds.Worktree } && Directory.Exists(workspace.Path))
            commands.Add($"git -C {Quoted(workspace.Path)} merge {(delivery.IsPull ? onto[..12] : delivery.Into)}");
        commands.Add(delivery.IsPull ? $"agentctl deliver {delivery.RunId} --pull-request"
            : $"agentctl merge {delivery.RunId} --strategy {delivery.Strategy} --into {delivery.Into}");
        return commands;
    }

    static string Quoted(string text) =>
        text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-') ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    static string Cut(string prompt) => prompt.Length > PromptCharacters ? prompt[..PromptCharacters] + "…" : prompt;
}
