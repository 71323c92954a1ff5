using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>A process that is none of the daemon's: somebody who works in a folder. It ends with the test.</summary>
sealed class Stranger : IDisposable
{
    readonly Process process;

    /// <param name="folder">Where it works.</param>
    /// <param name="command">What /bin/sh runs.</param>
    public Stranger(string folder, string command)
    {
        process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { WorkingDirectory = folder })!;
    }

    public int Id => process.Id;

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }
}
