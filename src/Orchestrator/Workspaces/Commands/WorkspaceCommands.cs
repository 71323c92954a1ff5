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
/// <param name="Batch">What they are for: what succeeded for it is not run again.</param>
/// <param name="RunId">The run that waits for them; when it is not wanted any more, neither are they.</param>
/// <param name="Project">The project's own folder.</param>
/// <param name="Commands">Each program and arguments.</param>
/// <param name="Limit">Longest each may take.</param>
sealed record CommandOrder(Workspace Workspace, string Kind, string Batch, string? RunId, string Project,
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
    const int Fence = 1;

    // A daemon died between its row and its start.
    const string Unstarted = "unstarted";

    // A holder needs a moment to make its fence and to write down who it is.
    static readonly TimeSpan BeforeRecord = TimeSpan.FromSeconds(2);

    const string Wanted = "select 1 from runs where id = @id and ended_at is null and status <> 'stopping'";

    readonly ConcurrentDictionary<string, Lazy<Task<string>>> followed = new();

    // By this daemon: their starts are no question.
    readonly ConcurrentDictionary<string, bool> started = new();

    /// <summary>Where the output of a command is.</summary>
    public RunFolder FolderOf(string id) => new(Path.Combine(dataFolder, "commands", id));

    /// <summary>Runs them in order until one fails. Throws when the daemon shuts down: what runs goes on, and is followed by the next.
    /// </summary>
    public async Task<CommandsEnd> Run(CommandOrder order, CancellationToken shutdown)
    {
        for (var step = 0; step < order.Commands.Count; step++)
        {
            var at = step;
            var last = store.Read(db => CommandRow.Last(db, order.Workspace.Id, order.Batch, order.Kind, at));
            if (last is { Status: "succeeded" } && last.Argv.SequenceEqual(order.Commands[step]))
                continue;
            var status = last is { EndedAt: null } ? await Follow(last, shutdown) : Unstarted;
            if (status == Unstarted)
            {
                last = await Begin(order, step);
                status = last.EndedAt is null ? await Follow(last, shutdown) : last.Status;
            }
            if (status == "stopped")
                return new CommandsEnd(null, Stopped: true);
            if (status != "succeeded")
                return new CommandsEnd(Why(store.Read(db => CommandRow.Find(db, last!.Id))!, order));
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

    async Task<CommandRow> Begin(CommandOrder order, int step)
    {
        var row = new CommandRow(Ids.New(), order.Workspace.Id, order.Batch, order.RunId, order.Kind, step, order.Commands[step], "running",
            null, null, order.Limit, clock.GetUtcNow(), null);
        var folder = FolderOf(row.Id);
        folder.Create();
        await store.Write(transaction =>
        {
            CommandRow.Begin(transaction, row);
            Tell(transaction, WorkspaceEvents.CommandStarted, row, order.Workspace.SessionId);
        });
        Checkpoint.Reach(Checkpoint.CommandRecorded);
        try
        {
            var variables = Variables(order, row.Id);
            var argv = row.Argv.ToList();
            argv[0] = Executable.Find(argv[0], variables.GetValueOrDefault("PATH"), order.Workspace.Start, out var problem)
                ?? throw new SpawnFailure(problem);
            started[row.Id] = true;
            Holder.Start(new HoldOrder
            {
                RunId = row.Id, Fence = Fence, Folder = folder, Argv = argv, WorkingFolder = order.Workspace.Start, Environment = variables,
            });
        }
        catch (SpawnFailure failure)
        {
            await End(row, "failed", new CommandEnd(null, failure.Message, false, false, []));
            return store.Read(db => CommandRow.Find(db, row.Id))!;
        }
        Checkpoint.Reach(Checkpoint.CommandHeld);
        return row;
    }

    Dictionary<string, string> Variables(CommandOrder order, string id)
    {
        var variables = new Dictionary<string, string>(environment(), StringComparer.Ordinal)
        {
            [Leftovers.Marker] = id,
            ["AGENTCTL_WORKTREE"] = order.Workspace.Path,
            ["AGENTCTL_PROJECT_DIR"] = order.Project,
        };
        if (order.Workspace.Branch is { } branch)
            variables["AGENTCTL_BRANCH"] = branch;
        order.Workspace.AddPorts(variables);
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
            followed.TryRemove(row.Id, out _);
            started.TryRemove(row.Id, out _);
        }
    }

    async Task<string> ToItsEnd(CommandRow row, CancellationToken shutdown)
    {
        var folder = FolderOf(row.Id);
        if (await NeverStarted(row, folder, shutdown))
            return await End(row, Unstarted, new CommandEnd(null, "The daemon died before it was started.", false, false, []));
        var spent = clock.GetUtcNow() - row.StartedAt;
        var left = row.Limit - (spent > TimeSpan.Zero ? spent : TimeSpan.Zero);
        var end = await new HeldCommand(clock).Follow(row.Id, folder, left, () => IsWanted(row), shutdown);
        return await End(row, StatusOf(end), end);
    }

    /// <summary>Whoever makes the fence first wins: this daemon, and the start never happens, or the holder, and it has.</summary>
    async Task<bool> NeverStarted(CommandRow row, RunFolder folder, CancellationToken shutdown)
    {
        if (started.ContainsKey(row.Id) || folder.ReadHolder() is not null)
            return false;
        if (!Directory.Exists(folder.Path) || folder.TryRevoke(Fence))
            return true;
        await Task.Delay(BeforeRecord, clock, shutdown);
        return false;
    }

    static string StatusOf(CommandEnd end) => end.TimedOut ? "timed_out" : end.Stopped ? "stopped"
        : end is { ExitCode: 0, Problem: null } ? "succeeded"
        : end is { ExitCode: null, Problem: null } ? "lost" : "failed";

    bool IsWanted(CommandRow row) => row.RunId is not { } run || store.Read(db => db.Number(Wanted, ("@id", run))) is not null;

    async Task<string> End(CommandRow row, string status, CommandEnd end)
    {
        var problem = end.Left.Count == 0 ? end.Problem
            : $"{end.Problem} These processes could not be ended: {StopLadder.Names(end.Left)}".Trim();
        return await store.Write(transaction =>
        {
            if (!CommandRow.End(transaction, row.Id, status, end.ExitCode, problem))
                return CommandRow.Find(transaction.Db, row.Id)!.Status;
            Tell(transaction, WorkspaceEvents.CommandEnded, row with { Status = status, ExitCode = end.ExitCode, Problem = problem },
                WorkspaceStore.Find(transaction.Db, row.WorkspaceId)?.SessionId);
            return status;
        });
    }

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

    string Why(CommandRow row, CommandOrder order)
    {
        var command = string.Join(' ', row.Argv);
        var named = $"The project's {row.Kind} command '{(command.Length > 120 ? command[..120] + "…" : command)}'";
        var how = row.Status switch
        {
            "timed_out" => string.Create(CultureInfo.InvariantCulture, $"took longer than {row.Limit.TotalSeconds:0.#} s"),
            "lost" => "was killed from outside",
            _ => row.Problem is { } problem ? $"could not be run: {problem}"
                : string.Create(CultureInfo.InvariantCulture, $"ended with exit code {row.ExitCode}"),
        };
        var folder = FolderOf(row.Id);
        var said = row.Problem is not null ? null : LastLine(folder.StderrPath) ?? LastLine(folder.StdoutPath);
        return $"{named} {how}{(said is null ? "." : $": {said}")} Its output: agentctl worktree show {order.Workspace.Id}";
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
