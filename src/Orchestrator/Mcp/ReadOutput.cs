using System.Text.Json.Nodes;

namespace Orchestrator.Mcp;

/// <summary><c>read_output</c>: what an agent's program wrote, as it is, piece by piece.</summary>
static class ReadOutput
{
    const int UsualBytes = 16 * 1024;
    const int MostBytes = 64 * 1024;

    public static AgentTool Tool { get; } = new()
    {
        Name = "read_output",
        Title = "Read a run's raw output",
        Description = """
            Reads what a run's program wrote, from a place on. Go on with next_offset; an empty text means that there is nothing more yet.
            This is raw output for finding out why something failed; what the agent said at last is in get_run.
            """,
        ReadOnly = true,
        Idempotent = true,
        Input = Shape.Arguments(
            Members.RunId,
            new("stream", Shape.Word("Which stream; stdout by default.", "stdout", "stderr")),
            new("offset", Shape.Whole("Where to begin, in bytes; 0 by default.", 0, long.MaxValue)),
            new("max_bytes", Shape.Whole($"Most bytes of the piece; {UsualBytes} by default.", 4, MostBytes))),
        Output = Shape.Object(
            new("text", Shape.Text("The piece; bytes that are no UTF-8 are shown as U+FFFD."), true),
            new("offset", Shape.Whole("Where it begins; later than asked for when the middle of a very long output was cut out.",
                0, long.MaxValue), true),
            new("next_offset", Shape.Whole("Where to go on.", 0, long.MaxValue), true)),
        Body = Read,
    };

    static JsonObject Read(ToolCall call)
    {
        var offset = call.Whole("offset") ?? 0;
        var most = (int)(call.Whole("max_bytes") ?? UsualBytes);
        var piece = call.Daemon.Read(
            daemon => daemon.Runs.Output(call.Need("run_id"), call.Text("stream") ?? "stdout", offset), offset, most);
        return new JsonObject { ["text"] = piece.Text, ["offset"] = piece.Offset, ["next_offset"] = piece.Next };
    }
}
