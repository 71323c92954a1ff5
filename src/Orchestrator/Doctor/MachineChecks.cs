using Orchestrator.Cli;
using Orchestrator.Store;
using Orchestrator.Terminals;

namespace Orchestrator.Doctor;

/// <summary>What the machine must have: git, SQLite, room on the disk; and what is good to have.</summary>
static class MachineChecks
{
    /// <summary>Worktrees as they are used here need it (2020).</summary>
    static readonly Version OldestGit = new(2, 30);

    const long LowDisk = 2L << 30, FullDisk = 200L << 20;

    public static async Task<Check> Git(Surroundings around, CancellationToken stop)
    {
        var said = await Ask(["git", "--version"], around, stop);
        if (said is null)
            return Check.Fail("git", "not found on PATH", "Install git 2.30 or newer with your system's package manager.");
        // git version 2.39.5 (Apple Git-154)
        var word = said.Split(' ').FirstOrDefault(part => part.Length > 0 && char.IsAsciiDigit(part[0])) ?? "";
        var version = Version.TryParse(string.Join('.', word.Split('.').Take(2)), out var parsed) ? parsed : null;
        return version < OldestGit
            ? Check.Fail("git", said, $"Upgrade git to {OldestGit} or newer.")
            : Check.Ok("git", said);
    }

    public static async Task<Check> Tmux(Surroundings around, CancellationToken stop) =>
        await Ask(["tmux", "-V"], around, stop) is { } said
            ? Check.Ok("tmux", said)
            : Check.Warn("tmux", "not found on PATH", "Only needed to watch runs in panes: install tmux.");

    public static Check Sqlite()
    {
        try
        {
            return Check.Ok("sqlite", NativeSqlite.Load().ToString());
        }
        catch (Exception e) when (e is Fault or DllNotFoundException)
        {
            return Check.Fail("sqlite", e.Message, "Install SQLite 3.37 or newer: apt-get install libsqlite3-0, or brew install sqlite.");
        }
    }

    public static Check Disk(string folder)
    {
        var place = folder;
        while (!Directory.Exists(place)) place = Path.GetDirectoryName(place) ?? "/";
        var free = new DriveInfo(place).AvailableFreeSpace;
        var found = FormattableString.Invariant($"{free / (double)(1 << 30):0.0} GiB free at {place}");
        return free < FullDisk ? Check.Fail("disk", found, "Make room: runs cannot write their output.")
            : free < LowDisk ? Check.Warn("disk", found, "Make room; a run may keep 256 MiB of output, and worktrees are copies.")
            : Check.Ok("disk", found);
    }

    public static Check ControlGroups() => Cgroup.Available
        ? Check.Ok("cgroup", Cgroup.Reason)
        : Check.Ok("cgroup", $"not used: {Cgroup.Reason} Runs are found by their marker variable instead.");

    /// <summary>The first line a program prints; null when it is missing or fails.</summary>
    public static async Task<string?> Ask(IReadOnlyList<string> argv, Surroundings around, CancellationToken stop)
    {
        try
        {
            var order = new ShortOrder { Argv = argv, Folder = around.Folder, Limit = TimeSpan.FromSeconds(20), MaxOutput = 4096 };
            var result = await ShortProcess.Run(order, stop);
            return result.Succeeded ? Output.Printable(result.Stdout.Split('\n')[0]).Trim() : null;
        }
        catch (SpawnFailure)
        {
            return null;
        }
    }
}
