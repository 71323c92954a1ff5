using System.Globalization;

namespace Orchestrator.Terminals;

/// <summary>A command of a project's own configuration, such as one that verifies work or sets a worktree up.</summary>
sealed record CommandOrder
{
    /// <summary>Whose command it is: marks its processes, so that what escapes is found.</summary>
    public required string Id { get; init; }

    /// <summary>Greater than in any earlier life of the daemon.</summary>
    public required int Fence { get; init; }

    /// <summary>Absolute folder of this command alone; its output stays there.</summary>
    public required string Folder { get; init; }

    /// <summary>Program (absolute path) and arguments.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>Absolute folder it runs in.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>Its whole environment; the marker is added.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Longest it may take, over restarts of the daemon.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>Bytes kept of the beginning of each stream, and as many of its end; what is between goes.</summary>
    public long KeepBytes { get; init; } = 4 << 20;

    /// <summary>Asked before the start and now and then: false ends it. Null: it is wanted to its end.</summary>
    public Func<bool>? Wanted { get; init; }
}

/// <summary>How it ended.</summary>
/// <param name="ExitCode">As the shell gives it; null when there is none.</param>
/// <param name="TimedOut">Its limit ended it.</param>
/// <param name="Problem">Why it could not be started or followed, for a person; null when it could.</param>
/// <param name="Stopped">It was not wanted any more, and that ended it.</param>
sealed record CommandEnd(int? ExitCode, bool TimedOut, string? Problem, bool Stopped = false);

/// <summary>
/// Holds one command to its end, as agents are held: by files, so that it survives the daemon and the next one takes it up where it is.
/// It never runs twice at once, and nothing it started is left when it has ended.
/// </summary>
sealed class HeldCommand(TimeProvider clock)
{
    const string BegunFile = "begun";

    static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(300);
    static readonly TimeSpan ForRecord = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs it, or goes on with it, to its end. <paramref name="shutdown"/> lets go of it and throws.</summary>
    public async Task<CommandEnd> Run(CommandOrder order, CancellationToken shutdown)
    {
        var folder = new RunFolder(order.Folder);
        try
        {
            var holder = await Earlier(order, folder, shutdown);
            if (holder is null && folder.ReadEnd() is null)
            {
                if (order.Wanted?.Invoke() == false)
                    return new CommandEnd(null, false, null, Stopped: true);
                holder = Start(order, folder);
            }
            return await Follow(order, folder, holder, shutdown);
        }
        catch (Exception e) when (e is SpawnFailure or IOException or UnauthorizedAccessException)
        {
            await Leftovers.Sweep(order.Id, Patience, clock);
            return new CommandEnd(null, false, e.Message);
        }
    }

    ProcessIdentity Start(CommandOrder order, RunFolder folder)
    {
        folder.Create();
        folder.Write(BegunFile, clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        var holder = Holder.Start(new HoldOrder
        {
            RunId = order.Id,
            Fence = order.Fence,
            Folder = folder,
            Argv = order.Argv,
            WorkingFolder = order.WorkingFolder,
            Environment = new Dictionary<string, string>(order.Environment) { [Leftovers.Marker] = order.Id },
        });
        Checkpoint.Reach(Checkpoint.CheckCommandStarted);
        return holder;
    }

    /// <summary>The holder an earlier daemon started; null when there is none, and then none of them will ever start.</summary>
    async Task<ProcessIdentity?> Earlier(CommandOrder order, RunFolder folder, CancellationToken shutdown)
    {
        if (!Directory.Exists(folder.Path))
            return null;
        var begun = clock.GetTimestamp();
        // Whoever makes a fence file first wins: we, and that start can never happen, or a holder, which then says who it is.
        var claimed = false;
        for (var fence = 1; fence < order.Fence; fence++)
            claimed |= !folder.TryRevoke(fence);
        while (claimed && folder.ReadHolder() is null && folder.ReadEnd() is null && clock.GetElapsedTime(begun) < ForRecord)
            await Task.Delay(LongestPause, clock, shutdown);
        var holder = folder.ReadHolder()?.Identity;
        if (folder.ReadEnd() is not null || holder is { IsAlive: true })
            return holder;
        // It writes its exit code as its last act, so that is looked for once more.
        await Task.Delay(SecondLook, clock, shutdown);
        if (folder.ReadEnd() is not null)
            return holder;
        // Ended by a crash of the machine or a kill from outside: the same again from the beginning.
        await Leftovers.Sweep(order.Id, Patience, clock);
        foreach (var file in new[] { folder.ExitPath, folder.PidPath, folder.StdoutPath, folder.StderrPath })
            File.Delete(file);
        return null;
    }

    async Task<CommandEnd> Follow(CommandOrder order, RunFolder folder, ProcessIdentity? holder, CancellationToken shutdown)
    {
        var (start, before) = (clock.GetTimestamp(), SinceBegun(folder));
        var pause = TimeSpan.FromMilliseconds(2);
        long? goneSince = null;
        using var bell = new Bell();
        using var notice = new FolderNotice(folder.Path, bell.Ring);
        while (true)
        {
            notice.Ask();
            var end = folder.ReadEnd();
            if (end is not null)
                return await Ended(order, holder, new CommandEnd(end.Problem is null ? end.Code : null, false, end.Problem));
            if (holder is not { IsAlive: true } && clock.GetElapsedTime(goneSince ??= clock.GetTimestamp()) > SecondLook)
                return await Ended(order, holder, new CommandEnd(null, false, "Its process vanished without an exit code."));
            Cut(order, folder);
            var late = before + clock.GetElapsedTime(start) > order.Limit;
            if (late || (pause >= LongestPause && order.Wanted?.Invoke() == false))
            {
                await new StopLadder(StopTimes.Default, clock).Climb(order.Id, holder, asked: false, _ => { }, CancellationToken.None);
                return await Ended(order, holder, new CommandEnd(folder.ReadExit(), late, null, Stopped: !late));
            }
            await bell.Wait(pause, shutdown);
            pause = pause < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    async Task<CommandEnd> Ended(CommandOrder order, ProcessIdentity? holder, CommandEnd end)
    {
        var left = await Leftovers.Sweep(order.Id, Patience, clock);
        if (holder is { } known)
            Holder.Reap(known.Pid);
        return left.Count == 0 ? end : end with { Problem = $"Processes could not be ended: {StopLadder.Names(left)}." };
    }

    static void Cut(CommandOrder order, RunFolder folder)
    {
        foreach (var path in new[] { folder.StdoutPath, folder.StderrPath })
        {
            if (new FileInfo(path) is not { Exists: true } file || file.Length <= 3 * order.KeepBytes)
                continue;
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            JournalCut.Enforce(path, order.KeepBytes, order.KeepBytes, JournalCut.Find(handle));
        }
    }

    // Asked of the wall clock once, for the time before this daemon.
    TimeSpan SinceBegun(RunFolder folder) =>
        long.TryParse(folder.Read(BegunFile), CultureInfo.InvariantCulture, out var begun)
            && clock.GetUtcNow().ToUnixTimeMilliseconds() - begun is > 0 and var passed ? TimeSpan.FromMilliseconds(passed) : TimeSpan.Zero;
}
