namespace Orchestrator.Terminals;

/// <summary>How a held command ended.</summary>
/// <param name="ExitCode">Null when none was left: it was killed.</param>
/// <param name="Problem">What the holder could not do, in its words.</param>
/// <param name="TimedOut">True when its limit ended it.</param>
/// <param name="Stopped">True when it was not wanted any more.</param>
/// <param name="Left">Processes of it that nobody could end; empty normally.</param>
sealed record CommandEnd(int? ExitCode, string? Problem, bool TimedOut, bool Stopped, IReadOnlyList<LeftProcess> Left);

/// <summary>
/// Follows a command that is held like a run and says nothing anybody reads meanwhile: until its exit file is there, its limit has passed
/// or it is not wanted any more. All that it started ends with it. A daemon that dies leaves it alone; the next one follows it again.
/// </summary>
sealed class HeldCommand(TimeProvider clock)
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5), LongestPause = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(300), BeforeRecord = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    static readonly StopTimes Times = new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));

    // Beyond it the middle of the output is cut out.
    const long Head = 1 << 20, Tail = 31 << 20;

    /// <param name="id">Its marker.</param>
    /// <param name="folder">Where it is held.</param>
    /// <param name="limit">How long it may still take.</param>
    /// <param name="wanted">Asked now and then.</param>
    /// <param name="shutdown">Lets go of it.</param>
    public async Task<CommandEnd> Follow(string id, RunFolder folder, TimeSpan limit, Func<bool> wanted, CancellationToken shutdown)
    {
        var (begun, pause) = (clock.GetTimestamp(), FirstPause);
        long? goneSince = null;
        while (true)
        {
            if (folder.ReadEnd() is { } end)
                return await Swept(id, folder, new CommandEnd(end.Code, end.Problem, false, false, []));
            var (holder, took) = (folder.ReadHolder()?.Identity, clock.GetElapsedTime(begun));
            if (holder is { IsAlive: true } || (holder is null && took < BeforeRecord))
                goneSince = null;
            else if (clock.GetElapsedTime(goneSince ??= clock.GetTimestamp()) >= SecondLook)
                return await Swept(id, folder, new CommandEnd(null, null, false, false, []));
            if (took >= limit || (pause == LongestPause && !wanted()))
            {
                var report = await new StopLadder(Times, clock).Climb(id, holder, asked: false, _ => { }, CancellationToken.None);
                var late = took >= limit;
                return await Swept(id, folder, new CommandEnd(folder.ReadExit(), null, late, !late, report.Left));
            }
            if (pause == LongestPause)
                Cut(folder);
            await Task.Delay(pause, clock, shutdown);
            pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, pause.Ticks * 3 / 2));
        }
    }

    async Task<CommandEnd> Swept(string id, RunFolder folder, CommandEnd end)
    {
        var left = await Leftovers.Sweep(id, Patience, clock);
        if (folder.ReadHolder()?.Identity is { } holder)
            Holder.Reap(holder.Pid);
        try
        {
            folder.Sync();
        }
        catch (IOException)
        {
            // Its output may not outlive a power cut; what it did is in the worktree.
        }
        return end with { Left = left };
    }

    static void Cut(RunFolder folder)
    {
        foreach (var path in (string[])[folder.StdoutPath, folder.StderrPath])
        {
            if (new FileInfo(path) is not { Exists: true, Length: > Head + Tail })
                continue;
            try
            {
                using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                JournalCut.Enforce(path, Head, Tail, JournalCut.Find(file));
            }
            catch (IOException)
            {
                // A file system without holes keeps all of it.
            }
        }
    }
}
