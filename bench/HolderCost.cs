using System.Diagnostics;
using Orchestrator.Terminals;

namespace Orchestrator.Bench;

/// <summary>What holding a run costs beside starting its program: time from start to the exit file, and memory.</summary>
static class HolderCost
{
    const int Rounds = 200;

    public static async Task Measure(Report report)
    {
        var root = BenchDaemon.NewFolder();
        var bare = new List<double>();
        var held = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using (var process = Process.Start("/bin/true"))
                await process.WaitForExitAsync();
            bare.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            Hold(root, i, ["/bin/true"]);
            held.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        report.Limit("bare /bin/true, p50", Report.Percentile(bare, 0.5), "ms");
        report.Figure("holder overhead per run, p50", Report.Percentile(held, 0.5) - Report.Percentile(bare, 0.5), "ms", 10);
        report.Figure("holder memory (resident)", Memory(root), "MB", 5);
        Directory.Delete(root, recursive: true);
    }

    /// <summary>Holds one program to its end, without the daemon.</summary>
    public static void Hold(string root, int number, string[] argv)
    {
        var order = Order(root, $"{number:x16}", argv);
        var holder = Holder.Start(order);
        while (order.Folder.ReadExit() is null)
            Thread.Yield();
        Holder.Reap(holder.Pid);
    }

    static HoldOrder Order(string root, string id, string[] argv)
    {
        var folder = new RunFolder(Path.Combine(root, id));
        folder.Create();
        folder.Write("stdin", "");
        return new HoldOrder
        {
            RunId = id,
            Fence = 1,
            Folder = folder,
            Argv = argv,
            WorkingFolder = root,
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["AGENTCTL_RUN_ID"] = id },
        };
    }

    static double Memory(string root)
    {
        var order = Order(root, "ffffffffffffffff", ["/bin/sleep", "30"]);
        var holder = Holder.Start(order);
        while (order.Folder.ReadHolder() is null)
            Thread.Yield();
        var pages = long.Parse(File.ReadAllText($"/proc/{holder.Pid}/statm").Split(' ')[1],
            System.Globalization.CultureInfo.InvariantCulture);
        using (var kill = Process.Start("kill", ["-9", $"-{holder.Pid}"]))
            kill.WaitForExit();
        Holder.Reap(holder.Pid);
        return pages * Environment.SystemPageSize / 1e6;
    }
}
