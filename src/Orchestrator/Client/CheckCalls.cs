using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Gates;

namespace Orchestrator.Client;

/// <summary>The daemon's own checks of work.</summary>
sealed class CheckCalls(Line line)
{
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    public JsonNode Check(string run, CheckRun.Request request) =>
        line.Post($"/runs/{run}/check", request, CheckJson.Default.CheckRunRequest);

    /// <param name="limit">Most checks; null for the daemon's choice.</param>
    public JsonNode OfRun(string run, int? limit) => line.Get($"/runs/{run}/checks",
        ("limit", limit is { } most ? FormattableString.Invariant($"{most}") : null));

    /// <param name="limit">Most checks; null for the daemon's choice.</param>
    public JsonNode OfItem(string item, int? limit) => line.Get($"/items/{item}/checks",
        ("limit", limit is { } most ? FormattableString.Invariant($"{most}") : null));

    public JsonNode Show(string check) => line.Get($"/checks/{check}");

    /// <param name="limit">Longest wait; the daemon caps it at 300 s.</param>
    public JsonNode Wait(string check, TimeSpan limit) =>
        line.Hold(limit, $"/checks/{check}/wait", ("timeout_s", Line.Seconds(limit)));

    /// <summary>A unified diff.</summary>
    public Answer Diff(string check) => line.Open(Silence, $"/checks/{check}/diff");

    /// <summary>Raw bytes; the header X-Next-Offset says where to go on.</summary>
    /// <param name="no">Number of the command's evidence.</param>
    /// <param name="stream">stdout or stderr.</param>
    public Answer Output(string check, int no, string stream, long offset) => line.Open(Silence, $"/checks/{check}/output",
        ("no", FormattableString.Invariant($"{no}")), ("stream", stream), ("offset", FormattableString.Invariant($"{offset}")));
}
