using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Store;
using Orchestrator.Terminals;

namespace Orchestrator.Workspaces;

/// <summary>A project's commands in one worktree, one after the other.</summary>
/// <param name="Kind">setup or teardown.</param>
/// <param name="Batch">
/// What they are for: what succeeded for it is not run again. Of a setup the run, or the lease of who works there.
/// </param>
/// <param name="RunId">The run that waits for them; when it is not wanted any more, neither are they. Null for others.</param>
/// <param name="Project">The project's own folder.</param>
/// <param name="Commands">Each program and arguments.</param>
/// <param name="Limit">Longest each may take.</param>
sealed record CommandBatch(Workspace Workspace, string Kind, string Batch, string? RunId, string Project,
    IReadOnlyList<IReadOnlyList<string>> Commands, TimeSpan Limit);

/// <summary>How the commands went.</summary>
/// <param name="Failure">What a person reads when one failed; null when all succeeded.</param>
/// <param name="Stopped">True when they were not wanted any more.</param>
sealed record CommandsEnd(string? Failure, bool Stopped = false);

/// <summary>
/// Runs setup and teardown: each command is held like a run, with the environment of agents and a folder of its own for its output. A row
/// stands before the start, so a daemon that dies follows the same process again when it is back, and starts nothing twice.
/// </summary>
sealed class WorkspaceCommands(Database store, EventLog events, Func<IReadOnlyDictionary<string, string>> environment, string dataFolder,
    TimeProvider clock)
{
    const string RunWants = "select 1 from runs where id = @id and ended_at is null and status <> 'stopping'";

    const string LeaseWants = "select 1 from item_leases where id = @id and ended_at is null";

    readonly HeldCommand held = new(clock);

    readonly ConcurrentDictionary<string, Lazy<Task<string>>> followed = new();

    /// <summary>Where the output of a command is.</summary>
    public RunFolder FolderOf(string id) => new(Path.Combine(dataFolder, "commands", id));

    /// <summary>Runs them in order until one fails. Throws when the daemon shuts down: what runs goes on, and is followed by the next.
    /// </summary>
    public async Task<CommandsEnd> Run(CommandBatch batch, CancellationToken shutdown)
    {
        for (var step = 0; step < batch.Commands.Count; step++)
        {
            var at = step;
            var last = store.Read(db => CommandRow.Last(db, batch.Workspace.Id, batch.Batch, batch.Kind, at));
            if (last is { Status: "succeeded" } && last.Argv.SequenceEqual(batch.Commands[step]))
                continue;
            if (last is not { EndedAt: null })
                last = await Begin(batch, step);
            var status = await Follow(last, shutdown);
            if (status == "stopped")
                return new CommandsEnd(null, Stopped: true);
            if (status != "succeeded")
                return new CommandsEnd(Why(store.Read(db => CommandRow.Find(db, last.Id))!));
        }
        return new CommandsEnd(null);
    }

    /// <summary>Takes up what an earlier daemon left running, until it ends.</summary>
    public Task Adopt(CancellationToken shutdown) => Task.WhenAll(store.Read(CommandRow.Open).ToList().Select(async row =>
    {
        try
        {
            await Follow(row, shutdown);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or UnauthorizedAccessException or Fault)
        {
            // Left to the next daemon, or to the run that waits for it and says what was wrong.
        }
    }));

    async Task<CommandRow> Begin(CommandBatch batch, int step)
    {
        var row = new CommandRow(Ids.New(), batch.Workspace.Id, batch.Batch, batch.RunId, batch.Kind, step, batch.Commands[step],
            batch.Project, "running", null, null, batch.Limit, clock.GetUtcNow(), null);
        await store.Write(transaction =>
        {
            CommandRow.Begin(transaction, row);
            Tell(transaction, WorkspaceEvents.CommandStarted, row, batch.Workspace.SessionId);
        });
        Checkpoint.Reach(Checkpoint.CommandRecorded);
        return row;
    }

    Dictionary<string, string> Variables(Workspace workspace, string project)
    {
        var variables = new Dictionary<string, string>(environment(), StringComparer.Ordinal)
        {
            ["AGENTCTL_WORKTREE"] = workspace.Path,
            ["AGENTCTL_PROJECT_DIR"] = project,
        };
        if (workspace.Branch is { } branch)
            variables["AGENTCTL_BRANCH"] = branch;
        workspace.AddPorts(variables);
        return variables;
    }

    /// <summary>Its status once it has ended; everybody who asks waits for the same look.</summary>
    async Task<string> Follow(CommandRow row, CancellationToken shutdown)
    {
        var look = followed.GetOrAdd(row.Id, _ => new Lazy<Task<string>>(() => ToItsEnd(row, shutdown)));
        try
        {
            return await look.Value.WaitAsync(shutdown);
        }
        finally
        {
            if (look.Value.IsCompleted)
                followed.TryRemove(row.Id, out _);
        }
    }

    async Task<string> ToItsEnd(CommandRow row, CancellationToken shutdown)
    {
        if (await store.Write(transaction => CommandRow.Claim(transaction, row.Id)) is not { } fence)
            return store.Read(db => CommandRow.Find(db, row.Id))!.Status;
        var workspace = store.Read(db => WorkspaceStore.Find(db, row.WorkspaceId))!;
        var variables = Variables(workspace, row.ProjectFolder);
        if (Executable.Find(row.Argv[0], variables.GetValueOrDefault("PATH"), workspace.Start, out var problem) is not { } program)
            return await End(row, "failed", new CommandEnd(null, false, problem));
        var end = await held.Run(new CommandOrder
        {
            Id = row.Id,
            Fence = fence,
            Folder = FolderOf(row.Id).Path,
            Argv = [program, .. row.Argv.Skip(1)],
            WorkingFolder = workspace.Start,
            Environment = variables,
            Limit = row.Limit,
            Wanted = () => IsWanted(row),
        }, shutdown);
        return await End(row, StatusOf(end), end);
    }

    static string StatusOf(CommandEnd end) => end.TimedOut ? "timed_out" : end.Stopped ? "stopped"
        : end is { ExitCode: 0, Problem: null } ? "succeeded" : "failed";

    /// <summary>A setup as long as its run or lease goes on, a teardown as long as somebody wants the worktree removed.</summary>
    bool IsWanted(CommandRow row) => store.Read(db => row.RunId is { } run ? db.Number(RunWants, ("@id", run)) is not null
        : row.Kind == "setup" ? db.Number(LeaseWants, ("@id", row.Batch)) is not null
        : WorkspaceStore.Find(db, row.WorkspaceId) is { Removal: not null, Status: not "removed" });

    async Task<string> End(CommandRow row, string status, CommandEnd end) => await store.Write(transaction =>
    {
        if (!CommandRow.End(transaction, row.Id, status, end.ExitCode, end.Problem))
            return CommandRow.Find(transaction.Db, row.Id)!.Status;
        Tell(transaction, WorkspaceEvents.CommandEnded, row with { Status = status, ExitCode = end.ExitCode, Problem = end.Problem },
            WorkspaceStore.Find(transaction.Db, row.WorkspaceId)?.SessionId);
        return status;
    });

    void Tell(WriteTransaction transaction, string type, CommandRow row, string? session) => events.Append(transaction,
        new NewEvent(type, "daemon", new JsonObject
        {
            ["workspace_id"] = row.WorkspaceId,
            ["command_id"] = row.Id,
            ["kind"] = row.Kind,
            ["argv"] = new JsonArray([.. row.Argv.Select(word => (JsonNode)word)]),
            ["status"] = row.Status,
            ["exit_code"] = row.ExitCode,
        }, session, row.RunId));

    string Why(CommandRow row)
    {
        var command = string.Join(' ', row.Argv);
        var named = $"The project's {row.Kind} command '{(command.Length > 120 ? command[..120] + "…" : command)}'";
        var how = row.Status switch
        {
            "timed_out" => string.Create(CultureInfo.InvariantCulture, $"took longer than {row.Limit.TotalSeconds:0.#} s"),
            _ => row.Problem is { } problem ? $"did not come to an end: {problem}"
                : string.Create(CultureInfo.InvariantCulture, $"ended with exit code {row.ExitCode}"),
        };
        var folder = FolderOf(row.Id);
        var said = row.Problem is not null ? null : LastLine(folder.StderrPath) ?? LastLine(folder.StdoutPath);
        return $"{named} {how}{(said is null ? "" : $": {said.TrimEnd('.')}")}. Its output: agentctl worktree show {row.WorkspaceId}";
    }

    static string? LastLine(string path)
    {
        var line = Encoding.UTF8.GetString(FileTail.Read(path, 4096)).Split('\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return line is { Length: > 300 } ? line[..300] : line;
    }
}

/// <summary>The end of a file that somebody may still be writing.</summary>
static class FileTail
{
    /// <summary>At most that many bytes; none when it is not there.</summary>
    public static byte[] Read(string path, int most)
    {
        if (!RefFiles.HasContent(path, long.MaxValue))
            return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(Math.Max(0, file.Length - most), SeekOrigin.Begin);
        var bytes = new byte[Math.Min(file.Length, most)];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }
}
