using System.CommandLine;
using System.Runtime.CompilerServices;
using Orchestrator.Cli;

namespace Orchestrator.Mcp;

/// <summary><c>agentctl mcp</c>: the tools over standard input and output. Only protocol bytes on standard output.</summary>
static class McpVerb
{
    public static Command Mcp() => Verb.DoAsync("mcp",
        "Serve the agents' tools on standard input and output (Model Context Protocol).", Serve);

    // Apart, so that the package is loaded by this command only.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static async Task<int> Serve(Invocation call)
    {
        var caller = new Caller(call.Around.Variable("AGENTCTL_RUN_ID"), call.Around.Variable("AGENTCTL_SESSION_ID"));
        var gate = new Lock();
        // Calls run side by side, and the writer below is not made for that.
        void Remark(string text)
        {
            lock (gate) call.Output.Remark(text);
        }

        var server = new ToolServer(call.Settings, caller, call.Around.Clock, Remark);
        try
        {
            await server.Run(call.Around.RawIn(), call.Around.RawOut(), call.Stop);
        }
        catch (OperationCanceledException)
        {
            // Asked to end: that is how every client ends it that does not close the input.
        }
        return ExitCodes.Ok;
    }
}
