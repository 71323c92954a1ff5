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
