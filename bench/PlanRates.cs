using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Items;
using Orchestrator.Plans;
using Orchestrator.Store;

namespace Orchestrator.Bench;

/// <summary>
/// Plans: reading and storing a file of 5,000 tasks, deciding what happens next with 5,000 open units, and what a unit costs besides its
/// agent, eight no-op units at once, in a shared folder and in worktrees against the bare git commands a unit needs.
/// </summary>
static class PlanRates
{
    const int Tasks = 5000, Looks = 50, Units = 64, Workers = 8, Rounds = 3;

    static readonly Lock Adding = new();

    static readonly List<string> Left = [];

    const string Config = """
        profiles:
          noop:
            agent: command
            command: ["/bin/sh", "-c", "echo x >f; echo '{\"goal_met\": true, \"summary\": \"met\"}'"]
          looker:
            agent: command
            sandbox: read-only
            command: ["/bin/sh", "-c", "echo '{\"goal_met\": true, \"summary\": \"met\"}'"]
        routes:
          - {project: shared, profile: looker}
          - profile: noop
        reviews: {low: 0, normal: 0, high: 0, person_from: never}
        """;

    public static async Task Measure(Report report)
    {
        Reading(report);
        await Deciding(report);
        await Working(report);
    }

    static string File(int count) => string.Concat(Enumerable.Range(1, count).Select(no => string.Create(CultureInfo.InvariantCulture,
        $"- [ ] {no}. Unit {no}\n  - some detail of it\n  - _Requirements: 1.1_\n  - _Writes: src/{no % 50}/{no}.txt_\n")))
        .Insert(0, "# Implementation Plan\n\n");

    static void Reading(Report report)
    {
        var sources = new[] { new SourceText("large/tasks.md", File(Tasks)) };
        var times = Each(10, () => ImportText.Read(sources, null).Plan!.Items.Count);
        report.Figure("import of a 5,000-task file, read and checked, p50", Report.Percentile(times, 0.5), "ms", 300);
    }

    static async Task Deciding(Report report)
    {
        var folder = BenchDaemon.NewFolder();
        var path = Path.Combine(folder, "agent-orchestrator.db");
        using (var store = Database.Open(path, TimeProvider.System))
        {
            var plans = new PlanStore(new ItemStore(store, new Events.EventLog(store, new Events.EventFeed())));
            var text = new SourceText("large/tasks.md", File(Tasks));
            var read = ImportText.Read([text], null);
            var start = Stopwatch.GetTimestamp();
            var (plan, _) = await store.Write(transaction => new KeepPlan(plans).Keep(transaction,
                new PlanOrder(read.Plan!, [text], "k", null, read.Findings), "bench"));
            report.Figure("the same stored: items, steps and events of 5,000 tasks",
                Stopwatch.GetElapsedTime(start).TotalMilliseconds, "ms", 2000);
            await store.Write(transaction => { plans.Move(transaction, plan.Id, PlanAct.Start, "bench", null); });
            var bare = Each(Looks, () => store.Read(db => db.Query("select id, status from items where plan_id = @id",
                row => row.GetString(0) + row.GetString(1), ("@id", plan.Id))).Count);
            var decide = Each(Looks, () => store.Read(db => PlanPass.Decide(PlanRows.Facts(db, plan.Id))).Admit.Count + 1);
            report.Figure("planning decision with 5,000 open units, p50", Report.Percentile(decide, 0.5), "ms", 20);
            report.Figure("planning decision with 5,000 open units, p95", Report.Percentile(decide, 0.95), "ms", 20);
            report.Ratio("planning decision / reading id and status of the 5,000", Report.Percentile(decide, 0.5),
                Report.Percentile(bare, 0.5), 12, below: true);
        }

        Directory.Delete(folder, recursive: true);
    }

