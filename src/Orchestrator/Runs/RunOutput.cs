using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Terminals;

namespace Orchestrator.Runs;

/// <summary>A run's raw bytes and its diff, from the files of its run folder; never redacted.</summary>
static class RunOutput
{
    /// <summary>Most bytes of one answer.</summary>
    public const int PageBytes = 1024 * 1024;

    public static void Map(Routes routes, RunStore runs, DaemonFacts facts)
    {
        routes.Get("/runs/{id}/output", nameof(RunOutput), async call =>
        {
            var stream = call.Query("stream") ?? "stdout";
            if (stream is not ("stdout" or "stderr"))
                throw Fault.Invalid("stream", "must be stdout or stderr.");
            var offset = call.Number("offset", 0, 0, long.MaxValue);
            var run = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id")));
            var folder = new RunFolder(facts.RunFolder(run.Id));
            var cut = OutputCut.Read(run.OutputCut);
            return await Page(stream == "stdout" ? folder.StdoutPath : folder.StderrPath, offset, stream == "stdout" ? cut.Stdout
                : cut.Stderr, call.Gone);
        }, ownRun: RunAccess.RunInReach, doc: OutputDoc);
        routes.Get("/runs/{id}/diff", "RunDiff", async call =>
        {
            var format = call.Query("format") ?? "text";
            if (format is not ("text" or "json"))
                throw Fault.Invalid("format", "must be text or json.");
            var run = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id")));
            if (format == "json")
                return Files(run);
            var path = Path.Combine(facts.RunFolder(run.Id), "diff.patch");
            var text = File.Exists(path) ? await File.ReadAllBytesAsync(path, call.Gone) : [];
            return new Reply(StatusCodes.Status200OK, text) { ContentType = "text/x-diff; charset=utf-8" };
        }, ownRun: RunAccess.RunInReach, doc: DiffDoc);
    }

    static async Task<Reply> Page(string path, long offset, CutRange? cut, CancellationToken gone)
    {
        var headers = new Dictionary<string, string>();
        if (cut is { } range)
        {
            headers["X-Output-Cut"] = $"{range.Start}-{range.End}";
            if (offset >= range.Start && offset < range.End)
                offset = range.End;
        }

        headers["X-Output-Length"] = (File.Exists(path) ? new FileInfo(path).Length : 0).ToString(CultureInfo.InvariantCulture);
        var bytes = await Read(path, offset, cut is { } hole && offset < hole.Start ? hole.Start : long.MaxValue, gone);
        headers["X-Next-Offset"] = (offset + bytes.Length).ToString(CultureInfo.InvariantCulture);
        return new Reply(StatusCodes.Status200OK, bytes) { ContentType = "application/octet-stream", Headers = headers };
    }

    static async Task<byte[]> Read(string path, long offset, long end, CancellationToken gone)
    {
        if (!File.Exists(path))
            return [];
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var length = Math.Min(PageBytes, Math.Min(file.Length, end) - offset);
        if (length <= 0)
            return [];
        var bytes = new byte[length];
        file.Seek(offset, SeekOrigin.Begin);
        await file.ReadExactlyAsync(bytes, gone);
        return bytes;
    }

    static Reply Files(Run run) => Reply.Ok(new JsonObject
    {
        ["run_id"] = run.Id,
        ["base"] = run.Workspace?.Base,
        ["final"] = RunLifecycle.IsFinal(run.Status),
        ["git_diff_stat"] = run.GitDiffStat,
        ["files"] = JsonNode.Parse(run.FilesChanged.GetRawText()),
        ["commits"] = JsonNode.Parse(run.Commits.GetRawText()),
    });

    static RouteDoc OutputDoc() => RouteDoc.Of("The bytes an agent wrote, as they are: at most 1 MiB of them, from an offset.")
        .Asks("stream", "Which of the two.", Shape.Word("stdout", "stderr"))
        .Asks("offset", "First byte wanted; 0 without it.", Shape.Whole)
        .GivesRaw("application/octet-stream", "The bytes; empty when there are none behind the offset yet.",
            ("X-Next-Offset", "Offset to ask for next."),
            ("X-Output-Length", "Bytes there are now."), ("X-Output-Cut", "first-last: bytes that were not kept."));

    static RouteDoc DiffDoc() => RouteDoc.Of("What a run changed: a unified diff, or with format=json the files.")
        .Asks("format", "text (a unified diff, the default) or json.", Shape.Word("text", "json"))
        .GivesRaw("text/x-diff", "The diff; empty when nothing was changed or the run has not ended.")
        .Gives("run_id", Shape.Text).Gives("base", Shape.Maybe(Shape.Text)).Gives("final", Shape.Flag)
        .Gives("git_diff_stat", Shape.Maybe(Shape.Text))
        .Gives("files", WorkJson.Default.IReadOnlyListFileChange).Gives("commits", WorkJson.Default.IReadOnlyListCommitLine);
}
