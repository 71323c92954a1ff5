using System.Text;
using Orchestrator.Cli;

namespace Orchestrator.Mcp;

/// <summary>
/// What every client says first (the handshake up to 2025-11-25, and the list of the tools), answered without the protocol's package:
/// loading it takes longer than the rest of the start, the agent waits for the list before its first turn, and most agents call no tool.
/// A line that is not exactly as expected is left to the package, which is then told the handshake too. The answers are stored, as a
/// test writes them: making them would cost as much again.
/// Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle
/// </summary>
sealed class Opening
{
    // Not what else was answered: it left no trace, and a client that asks whether we live asks for days.
    byte[]? hello, ready;

    /// <summary>The handshake so far, for whoever goes on from here.</summary>
    public byte[] Handshake => [.. hello ?? [], .. ready ?? []];

    /// <summary>Id of the request that began it, as it was written; null before it.</summary>
    public byte[]? HelloId { get; private set; }

    /// <summary>The line that answers this one, with its line end; empty for a notification; null when the package must see it.</summary>
    public byte[]? AnswerTo(ReadOnlySpan<byte> line) => OpeningLine.Of(line) is not { } said ? null : (said.Ask, hello is not null) switch
    {
        (OpeningAsk.Initialize, false) => Greeting(said, line),
        (OpeningAsk.Initialized, true) => Ready(line),
        (OpeningAsk.Ping, true) => Result(said.Id!, "{}"u8),
        (OpeningAsk.ListTools, true) => Result(said.Id!, Stored(1)),
        _ => null,
    };

    byte[] Ready(ReadOnlySpan<byte> line)
    {
        ready ??= line.ToArray();
        return [];
    }

    // The package says that clients may set the level of its log, too.
    byte[] Greeting(OpeningLine said, ReadOnlySpan<byte> line)
    {
        (hello, HelloId) = (line.ToArray(), said.Id);
        static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
        return Result(said.Id!, [
            .. "{\"protocolVersion\":\""u8, .. Bytes(said.Version!), .. "\",\"capabilities\":{\"logging\":{},\"tools\":{}},"u8,
            .. "\"serverInfo\":{\"name\":\""u8, .. Bytes(ToolListing.Name), .. "\",\"title\":\""u8, .. Bytes(ToolListing.Title),
            .. "\",\"version\":\""u8, .. Bytes(OwnVersion.Text), .. "\"},\"instructions\":"u8, .. Stored(0), (byte)'}']);
    }

    static byte[] Result(ReadOnlySpan<byte> id, ReadOnlySpan<byte> result) =>
        [.. "{\"result\":"u8, .. result, .. ",\"id\":"u8, .. id, .. ",\"jsonrpc\":\"2.0\"}\n"u8];

    /// <summary>A line of <c>opening.jsonl</c>: the instructions as a JSON text, then the result of <c>tools/list</c>.</summary>
    static ReadOnlySpan<byte> Stored(int line)
    {
        using var stored = typeof(Opening).Assembly.GetManifestResourceStream("Mcp/opening.jsonl")
            ?? throw new InvalidOperationException("opening.jsonl is not embedded.");
        var bytes = new byte[stored.Length];
        stored.ReadExactly(bytes);
        ReadOnlySpan<byte> rest = bytes;
        for (; line > 0; line--)
            rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        return rest[..rest.IndexOf((byte)'\n')];
    }
}
