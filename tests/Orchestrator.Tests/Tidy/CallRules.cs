using System.Text.RegularExpressions;

namespace Orchestrator.Tests.Tidy;

/// <summary>
/// Calls with a better replacement. Calls that are wrong everywhere are also in BannedSymbols.txt, where the compiler knows types; here
/// are those whose place decides, and the same ones again for the tests.
/// </summary>
static partial class CallRules
{
    public static readonly Rule[] All =
    [
        new("wall-clock", tree => Find(tree.CSharp.Where(NotScripted), WallClock(), "reads the wall clock",
            "clock.GetUtcNow() of a TimeProvider")),
        new("sleep", tree => Find(tree.CSharp.Where(NotScripted), Sleep(), "blocks a thread for a time",
            "wait for the event itself, or Task.Delay(time, clock, stop)")),
        new("blocking-wait", tree => Find(tree.CSharp, BlockingWait(), "blocks a thread on a task", "await it")),
        new("delay-without-clock", tree => DelayWithoutClock(tree.ProductionCSharp)),
        new("delay-in-tests", tree => Find(tree.TestCSharp, AnyDelay(), "waits for time in a test",
            "wait for a signal, an event or a condition with a deadline (Support/)")),
        new("timer-without-clock", tree => Find(tree.ProductionCSharp, Timers(), "makes a timer of the wall clock",
            "clock.CreateTimer(…) or Task.Delay(time, clock, stop) of a TimeProvider")),
        new("environment", tree => Find(tree.ProductionCSharp, Environment(), "reads the environment",
            "read it once at the edge (Program.cs, Cli/ or Daemon/Settings.cs) and pass the value")),
        new("console", tree => Find(tree.ProductionCSharp.Where(f => f.Feature != "Cli" && f.Path != SourceTree.Production + "/Program.cs"),
            ConsoleUse(), "writes to the terminal", "return the value; only Cli/ and Program.cs own the terminal (the daemon logs)")),
        new("http-client", tree => Find(tree.ProductionCSharp.Where(f => f.Feature != "Cli"), NewHttpClient(), "makes an HttpClient",
            "use the client of Cli/, or return what is needed and let the edge fetch it")),
        new("process-start", tree => Find(tree.ProductionCSharp.Where(f => f.Feature != "Terminals"), StartsProcess(), "starts a process",
            "ask Terminals/ (argument list, marker variable, bounded output)")),
        new("process-start-in-tests", tree => Find(tree.TestCSharp.Where(f => !f.Under(SourceTree.Tests + "/Support")), StartsProcess(),
            "starts a process", "use the one in tests/Orchestrator.Tests/Support, which kills what it started")),
    ];

    /// <summary>The scripted agent and model play programs that sleep, and benchmarks measure real time; that is their job.</summary>
    static bool NotScripted(SourceFile file) =>
        !file.Under("tests/FakeAgent") && !file.Under("tests/FakeModel") && !file.Under("bench");

    static IEnumerable<Finding> Find(IEnumerable<SourceFile> files, Regex pattern, string what, string instead) =>
        from file in files
        from line in file.Code.Index()
        from Match match in pattern.Matches(line.Item)
        select new Finding(file.Path, line.Index + 1, $"'{match.Value.Trim()}' {what}", instead);

    /// <summary>Task.Delay and WaitAsync have forms with a TimeProvider; the other forms ignore a test's clock.</summary>
    static IEnumerable<Finding> DelayWithoutClock(IEnumerable<SourceFile> files) =>
        from file in files
        let code = string.Join('\n', file.Code)
        from Match match in AnyDelay().Matches(code)
        where !TakesClock(code, match.Index + match.Length)
        select new Finding(file.Path, code.AsSpan(0, match.Index).Count('\n') + 1, "Task.Delay without a clock",
            "Task.Delay(time, clock, stop) with the TimeProvider at hand");

    static bool TakesClock(string code, int from)
    {
        var (depth, end) = (1, from);
        for (; end < code.Length && depth > 0; end++)
            depth += code[end] is '(' ? 1 : code[end] is ')' ? -1 : 0;
        return Clock().IsMatch(code[from..end]);
    }

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"\bThread\.(Sleep|SpinWait)\s*\(")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\.GetAwaiter\(\)\s*\.GetResult\(\)|\bTask\.Wait(All|Any)\s*\(")]
    private static partial Regex BlockingWait();

    [GeneratedRegex(@"\bTask\.Delay\s*\(")]
    private static partial Regex AnyDelay();

    [GeneratedRegex(@",\s*[\w.]*([Cc]lock|[Tt]ime[Pp]rovider|TimeProvider\.System)\b")]
    private static partial Regex Clock();

    [GeneratedRegex(@"\bnew\s+(System\.Threading\.)?(Timer|PeriodicTimer)\s*\((?![^)]*[Cc]lock)")]
    private static partial Regex Timers();

    [GeneratedRegex(@"\bEnvironment\.(GetEnvironmentVariables?|SetEnvironmentVariable|ExpandEnvironmentVariables)\b")]
    private static partial Regex Environment();

    [GeneratedRegex(@"(?<![\w.])(System\.)?Console\.\w+")]
    private static partial Regex ConsoleUse();

    [GeneratedRegex(@"\bnew\s+(System\.Net\.Http\.)?HttpClient\b")]
    private static partial Regex NewHttpClient();

    [GeneratedRegex(@"\bProcess\.Start\b|\bnew\s+(System\.Diagnostics\.)?Process(StartInfo)?\b|\bposix_spawnp?\b|\bexecv[pe]*\b|\bvfork\b")]
    private static partial Regex StartsProcess();
}
