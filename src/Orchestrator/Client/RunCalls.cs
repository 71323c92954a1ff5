using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Families;
using Orchestrator.Runs;

namespace Orchestrator.Client;

/// <summary>Single attempts by an agent. A run is named by its id or any unique beginning of it.</summary>
sealed class RunCalls(Line line)
{
    /// <summary>Longest silence of an answer in raw bytes.</summary>
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    public JsonNode Start(StartRun.Request request) => line.Post($"/runs", request, RunJson.Default.StartRunRequest);

    /// <param name="status">Statuses wanted, separated by commas; null for all.</param>
    public JsonNode List(string? status, string? session, string? item, string? parent, Page page, string? project = null,
        string? profile = null, string? agent = null) => line.Get($"/runs",
        [
            ("status", status), ("session_id", session), ("item_id", item), ("parent_run_id", parent), ("project", project),
            ("profile", profile), ("agent", agent), .. page.Members,
        ]);

    public JsonNode Show(string run) => line.Get($"/runs/{run}");

    /// <param name="limit">Longest wait; the daemon caps it at 300 s.</param>
    /// <param name="interval">How often it looks, a hint; null for its own choice.</param>
    public JsonNode Wait(string run, TimeSpan limit, TimeSpan? interval) => line.Hold(limit, $"/runs/{run}/wait",
        ("timeout_s", Line.Seconds(limit)),
        ("interval_ms", interval is { } hint ? FormattableString.Invariant($"{hint.TotalMilliseconds:0}") : null));

    /// <param name="mode">any or all; null for all.</param>
    /// <param name="limit">Longest wait; the daemon caps it at 300 s.</param>
    /// <param name="requests">An open question of one of them ends the wait, too; null for the daemon's choice (true).</param>
    public JsonNode WaitForSeveral(IReadOnlyList<string> runs, string? mode, TimeSpan limit, bool? requests) =>
        line.Hold(limit, $"/runs/wait", ("ids", string.Join(',', runs)), ("mode", mode), ("timeout_s", Line.Seconds(limit)),
            ("requests", requests switch { true => "true", false => "false", _ => null }));

    public JsonNode Spawn(string run, SpawnSession.Request request) =>
        line.Post($"/runs/{run}/spawn", request, FamilyJson.Default.SpawnSessionRequest);

    public JsonNode ReplyParent(string run, ReplyParent.Request request) =>
        line.Post($"/runs/{run}/reply-parent", request, FamilyJson.Default.ReplyParentRequest);

    public JsonNode ReportOutcome(string run, ReportOutcome.Request request) =>
        line.Post($"/runs/{run}/outcome", request, RunJson.Default.ReportOutcomeRequest);

    public JsonNode Cancel(string run) => line.Post($"/runs/{run}/cancel");

    public JsonNode Transition(string run, CancelRun.Request request) =>
        line.Post($"/runs/{run}/transition", request, RunJson.Default.CancelRunRequest);

    public JsonNode Resume(string run, ResumeRun.Request request) =>
        line.Post($"/runs/{run}/resume", request, RunJson.Default.ResumeRunRequest);

    public JsonNode Diagnose(string run) => line.Get($"/runs/{run}/diagnose");

    /// <summary>Raw bytes; the header X-Next-Offset says where to go on.</summary>
    /// <param name="stream">stdout or stderr.</param>
    public Answer Output(string run, string stream, long offset) => line.Open(Silence, $"/runs/{run}/output",
        ("stream", stream), ("offset", FormattableString.Invariant($"{offset}")));

    /// <summary>The unified diff as bytes.</summary>
    public Answer Diff(string run) => line.Open(Silence, $"/runs/{run}/diff");

    /// <summary>The changed files with what was added and removed.</summary>
    public JsonNode DiffFiles(string run) => line.Get($"/runs/{run}/diff", ("format", "json"));
}
