using System.Net.Sockets;

namespace Orchestrator.Cli;

/// <summary>
/// A command given by an agent whose sandbox has no network. It cannot reach the daemon however long it waits; the tools of
/// <c>agentctl mcp</c> can, because the agent's own process starts them outside of the sandbox.
/// </summary>
static class WithinSandbox
{
    /// <summary>True when the system itself forbids the way to the daemon, which a daemon that is away never looks like.</summary>
    public static bool Blocks(Exception cause) => cause.GetBaseException() is SocketException
    {
        SocketErrorCode: SocketError.AccessDenied or SocketError.NetworkDown or SocketError.NetworkUnreachable
            or SocketError.AddressFamilyNotSupported or SocketError.ProtocolNotSupported or SocketError.SocketNotSupported,
    };

    /// <summary>The tool that does what this command does; null when there is none.</summary>
    /// <param name="command">The words after <c>agentctl</c> that name the command.</param>
    public static string? ToolInsteadOf(string command) => command switch
    {
        "tool session-spawn" or "start" => "spawn_run",
        "tool session-send" or "message send" or "resume" => "send_message",
        "tool session-reply-parent" => "reply_parent",
        "tool session-wait" or "run wait" or "wait" => "wait_runs",
        "run get" or "show" or "run diff" or "run diagnose" => "get_run",
        "run output" or "tail" or "events tail" => "read_output",
        "run cancel" or "run transition" => "cancel_run",
        "request list" or "request show" => "list_requests",
        "request answer" or "approve" or "deny" => "answer_request",
        _ => null,
    };

    /// <summary>What to do instead.</summary>
    public static string Hint(string command) => ToolInsteadOf(command) is { } tool
        ? $"Call the tool {tool} of the MCP server agentctl instead: it works inside the sandbox."
        : "The tools of the MCP server agentctl work inside the sandbox, where this command does not.";
}
