using System.Diagnostics;
using System.Text;

namespace Orchestrator.Tests.Support;

/// <summary>
/// A running scripted agent with its three streams as pipes; killed with this object. For tests about the agent program
/// itself: those about the daemon give <see cref="TestPrograms.FakeAgent"/> to the code they test.
/// </summary>
sealed class ScriptedAgent : IDisposable
{
    ScriptedAgent(Process process) => Process = process;

    /// <summary>The process and its pipes.</summary>
    public Process Process { get; }

    /// <summary>Starts it with these arguments (tests/FakeAgent/Program.cs describes them).</summary>
    public static ScriptedAgent Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(TestPrograms.FakeAgent, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        return new(Process.Start(start)!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Process.Kill();
        Process.Dispose();
    }
}
