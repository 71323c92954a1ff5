using System.Text;
using Orchestrator.Agents.Acp;
using Orchestrator.Terminals;

namespace Orchestrator.AcpHost;

/// <summary>
/// Passes lines between the daemon and an agent, each whole, in both directions and unchanged but for two things: our variables are put
/// into the line that begins a conversation, and calls that are answered here go no further.
/// </summary>
sealed class Passage(PipedProcess agent, Stream fromDaemon, Stream toDaemon, Func<string, string?> variable)
{
    const int TooLong = -32600;

    readonly Lock agentGate = new();
    readonly Lock daemonGate = new();

    /// <summary>A line of ours for the agent. One that has ended hears nothing more.</summary>
    public void ToAgent(string line)
    {
        try
        {
            Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Its end is seen by whoever waits for it.
        }
    }

    /// <summary>A line of ours for the daemon.</summary>
    public void ToDaemon(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (daemonGate)
            toDaemon.Write(bytes);
    }

    /// <summary>From the daemon to the agent, until there is no more; then the agent's input ends.</summary>
    public void PassInput()
    {
        var lines = new BoundedLines(fromDaemon);
        try
        {
            while (lines.Next() is { } piece)
                Write(piece.Part == LinePart.Whole ? Filled(piece.Bytes) : piece.Bytes);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The agent no longer reads: its end is seen by whoever waits for it.
        }
        lock (agentGate)
            agent.Input!.Dispose();
    }

    /// <summary>From the agent to the daemon, until there is no more.</summary>
    public void PassOutput(CallServer server)
    {
        var lines = new BoundedLines(agent.Output);
        var dropping = false;
        while (lines.Next() is { } piece)
        {
            if (piece.Part is LinePart.Whole or LinePart.Beginning)
            {
                var envelope = Envelope.Of(piece.Bytes.Span);
                dropping = piece.Part == LinePart.Beginning && envelope is { Method: not null, Id: not null };
                if (dropping)
                    Refuse(envelope);
                else if (piece.Part == LinePart.Whole && envelope is { Method: { } method, Id: { } id } && CallServer.Serves(method))
                {
                    server.Serve(method, id, piece.Bytes);
                    continue;
                }
            }
            if (!dropping)
                Pass(piece);
        }
    }

    /// <summary>A line in pieces holds the way until its end.</summary>
    void Pass(LinePiece piece)
    {
        if (piece.Part is LinePart.Whole or LinePart.Beginning)
            daemonGate.Enter();
        toDaemon.Write(piece.Bytes.Span);
        if (piece.Part is LinePart.Whole or LinePart.End)
            daemonGate.Exit();
    }

    void Refuse(Envelope call)
    {
        var words = $"The call is longer than {BoundedLines.Usual} bytes and was not read.";
        ToAgent(CallServer.ErrorLine(call.Id!, TooLong, words));
        ToDaemon(AcpLines.SaysRefused(call.Method!, words));
    }

    ReadOnlyMemory<byte> Filled(ReadOnlyMemory<byte> line) => line.Span.IndexOf("\"mcpServers\""u8) < 0
        ? line
        : Encoding.UTF8.GetBytes(AcpLines.FillIn(Encoding.UTF8.GetString(line.Span).TrimEnd('\n'), variable) + "\n");

    void Write(ReadOnlyMemory<byte> bytes)
    {
        lock (agentGate)
            agent.Input!.Write(bytes.Span);
    }
}
