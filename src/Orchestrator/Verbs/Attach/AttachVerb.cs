using System.CommandLine;
using System.Runtime.InteropServices;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary>
/// <c>run attach</c>: a run as it happens, for people who like to watch and type. It is a client like every other: leaving it, killing it
/// or closing its terminal does nothing to the run.
/// </summary>
static class AttachVerb
{
    /// <summary>Past events shown on a terminal unless more are asked for.</summary>
    const int DefaultHistory = 1000;

    public static Command Attach() => Verb.Do("attach",
        "Watch a run as it happens and, on a terminal, type to its agent. Leaving (Ctrl-C, Ctrl-D, /detach) never stops it.", Watch,
    [
        .. Verb.Id("run"),
        Verb.Text("--history", "So many past events first; on a terminal 1000, else all.", "N|all"),
        Verb.Flag("--view", "Only watch: nothing that is typed goes anywhere."),
        Verb.Flag("--hold", "After the end stay until Enter, so that a pane does not vanish."),
    ]);

    static int Watch(Invocation call)
    {
        var history = History(call);
        var run = call.Api().Runs.Show(call.Id("run"))["run"]
            ?? throw new Fault(FaultCode.Unavailable, "The daemon's answer holds no run.", "agentctl daemon status shows its version.");
        using var stop = new CancellationTokenSource();
        using var view = new RunView(call, run, history, stop);
        using var signals = CommandLine.OnInterrupt(() => view.Leave(ExitCodes.Interrupted));
        using var closed = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            view.Leave(ExitCodes.Interrupted);
        });
        return view.Show();
    }

    /// <summary>How many past events; null for all.</summary>
    static int? History(Invocation call) => call.Text("--history") switch
    {
        "all" => null,
        null => call.Around.OutIsTerminal && !call.Output.WantsJson ? DefaultHistory : null,
        _ => call.Number("--history", 0, 1_000_000),
    };
}
