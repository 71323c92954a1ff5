using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>
/// The real program with a data folder of its own: commands as a person types them, and the daemon they start. Stopped and removed
/// with this object.
/// </summary>
sealed class OwnDaemon : IAsyncDisposable
{
    /// <summary>Longer than any command here takes on a slow machine.</summary>
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    readonly string root = Directory.CreateTempSubdirectory("daemon-").FullName;

    public OwnDaemon() => Data = Directory.CreateDirectory(Path.Combine(root, "data")).FullName;

    public string Data { get; }

    /// <summary>A folder for the test's own files.</summary>
    public string Folder => root;

    /// <summary>Runs <c>agentctl</c> to its end.</summary>
    public async Task<(int Code, string Out, string Error)> Ctl(string? input, params string[] args)
    {
        using var process = Process.Start(Order(args))!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Its data when it succeeds; fails the test with what it said otherwise.</summary>
    public async Task<string> Ok(params string[] args)
    {
        var (code, output, error) = await Ctl(null, args);
        Assert.True(code == 0, $"agentctl {string.Join(' ', args)}: exit {code}\n{output}{error}");
        return output.TrimEnd('\n');
    }

    ProcessStartInfo Order(string[] args)
    {
        var start = new ProcessStartInfo(TestPrograms.Agentctl, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = root,
        };
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList()) start.Environment.Remove(name);
        start.Environment["AGENTD_DATA"] = Data;
        return start;
    }

    static bool IsOurs(string name) =>
        name.StartsWith("AGENTCTL_", StringComparison.Ordinal) || name.StartsWith("AGENTD_", StringComparison.Ordinal) || name == "PORT";

    public async ValueTask DisposeAsync()
    {
        await Ctl(null, "daemon", "stop");
        Directory.Delete(root, recursive: true);
    }
}