    static List<double> Each(int times, Func<int> look)
    {
        var taken = new List<double>();
        for (var i = -2; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            if (look() == 0)
                throw new InvalidOperationException("nothing was found");
            if (i >= 0)
                taken.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return taken;
    }

    static async Task Working(Report report)
    {
        await using var daemon = await BenchDaemon.Start(Config + "\nprojects: {}\n", Workers);
        var (shared, repository) = (Repository(daemon.Data, "shared"), Repository(daemon.Data, "trees"));
        foreach (var (name, path, isolation) in new[] { ("shared", shared, "none"), ("trees", repository, "worktree") })
            await daemon.Post("/projects", new JsonObject { ["name"] = name, ["path"] = path, ["isolation"] = isolation });
        await System.IO.File.WriteAllTextAsync(Path.Combine(daemon.Data, "config.yaml"), Config + $"\nprojects:\n"
            + $"  shared: {{path: {shared}, isolation: none, verify: [[\"/bin/true\"]]}}\n"
            + $"  trees: {{path: {repository}, verify: [[\"/bin/true\"]]}}\n");
        await Held(daemon);

        // What a daemon does first is compiled while it does it.
        foreach (var project in new[] { "shared", "trees", "shared" })
            await Through(daemon, project, Units);
        var (held, plain, bareGit, trees) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        // In turns: what the disk and the machine do beside this meets all of them.
        for (var round = 0; round < Rounds; round++)
        {
            held.Add(Bare((i, folder) => HolderCost.Hold(folder, i, ["/bin/sh", "-c", "true"])));
            plain.Add(await Through(daemon, "shared", Units));
            bareGit.Add(Bare((i, folder) => GitOf(repository, folder, i)));
            trees.Add(await Through(daemon, "trees", Units));
        }

        static double Middle(List<double> times) => Report.Percentile(times, 0.5);
        report.Limit("holder and program in a bare loop, 8 at once", Middle(held), "ms/unit");
        report.Limit("no-op units of a plan in one folder, 8 at once", Middle(plain), "ms/unit");
        report.Figure("what a unit costs besides, without worktrees", Middle(plain) - Middle(held), "ms", 20);
        report.Limit("bare git commands of a unit, 8 at once", Middle(bareGit), "ms/unit");
        report.Limit("no-op units of a plan in worktrees, 8 at once", Middle(trees), "ms/unit");
        report.Ratio("units in worktrees / bare git commands, holder and program", Middle(trees), Middle(bareGit) + Middle(held), 1.5,
            below: true);
        // Only now: files that were just removed slow the next ones down on some disks.
        foreach (var folder in Left)
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Waits until the edit of config.yaml holds; outside what is measured, so a poll is good enough.</summary>
    static async Task Held(BenchDaemon daemon)
    {
        while (!(await daemon.Get("/config"))!.ToJsonString().Contains("/bin/true", StringComparison.Ordinal))
            await Task.Delay(50);
    }

    /// <summary>Milliseconds per unit of a plan whose units wait for nothing.</summary>
    static async Task<double> Through(BenchDaemon daemon, string project, int count)
    {
        var plan = (string)(await daemon.Post("/plans", new JsonObject
        {
            ["project"] = project,
            ["source"] = Ids.New(),
            ["files"] = new JsonObject { ["x/tasks.md"] = Many(project, count) },
        }))["plan"]!["id"]!;
        using var stream = new StreamReader(await daemon.Http.GetStreamAsync("/stream?after=latest&types=plan.moved"));
        var start = Stopwatch.GetTimestamp();
        await daemon.Post($"/plans/{plan}/start", []);
        while (await stream.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal) && line.Contains("\"needs_decision\"", StringComparison.Ordinal))
                throw new InvalidOperationException((await daemon.Get($"/plans/{plan}/why")).ToJsonString());
            if (line.StartsWith("data:", StringComparison.Ordinal) && line.Contains("\"completed\"", StringComparison.Ordinal))
                break;
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / count;
    }

    // In one folder who declares nothing works alone.
    static string Many(string project, int count) => string.Concat(Enumerable.Range(1, count).Select(no =>
        string.Create(CultureInfo.InvariantCulture, $"- [ ] {no}. (P) Unit {no}\n")
        + (project == "shared" ? string.Create(CultureInfo.InvariantCulture, $"  - _Writes: f{no}_\n") : "")));

    static double Bare(Action<int, string> one)
    {
        var root = BenchDaemon.NewFolder();
        var start = Stopwatch.GetTimestamp();
        Parallel.For(0, Units, new ParallelOptions { MaxDegreeOfParallelism = Workers }, i => one(i, root));
        var perUnit = Stopwatch.GetElapsedTime(start).TotalMilliseconds / Units;
        Left.Add(root);
        return perUnit;
    }

    /// <summary>A place, a change, what it is, its commit, and the difference.</summary>
    static void GitOf(string repository, string root, int i)
    {
        var folder = Path.Combine(root, $"tree{i}");
        // Two of these at once in one repository fail now and then: whoever needs them takes turns.
        lock (Adding)
            Git(repository, "worktree", "add", "-q", "-b", $"bare{Path.GetFileName(root)}-{i}", folder);
        System.IO.File.WriteAllText(Path.Combine(folder, "f"), $"{i}\n");
        Git(folder, "status", "--porcelain");
        Git(folder, "add", "-A");
        Git(folder, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "work");
        Git(folder, "diff", "--numstat", "HEAD~1", "HEAD");
    }

    static string Repository(string parent, string name)
    {
        var path = Directory.CreateDirectory(Path.Combine(parent, name)).FullName;
        for (var i = 0; i < 200; i++)
            System.IO.File.WriteAllText(Path.Combine(path, $"file{i}.txt"), new StringBuilder().Insert(0, "line\n", 20).ToString());
        Git(path, "init", "-q");
        Git(path, "add", ".");
        Git(path, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "start");
        return path;
    }

    static void Git(string folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", folder, .. arguments]) { RedirectStandardOutput = true })!;
        git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        if (git.ExitCode != 0)
            throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended with {git.ExitCode}");
    }
}
