namespace Orchestrator.Tests.Tidy;

/// <summary>For each rule at least one text that breaks it, and a part of what the rule must say about it.</summary>
static class BadSamples
{
    /// <param name="Rule">Name of the rule.</param>
    /// <param name="Tree">A made-up repository.</param>
    /// <param name="Says">Part of the finding, place included.</param>
    public sealed record Sample(string Rule, SourceTree Tree, string Says);

    const string Runs = "src/Orchestrator/Runs/X.cs";
    const string Test = "tests/Orchestrator.Tests/Runs/XSpecs.cs";

    public static readonly Sample[] All =
    [
        // Size
        Of("file-length", Runs, string.Concat(Enumerable.Repeat("// line\n", 401)), "Runs/X.cs:401: the file has"),
        Of("function-length", Runs, "class X\n{\n    int this[int i] => i;\n    void Long()\n    {" + Lines(60) + "    }\n}\n",
            "X.cs:4: Long has 63"),
        Of("function-length", Runs, "class X\n{\n    string Long<T>(T x) where T : class => x switch\n    {" + Lines(60) + "    };\n}\n",
            "Long has 63"),
        Of("line-length", Runs, "\n// " + new string('x', 140), "X.cs:2: the line has 143"),
        new("folder-size", SourceTree.Of([.. Enumerable.Range(0, 26).Select(i => ($"src/Orchestrator/Runs/F{i}.cs", ""))]),
            "has 26 C# files"),
        Of("type-names", Runs, "class RunManager;", "contains 'Manager'"),
        Of("type-names", Runs, "class Outer { record struct PathUtils2(int X); enum E { A } class GitHelpers<T> : I where T : struct; }",
            "GitHelpers"),
        Of("suffix-needs-reason", Runs, "abstract class RunBase { }", "ends in 'Base'"),
        Of("folder-names", "src/Orchestrator/Common/X.cs", "", "the folder name 'Common'"),
        Of("namespace-is-folder", Runs, "namespace Orchestrator.Sessions;", "namespace Orchestrator.Runs;"),
        Of("cancellation-names", Runs, "class X { void A(CancellationToken ct) { } }", "called 'ct'"),
        Of("wall-clock", Runs, "var a = 1;\nvar x = DateTimeOffset.UtcNow;", "X.cs:2: 'DateTimeOffset.UtcNow'"),
        Of("wall-clock", Runs, "var x = $\"{DateTime.Now:HH:mm}\";", "DateTime.Now"),
        Of("sleep", Runs, "Thread.Sleep(10);", "blocks a thread for a time"),
        Of("blocking-wait", Runs, "x.GetAwaiter().GetResult();", "blocks a thread on a task"),
        Of("blocking-wait", Test, "Task.WaitAll(a, b);", "blocks a thread on a task"),
        Of("delay-without-clock", Runs, "await Task.Delay(TimeSpan.FromSeconds(Math.Max(1, 2)), stop);", "Task.Delay without a clock"),
        Of("delay-in-tests", Test, "await Task.Delay(5, clock);", "waits for time in a test"),
        Of("timer-without-clock", Runs, "var t = new PeriodicTimer(TimeSpan.Zero);", "makes a timer"),
        Of("environment", Runs, "var x = Environment.GetEnvironmentVariable(\"X\");", "reads the environment"),
        Of("console", Runs, "Console.WriteLine(1);", "writes to the terminal"),
        Of("http-client", Runs, "var x = new HttpClient();", "makes an HttpClient"),
        Of("process-start", Runs, "var x = new ProcessStartInfo(\"git\");", "ask Terminals/"),
        Of("process-start-in-tests", Test, "using var x = Process.Start(\"git\");", "Support"),
        Of("direction", Runs, "using Orchestrator.Daemon;", "X.cs:1: Runs (level 5) uses Daemon (level 13)"),
        Of("direction", "src/Orchestrator/Ids2.cs", "using Orchestrator.Store;", "a root file uses Store"),
        new("direction", SourceTree.Of(("src/Orchestrator/Sessions/S.cs", "class S { Runs.Run? R; }"), (Runs, "class Run;")),
            "Sessions (level 4) uses Runs"),
        Of("known-folder", "src/Orchestrator/Magic/X.cs", "", "the folder has no level"),
        Of("own-usings", Runs, "global using System.Text;", "hides what files depend on"),
        Of("agent-names", Runs, "// codex is fine here\nif (agent == \"codex\") return;", "X.cs:2: the agent name 'codex'"),
        Of("agent-names", Runs, "class ClaudeThread { string C = \"--codex-profile\"; }", "'Claude'"),
        new("status-written-once", SourceTree.Of((Runs, Update), ("src/Orchestrator/Runs/Y.cs", Update)),
            "X.cs:2: the status of 'runs' is written in 2 files"),
        Of("daemon-client", Runs, "var x = new DaemonClient(settings, stop);", "beside the typed client"),
        new("route-literals", SourceTree.Of(("src/Orchestrator/Verbs/V.cs", "call.Get($\"/runs/{id}\");"),
            (Runs, "routes.Get(\"/runs\", nameof(ListRuns), x);")), "V.cs:1: '/runs/' is a path to the daemon"),
        Of("type-documented", Runs, "/// <summary>X.</summary>\n[Attr(1)]\nsealed class X\n{\n    struct Y;\n}", "X.cs:5: struct Y"),
        Of("interface-implementations", Runs, "interface IClock<T> { } class Clock(int a) : Object, Orchestrator.Runs.IClock<int> { }",
            "has not two implementations"),
        Of("interface-implementations", Runs, "interface INobody;", "has not two implementations"),
        Of("partial", Runs, "partial class X { }", "partial without generated code"),
        Of("region", Runs, "#region a\n#endregion", "#region"),
        Of("open-ends", Runs, "// TODO make it fast", "without an issue number"),
        Of("suppression-needs-reason", "src/Directory.Build.props", "<Project>\n<NoWarn>CA1</NoWarn>", "props:2: NoWarn"),
        Of("suppression-needs-reason", ".editorconfig", "[*.cs]\ndotnet_diagnostic.CA1.severity = none", "switched off without a reason"),
        Of("suppression-needs-reason", Runs, "#pragma warning disable CA1", "a warning is switched off"),
        Of("suppression-needs-reason", Runs, "[SuppressMessage(\"a\", \"b\")]\nclass X;", "Justification"),
        Of("package-needs-reason", "Directory.Packages.props", "<ItemGroup>\n<PackageVersion Include=\"X\" />", "props:2: a package"),
        Of("docs-links", "docs/a.md", "see [b](../b.md)", "a.md:1: the link '../b.md'"),
        new("docs-links", SourceTree.Of(("a.md", "[b](docs/b.md#one-two)"), ("docs/b.md", "# One three")), "no heading '#one-two'"),
        Of("docs-paths", "README.md", "open `src/Orchestrator/Nothing.cs`", "there is no file"),
        Of("trailing-space", "README.md", "a\nb \n", "README.md:2: white space"),
        Of("last-line", "README.md", "a", "no line end"),
        Of("machine-path", "README.md", "in " + "/home" + "/someone/x", "is a path of one machine"),
    ];

    const string Update = "class X { const string Sql = \"\"\"\n  update runs set fence = 1, status = $s where id = $id\n  \"\"\"; }";

    static string Lines(int count) => string.Concat(Enumerable.Repeat("\n", count)) + "\n";

    static Sample Of(string rule, string path, string text, string says) => new(rule, SourceTree.Of((path, text)), says);
}
