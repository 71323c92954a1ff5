using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.Tests.Support;

/// <summary>A command that is still at work, a process of its own: it can be read and interrupted. Killed at the end.</summary>
sealed class CtlProcess : IAsyncDisposable
{
    readonly Process process;

    CtlProcess(Process process) => this.process = process;

    /// <summary>Starts <c>agentctl</c> as a person at this daemon's machine would.</summary>
    public static CtlProcess Start(TestDaemon daemon, params string[] args)
    {
        var start = new ProcessStartInfo(TestPrograms.Agentctl, ["--url", daemon.Url, "--data", daemon.Data, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = daemon.Root,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AGENTCTL_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["AGENTCTL_AUTH_TOKEN"] = daemon.Token;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new CtlProcess(process);
    }

    /// <summary>The next line it says on standard error.</summary>
    public async Task<string> Remark() => await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";

    /// <summary>Sends it a signal and waits for its end: exit code and all of standard output.</summary>
    public async Task<(int Code, string Out)> Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, process.Id.ToString(CultureInfo.InvariantCulture)]);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }
}
