using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Orchestrator.Cli;

namespace Orchestrator.Mcp;

/// <summary><c>agentctl mcp</c>: the tools over standard input and output. Only protocol bytes on standard output.</summary>
static class McpVerb
{
    /// <summary>
    /// The command without options, as agents start it for every run: most call no tool, and then only its opening is served. The end of
    /// the input ends it, and so does a signal.
    /// </summary>
    public static int Run(Stream input, Stream output)
    {
        static void Leave(PosixSignalContext signal) => Environment.Exit(ExitCodes.Ok);
        Opened? opened;
        using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, Leave))
        using (PosixSignalRegistration.Create(PosixSignal.SIGINT, Leave))
            opened = OpeningServer.Serve(input, output);
        return opened is null ? ExitCodes.Ok : GoOn(opened);
    }

    // Apart, so that the command line is loaded by whoever needs it only.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int GoOn(Opened opened) =>
        CommandLine.Execute(["mcp"], Surroundings.OfProcess(), [new("mcp", () => Described(call => Serve(call, opened)))]);

    /// <summary>The command as a person may type it, with options.</summary>
    public static Command Mcp() => Described(async call =>
    {
        // Its read cannot be cancelled; leaving it behind is all there is to do, the process ends then.
        var opening = Task.Run(() => OpeningServer.Serve(call.Around.RawIn(), call.Around.RawOut()), call.Stop);
        return await opening.WaitAsync(call.Stop) is { } opened ? await Serve(call, opened) : ExitCodes.Ok;
    });

    static Command Described(Func<Invocation, Task<int>> serve) => Verb.DoAsync("mcp",
        "Serve the agents' tools on standard input and output (Model Context Protocol).", async call =>
        {
            try
            {
                return await serve(call);
            }
            catch (OperationCanceledException)
            {
                // Asked to end: that is how every client ends it that does not close the input.
                return ExitCodes.Ok;
            }
        });

    // Apart, so that the package is loaded by this command only.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static async Task<int> Serve(Invocation call, Opened opened)
    {
        var caller = new Caller(call.Around.Variable("AGENTCTL_RUN_ID"), call.Around.Variable("AGENTCTL_SESSION_ID"));
        var gate = new Lock();
        // Calls run side by side, and the writer below is not made for that.
        void Remark(string text)
        {
            lock (gate) call.Output.Remark(text);
        }

        var server = new ToolServer(call.Settings, caller, call.Around.Clock, Remark, opened.HelloId);
        await server.Run(opened.Read, call.Around.RawIn(), call.Around.RawOut(), call.Stop);
        return ExitCodes.Ok;
    }
}
