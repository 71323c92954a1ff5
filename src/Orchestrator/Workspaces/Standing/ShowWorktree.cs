using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Workspaces;

/// <summary>
/// One worktree with all that is known of it. Git is asked within the request: a few short commands with a limit each, for the one who
/// looks wants to know how it is now and not how it was.
/// </summary>
static class ShowWorktree
{
    const int TailBytes = 8192;

    public static void Map(Routes routes, Database store, WorktreeFacts facts, WorkspaceCommands commands)
    {
        routes.Get("/worktrees/{id}", nameof(ShowWorktree), async call =>
        {
            var (one, runs, held) = store.Read(db =>
            {
                var found = Resolve(db, call.Part("id"));
                return (found, ListWorktrees.RunsOf(db, found), CommandRow.Of(db, found.Id));
            });
            var shown = ListWorktrees.Describe(one, runs);
            foreach (var (name, value) in await facts.Of(one, [.. runs.Select(run => run.Id)], call.Gone))
                shown[name] = value?.DeepClone();
            shown["start"] = one.Start;
            shown["common"] = one.Common;
            shown["set_up"] = one.SetUp;
            shown["commands"] = new JsonArray([.. held.Select(row => (JsonNode)WithOutput(row, commands))]);
            return Reply.Ok(new JsonObject { ["worktree"] = shown });
        }, doc: Doc);
        routes.Get("/worktrees/{id}/output", "WorktreeOutput", call =>
        {
            var stream = call.Query("stream") ?? "stdout";
            if (stream is not ("stdout" or "stderr"))
                throw Fault.Invalid("stream", "must be stdout or stderr.");
            var wanted = call.Query("command");
            var rows = store.Read(db => CommandRow.Of(db, Resolve(db, call.Part("id")).Id));
            var row = wanted is not null ? rows.FirstOrDefault(one => one.Id == wanted) : rows.Count > 0 ? rows[^1] : null;
            if (row is null)
                throw Fault.NotFound("command", Texts.Short(wanted ?? ""));
            var folder = commands.FolderOf(row.Id);
            var bytes = FileTail.Read(stream == "stdout" ? folder.StdoutPath : folder.StderrPath, 1 << 20);
            return Task.FromResult(new Reply(StatusCodes.Status200OK, bytes) { ContentType = "application/octet-stream" });
        }, doc: () => RouteDoc.Of("The end of what a command of the project's setup or teardown wrote, at most 1 MiB.")
            .Asks("command", "Its id; without it the newest.").Asks("stream", "Which of the two.", Shape.Word("stdout", "stderr"))
            .GivesRaw("application/octet-stream", "The bytes; empty when it wrote nothing."));
    }

    /// <summary>By whole id or unique prefix, of the worktree or of a run that worked in it.</summary>
    public static Workspace Resolve(Connection db, string idOrPrefix)
    {
        Workspace? found = null;
        try
        {
            found = WorkspaceStore.Find(db, Prefixes.Resolve(db, "workspaces", "worktree", idOrPrefix));
        }
        catch (Fault fault) when (fault.Code == FaultCode.NotFound)
        {
            // Perhaps a run's.
        }
        found ??= db.Text("select workspace_id from runs where id = @id", ("@id", Prefixes.Resolve(db, "runs", "worktree", idOrPrefix)))
            is { } id ? WorkspaceStore.Find(db, id) : null;
        return found is { Kind: WorkspaceKinds.Worktree or WorkspaceKinds.Restored } ? found : throw Fault.NotFound("worktree", idOrPrefix);
    }

    static JsonObject WithOutput(CommandRow row, WorkspaceCommands commands)
    {
        var (shown, folder) = (row.Describe(), commands.FolderOf(row.Id));
        shown["stdout"] = Encoding.UTF8.GetString(FileTail.Read(folder.StdoutPath, TailBytes));
        shown["stderr"] = Encoding.UTF8.GetString(FileTail.Read(folder.StderrPath, TailBytes));
        return shown;
    }

    static RouteDoc Doc() => RouteDoc.Of("One worktree: its row, how git sees it, its snapshots, who is in it, and the project's commands.")
        .Gives("worktree", Shape.Members(
        [
            .. ListWorktrees.Members,
            ("start", Shape.Text), ("common", Shape.Maybe(Shape.Text)), ("set_up", Shape.Flag),
            ("git", Shape.Maybe(Shape.Members(
                ("branch", Shape.Maybe(Shape.Text)), ("head", Shape.Maybe(Shape.Text)), ("detached", Shape.Flag),
                ("unfinished", Shape.Maybe(Shape.Text)), ("locked", Shape.Maybe(Shape.Text)), ("ahead", Shape.Maybe(Shape.Whole)),
                ("behind", Shape.Maybe(Shape.Whole)), ("dirty", Shape.Maybe(Shape.Flag)), ("files", Shape.List(Shape.Text))))),
            ("snapshots", Shape.List(Shape.Members(
                ("ref", Shape.Text), ("run_id", Shape.Text), ("commit", Shape.Text), ("at", Shape.Text)))),
            ("users", Shape.List(Shape.Members(("pid", Shape.Whole), ("command", Shape.Text), ("how", Shape.Text)))),
            ("commands", Shape.List(Shape.Members(
                ("id", Shape.Text), ("kind", Shape.Text), ("step", Shape.Whole), ("argv", Shape.List(Shape.Text)),
                ("run_id", Shape.Maybe(Shape.Text)), ("status", Shape.Text), ("exit_code", Shape.Maybe(Shape.Whole)),
                ("problem", Shape.Maybe(Shape.Text)), ("started_at", Shape.Text), ("ended_at", Shape.Maybe(Shape.Text)),
                ("stdout", Shape.Text), ("stderr", Shape.Text)))),
        ]));
}
