using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>The board's own tools (web/node_modules), run as real processes.</summary>
static class WebTools
{
    /// <summary>Longer than any of them takes beside other tests on a slow machine.</summary>
    static readonly TimeSpan Deadline = TimeSpan.FromMinutes(6);

    /// <summary>The folder of the web app.</summary>
    public static string Folder { get; } = Path.Combine(TestPrograms.RepositoryRoot, "web");

    /// <summary>Runs a script of an installed package by node, to its end; fails the test with what it said when it does not end
    /// well. Skips the test where the packages are not installed.</summary>
    public static async Task Run(string script, params string[] arguments)
    {
        Need(script);
        using var process = Start(script, arguments);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        try
        {
            var (said, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            TestContext.Current.TestOutputHelper?.WriteLine(await said);
            var call = $"{script} {string.Join(' ', arguments)}";
            Assert.True(process.ExitCode == 0, $"{call}: exit {process.ExitCode}\n{await said}{await errors}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Skips the test where the packages are not installed.</summary>
    public static void Need(string script)
    {
        var path = Path.Combine(Folder, "node_modules", script);
        if (!File.Exists(path))
            Assert.Skip($"{path} is not there: the board's packages are not installed (Node.js 20 or later, then sh web/build.sh).");
    }

    /// <summary>Starts a script of an installed package by node; who starts it reads what it says and ends it.</summary>
    /// <param name="script">Its path below node_modules.</param>
    /// <param name="arguments">Its words.</param>
    /// <param name="environment">Further variables.</param>
    public static Process Start(string script, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Folder, "node_modules", script), .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AGENTCTL_UNDER_TEST"] = TestPrograms.Agentctl;
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
