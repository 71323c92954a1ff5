using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>Runs a shell text as a person would type it, in a folder and with variables of its own.</summary>
static class ShellScript
{
    /// <summary>Exit code and everything it printed, both streams in one text.</summary>
    public static async Task<(int ExitCode, string Said)> Run(string text, string folder, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec 2>&1 </dev/null\n{text}"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var shell = Process.Start(start)!;
        var said = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (shell.ExitCode, said);
    }
}

/// <summary><c>agentctl</c> as a person or an agent types it, with a test's daemon and variables of its own.</summary>
static class TypedCommand
{
    /// <summary>Longer than any command here takes on a slow machine.</summary>
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    /// <summary>Runs it to its end. Without variables it finds the daemon as a person's does, by the data folder.</summary>
    public static async Task<(int Code, string Out, string Error)> Run(TestDaemon daemon, IReadOnlyDictionary<string, string>? variables,
        params string[] args)
    {
        var start = new ProcessStartInfo(TestPrograms.Agentctl, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = daemon.Root,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("AGENTCTL_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["AGENTD_DATA"] = daemon.Data;
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        await using var killing = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, output.TrimEnd('\n'), await error);
    }
}
